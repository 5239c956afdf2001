"""Training the table of answers from the answers of `labelled/`.

`python -m nlu.answer_training` prints how often the table alone reads an answer right, in cross-validation.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from nlu import answer_model as model
from nlu.labelled_rows import Labelled, labelled
from nlu.learning import Pace, Seen, fit
from nlu.normalise import read
from nlu.table import Table, Tables, each_weighed

PACE = Pace(epochs=12)


@dataclass(frozen=True, slots=True)
class Example:
    """An answer as it is read, what was asked, and how much of it each of yes, no, partly and open deserves."""

    words: str
    asks: str
    goal: dict[str, float]


def examples(rows: Sequence[Labelled] | None = None) -> list[Example]:
    """The answers among the rows (all that are labelled, by default) to a question of yes, no or a few values."""
    return [
        Example(read(row.text).text, row.asks, _goal(row, row.asks))
        for row in (labelled() if rows is None else rows)
        if row.asks in model.asked() and row.asks is not None and row.facts is not None
    ]


def _goal(row: Labelled, asks: str) -> dict[str, float]:
    said = model.word_of((row.facts or {}).get(asks), asks)
    perhaps = row.open_facts.get(asks)
    if said == model.OPEN and perhaps is not None:
        return {model.word_of(perhaps, asks): 0.5, model.OPEN: 0.5}
    return {said: 1.0}


def fitted(rows: Sequence[Example]) -> Table:
    """The table learned from these answers."""
    seen = [Seen(model.figures(r.words, r.asks), each_weighed(model.groups(r.words, r.asks)), r.goal) for r in rows]
    return fit(seen, model.CHOICES, {}, PACE)


def train() -> Tables:
    """The table of answers."""
    return {"answer": fitted(examples())}


def main() -> int:
    """The table alone in cross-validation; the same words to the same question are never on both sides."""
    rows = examples()
    random.Random(11).shuffle(rows)
    folds, counts = 5, Counter[str]()
    for fold in range(folds):
        tested = rows[fold::folds]
        hidden = {(row.words, row.asks) for row in tested}
        table = fitted([row for row in rows if (row.words, row.asks) not in hidden])
        for row in tested:
            choice = table.choose(model.figures(row.words, row.asks), model.groups(row.words, row.asks))
            counts["right"] += row.goal.get(choice, 0.0) > 0
            counts["n"] += 1
    sys.stdout.write(f"table {counts['right'] / counts['n']:.3f}  n={counts['n']}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
