"""What a session checks before it writes: lengths, and JSON values that were changed in place."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import JSON, event, inspect
from sqlalchemy.orm import InstanceState, Mapper, QueryContext, Session
from sqlalchemy.orm.attributes import flag_modified

from storage.errors import BadValue
from storage.models import Base
from storage.types import Line, SealedJson

WATCHING = "shouwang_watching"  # in session.info: this session writes


class GuardedSession(Session):
    """The session behind a unit of work."""


@cache
def _json_attributes(mapper: Mapper[Any]) -> tuple[str, ...]:
    return tuple(a.key for a in mapper.column_attrs if isinstance(a.columns[0].type, (JSON, SealedJson)))


@cache
def _limits(mapper: Mapper[Any]) -> tuple[tuple[str, int], ...]:
    limits = ((a.key, a.columns[0].type) for a in mapper.column_attrs)
    return tuple((key, kind.length) for key, kind in limits if isinstance(kind, Line) and kind.length)


def check_lengths(row: Base) -> None:
    """SQLite would store any length and PostgreSQL refuse it: both refuse here, naming the column."""
    for key, limit in _limits(inspect(type(row))):
        value = inspect(row).dict.get(key)
        if isinstance(value, str) and len(value) > limit:
            raise BadValue(
                f"{type(row).__tablename__}.{key} got {len(value)} characters and holds at most {limit}; shorten it."
            )


def _snapshot(state: InstanceState[Any], names: Iterable[str] | None = None) -> None:
    """Remember JSON values as text, so that `conversation.state["place"] = …` is noticed however deep it happens."""
    watched = _json_attributes(state.mapper)
    loaded, seen = state.dict, state.info.setdefault("json", {})
    for key in watched if names is None else set(watched).intersection(names):
        if isinstance(loaded.get(key), (dict, list)):
            seen[key] = _written(loaded[key])


def _written(value: Any) -> str:
    return json.dumps(value, default=repr)


def flag_changed_json(session: Session) -> None:
    """Mark JSON attributes that differ from what was loaded as modified."""
    if not session.info.get(WATCHING):
        return
    for state in session.identity_map.all_states():
        for key, before in state.info.get("json", {}).items():
            if key in state.dict and _written(state.dict[key]) != before:
                flag_modified(state.obj(), key)


@event.listens_for(Base, "load", propagate=True)
def _after_load(row: Base, _context: QueryContext) -> None:
    if _json_attributes(inspect(type(row))):
        _snapshot(inspect(row))


@event.listens_for(Base, "refresh", propagate=True)
def _after_refresh(row: Base, _context: QueryContext | None, names: Iterable[str] | None) -> None:
    if _json_attributes(inspect(type(row))):
        _snapshot(inspect(row), names)


@event.listens_for(GuardedSession, "before_flush")
def _before_flush(session: Session, _context: Any, _instances: Any) -> None:
    if not session.info.get(WATCHING):
        raise BadValue("A read-only unit of work was asked to write; open Database.begin() for that.")
    flag_changed_json(session)
    for row in [*session.new, *session.dirty]:
        if isinstance(row, Base):
            check_lengths(row)


@event.listens_for(GuardedSession, "after_flush_postexec")
def _after_flush(session: Session, _context: Any) -> None:
    for state in session.identity_map.all_states():
        if _json_attributes(state.mapper):
            _snapshot(state)
