"""Errors of the database library, said in this room's own words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc
from sqlalchemy.orm.exc import StaleDataError

from storage.errors import BadValue, Conflict, StaleRow, StorageError, Unavailable


@contextmanager
def translated() -> Iterator[None]:
    """Raise StorageError kinds in place of the library's; the original is kept as the cause."""
    try:
        yield
    except (exc.SQLAlchemyError, UnicodeEncodeError) as error:
        raise told(error) from error


def told(error: Exception) -> Exception:
    """The error to raise instead; what is none of the library's comes back as it is."""
    if isinstance(error, StaleDataError):
        return StaleRow("Somebody else changed this row in the meantime; read it again and repeat the change.")
    if isinstance(error, exc.IntegrityError):
        return Conflict(f"The database refused a row that contradicts another one ({_gist(error)}).")
    if isinstance(error, exc.DataError):
        return BadValue(f"The database refused a value that its column cannot hold ({_gist(error)}).")
    if isinstance(error, (exc.OperationalError, exc.InterfaceError, exc.InternalError, exc.TimeoutError)):
        return Unavailable(f"The database cannot serve now, nothing was saved; try again ({_gist(error)}).")
    if isinstance(error, exc.StatementError) and error.orig is not None and not isinstance(error, exc.DBAPIError):
        return error.orig if isinstance(error.orig, StorageError) else BadValue(str(error.orig))
    return error


def _gist(error: exc.SQLAlchemyError) -> str:
    """The engine's first line: it names constraint and column, but never a row's values (those stand in DETAIL)."""
    said = str(getattr(error, "orig", None) or error).strip()
    return said.splitlines()[0] if said else type(error).__name__
