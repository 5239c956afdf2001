"""Learning a table from examples: multinomial logistic regression in plain Python.

Learning begins with given weights, and for groups of characters with a share of what their counts alone tell (naive
Bayes), and is pulled back to both: a weight given by hand counts before any example holds it.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import add

from nlu.table import Gram, Table, by_place


@dataclass(frozen=True, slots=True)
class Pace:
    """How a table is learned.

    epochs: times through the examples; step: how far one example moves a weight at first; pull: how strongly a group
    is drawn back to where it began, figure_pull: a figure; counted: how much of what its counts tell a group begins
    with; seen: how many examples must hold a group; kept: how many groups the table keeps, those whose weights differ
    most between choices.
    """

    epochs: int = 20
    step: float = 0.15
    pull: float = 3e-3
    figure_pull: float = 3e-3
    counted: float = 0.0
    seen: int = 2
    kept: int | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """An example as the table sees it; `goal`: how much of it each choice deserves, 1 in all."""

    figures: Mapping[str, float]
    grams: Mapping[Gram, float]
    goal: Mapping[str, float]


def fit(
    rows: Sequence[Seen],
    choices: Sequence[str],
    start: Mapping[str, Mapping[str, float]],
    pace: Pace,
) -> Table:
    """Weights learned from the rows, beginning with those of `start` (choice -> figure -> weight)."""
    held = Counter(g for row in rows for g in row.grams)
    figures = sorted({n for row in rows for n in row.figures})
    grams = sorted(g for g, n in held.items() if n >= pace.seen)
    place_of_figure = {name: at for at, name in enumerate(figures)}
    place = {name: at for at, name in enumerate(grams, len(figures))}
    begun = _by_count(rows, choices, grams, pace.counted)
    weights = [[start.get(c, {}).get(name, 0.0) for c in choices] for name in figures] + [begun[g] for g in grams]
    first = [tuple(row) for row in weights]
    pull = [pace.figure_pull] * len(figures) + [pace.pull] * len(grams)
    steps = [[1.0] * len(choices) for _ in weights]
    made = [
        (
            [(place_of_figure[n], v) for n, v in row.figures.items() if v]
            + [(place[g], v) for g, v in sorted(row.grams.items()) if g in place],
            [row.goal.get(c, 0.0) for c in choices],
        )
        for row in rows
    ]
    shuffle = random.Random(7)
    for _ in range(pace.epochs):
        shuffle.shuffle(made)
        for parts, goal in made:
            _learn(parts, goal, weights, steps, first, pull, pace.step)
    rounded = [tuple(round(w, 4) for w in row) for row in weights]
    told = dict(zip(grams, rounded[len(figures) :], strict=True))
    strongest = sorted(told, key=lambda name: (min(told[name]) - max(told[name]), name))[: pace.kept]
    kept = by_place({name: told[name] for name in sorted(strongest)})
    return Table(choices, dict(zip(figures, rounded, strict=False)), kept)


def _by_count(
    rows: Sequence[Seen], choices: Sequence[str], names: Sequence[Gram], counted: float
) -> dict[Gram, list[float]]:
    """Where each group begins: how much likelier than in the mean it is in each choice, one example added to each."""
    goals = {c: sum(row.goal.get(c, 0.0) for row in rows) for c in choices}
    total = sum(goals.values())
    said = {name: [0.0] * len(choices) for name in names}
    for row in rows:
        shares = [row.goal.get(c, 0.0) for c in choices]
        for name in row.grams.keys() & said.keys():
            said[name] = list(map(add, said[name], shares))
    begin = {}
    for name, counts in said.items():
        tells = [math.log(n / max(goals[c], 1.0) + 1 / total) for n, c in zip(counts, choices, strict=True)]
        mean = sum(tells) / len(tells)
        begin[name] = [counted * (t - mean) for t in tells]
    return begin


def _learn(
    parts: Sequence[tuple[int, float]],
    goal: Sequence[float],
    weights: list[list[float]],
    steps: list[list[float]],
    first: Sequence[tuple[float, ...]],
    pull: Sequence[float],
    width: float,
) -> None:
    """One step of AdaGrad for one example."""
    sums = [0.0] * len(goal)
    for at, value in parts:
        for k, weight in enumerate(weights[at]):
            sums[k] += weight * value
    top = max(sums)
    powers = [math.exp(s - top) for s in sums]
    total = sum(powers)
    off = [p / total - g for p, g in zip(powers, goal, strict=True)]
    for at, value in parts:
        row, step, begin, back = weights[at], steps[at], first[at], pull[at]
        for k, miss in enumerate(off):
            slope = miss * value + back * (row[k] - begin[k])
            step[k] += slope * slope
            row[k] -= width * slope / math.sqrt(step[k])
