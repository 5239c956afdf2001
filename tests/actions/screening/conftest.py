"""Lists to screen: households of every kind, written the way a county's spreadsheets come."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import pytest

from policy_kb import Library, load_library

DAY = date(2021, 7, 1)
Household = dict[str, object]


@pytest.fixture(scope="session")
def library() -> Library:
    return load_library()


def households(library: Library, count: int, seed: int, known: float) -> list[Household]:
    """Households of which a share `known` of all facts is known; amounts often stand just on a line."""
    chance = random.Random(seed)
    return [
        {n: v for n in library.vocabulary if (v := _value(library, n, chance, known)) is not None} for _ in range(count)
    ]


def _value(library: Library, name: str, chance: random.Random, known: float) -> object:
    spec = library.vocabulary[name]
    if chance.random() > known:
        return None
    if spec.kind == "bool":
        return chance.random() < 0.5
    if spec.kind == "enum":
        return chance.choice(spec.values)
    if spec.kind == "int":
        return chance.randint(int(spec.lowest), int(spec.highest or 6))
    if spec.highest is not None:
        return round(chance.random(), 2)
    return chance.choice([0, 4000, 5000, 6000.0, 12000, 20000, round(chance.random() * 60000, 2), 0.1 + 0.2])


def as_cell(value: object) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def write_csv(
    path: Path, rows: Iterable[Mapping[str, object]], columns: Iterable[str], encoding: str = "utf-8"
) -> Path:
    names = list(columns)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows([as_cell(row.get(name)) for name in names] for row in rows)
    return path


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def verdict(library: Library, pack: str, facts: Household) -> dict[str, str]:
    """What `assess` says, as a screened list writes it."""
    found = library.assess(pack, facts, DAY, "any")
    return {
        "outcome": found.outcome,
        "category": found.category or "",
        "possible": ";".join(found.possible),
        "exclusions": ";".join(found.exclusions),
        "unknown": ";".join(found.unknown),
    }
