"""A backup (备份): every table of one moment in one file, read back into SQLite or PostgreSQL alike.

The file is a zip with `manifest.json` and one `tables/NAME.jsonl` a table; personal data stays sealed in it, and the
key is not in it. What is written is what the database itself says it has (reflection), not what this version's models
say, so that a backup of an older version is read back as such and migrated afterwards.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, MetaData, Table, func, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from storage import keys, migrate
from storage.archive_rows import read_rows, write_rows
from storage.engine import WRITES
from storage.errors import ArchiveBroken, BadValue
from storage.translate import told

if TYPE_CHECKING:
    from storage.database import Database

FORMAT = 1
_VERSIONS = "alembic_version"
_MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: `rows` and `sha256` by table, the revision of its tables, the keys that sealed in it."""

    format: int
    made_at: str
    revision: str
    engine: str
    rows: Mapping[str, int]
    sha256: Mapping[str, str]
    key_ids: tuple[str, ...]
    files: Mapping[str, str]

    @property
    def total(self) -> int:
        return sum(self.rows.values())


def write(database: Database, path: Path, files: Mapping[str, Path] | None = None) -> Manifest:
    """Write the backup while everything runs; `path` appears whole or not at all, readable by its owner alone.

    `files` are put beside the tables (name: file). One read transaction sees one moment on either engine.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    os.close(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            manifest = _write_tables(database, archive, files or {})
            archive.writestr(_MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False, indent=1))
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return manifest


def read_manifest(path: Path) -> Manifest:
    """What the backup says of itself, every part checked against its checksum. Raises ArchiveBroken."""
    with _opened(path) as archive:
        try:
            manifest = Manifest(**json.loads(archive.read(_MANIFEST)))
        except (KeyError, TypeError, ValueError):
            raise ArchiveBroken(f"{path} is no backup of this program: it holds no readable {_MANIFEST}.") from None
        if manifest.format != FORMAT:
            raise ArchiveBroken(
                f"{path} has format {manifest.format}, this version reads {FORMAT}: read it back with the version of "
                "the program that wrote it, then upgrade."
            )
        for name, wanted in {**manifest.sha256, **manifest.files}.items():
            member = name if name in manifest.files else _member(name)
            if _checksum(archive, member) != wanted:
                raise ArchiveBroken(
                    f"{path} is damaged in {member}: take another copy of this backup, or an older one."
                )
        return manifest


def read_file(path: Path, name: str) -> bytes | None:
    """A file that was put beside the tables; None where there is none of this name."""
    with _opened(path) as archive:
        return archive.read(name) if name in archive.namelist() else None


def restore(database: Database, path: Path) -> Manifest:
    """Read the backup into an empty database and bring its tables up to date; all of it or nothing.

    Raises ArchiveBroken, BadValue where the database holds something, KeyMissing or WrongKey where the key file is
    not the one that sealed the data, MigrationError where the backup comes from a newer version.
    """
    manifest = read_manifest(path)
    _must_be_empty(database)
    migrate.upgrade(database.engine, manifest.revision)
    try:
        _load(database, path, manifest)
    except SQLAlchemyError as error:
        raise told(error) from error
    database.migrate()
    return manifest


# -- writing ----------------------------------------------------------------------------------------------------


def _write_tables(database: Database, archive: zipfile.ZipFile, files: Mapping[str, Path]) -> Manifest:
    rows, sums = {}, {}
    with _one_moment(database) as connection:
        for table in _tables(connection):
            hashed = _Hashed(archive, _member(table.name))
            with hashed:
                rows[table.name] = write_rows(connection, table, hashed.write)
            sums[table.name] = hashed.hexdigest()
        key_ids = tuple(row[0] for row in connection.exec_driver_sql("SELECT key_id FROM sealing_keys ORDER BY key_id"))
        revision = connection.exec_driver_sql(f"SELECT version_num FROM {_VERSIONS}").scalar_one()  # noqa: S608
    beside = {}
    for name, file in files.items():
        content = file.read_bytes()
        archive.writestr(name, content)
        beside[name] = hashlib.sha256(content).hexdigest()
    made_at = database.now().isoformat()
    return Manifest(FORMAT, made_at, revision, database.engine.dialect.name, rows, sums, key_ids, beside)


class _one_moment:  # noqa: N801 - reads as what it gives
    """A connection whose reads all see the database as it was at one moment."""

    def __init__(self, database: Database) -> None:
        options: dict[str, Any] = {WRITES: False}
        if not database.is_sqlite:
            options["isolation_level"] = "REPEATABLE READ"
        self._connection = database.engine.connect().execution_options(**options)

    def __enter__(self) -> Connection:
        self._connection.begin()
        return self._connection

    def __exit__(self, *_: object) -> None:
        self._connection.close()


class _Hashed:
    """A member of the zip that is hashed while it is written."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._file = archive.open(name, "w", force_zip64=True)
        self._hash = hashlib.sha256()

    def write(self, line: bytes) -> None:
        self._hash.update(line)
        self._file.write(line)

    def hexdigest(self) -> str:
        return self._hash.hexdigest()

    def __enter__(self) -> _Hashed:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


# -- reading back -----------------------------------------------------------------------------------------------


def _load(database: Database, path: Path, manifest: Manifest) -> None:
    with database.engine.begin() as connection, _opened(path) as archive:
        for table in _tables(connection):
            if table.name in manifest.rows:
                read_rows(connection, table, _lines(archive, table.name))
        for name, wanted in manifest.rows.items():
            _must_be_whole(connection, name, wanted)
        keys.must_open(connection, database.vault, str(path))
        _go_on_counting(connection)


def _lines(archive: zipfile.ZipFile, table: str) -> Iterator[bytes]:
    with archive.open(_member(table)) as lines:
        yield from lines


def _must_be_whole(connection: Connection, table: str, wanted: int) -> None:
    counted = connection.exec_driver_sql(f'SELECT count(*) FROM "{table}"').scalar_one()  # noqa: S608 - a name of ours
    if counted != wanted:
        raise ArchiveBroken(f"Of {table} {counted} rows were read back, the backup says {wanted}; nothing was kept.")


def _go_on_counting(connection: Connection) -> None:
    """PostgreSQL's counters go on after the highest number that was read back; SQLite looks itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in _tables(connection):
        for column in table.primary_key.columns:
            sequence = connection.scalar(select(func.pg_get_serial_sequence(f'"{table.name}"', column.name)))
            highest = connection.scalar(select(func.max(column))) if sequence else None
            if highest is not None:
                connection.execute(select(func.setval(sequence, highest)))


def _must_be_empty(database: Database) -> None:
    place = database.engine.url.render_as_string(hide_password=True)
    with _one_moment(database) as connection:
        for table in _tables(connection):
            if connection.execute(select(table).limit(1)).first() is not None:
                raise BadValue(
                    f"{place} is not empty (the table {table.name} has rows), and a backup is never mixed with other "
                    "data: set SHOUWANG_DATABASE_URL or SHOUWANG_VAR to a new place."
                )


# -- shared -----------------------------------------------------------------------------------------------------


def _tables(connection: Connection) -> list[Table]:
    """The tables as they are there, those that others refer to first."""
    if not inspect(connection).get_table_names():
        return []
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != _VERSIONS]


def _member(table: str) -> str:
    return f"tables/{table}.jsonl"


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except FileNotFoundError:
        raise ArchiveBroken(f"There is no file {path}; name a backup that `shouwang backup` wrote.") from None
    except (zipfile.BadZipFile, OSError) as error:
        raise ArchiveBroken(f"{path} cannot be read as a backup ({type(error).__name__}); take another copy.") from None


def _checksum(archive: zipfile.ZipFile, member: str) -> str | None:
    hashed = hashlib.sha256()
    try:
        with archive.open(member) as content:
            while block := content.read(1 << 20):
                hashed.update(block)
    except (KeyError, zipfile.BadZipFile, EOFError, OSError, ValueError):
        return None
    return hashed.hexdigest()
