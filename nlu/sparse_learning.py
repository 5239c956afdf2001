"""Learning a large table of many choices quickly: multinomial logistic regression that moves only what is wrong.

With sixteen choices and twenty thousand examples most choices are soon right of most examples. Those are left alone,
and an example that is right of all is looked at less often: so plain Python learns in seconds what `nlu/learning.py`
would take minutes for. Nothing draws weights back; that learning ends early keeps them small. Of what is learned only
the strongest groups are kept, so that the table stays small and looking up is quick.
"""

from __future__ import annotations

import math
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import add, itemgetter
from typing import Any

from nlu.table import Gram, Grams, Table, by_place

BIAS = "bias"
_FIRST_ORDER = 7


@dataclass(frozen=True, slots=True)
class Effort:
    """How a large table is learned.

    epochs: times through the examples; step: how far one example moves a weight in the first, `last_step` in the last;
    seen: examples that must hold a group; least: a smaller miss than this (of 1) moves nothing; rest: epochs for which
    an example that missed nothing is left out; kept: groups that the table holds at most; averaged: the weights are the
    mean of those after so many last epochs; times: how often all is learned anew, in another order each time, for a
    mean of as many tables: what the order of the cases brought about is evened out.
    """

    epochs: int = 10
    step: float = 0.8
    last_step: float = 0.2
    seen: int = 2
    least: float = 0.05
    rest: int = 3
    kept: int = 24_000
    averaged: int = 6
    times: int = 1


@dataclass(frozen=True, slots=True)
class Case:
    """An example: its groups by place, and how much of it each choice deserves (1 in all).

    share: how often it is looked at (1: always).
    """

    grams: Grams
    goal: dict[str, float]
    share: float = 1.0


@dataclass(slots=True)
class _Seen:
    """A case as it is learned from: for each place what a group weighs there and the numbers of the groups."""

    goal: list[float]
    share: float
    places: list[tuple[float, list[int], Callable[[list[float]], Any]]] = field(default_factory=list)
    rests_until: int = 0


def fit_large(cases: Sequence[Case], choices: Sequence[str], effort: Effort) -> Table:
    """The table learned from the cases; the same cases in the same order give the same table."""
    held = Counter(gram for case in cases for gram in {(p, g) for p, _, said in case.grams for g in said})
    names = sorted(gram for gram, n in held.items() if n >= effort.seen)
    number = {name: at for at, name in enumerate(names, 1)}  # 0 is the bias
    made = [_seen(case, choices, number) for case in cases]
    means = [[0.0] * (len(names) + 1) for _ in choices]  # of each choice: the bias, and in the order of `names`
    for turn in range(effort.times):
        learned = _learned(made, len(names) + 1, effort, random.Random(_FIRST_ORDER + turn))
        means = [[*map(add, mean, row)] for mean, row in zip(means, learned, strict=True)]
    count = min(effort.averaged, effort.epochs) * effort.times
    return _table(choices, names, [[w / count for w in row] for row in means], effort.kept)


def _learned(made: list[_Seen], many: int, effort: Effort, shuffle: random.Random) -> list[list[float]]:
    """The weights of each choice, summed up over the epochs that are averaged."""
    weights = [[0.0] * many for _ in made[0].goal]
    means = [[0.0] * many for _ in made[0].goal]
    for one in made:
        one.rests_until = 0
    for epoch in range(effort.epochs):
        shuffle.shuffle(made)
        step = effort.step + (effort.last_step - effort.step) * epoch / max(1, effort.epochs - 1)
        for one in made:
            if one.rests_until > epoch or (one.share < 1 and shuffle.random() >= one.share):
                continue
            if not _learn(one, weights, step, effort.least):
                one.rests_until = epoch + effort.rest
        if epoch >= effort.epochs - effort.averaged:
            means = [[*map(add, mean, row)] for mean, row in zip(means, weights, strict=True)]
    return means


def _seen(case: Case, choices: Sequence[str], number: dict[Gram, int]) -> _Seen:
    places: dict[float, list[int]] = defaultdict(list)
    places[1.0].append(0)
    for place, value, said in case.grams:
        places[value] += [number[place, group] for group in sorted(said) if (place, group) in number]
    made = _Seen([case.goal.get(c, 0.0) for c in choices], case.share)
    for value, known in places.items():
        if known:
            made.places.append((value, known, itemgetter(*known, known[0])))  # one more: of one it gave no tuple
    return made


def _learn(one: _Seen, weights: list[list[float]], step: float, least: float) -> bool:
    """One step for the choices that the example misses; whether there were any."""
    sums = [sum(v * (sum(get(row)) - row[known[0]]) for v, known, get in one.places) for row in weights]
    top = max(sums)
    powers = [math.exp(s - top) for s in sums]
    total = sum(powers)
    right = True
    for row, power, goal in zip(weights, powers, one.goal, strict=True):
        miss = power / total - goal
        if abs(miss) < least:
            continue
        right = False
        for value, known, _ in one.places:
            push = step * miss * value
            for at in known:
                row[at] -= push
    return not right


def _table(choices: Sequence[str], names: Sequence[Gram], weights: Sequence[list[float]], kept: int) -> Table:
    """The bias and the groups whose weights differ most between choices."""
    bias, *told = (tuple(round(w, 2) for w in row) for row in zip(*weights, strict=True))
    rows = dict(zip(names, told, strict=True))
    strongest = sorted(rows, key=lambda name: (min(rows[name]) - max(rows[name]), name))[:kept]
    return Table(choices, {BIAS: bias}, by_place({name: rows[name] for name in sorted(strongest)}))
