"""Learning a table from examples: multinomial logistic regression by AdaGrad.

Learning begins with given weights, and for groups of characters with a share of what their counts alone tell (naive
Bayes), and is pulled back to both: a weight given by hand counts before any example holds it.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlu.table import Gram, Table, by_place

Weights = NDArray[np.float64]  # a row for each figure and group, a column for each choice
Name = str | Gram
_ORDER = 7


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


class _Lesson(NamedTuple):
    """An example as it is learned from: the rows of what it says, what each counts there, and its goal."""

    at: NDArray[np.intp]
    value: Weights  # of one column
    goal: NDArray[np.float64]


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
    number: dict[Name, int] = {name: at for at, name in enumerate(chain[Name](figures, grams))}
    lessons = [_lesson(row, number, choices) for row in rows]
    first = np.zeros((len(number), len(choices)))
    first[: len(figures)] = [[start.get(c, {}).get(name, 0.0) for c in choices] for name in figures]
    if pace.counted:
        first[len(figures) :] += pace.counted * _told_by_counts(lessons, len(number))[len(figures) :]
    pull = np.array([pace.figure_pull] * len(figures) + [pace.pull] * len(grams))[:, None]
    learned = _learned(lessons, first, pull, pace)
    rounded = [tuple(round(w, 4) for w in row) for row in learned.tolist()]
    told = dict(zip(grams, rounded[len(figures) :], strict=True))
    strongest = sorted(told, key=lambda name: (min(told[name]) - max(told[name]), name))[: pace.kept]
    kept = by_place({name: told[name] for name in sorted(strongest)})
    return Table(choices, dict(zip(figures, rounded, strict=False)), kept)


def _lesson(row: Seen, number: Mapping[Name, int], choices: Sequence[str]) -> _Lesson:
    said: dict[Name, float] = {**{n: v for n, v in row.figures.items() if v}, **dict(sorted(row.grams.items()))}
    known = [(number[name], value) for name, value in said.items() if name in number]
    at, value = zip(*known, strict=True) if known else ((), ())
    goal = [row.goal.get(c, 0.0) for c in choices]
    return _Lesson(np.array(at, np.intp), np.array(value, np.float64)[:, None], np.array(goal))


def _told_by_counts(lessons: Sequence[_Lesson], many: int) -> Weights:
    """How much likelier than in the mean each figure and group is in each choice, one example added to each."""
    goals = np.array([lesson.goal for lesson in lessons]).sum(axis=0)
    counts = np.zeros((many, len(goals)))
    for lesson in lessons:
        counts[lesson.at] += lesson.goal
    parts = counts / np.maximum(goals, 1.0) + 1 / goals.sum()
    tells = np.array([[*map(math.log, row)] for row in parts.tolist()])
    means: Weights = tells.mean(axis=1, keepdims=True)
    return tells - means


def _learned(lessons: Sequence[_Lesson], first: Weights, pull: Weights, pace: Pace) -> Weights:
    """The weights after all epochs, by AdaGrad.

    Sums go down the rows and powers are those of `math`: so every machine learns the same, whatever its processor
    adds up at once.
    """
    order = [lesson for lesson in lessons if len(lesson.at)]
    weights, steps = first.copy(), np.ones_like(first)
    shuffle = random.Random(_ORDER)
    for _ in range(pace.epochs):
        shuffle.shuffle(order)
        for at, value, goal in order:
            here, step = weights[at], steps[at]
            slope = value * (shares((here * value).sum(axis=0).tolist()) - goal) + pull[at] * (here - first[at])
            step += slope * slope
            steps[at] = step
            weights[at] = here - pace.step * slope / np.sqrt(step)
    return weights


def shares(sums: Sequence[float]) -> NDArray[np.float64]:
    """What each choice gets of 1 by its sum."""
    top = max(sums)
    powers = [math.exp(s - top) for s in sums]
    total = sum(powers)
    return np.array([power / total for power in powers])
