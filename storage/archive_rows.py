"""Rows of a backup: one JSON line a row; the first line names the columns and how each is written."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time
from itertools import islice
from typing import Any

from sqlalchemy import Column, Connection, Table, insert, select, update
from sqlalchemy import types as kinds

from storage.errors import ArchiveBroken

BATCH = 500

_KINDS: tuple[tuple[type[Any], str], ...] = (  # the first that fits; everything else is written as it is
    (kinds.LargeBinary, "bytes"),
    (kinds.DateTime, "moment"),
    (kinds.Date, "date"),
    (kinds.Time, "time"),
)
_WRITE: dict[str, Callable[[Any], Any]] = {
    "bytes": lambda value: base64.b64encode(value).decode("ascii"),
    "moment": lambda value: (value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)).isoformat(),
    "date": date.isoformat,
    "time": time.isoformat,
}
_READ: dict[str, Callable[[Any], Any]] = {
    "bytes": base64.b64decode,
    "moment": lambda value: datetime.fromisoformat(value).replace(tzinfo=UTC),
    "date": date.fromisoformat,
    "time": time.fromisoformat,
}


def write_rows(connection: Connection, table: Table, write: Callable[[bytes], None]) -> int:
    """Hand every row of the table to `write` as a line, in order of its key; how many there were."""
    columns = list(table.columns)
    write(_line([[column.name, _kind(column)] for column in columns]))
    encode = [_WRITE.get(_kind(column), _as_it_is) for column in columns]
    rows = connection.execution_options(yield_per=BATCH).execute(select(table).order_by(*table.primary_key.columns))
    count = 0
    for row in rows:
        write(_line([None if value is None else put(value) for put, value in zip(encode, row, strict=True)]))
        count += 1
    return count


def read_rows(connection: Connection, table: Table, lines: Iterable[bytes]) -> int:
    """Store the rows of these lines in the table; how many. Raises ArchiveBroken where they do not fit it.

    References within the table (an area's parent) are set afterwards: the row they name may come later.
    """
    rest = iter(lines)
    columns: list[tuple[str, str]] = [tuple(pair) for pair in json.loads(next(rest))]
    unknown = next((name for name, _ in columns if name not in table.columns), None)
    if unknown is not None:
        raise ArchiveBroken(f"The backup has a column {table.name}.{unknown} that its own tables do not have.")
    inner = [c for c in table.columns if c.nullable and any(key.column.table is table for key in c.foreign_keys)]
    count, later = 0, []
    while batch := [_row(columns, line) for line in islice(rest, BATCH)]:
        for column in inner:
            later += [
                (column, row[_key(table).name], row[column.name]) for row in batch if row[column.name] is not None
            ]
        blank = dict.fromkeys((column.name for column in inner), None)
        connection.execute(insert(table), [{**row, **blank} for row in batch])
        count += len(batch)
    for column, key, value in later:
        connection.execute(update(table).where(_key(table) == key).values({column.name: value}))
    return count


def _row(columns: list[tuple[str, str]], line: bytes) -> dict[str, Any]:
    values = json.loads(line)
    return {
        name: None if value is None else _READ.get(kind, _as_it_is)(value)
        for (name, kind), value in zip(columns, values, strict=True)
    }


def _key(table: Table) -> Column[Any]:
    return next(iter(table.primary_key.columns))


def _kind(column: Column[Any]) -> str:
    return next((name for kind, name in _KINDS if isinstance(column.type, kind)), "plain")


def _as_it_is(value: Any) -> Any:
    return value


def _line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
