"""Offices to work in: a fresh one for every test, on SQLite and, where races matter, on PostgreSQL too."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.actions.bureau import Bureau

POSTGRES = os.environ.get("SHOUWANG_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/test")


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an office that has its tables, areas and staff; copied for every test."""
    folder = tmp_path_factory.mktemp("furnished")
    Bureau(folder).office.db.close()
    return folder


@pytest.fixture
def bureau(tmp_path: Path, furnished: Path) -> Iterator[Bureau]:
    shutil.copytree(furnished, tmp_path, dirs_exist_ok=True)
    made = Bureau(tmp_path)
    yield made
    made.office.db.close()


@pytest.fixture
def postgres_schema() -> Iterator[str]:
    """An address whose tables live in a schema of their own, dropped afterwards."""
    plain = POSTGRES.replace("+psycopg", "")
    schema = f"casework_{uuid.uuid4().hex[:12]}"
    try:
        server = psycopg.connect(plain, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as reason:
        pytest.skip(f"no PostgreSQL at {plain.rsplit('@')[-1]} (SHOUWANG_TEST_POSTGRES): {str(reason).splitlines()[0]}")
    with server:
        server.execute(f'CREATE SCHEMA "{schema}"')
        yield f"{POSTGRES}{'&' if '?' in POSTGRES else '?'}options=-csearch_path%3D{schema}"
        server.execute(f'DROP SCHEMA "{schema}" CASCADE')
    server.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def contested(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bureau]:
    """An office on each engine, for what several workers do at once."""
    url = request.getfixturevalue("postgres_schema") if request.param == "postgres" else None
    made = Bureau(tmp_path, url)
    yield made
    made.office.db.close()
