"""Scores as text: Markdown tables that read well in a terminal too, and the worst messages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nlu.evaluation.intervals import f1, precision, recall
from nlu.evaluation.scores import CHOICES, Score, Tally

WORST = 20
_SHOWN = 80  # characters of a message
_NOTES = 6

# In which order the measures stand; facts are told as precision and recall.
ORDER = (
    "kind strict",
    "kind lenient",
    "complaint topic",
    "hardship type",
    "hardship type+subject",
    "hardship type+subject+status",
    "hardship span",
    "amount value",
    "amount value+role",
    "household size",
    "household size (none stated)",
    "facts precision",
    "facts recall",
    "nothing",
    "answer",
    "danger",
    "sums",
    "names",
    "phones",
    "id numbers",
    "place",
    "answered",
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure of one set with its 95 % interval; `total`: choices made, or mentions there were (or were given)."""

    rate: float
    low: float
    high: float
    total: int
    precision: float | None = None
    recall: float | None = None

    def __str__(self) -> str:
        return f"{self.rate:.3f}"

    @property
    def interval(self) -> str:
        return f"{self.low:.2f}–{self.high:.2f}"


def figures(score: Score, measures: Iterable[str] = ORDER) -> dict[str, Figure]:
    """The measures that this set's labels allow, in their order."""
    tallies = score.tallies
    found = {}
    for measure in measures:
        figure = _figure(tallies, measure)
        if figure is not None and figure.total:
            found[measure] = figure
    return found


def _figure(tallies: dict[str, Tally], measure: str) -> Figure | None:
    if measure in ("facts precision", "facts recall"):
        facts = tallies.get("facts")
        if facts is None:
            return None
        if measure == "facts precision":
            return Figure(facts.precision, *facts.interval(precision), facts.right + facts.extra)
        return Figure(facts.recall, *facts.interval(recall), facts.total)
    tally = tallies.get(measure)
    if tally is None:
        return None
    if measure in CHOICES:
        return Figure(tally.rate, *tally.interval(f1), tally.total)
    # A set without a single mention still tells whether something was found where nothing is.
    total = tally.total or tally.extra
    return Figure(tally.f1, *tally.interval(f1), total, tally.precision, tally.recall)


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table with its columns in line."""
    lines = [list(head), *(list(row) for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(head))]
    shown = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
             for line in lines]  # fmt: skip
    shown.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(shown)


def table(score: Score) -> str:
    """One set's figures."""
    rows = [
        (measure, str(f), f.interval, _rate(f.precision), _rate(f.recall), str(f.total))
        for measure, f in figures(score).items()
    ]
    return f"{score.name}: {score.rows} messages\n" + markdown(("measure", "rate", "95 %", "P", "R", "n"), rows)


def _rate(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def worst(score: Score, count: int = WORST) -> str:
    """The messages with most errors, shortened, and what was wrong."""
    lines = []
    for number, text, notes in score.errors[:count]:
        shown = text[:_SHOWN].replace("\n", " ") + ("…" if len(text) > _SHOWN else "")
        lines.append(f"- {number} in «{shown}»: " + "; ".join(notes[:_NOTES]))
    return "\n".join(lines)
