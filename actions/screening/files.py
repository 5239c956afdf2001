"""Lists as files: CSV (UTF-8 or GB18030), Parquet and XLSX, made ready for DuckDB to read.

A clean CSV or a Parquet file is read where it lies. What DuckDB would stumble over (another encoding, a row with too
few or too many cells) and every XLSX is first written as a plain CSV into the working folder, row by row.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import openpyxl

from actions.screening.query import Column, Source, literal

ROW_PROBLEM = "row problem "  # with a blank at its end, so that no list has a column of this name
SEPARATORS = (",", "\t", ";")
ENDINGS = (".csv", ".txt", ".tsv", ".parquet", ".xlsx")


class ListError(ValueError):
    """A list that cannot be read or written at all; one sentence."""


def open_list(con: duckdb.DuckDBPyConnection, path: Path, work: Path) -> Source:
    """The list in `path` as something that `con` can select from; `work`: a folder for what must be rewritten.

    Raises ListError.
    """
    if not path.is_file():
        raise ListError(f"There is no file {path}; expected a list as CSV, Parquet or XLSX.")
    ending = path.suffix.lower()
    if ending == ".parquet":
        return _described(con, f"read_parquet({literal(str(path))})", path)
    if ending == ".xlsx":
        return _plain(con, _sheet_rows(path), work, path)
    if ending not in ENDINGS:
        raise ListError(f"Found {path.name}; expected a file that ends in {', '.join(ENDINGS)}.")
    if _is_utf8(path):
        try:
            return _csv(con, path, _separator(path), path)
        except duckdb.Error:
            pass  # a row that does not fit: read it ourselves and say which one
    return _plain(con, text_rows(path), work, path)


def _csv(con: duckdb.DuckDBPyConnection, file: Path, separator: str, named: Path) -> Source:
    options = f"header = true, all_varchar = true, delim = {literal(separator)}, quote = '\"', escape = '\"'"
    sql = f"read_csv({literal(str(file))}, {options}, auto_detect = false, columns = {{{_columns(file, separator)}}})"
    con.execute(f"SELECT COUNT(*) FROM {sql}").fetchone()
    return _described(con, sql, named)


def _columns(file: Path, separator: str) -> str:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        names = next(csv.reader(lines, delimiter=separator), [])
    return ", ".join(f"{literal(name)}: 'VARCHAR'" for name in _header(names, file))


def _described(con: duckdb.DuckDBPyConnection, sql: str, named: Path) -> Source:
    try:
        rows = con.execute(f"DESCRIBE SELECT * FROM {sql}").fetchall()
    except duckdb.Error as error:
        raise ListError(f"{named} cannot be read ({str(error).splitlines()[0]}); expected a sound file.") from None
    columns = tuple(Column(str(name), str(kind)) for name, kind, *_ in rows if name != ROW_PROBLEM)
    marked = any(row[0] == ROW_PROBLEM for row in rows)
    return Source(sql, columns, ROW_PROBLEM if marked else None)


def _header(names: list[str], file: Path) -> list[str]:
    """The names of the columns, unnamed and repeated ones told apart; raises ListError where there are none."""
    if not any(name.strip() for name in names):
        raise ListError(f"{file.name} has no header; expected the names of the columns in its first row.")
    seen: dict[str, int] = {}
    result = []
    for number, name in enumerate(names, 1):
        plain = name.strip() or f"column_{number}"
        seen[plain.lower()] = seen.get(plain.lower(), 0) + 1
        result.append(plain if seen[plain.lower()] == 1 else f"{plain}_{seen[plain.lower()]}")
    return result


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _separator(path: Path) -> str:
    with path.open("rb") as file:
        first = _decoded(file.readline())
    return max(SEPARATORS, key=first.count)


def _decoded(line: bytes) -> str:
    """A line in UTF-8 or, where it is not, in GB18030 (GBK is part of it); what is neither keeps a mark."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("gb18030", errors="replace")


def text_rows(path: Path) -> Iterator[list[str]]:
    """The rows of a CSV in UTF-8, GB18030 or a mixture of both, line by line; raises ListError."""
    separator = _separator(path)
    with path.open("rb") as file:
        lines = (piece for line in file for piece in _pieces(_decoded(line).replace("\0", "")))
        first = next(lines, "").removeprefix("\ufeff")
        try:
            yield from csv.reader(_again(first, lines), delimiter=separator)
        except csv.Error as error:
            raise ListError(
                f"{path.name} cannot be read ({error}); look for a quotation mark that is never closed."
            ) from None


def _pieces(line: str) -> list[str]:
    """The lines in a line: old programs end theirs with a carriage return alone."""
    return [f"{piece}\n" for piece in line.rstrip("\r\n").split("\r")]


def _again(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _sheet_rows(path: Path) -> Iterator[list[str]]:
    sheet = open_book(path).worksheets[0]
    for row in sheet.iter_rows(values_only=True):
        yield [_cell_text(value) for value in row]


def open_book(path: Path) -> openpyxl.Workbook:
    """The workbook, for reading row by row; raises ListError."""
    try:
        return openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises what its parts raise
        raise ListError(f"{path} cannot be read ({type(error).__name__}); expected an XLSX file.") from None


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _plain(con: duckdb.DuckDBPyConnection, rows: Iterable[list[str]], work: Path, named: Path) -> Source:
    """The rows as a plain CSV in `work`, each with what is wrong with it as a row."""
    target = work / "list.csv"
    source = iter(rows)
    header = next(source, [])
    while header and not header[-1].strip():
        header.pop()
    names = _header(header, named)
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*names, ROW_PROBLEM])
        for row in source:
            while len(row) > len(names) and not row[-1].strip():
                row.pop()
            if any(cell.strip() for cell in row):
                wrong = "" if len(row) == len(names) else f"{len(row)} cells instead of {len(names)}"
                writer.writerow([*row[: len(names)], *[""] * (len(names) - len(row)), wrong])
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in [*names, ROW_PROBLEM])
    options = "header = true, auto_detect = false, quote = '\"', escape = '\"', delim = ','"
    return _described(con, f"read_csv({literal(str(target))}, {options}, columns = {{{columns}}})", named)
