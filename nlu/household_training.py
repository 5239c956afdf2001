"""Training the table of household sizes from the messages of `labelled/` whose size is labelled.

Of each message the candidates compete with one another and with “none is said” (a softmax over them, where none has
the sum 0); several that mean the right size share the goal. Some signs are left out at random each time, so that
no size rests on one writer's way to say it, and nobody's messages outweigh those of others by their mere number.
`python -m nlu.household_training` measures: each writer's messages by a table that was learned from all others'.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain
from operator import add
from typing import NamedTuple

from nlu.household_candidates import candidates
from nlu.household_choice import CHOICE, CLOSING
from nlu.household_signs import signs
from nlu.labelled_rows import labelled
from nlu.normalise import read
from nlu.table import Table, Tables, by_place
from nlu.terms import lexicon
from nlu.unreal import blanked, stretches

EPOCHS, STEP, PULL = 12, 0.15, 1e-3
AVERAGED = 6  # of the last epochs; the weights are the mean of what they end with
LEFT_OUT = 0.3  # of the signs, at random each time
MANY = 200  # messages of one writer; each weighs less where there are more
# What is trusted before any example: the forms that tell a size outright.
START = dict.fromkeys((f"form:{name}:=" for name in ("said", "one_pot", "surely", "noted", "counted_in")), 1.0)
SEEN = 2  # candidates that must show a sign
_SIZES, _BY_FILE = "sizes_", ("sizes_", "eighteenth_", "nineteenth_")  # how files are named
_SMALL = 2e-3  # an error below it teaches nothing
_TELLING = 0.01  # a weight below it is left out


class Example(NamedTuple):
    """A message and the size of its household; None where it says none."""

    text: str
    size: int | None
    writer: str = ""


class Seen(NamedTuple):
    """What is seen of the candidates of a message, and which of them mean the right size."""

    signs: list[frozenset[str]]
    values: list[int]
    size: int | None
    length: int = 0  # of the text, in characters
    writer: str = ""


def examples() -> list[Example]:
    """All messages whose size is labelled, each text once; answers are read in the light of their question instead."""
    found: dict[str, Example] = {}
    for row in labelled():
        if row.sizes and not row.asks:
            known, writer = found.get(row.text), writer_of(row.file)
            if known and writer.startswith(_SIZES):  # taken from a set that has its writer's name
                writer = known.writer
            found[row.text] = Example(row.text, row.sizes[0], writer)
    return list(found.values())


def writer_of(file: str) -> str:
    """Whose messages a file holds: a set of several files is one writer's, but for those that name each by a file."""
    return file if file.startswith(_BY_FILE) else file.partition("_")[0]


def looked_at(row: Example) -> Seen:
    """An example as the choice sees it."""
    copy = read(row.text).text
    copy = blanked(copy, stretches(copy, lexicon().index.find(copy))).rstrip(CLOSING)  # as the extractor gives it
    hits = lexicon().index.find(copy)
    found = candidates(copy, hits)
    return Seen(signs(copy, found, hits), [c.value for c in found], row.size, len(copy), row.writer)


def train(rows: Sequence[Example] | None = None) -> Tables:
    """The table of signs and what each adds to the sum of a candidate."""
    return {CHOICE: fit([looked_at(row) for row in (examples() if rows is None else rows)])}


def fit(rows: Sequence[Seen]) -> Table:
    """Weights by AdaGrad, message after message."""
    held = Counter(chain.from_iterable(said for row in rows for said in row.signs))
    names = sorted(name for name, count in held.items() if count >= SEEN)
    place = {name: at for at, name in enumerate(names)}
    written = Counter(row.writer for row in rows)
    made = [_lesson(row, place, min(1.0, math.sqrt(MANY / written[row.writer]))) for row in rows if row.values]
    weights, steps = [START.get(name, 0.0) for name in names], [1.0] * len(names)
    total = [0.0] * len(names)
    chance = random.Random(7)
    for epoch in range(EPOCHS):
        chance.shuffle(made)
        for lesson in made:
            _learn(lesson, weights, steps, chance)
        if epoch >= EPOCHS - AVERAGED:
            total = list(map(add, total, weights))
    told = {("", n): (round(w / AVERAGED, 3),) for n, w in zip(names, total, strict=True)}
    return Table((CHOICE,), {}, by_place({gram: row for gram, row in told.items() if abs(row[0]) >= _TELLING}))


class _Lesson(NamedTuple):
    """A message as it is learned from."""

    parts: list[list[int]]  # the signs of each candidate, by their numbers
    signs: list[int]  # of all of them
    right: list[bool]
    weight: float


def _lesson(row: Seen, place: Mapping[str, int], weight: float) -> _Lesson:
    parts = [sorted(place[n] for n in said if n in place) for said in row.signs]
    return _Lesson(parts, sorted({*chain.from_iterable(parts)}), [v == row.size for v in row.values], weight)


def _learn(lesson: _Lesson, weights: list[float], steps: list[float], chance: random.Random) -> None:
    kept = {at for at in lesson.signs if chance.random() >= LEFT_OUT}
    parts = [list(kept.intersection(part)) for part in lesson.parts]
    sums = [math.fsum(map(weights.__getitem__, part)) / (1 - LEFT_OUT) for part in parts]
    top = max(0.0, *sums)
    powers = [math.exp(s - top) for s in sums]
    total = math.fsum(powers) + math.exp(-top)
    goal = math.fsum(p for p, r in zip(powers, lesson.right, strict=True) if r)
    for part, power, is_right in zip(parts, powers, lesson.right, strict=True):
        miss = lesson.weight * (power / total - (power / goal if is_right else 0.0)) / (1 - LEFT_OUT)
        if abs(miss) < _SMALL:
            continue
        for at in part:
            slope = miss + PULL * weights[at]
            steps[at] += slope * slope
            weights[at] -= STEP * slope / math.sqrt(steps[at])


if __name__ == "__main__":
    from nlu.household_measure import main  # it needs this

    raise SystemExit(main())
