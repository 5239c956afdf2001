"""Somebody else's database, read and written as it is: the tables of a county's own PostgreSQL.

Nothing of ours lives there. Statements come from the caller, in PostgreSQL's dialect, and run in one transaction on
one connection, so that temporary tables last between them and a failure leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, create_engine, inspect, make_url
from sqlalchemy.exc import ArgumentError, NoSuchTableError, SQLAlchemyError
from sqlalchemy.types import Boolean, Integer, Numeric

from storage.errors import BadValue

BLOCK = 5_000


class Warehouse:
    """An open connection to a database of the county's own."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def columns(self, table: str) -> list[tuple[str, str]]:
        """Names and kinds (BOOLEAN, DOUBLE or VARCHAR) of a table's columns; raises BadValue where there is none."""
        schema, _, name = table.rpartition(".")
        try:
            found = inspect(self._connection).get_columns(name, schema or None)
        except NoSuchTableError:
            raise BadValue(f"The database has no table {table}; expected the table that holds the list.") from None
        return [(str(column["name"]), _kind(column["type"])) for column in found]

    def has(self, table: str) -> bool:
        """Whether a table of this name is there already."""
        schema, _, name = table.rpartition(".")
        return inspect(self._connection).has_table(name, schema or None)

    def run(self, statement: str) -> None:
        """One statement without an answer."""
        self._connection.exec_driver_sql(statement, execution_options={"no_parameters": True})

    def rows(self, statement: str) -> Iterator[Sequence[object]]:
        """The rows of a query, in blocks, so that memory does not grow with them."""
        options = {"no_parameters": True, "stream_results": True, "yield_per": BLOCK}
        found = self._connection.exec_driver_sql(statement, execution_options=options)
        for row in found:
            yield tuple(row)

    def fill(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """An INSERT with `%s` for each value, for many rows."""
        block: list[tuple[object, ...]] = []
        for row in rows:
            block.append(tuple(row))
            if len(block) == BLOCK:
                self._connection.exec_driver_sql(statement, block)
                block.clear()
        if block:
            self._connection.exec_driver_sql(statement, block)


@contextmanager
def open_warehouse(url: str) -> Iterator[Warehouse]:
    """A PostgreSQL database by address, for one transaction; raises BadValue for any other or one that is not there."""
    try:
        address = make_url(url)
    except ArgumentError:
        raise BadValue("The database address cannot be read; use postgresql://user@host/database.") from None
    if address.get_backend_name() != "postgresql":
        raise BadValue(f"Found a {address.get_backend_name()} database; expected postgresql://user@host/database.")
    engine = create_engine(address.set(drivername="postgresql+psycopg"), hide_parameters=True)
    try:
        with engine.begin() as connection:
            yield Warehouse(connection)
    except SQLAlchemyError as error:
        first = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise BadValue(f"The database said: {first}; nothing was changed.") from None
    finally:
        engine.dispose()


def _kind(type_: object) -> str:
    if isinstance(type_, Boolean):
        return "BOOLEAN"
    return "DOUBLE" if isinstance(type_, Integer | Numeric) else "VARCHAR"
