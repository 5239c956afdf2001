"""Screening of a file: read, judge, write, and tell what was wrong with which row."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb
import openpyxl
from duckdb.func import FunctionNullHandling

from actions.screening.exact import as_function
from actions.screening.files import ListError, open_list
from actions.screening.query import RESULT, Query, literal, sql_type
from actions.screening.report import Finding, Screened, hints
from actions.screening.rules import ScreenRules, load_screen_rules
from policy_kb import Library, pack_sql

SHEET_ROWS = 1_048_576
MEMORY = "2GB"


def screen_file(library: Library, pack: str, on: date, source: Path, target: Path, progress: bool = False) -> Screened:
    """Write `source` (CSV, Parquet, XLSX; one household a row, columns named by fact id) to `target` with the verdict
    of `pack` on the day beside each row. Raises ListError, NoSuchPack."""
    rules, evaluator = load_screen_rules(), library.evaluator(pack, on, None)
    if target.suffix.lower() not in (".csv", ".parquet", ".xlsx"):
        raise ListError(f"Found {target.name}; expected an output that ends in .csv, .parquet or .xlsx.")
    if target.exists() and target.samefile(source):
        raise ListError(f"{target} is the list itself; give the result a name of its own.")
    with tempfile.TemporaryDirectory(prefix="shouwang-") as folder, duckdb.connect() as con:
        work = Path(folder)
        con.execute(f"SET memory_limit = '{MEMORY}'; SET temp_directory = {literal(str(work / 'spill'))}")
        con.execute(f"SET enable_progress_bar = {'true' if progress else 'false'}")
        listed = open_list(con, source, work)
        query = Query(listed, library, rules)
        if not query.facts:
            raise ListError(
                f"{source.name} has no column that is a fact ({', '.join(c.name for c in listed.columns[:8])} …); "
                "expected columns named by fact id, as in `shouwang packs show`."
            )
        result = Screened(hints=hints(library, listed))
        shape = query.shape(_find(con, query, rules, result))
        compiled = pack_sql(evaluator, shape)
        con.create_function(
            "exact",
            as_function(library, evaluator.brief, compiled),
            [duckdb.type(sql_type(library.vocabulary[name])) for name in compiled.facts],
            duckdb.type("VARCHAR"),
            null_handling=FunctionNullHandling.SPECIAL,
            side_effects=True,
        )
        _write(con, query.verdicts(compiled), target)
        _count(con, target, work, result)
    return result


def _find(con: duckdb.DuckDBPyConnection, query: Query, rules: ScreenRules, result: Screened) -> list[bool | None]:
    """Everything wrong, into `result`; of each column of numbers whether all are whole."""
    names = [column.name for column in query.facts]
    result.rows, result.bad_rows, *whole = con.execute(query.overview()).fetchall()[0]
    found = con.execute(query.findings(rules.shown)).fetchall() if result.bad_rows else []
    for row, problem, facts, cells in found:
        if problem:
            result.findings.append(Finding(row, "", f"Found {problem}; the row was not judged."))
        for name in facts.split():
            spec = query.vocabulary[name]
            wanted = {"bool": "是 or 否 (true or false)", "enum": f"one of {', '.join(spec.values)}"}.get(
                spec.kind, "a whole number of at least " if spec.kind == "int" else "a number of at least "
            )
            wanted += f"{spec.lowest:g}" if spec.numeric else ""
            wanted += f" and at most {spec.highest:g}" if spec.highest is not None else ""
            result.findings.append(Finding(row, name, f"Found {cells[names.index(name)]!r}; expected {wanted}."))
    _twice(con, query, rules, result)
    _cut_numbers(con, query, rules, result)
    return whole


def _twice(con: duckdb.DuckDBPyConnection, query: Query, rules: ScreenRules, result: Screened) -> None:
    """Households that stand more than once."""
    by_name = {column.name.lower(): column.name for column in query.passed}
    key = next((by_name[name] for name in rules.keys if name in by_name), None)
    if key is None:
        return
    twice = (
        f"SELECT MIN(row_), STRING_AGG(CAST(row_ AS VARCHAR), ', ' ORDER BY row_) FROM ({query.texts(key)}) AS rows_ "
        f"WHERE text_ <> '' GROUP BY text_ HAVING COUNT(*) > 1 ORDER BY 1 LIMIT {rules.shown}"
    )
    for row, places in con.execute(twice).fetchall():
        result.findings.append(Finding(row, key, f"This household stands in rows {places}; each row was judged alone."))


def _cut_numbers(con: duckdb.DuckDBPyConnection, query: Query, rules: ScreenRules, result: Screened) -> None:
    """ID numbers that a spreadsheet has turned into floats, their last digits gone."""
    for column in query.passed:
        if column.name.lower() not in rules.id_columns:
            continue
        cut = r"^[0-9](\.[0-9]+)?[eE]\+?1[67]$|^[0-9]{15}000(\.0)?$"
        found = (
            f"SELECT row_ FROM ({query.texts(column.name)}) AS rows_ WHERE REGEXP_MATCHES(text_, '{cut}') ORDER BY row_"
        )
        for (row,) in con.execute(f"{found} LIMIT {rules.shown}").fetchall():
            message = "Found an ID number that was turned into a number and lost its last digits; enter it as text."
            result.findings.append(Finding(row, column.name, message))


def _write(con: duckdb.DuckDBPyConnection, sql: str, target: Path) -> None:
    ending = target.suffix.lower()
    if ending == ".xlsx":
        _write_sheet(con, sql, target)
        return
    part = target.with_name(target.name + ".part")
    form = "FORMAT PARQUET" if ending == ".parquet" else "FORMAT CSV, HEADER"
    try:
        con.execute(f"COPY ({sql}) TO {literal(str(part))} ({form})")
        part.replace(target)
    except duckdb.Error as error:
        raise ListError(f"The result could not be written ({str(error).splitlines()[0]}).") from None
    finally:
        part.unlink(missing_ok=True)


def _write_sheet(con: duckdb.DuckDBPyConnection, sql: str, target: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("screen")
    cursor = con.execute(sql)
    sheet.append([column[0] for column in cursor.description or ()])
    rows = 1
    while block := cursor.fetchmany(2_000):
        rows += len(block)
        if rows > SHEET_ROWS:
            raise ListError(
                f"The result has more than {SHEET_ROWS} rows, which no sheet holds; write .csv or .parquet."
            )
        for row in block:
            sheet.append([_as_text(value) for value in row])
    book.save(target)


def _as_text(value: object) -> object:
    """Text stays text, also where it begins like a formula."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@"):
        return "'" + value
    return value


def _count(con: duckdb.DuckDBPyConnection, target: Path, work: Path, result: Screened) -> None:
    written = open_list(con, target, work)
    rows: Sequence[tuple[str | None, int]] = con.execute(
        f"SELECT {RESULT[0]}, COUNT(*) FROM {written.sql} GROUP BY 1 ORDER BY 2 DESC"
    ).fetchall()
    result.counts = {outcome or "": int(count) for outcome, count in rows}
