"""Databases to try things on: every test that takes `db` runs on SQLite and, where one answers, on PostgreSQL."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from storage import Database, Vault

POSTGRES = os.environ.get("SHOUWANG_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/test")
ENGINES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # a Monday noon in Shanghai


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[psycopg.Connection]:
    """A connection to the server's own schema for this run, dropped at its end."""
    plain = POSTGRES.replace("+psycopg", "")
    try:
        server = psycopg.connect(plain, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as reason:
        pytest.skip(f"no PostgreSQL at {plain.rsplit('@')[-1]} (SHOUWANG_TEST_POSTGRES): {str(reason).splitlines()[0]}")
    schema = f"shouwang_{uuid.uuid4().hex[:12]}"
    with server:
        server.execute(f"CREATE SCHEMA {schema}")
        server.execute(f"SET search_path = {schema}")
        yield server
        server.execute(f"DROP SCHEMA {schema} CASCADE")


def emptied(server: psycopg.Connection) -> str:
    """The address of this run's schema, whose tables, where there are any, are empty."""
    (schema,) = server.execute("SELECT current_schema").fetchone()
    rows = server.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema").fetchall()
    tables = [name for (name,) in rows if name != "alembic_version"]
    if tables:
        server.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")
    return f"{POSTGRES}{'&' if '?' in POSTGRES else '?'}options=-csearch_path%3D{schema}"


@pytest.fixture
def empty_postgres(postgres_server: psycopg.Connection) -> Iterator[str]:
    """The address of a schema without tables, dropped afterwards."""
    schema = f"shouwang_{uuid.uuid4().hex[:12]}"
    postgres_server.execute(f"CREATE SCHEMA {schema}")
    yield f"{POSTGRES}{'&' if '?' in POSTGRES else '?'}options=-csearch_path%3D{schema}"
    postgres_server.execute(f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        return emptied(request.getfixturevalue("postgres_server"))
    return f"sqlite:///{tmp_path / 'office.db'}"


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "key"


@pytest.fixture
def db(url: str, key_file: Path, now: datetime) -> Iterator[Database]:
    database = Database(url, Vault.open(key_file), now=lambda: now)
    database.migrate()
    yield database
    database.close()


@pytest.fixture
def sqlite_db(tmp_path: Path, key_file: Path, now: datetime) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'office.db'}", Vault.open(key_file), now=lambda: now)
    database.migrate()
    yield database
    database.close()
