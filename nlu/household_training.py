"""Training the table of household sizes from the messages of `labelled/` whose size is labelled.

Of each message the candidates compete with one another and with “none is said” (a softmax over them, where none has
the sum 0); several that mean the right size share the goal. `python -m nlu.household_training` cross-validates.
"""

from __future__ import annotations

import math
import random
import sys
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from nlu.household_candidates import candidates
from nlu.household_choice import CHOICE, CLOSING, least, signs, weight
from nlu.labelled_rows import labelled
from nlu.normalise import read
from nlu.table import Table, Tables
from nlu.terms import lexicon
from nlu.unreal import blanked, stretches

EPOCHS, STEP, PULL = 12, 0.2, 1e-3
# What is trusted before any example: the forms that tell a size outright.
START = dict.fromkeys((f"form:{name}:=" for name in ("said", "one_pot", "surely", "noted", "counted_in")), 1.0)
SEEN = 2  # candidates that must show a sign
_SMALL = 2e-3  # an error below it teaches nothing
_TELLING = 0.01  # a weight below it is left out
_FOLDS = 5


class Example(NamedTuple):
    """A message and the size of its household; None where it says none."""

    text: str
    size: int | None


class Seen(NamedTuple):
    """What is seen of the candidates of a message, and which of them mean the right size."""

    signs: list[frozenset[str]]
    values: list[int]
    size: int | None
    length: int = 0  # of the text, in characters


def examples() -> list[Example]:
    """All messages whose size is labelled, each text once; answers are read in the light of their question instead."""
    rows = (row for row in labelled() if row.sizes and not row.asks)
    return list({row.text: Example(row.text, row.sizes[0]) for row in rows}.values())


def looked_at(row: Example) -> Seen:
    """An example as the choice sees it."""
    copy = read(row.text).text
    copy = blanked(copy, stretches(copy, lexicon().index.find(copy))).rstrip(CLOSING)  # as the extractor gives it
    hits = lexicon().index.find(copy)
    found = candidates(copy, hits)
    return Seen(signs(copy, found, hits), [c.value for c in found], row.size, len(copy))


def train(rows: Sequence[Example] | None = None) -> Tables:
    """The table of signs and what each adds to the sum of a candidate."""
    return {CHOICE: fit([looked_at(row) for row in (examples() if rows is None else rows)])}


def fit(rows: Sequence[Seen]) -> Table:
    """Weights by AdaGrad, message after message."""
    held = Counter(chain.from_iterable(said for row in rows for said in row.signs))
    names = sorted(name for name, count in held.items() if count >= SEEN)
    place = {name: at for at, name in enumerate(names)}
    made = [
        ([sorted(place[n] for n in said if n in place) for said in row.signs], [v == row.size for v in row.values])
        for row in rows
        if row.values
    ]
    weights, steps = [START.get(name, 0.0) for name in names], [1.0] * len(names)
    shuffle = random.Random(7)
    for _ in range(EPOCHS):
        shuffle.shuffle(made)
        for parts, right in made:
            _learn(parts, right, weights, steps)
    told = {("", n): (round(w, 3),) for n, w in zip(names, weights, strict=True) if abs(w) >= _TELLING}
    return Table((CHOICE,), {}, told)


def _learn(parts: Sequence[Sequence[int]], right: Sequence[bool], weights: list[float], steps: list[float]) -> None:
    sums = [math.fsum(map(weights.__getitem__, part)) for part in parts]
    top = max(0.0, *sums)
    powers = [math.exp(s - top) for s in sums]
    total = math.fsum(powers) + math.exp(-top)
    goal = math.fsum(p for p, r in zip(powers, right, strict=True) if r)
    for part, power, is_right in zip(parts, powers, right, strict=True):
        miss = power / total - (power / goal if is_right else 0.0)
        if abs(miss) < _SMALL:
            continue
        for at in part:
            slope = miss + PULL * weights[at]
            steps[at] += slope * slope
            weights[at] -= STEP * slope / math.sqrt(steps[at])


def main() -> int:
    """Cross-validation over all examples: right where a size is stated, and where none is."""
    rows = [looked_at(row) for row in examples()]
    order = list(range(len(rows)))
    random.Random(11).shuffle(order)
    right: Counter[str] = Counter()
    for fold in range(_FOLDS):
        table = fit([rows[at] for n, at in enumerate(order) if n % _FOLDS != fold])
        for row in (rows[at] for at in order[fold::_FOLDS]):
            sums = [weight(table, said) for said in row.signs]
            best = max(range(len(sums)), key=sums.__getitem__, default=None)
            told = row.values[best] if best is not None and sums[best] > least(row.length) else None
            name = "none stated" if row.size is None else "stated"
            right[name] += told == row.size
            right[f"{name} n"] += 1
    for name in ("stated", "none stated"):
        sys.stdout.write(f"household size {name:12s} {right[name] / right[f'{name} n']:.3f}  n={right[f'{name} n']}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
