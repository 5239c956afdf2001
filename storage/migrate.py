"""Migrations, run by the program itself: quietly, and by one process while the others wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from storage.errors import MigrationError, StorageError
from storage.translate import told

FOLDER = Path(__file__).parent / "migrations"
_START_LOCK = 0x5348_4157  # any number, the same in every process


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database up to `revision`; one look where it stands there already."""
    try:
        if revision == "head" and current(engine) == newest():
            return
        _run(engine, lambda config: command.upgrade(config, revision))
    except (SQLAlchemyError, CommandError) as error:
        raise _explained(engine, error) from error


def downgrade(engine: Engine, revision: str) -> None:
    """Take the database back to `revision` ("base": no tables)."""
    try:
        _run(engine, lambda config: command.downgrade(config, revision))
    except (SQLAlchemyError, CommandError) as error:
        raise _explained(engine, error) from error


def behind(engine: Engine) -> bool:
    """Whether there are tables of ours, of another revision than this program's; raises MigrationError."""
    try:
        return current(engine) not in {None, newest()}
    except (SQLAlchemyError, CommandError) as error:
        raise _explained(engine, error) from error


def current(engine: Engine) -> str | None:
    """The revision the database stands at; None where it has no tables of ours."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


@cache
def newest() -> str | None:
    """The revision this version of the program was written for."""
    return ScriptDirectory(str(FOLDER)).get_current_head()


def write_revision(engine: Engine, message: str) -> None:
    """Write the file of a new revision: what the models have and this database, brought up first, has not."""
    upgrade(engine)
    number = f"{len(list(ScriptDirectory(str(FOLDER)).walk_revisions())) + 1:04d}"
    _run(engine, lambda config: command.revision(config, message, autogenerate=True, rev_id=number))


def _run(engine: Engine, action: Callable[[Config], object]) -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    with _alone(engine) as connection:
        config.attributes["connection"] = connection
        action(config)


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """One transaction around everything, with every other starter waiting outside."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            _sqlite_foreign_keys(connection, on=False)  # rebuilding a table must not cascade
        try:
            with connection.begin():
                if engine.dialect.name == "postgresql":
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_START_LOCK})")
                yield connection
        finally:
            if engine.dialect.name == "sqlite":
                _sqlite_foreign_keys(connection, on=True)


def _sqlite_foreign_keys(connection: Connection, *, on: bool) -> None:
    """Outside any transaction, where alone SQLite heeds it."""
    raw = connection.connection.dbapi_connection
    assert raw is not None
    raw.cursor().execute(f"PRAGMA foreign_keys = {'ON' if on else 'OFF'}")


def _explained(engine: Engine, error: Exception) -> Exception:
    if isinstance(error, SQLAlchemyError) and isinstance(told(error), StorageError):
        reason = str(told(error))
    else:
        reason = str(error)
    place = engine.url.render_as_string(hide_password=True)
    return MigrationError(
        f"The tables of {place} could not be brought to revision {newest()}, nothing was changed: {reason} "
        "If the database was used by a newer version of the program, run that one."
    )
