"""What a screening has to say about a list besides its verdicts."""

from __future__ import annotations

from dataclasses import dataclass, field

from rapidfuzz import process

from actions.screening.query import Source
from actions.screening.rules import load_screen_rules
from policy_kb import Library


@dataclass(frozen=True)
class Finding:
    """Something about a row that a person should look at. `row`: as a spreadsheet counts, the header is row 1."""

    row: int
    column: str
    message: str


@dataclass
class Screened:
    """What came of a screening. `counts`: rows by outcome («» for those without a verdict)."""

    rows: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    bad_rows: int = 0
    findings: list[Finding] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)


def hints(library: Library, listed: Source) -> list[str]:
    """Columns that are no fact but nearly one: a slip of the pen would silently leave the fact unknown."""
    found = []
    keys = load_screen_rules().keys
    for column in listed.columns:
        if column.name not in library.vocabulary and column.name.lower() not in keys:
            near = process.extractOne(column.name.lower(), list(library.vocabulary), score_cutoff=88)
            if near:
                found.append(f"The column {column.name!r} is no fact and is passed through; did you mean {near[0]!r}?")
    return found
