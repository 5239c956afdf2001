"""Alembic's entry: works on the connection that `storage.migrate` hands over, inside its transaction.

To write a new revision: `.venv/bin/python -m storage.migrations "what it changes"`.
"""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import LargeBinary, String
from sqlalchemy.types import TypeDecorator

from storage.models import Base
from storage.types import UtcDateTime


def plain_type(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """A revision names what the engine stores, so that it still runs when our own types have changed."""
    if kind != "type" or not isinstance(item, TypeDecorator):
        return False
    if isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(item.impl, LargeBinary):
        return "sa.LargeBinary()"
    return f"sa.String({item.impl.length})" if isinstance(item.impl, String) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=plain_type,
    compare_type=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
