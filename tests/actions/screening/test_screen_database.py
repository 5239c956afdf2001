"""Screening inside PostgreSQL says what screening of a file says, and leaves nothing behind when it fails."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator

import psycopg
import pytest

from actions.screening import ListError
from actions.screening.database import screen_table
from policy_kb import Library
from storage import BadValue
from tests.actions.screening.conftest import DAY, households, verdict

ADDRESS = os.environ.get("SHOUWANG_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/test")
PARTS = ("outcome", "category", "possible", "exclusions", "unknown")
KINDS = {"bool": "boolean", "int": "integer", "number": "double precision", "enum": "text"}
Schema = tuple[psycopg.Connection, str]
pytestmark = pytest.mark.postgres


@pytest.fixture
def schema() -> Iterator[tuple[psycopg.Connection, str]]:
    """A connection and the name of a schema of this test's own."""
    plain = ADDRESS.replace("+psycopg", "")
    try:
        server = psycopg.connect(plain, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as reason:
        pytest.skip(f"no PostgreSQL at {plain.rsplit('@')[-1]}: {str(reason).splitlines()[0]}")
    name = f"lists_{uuid.uuid4().hex[:12]}"
    with server:
        server.execute(f"CREATE SCHEMA {name}")
        yield server, name
        server.execute(f"DROP SCHEMA {name} CASCADE")


def fill(server: psycopg.Connection, table: str, library: Library, rows: list[dict[str, object]]) -> None:
    names = list(library.vocabulary)
    kinds = ", ".join(f"{name} {KINDS[library.vocabulary[name].kind]}" for name in names)
    server.execute(f'CREATE TABLE {table} ("户编号" integer, {kinds})')
    marks = ", ".join(["%s"] * (len(names) + 1))
    with server.cursor() as cursor:
        values = [[n, *(row.get(name) for name in names)] for n, row in enumerate(rows)]
        cursor.executemany(f"INSERT INTO {table} VALUES ({marks})", values)


@pytest.mark.parametrize("pack", ["longkou-2021-1", "ningxia-2020-8", "luan-2019-15"])
def test_a_table_gets_the_verdicts_of_assess(library: Library, schema: Schema, pack: str) -> None:
    server, name = schema
    rows = households(library, 300, 11, 0.7)
    fill(server, f"{name}.list", library, rows)
    result = screen_table(library, pack, DAY, ADDRESS, f"{name}.list", f"{name}.judged")
    found = server.execute(f'SELECT {", ".join(PARTS)} FROM {name}.judged ORDER BY "户编号"').fetchall()
    judged = [{part: cell or "" for part, cell in zip(PARTS, row, strict=True)} for row in found]
    assert judged == [verdict(library, pack, row) for row in rows]
    assert result.rows == 300


def test_words_in_text_columns_are_read_and_bad_ones_named(library: Library, schema: Schema) -> None:
    server, name = schema
    server.execute(f"CREATE TABLE {name}.list (n integer, disaster text, income_year text)")
    server.execute(f"INSERT INTO {name}.list VALUES (1, '是', '1,200'), (2, '也许', '20%'), (3, NULL, '')")
    result = screen_table(library, "longkou-2021-1", DAY, ADDRESS, f"{name}.list", f"{name}.judged")
    found = server.execute(f"SELECT outcome IS NOT NULL, problem FROM {name}.judged ORDER BY n").fetchall()
    assert found == [(True, None), (False, "disaster income_year"), (True, None)]
    assert result.bad_rows == 1


def test_a_table_that_is_there_is_never_replaced(library: Library, schema: Schema) -> None:
    server, name = schema
    fill(server, f"{name}.list", library, [])
    server.execute(f"CREATE TABLE {name}.judged (kept integer)")
    with pytest.raises(ListError, match="a name of its own"):
        screen_table(library, "longkou-2021-1", DAY, ADDRESS, f"{name}.list", f"{name}.judged")


@pytest.mark.parametrize(
    ("address", "table", "words"),
    [
        (ADDRESS, "no_such_table", "no table no_such_table"),
        ("postgresql://nobody@127.0.0.1:1/none", "list", "The database said"),
        ("mysql://root@127.0.0.1/x", "list", "Found a mysql database"),
        ("what?", "list", "cannot be read"),
    ],
)
def test_a_database_that_cannot_be_used_ends_in_one_sentence(
    library: Library, address: str, table: str, words: str
) -> None:
    with pytest.raises(BadValue, match=words):
        screen_table(library, "longkou-2021-1", DAY, address, table, "judged")
