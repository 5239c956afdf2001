"""Column types: UTC times, guarded text, and sealed columns.

The vault of a sealed column belongs to the engine: each engine has its own dialect object, and the vault is
remembered by it. Two databases with different keys live in one process without knowing of each other.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import DateTime, Dialect, LargeBinary, String
from sqlalchemy.types import TypeDecorator

from storage.errors import BadValue
from storage.sealed import Vault
from storage.text import clean_text, to_json

_vaults: WeakKeyDictionary[Dialect, Vault] = WeakKeyDictionary()


def give_vault(dialect: Dialect, vault: Vault) -> None:
    """Make `vault` the one that seals and opens for every connection of this dialect's engine."""
    _vaults[dialect] = vault


def vault_of(dialect: Dialect) -> Vault:
    try:
        return _vaults[dialect]
    except KeyError:
        raise BadValue("This engine has no vault for its sealed columns; open it through storage.Database.") from None


class UtcDateTime(TypeDecorator[datetime]):
    """A moment. Takes any time with a zone, gives it back in UTC; raises BadValue for one without."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise BadValue(f"The time {value.isoformat()} has no zone; pass one in UTC, as Clock.now() gives it.")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Line(TypeDecorator[str]):
    """Plain text, for what is not personal: identifiers, kinds, names of places. Without what no engine can store."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return clean_text(value) if isinstance(value, str) else value


class Sealed(TypeDecorator[str]):
    """Text that only the holder of the key can read. `context` is `table.column` and is authenticated with it."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, context: str) -> None:
        super().__init__()
        self.context = context

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        return vault_of(dialect).seal(clean_text(value).encode(), self.context)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else vault_of(dialect).unseal(bytes(value), self.context).decode()


class SealedJson(TypeDecorator[Any]):
    """A JSON value, null included, that only the holder of the key can read."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, context: str) -> None:
        super().__init__()
        self.context = context

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes:
        return vault_of(dialect).seal(to_json(value).encode(), self.context)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(vault_of(dialect).unseal(bytes(value), self.context))
