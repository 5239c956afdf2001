"""Screening inside a PostgreSQL database: one table in, one table out, the rows never leave it.

What SQL leaves open comes here once for each distinct set of facts, and goes back as a small table to be joined.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

import sqlglot

from actions.screening.exact import Brief, as_function
from actions.screening.files import ListError
from actions.screening.query import PROBLEM, RESULT, Column, Query, Source, quoted
from actions.screening.report import Screened, hints
from actions.screening.rules import load_screen_rules
from policy_kb import Library, PackSql, pack_sql
from storage.warehouse import Warehouse, open_warehouse

STAGE, EXACT = "shouwang_stage", "shouwang_exact"


def screen_table(library: Library, pack: str, on: date, url: str, source: str, target: str) -> Screened:
    """Make the table `target` out of `source` with the verdict of `pack` on the day beside each row.

    Raises ListError, NoSuchPack, and storage's BadValue where the database refuses.
    """
    evaluator = library.evaluator(pack, on, None)
    compiled = pack_sql(evaluator)
    with open_warehouse(url) as warehouse:
        if warehouse.has(target):
            raise ListError(f"The database has a table {target} already; give the result a name of its own.")
        listed = Source(_named(source), tuple(Column(name, kind) for name, kind in warehouse.columns(source)))
        query = Query(listed, library, load_screen_rules(), fast=False)
        if not query.facts:
            raise ListError(f"The table {source} has no column that is a fact; expected columns named by fact id.")
        settled = _postgres(query.settled(compiled, _key(compiled)))
        warehouse.run(f"CREATE TEMP TABLE {STAGE} ON COMMIT DROP AS {settled}")
        warehouse.run(f"CREATE TEMP TABLE {EXACT} (key_ text PRIMARY KEY, verdict_ text) ON COMMIT DROP")
        warehouse.fill(f"INSERT INTO {EXACT} VALUES (%s, %s)", _settle(warehouse, library, evaluator.brief, compiled))
        parts = ", ".join(
            f"NULLIF(SPLIT_PART(COALESCE(e.verdict_, s.verdict_), '|', {n}), '') AS {name}"
            for n, name in enumerate(RESULT, 1)
        )
        passed = "".join(f"s.c{n} AS {quoted(column.name)}, " for n, column in enumerate(query.passed))
        warehouse.run(
            f"CREATE TABLE {_named(target)} AS SELECT {passed}{parts}, NULLIF(TRIM(s.bad_), '') AS {PROBLEM} "
            f"FROM {STAGE} AS s LEFT JOIN {EXACT} AS e ON s.verdict_ = e.key_ ORDER BY s.row_"
        )
        counted = warehouse.rows(f"SELECT {RESULT[0]}, COUNT(*) FROM {_named(target)} GROUP BY 1 ORDER BY 2 DESC")
        result = Screened(counts={str(outcome or ""): int(str(count)) for outcome, count in counted})
        result.hints = hints(library, listed)
    result.rows, result.bad_rows = sum(result.counts.values()), result.counts.get("", 0)
    return result


def _key(pack: PackSql) -> str:
    """The facts of an open row as one text, so that equal rows are settled once."""
    facts = ", ".join(f"'{name}', {name}" for name in pack.facts)
    return f"CAST(JSON_BUILD_OBJECT({facts}) AS TEXT)"


def _settle(warehouse: Warehouse, library: Library, brief: Brief, pack: PackSql) -> Iterator[tuple[str, str]]:
    exact = as_function(library, brief, pack)
    for (key,) in warehouse.rows(f"SELECT DISTINCT verdict_ FROM {STAGE} WHERE verdict_ LIKE '{{%'"):
        facts = json.loads(str(key))
        yield str(key), exact(*[facts[name] for name in pack.facts])


def _postgres(statement: str) -> str:
    return sqlglot.transpile(statement, read="duckdb", write="postgres")[0]


def _named(table: str) -> str:
    return ".".join(quoted(part) for part in table.split("."))
