"""What all tables share: names of constraints, and rows that show no person when they are logged."""

from __future__ import annotations

from typing import dataclass_transform

from sqlalchemy import MetaData, inspect
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


@dataclass_transform(kw_only_default=True, field_specifiers=(mapped_column,))  # what type checkers cannot see
class Base(MappedAsDataclass, DeclarativeBase, kw_only=True, repr=False, eq=False):
    metadata = MetaData(naming_convention=NAMING)

    def __repr__(self) -> str:
        """Class and key only: whatever logs a row must not log a person."""
        key = inspect(self).identity
        return f"<{type(self).__name__} {key[0] if key else 'new'}>"
