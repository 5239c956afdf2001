"""Counts of a set as figures: tallies by measure, and the score of a set or of a part of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from nlu.evaluation.intervals import Counts, bootstrap, f1, precision, recall, wilson
from nlu.evaluation.rows import Row
from nlu.mentions import Extraction

CHOICES = (
    "answered",
    "kind strict",
    "kind lenient",
    "complaint topic",
    "household size",
    "household size (none stated)",
    "nothing",
    "answer",
    "danger",
    "sums",
    "names",
    "phones",
    "id numbers",
    "place",
)


class Reader(Protocol):
    """Whatever reads a text: ours, or one of those that it is compared with."""

    def extract(self, text: str, asks: str | None = None) -> Extraction: ...


@dataclass(slots=True)
class Tally:
    """Right, wrongly given, and missed; `rate` is the share that is right for a choice and F1 for mentions."""

    name: str
    messages: list[Counts] = field(default_factory=list)

    @property
    def counts(self) -> Counts:
        return self.right, self.extra, self.missed

    @property
    def right(self) -> int:
        return sum(c[0] for c in self.messages)

    @property
    def extra(self) -> int:
        return sum(c[1] for c in self.messages)

    @property
    def missed(self) -> int:
        return sum(c[2] for c in self.messages)

    @property
    def total(self) -> int:
        """How many choices, or how many mentions there were to find."""
        return self.right + self.missed + (self.extra if self.name in CHOICES else 0)

    @property
    def precision(self) -> float:
        return precision(self.counts)

    @property
    def recall(self) -> float:
        return recall(self.counts)

    @property
    def f1(self) -> float:
        return f1(self.counts)

    @property
    def rate(self) -> float:
        return self.right / max(1, self.total) if self.name in CHOICES else self.f1

    def interval(self, figure: Callable[[Counts], float]) -> tuple[float, float]:
        """The 95 % interval of `rate`, or of precision or recall of mentions."""
        if self.name in CHOICES:
            return wilson(self.rate, self.total)
        return bootstrap(self.messages, figure)


@dataclass(frozen=True, slots=True)
class Scored:
    """One row, its counts by measure, and what was wrong in words."""

    row: Row
    counts: Mapping[str, Counts]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """A set of scored rows; a part of it (one genre, one tag) is a score again."""

    name: str
    scored: tuple[Scored, ...]

    @property
    def rows(self) -> int:
        return len(self.scored)

    @property
    def tallies(self) -> dict[str, Tally]:
        found: dict[str, Tally] = {}
        for one in self.scored:
            for measure, counts in one.counts.items():
                found.setdefault(measure, Tally(measure)).messages.append(counts)
        return found

    @property
    def errors(self) -> list[tuple[int, str, list[str]]]:
        """Number of errors, text and errors of every row that has some, the worst first."""
        wrong = [(len(one.notes), str(one.row["text"]), list(one.notes)) for one in self.scored if one.notes]
        return sorted(wrong, key=lambda e: -e[0])

    def part(self, name: str, keep: Callable[[Row], bool]) -> Score:
        return Score(name, tuple(one for one in self.scored if keep(one.row)))
