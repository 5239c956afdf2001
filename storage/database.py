"""The database: opened once per process, asked through units of work."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import sessionmaker

from storage import archive, keys, migrate
from storage.engine import BUSY_SECONDS, WRITES, open_engine, sqlite_file
from storage.errors import BadValue, Unavailable
from storage.guards import WATCHING, GuardedSession
from storage.sealed import Vault
from storage.translate import told
from storage.unit_of_work import UnitOfWork


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Database:
    """A SQLite file or a PostgreSQL database. Thread-safe; one for each process.

    `url`: sqlite:///path/to/file.db or postgresql://user@host/database (psycopg 3). `now` stamps what nobody gave a
    time for, audit entries above all. Call `migrate()` before anything else.
    """

    def __init__(self, url: str, vault: Vault, *, now: Callable[[], datetime] = _utc_now) -> None:
        self.vault = vault
        self.now = now
        self.engine = open_engine(url, vault)
        self.file = sqlite_file(self.engine)
        self._writers = sessionmaker(self.engine, class_=GuardedSession, expire_on_commit=False, info={WATCHING: True})
        reading = self.engine.execution_options(**{WRITES: False, "postgresql_readonly": True})
        self._readers = sessionmaker(reading, class_=GuardedSession, expire_on_commit=False)
        self._turnstile = _Turnstile() if self.file else None

    @property
    def is_sqlite(self) -> bool:
        return self.file is not None

    @contextmanager
    def begin(self) -> Iterator[UnitOfWork]:
        """A transaction that may write (SQLite: BEGIN IMMEDIATE). Leaving without `uow.commit()` undoes everything.

        Raises StaleRow, Conflict, BadValue, Unavailable. Never hold one while waiting for a network.
        """
        ticket = self._turnstile.enter() if self._turnstile else None
        try:
            with self._unit(self._writers, ticket) as uow:
                yield uow
        finally:
            if ticket:
                ticket.leave()

    @contextmanager
    def read(self) -> Iterator[UnitOfWork]:
        """A read-only view of one moment."""
        with self._unit(self._readers, None) as uow:
            yield uow

    @contextmanager
    def _unit(self, sessions: sessionmaker[GuardedSession], ticket: _Ticket | None) -> Iterator[UnitOfWork]:
        session = sessions()
        try:
            yield UnitOfWork(session, self.vault, self.now, when_done=ticket.leave if ticket else None)
        except (SQLAlchemyError, UnicodeEncodeError) as error:
            raise told(error) from error
        finally:
            session.close()

    def migrate(self) -> None:
        """Bring the tables up to date and check the key; safe when several processes start at once.

        Raises MigrationError, KeyMissing or WrongKey, each saying what to do.
        """
        if migrate.behind(self.engine):
            keys.check(self)  # a later revision may seal what is there, which wants the right key
        migrate.upgrade(self.engine)
        keys.check(self)

    @property
    def is_outdated(self) -> bool:
        """Whether `migrate()` would change tables that hold something already."""
        try:
            return migrate.current(self.engine) not in (None, migrate.newest())
        except SQLAlchemyError:
            return False  # `migrate()` comes next and says in a sentence what is wrong

    def check(self) -> None:
        """Raise Unavailable unless the database answers."""
        try:
            with self.engine.connect() as connection:
                connection.exec_driver_sql("SELECT 1")
        except SQLAlchemyError as error:
            raise told(error) from error

    def backup(self, path: Path, files: Mapping[str, Path] | None = None) -> archive.Manifest:
        """Write everything into the file `path` while the office runs; `files` (name: file) are put beside the tables.

        It holds sealed data: it is worth nothing without the key file, which belongs elsewhere.
        """
        if migrate.current(self.engine) is None:
            raise BadValue(
                f"{self.engine.url.render_as_string(hide_password=True)} has no tables yet: nothing to keep."
            )
        return archive.write(self, path, files)

    def restore(self, path: Path) -> archive.Manifest:
        """Read a backup into this database, which must be empty, and bring its tables up to date; see `archive`."""
        return archive.restore(self, path)

    def reseal(self, batch: int = 500) -> int:
        """After `vault.add_key()`: seal every older value anew, in small transactions; how many rows were resealed."""
        return keys.reseal(self, batch)

    def close(self) -> None:
        self.engine.dispose()


class _Turnstile:
    """Lets the threads of this process through to SQLite's one write lock in turn, without its polling sleeps."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside: int | None = None

    def enter(self) -> _Ticket:
        me = threading.get_ident()
        if self._inside == me:
            raise BadValue("A transaction is open in this thread already; commit or leave it before beginning another.")
        started = time.monotonic()
        if not self._lock.acquire(timeout=BUSY_SECONDS):
            waited = time.monotonic() - started
            raise Unavailable(f"The database was busy for {waited:.0f} s, nothing was saved; try again.")
        self._inside = me
        return _Ticket(self)

    def leave(self) -> None:
        self._inside = None
        self._lock.release()


class _Ticket:
    """One passage through the turnstile; leaving twice does nothing."""

    def __init__(self, turnstile: _Turnstile) -> None:
        self._turnstile: _Turnstile | None = turnstile

    def leave(self) -> None:
        turnstile, self._turnstile = self._turnstile, None
        if turnstile is not None:
            turnstile.leave()
