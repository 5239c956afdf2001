"""A list as a file: its header found below a title, its rows with the numbers that a spreadsheet shows.

Anything a department sends: CSV in UTF-8, GBK, a mixture or UTF-16, or XLSX. Figures of more than fifteen digits are
kept as what a spreadsheet shows of them (3.70681E+17), so that nobody takes what is left of an ID number for one.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

from actions.lists.text import header_key
from actions.screening.files import ListError, open_book, text_rows

WHOLE_DIGITS = 1e15  # a spreadsheet keeps fifteen digits of a number
TEXT_ENDINGS = (".csv", ".txt", ".tsv")
SHOWN_HEADERS = 8


@dataclass(frozen=True)
class Row:
    """One row: `number` as a spreadsheet counts, `cells` by header key; empty cells are left out."""

    number: int
    cells: Mapping[str, str]


@dataclass
class Table:
    """What a file, or a sheet of it, holds. `name`: of the file, with the sheet where there are several; `headers`:
    header key → header as written; `misfits`: rows that do not fit under them."""

    path: Path
    name: str
    headers: dict[str, str]
    rows: list[Row] = field(default_factory=list)
    misfits: list[tuple[int, int]] = field(default_factory=list)  # (row, cells found)


def read_tables(path: Path, known: Collection[str], first_rows: int) -> list[Table]:
    """The rows of `path`, of every sheet that has a header: the one of its first rows with most of the `known` keys.

    Raises ListError where there is no such file, no such row, or nothing that can be read.
    """
    if not path.is_file():
        raise ListError(f"There is no file {path}; expected a list as CSV or XLSX.")
    seen: list[str] = []
    tables: list[tuple[str, Table]] = []
    for title, sheet in _sheets(path):
        rows = enumerate(sheet, 1)
        begun = list(islice(rows, first_rows))
        best = max(begun, key=lambda row: _fits(row[1], known), default=None)
        if best is not None and _fits(best[1], known):
            tables.append((title, _read(path, best, [row for row in begun if row[0] > best[0]], rows)))
        else:
            seen += [cell.strip() for _, cells in begun[:1] for cell in cells if cell.strip()]
    if not tables:
        found = "、".join(seen[:SHOWN_HEADERS]) or "nothing"
        raise ListError(
            f"{path.name}: found the columns {found}; expected one with the ID number (身份证号) or the household "
            f"number (户编号) in one of its first {first_rows} rows; name the column so."
        )
    for title, table in tables if len(tables) > 1 else ():
        table.name = f"{path.name}“{title}”"
    return [table for _, table in tables]


def _fits(cells: Iterable[str], known: Collection[str]) -> int:
    return sum(header_key(cell) in known for cell in cells)


def _read(
    path: Path, head: tuple[int, list[str]], begun: list[tuple[int, list[str]]], rest: Iterator[tuple[int, list[str]]]
) -> Table:
    names = [cell.strip() for cell in head[1]]
    while names and not names[-1]:
        names.pop()
    keys = [header_key(name) for name in names]
    table = Table(path, path.name, {})
    for key, name in zip(keys, names, strict=True):
        if key:
            table.headers.setdefault(key, name)
    for number, cells in chain(begun, rest):
        while len(cells) > len(keys) and not cells[-1].strip():
            cells.pop()
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(keys):
            table.misfits.append((number, len(cells)))
            continue
        filled: dict[str, str] = {}
        for key, cell in zip(keys, cells, strict=True):
            if key and cell.strip():
                filled.setdefault(key, cell.strip())
        table.rows.append(Row(number, filled))
    return table


def _sheets(path: Path) -> Iterator[tuple[str, Iterator[list[str]]]]:
    """The sheets with their titles; a text file is one."""
    ending = path.suffix.lower()
    if ending == ".xlsx":
        for sheet in open_book(path).worksheets:
            yield sheet.title, ([_cell(value) for value in row] for row in sheet.iter_rows(values_only=True))
    elif ending in TEXT_ENDINGS:
        yield "", _text(path)
    elif ending == ".xls":
        raise ListError(f"{path.name} is a workbook of old Excel; open it and save it as .xlsx or CSV.")
    else:
        raise ListError(f"Found {path.name}; expected a list that ends in {', '.join(TEXT_ENDINGS)} or .xlsx.")


def _text(path: Path) -> Iterator[list[str]]:
    with path.open("rb") as file:
        mark = file.read(2)
    if mark not in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        yield from text_rows(path)
        return
    text = path.read_text("utf-16", errors="replace").replace("\0", "")
    try:
        yield from csv.reader(io.StringIO(text, newline=None), delimiter=max("\t,;", key=text[:2000].count))
    except csv.Error as error:
        raise ListError(f"{path.name} cannot be read ({error}); look for an unclosed quotation mark.") from None


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if abs(value) >= WHOLE_DIGITS:
            return f"{value:.14E}"
        return str(int(value)) if value == int(value) else str(value)
    return str(value)
