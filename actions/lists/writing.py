"""Tables for people: CSV that a spreadsheet opens in Chinese, or XLSX; text stays text and never becomes a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import openpyxl

from actions.screening.files import ListError

ENDINGS = (".csv", ".xlsx")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def check_target(path: Path, sources: Iterable[Path]) -> None:
    """Raise ListError where `path` is no place for a result: another kind of file, no folder, or one of the lists."""
    if path.suffix.lower() not in ENDINGS:
        raise ListError(f"Found {path.name}; expected an output that ends in {' or '.join(ENDINGS)}.")
    if not path.parent.is_dir():
        raise ListError(f"There is no folder {path.parent}; make it, or write somewhere else.")
    if any(path.exists() and source.exists() and path.samefile(source) for source in sources):
        raise ListError(f"{path} is one of the lists; give the result a name of its own.")


def write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write the table; it is there whole or not at all."""
    part = path.with_name(path.name + ".part")
    try:
        if path.suffix.lower() == ".xlsx":
            _write_sheet(part, header, rows)
        else:
            with part.open("w", encoding="utf-8-sig", newline="") as file:
                csv.writer(file).writerows([header, *([_cell(value) for value in row] for row in rows)])
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _write_sheet(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("shouwang")
    sheet.append(list(header))
    for row in rows:
        sheet.append([_cell(value) for value in row])
    book.save(path)


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value
