"""Training the table of facts: of what the rules state of labelled messages, what is right and what is not.

`python -m nlu.fact_training` prints precision and recall without the table and with it, in cross-validation by files.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nlu import fact_model as model
from nlu.hearing import hear
from nlu.labelled_rows import Labelled, labelled
from nlu.plain_clauses import plain
from nlu.sparse_learning import Case, Effort, fit_large
from nlu.table import Grams, Table, Tables

EFFORT = Effort(kept=8_000, times=8)  # of one order alone 8 % more wrong facts stay
_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Example:
    """A fact that the rules state of a message: the groups about it, and whether it is right.

    message: its number, by which the facts of one message stay together.
    """

    groups: Grams
    right: bool
    message: int


def train(rows: Sequence[Labelled] | None = None) -> Tables:
    """The table, by default from all labelled messages."""
    return {"stated": _fitted(list(examples(labelled() if rows is None else rows)))}


def examples(rows: Sequence[Labelled]) -> Iterator[Example]:
    """Every fact that the rules state of messages whose facts are labelled; what may be read either way is none."""
    for number, row in enumerate(rows):
        if row.facts is None or row.asks:
            continue
        heard = hear(row.text, None)
        said = plain(heard.told.text, heard.reading)
        for fact, value in heard.stated.values.items():
            right = row.facts.get(fact) == value
            if right or fact not in row.open_facts:
                groups = model.groups_of(said, fact, value, heard.stated.spans[fact])
                if groups:
                    yield Example(groups, right, number)


def _fitted(known: Sequence[Example]) -> Table:
    cases = [Case(one.groups, {model.CHOICES[0 if one.right else 1]: 1.0}) for one in known]
    return fit_large(cases, model.CHOICES, EFFORT)


def main() -> int:
    """Of the facts that the rules state, how many are right, and how many the table keeps."""
    known = list(examples(labelled()))
    counts = Counter[tuple[bool, bool]]()
    for fold in range(_FOLDS):
        table = _fitted([one for one in known if one.message // 200 % _FOLDS != fold])
        for one in known:
            if one.message // 200 % _FOLDS == fold:
                so, not_so = table.sums({"bias": 1.0}, one.groups)
                counts[one.right, so - not_so >= model.BAR] += 1
    right, wrong = counts[True, True] + counts[True, False], counts[False, True] + counts[False, False]
    sys.stdout.write(f"stated by rules: {right} right, {wrong} wrong\n")
    sys.stdout.write(f"kept by the table: {counts[True, True]} right, {counts[False, True]} wrong\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
