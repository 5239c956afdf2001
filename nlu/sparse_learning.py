"""Learning a large table of many choices quickly: multinomial logistic regression that moves only what is wrong.

With sixteen choices and twenty thousand examples most choices are soon right of most examples. Those are left alone,
and an example that is right of all is looked at less often: so it learns in seconds what `nlu/learning.py` would take
minutes for. Nothing draws weights back; that learning ends early keeps them small. Of what is learned only
the strongest groups are kept, so that the table stays small and looking up is quick.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlu.learning import Weights, shares
from nlu.table import Gram, Grams, Table, by_place, each_weighed

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
    """A case as it is learned from: the rows of its groups, what each weighs there in all, and its goal."""

    at: NDArray[np.intp]
    value: Weights  # of one column
    goal: NDArray[np.float64]
    share: float
    rests_until: int = 0


def fit_large(cases: Sequence[Case], choices: Sequence[str], effort: Effort) -> Table:
    """The table learned from the cases; the same cases in the same order give the same table."""
    held = Counter(gram for case in cases for gram in {(p, g) for p, _, said in case.grams for g in said})
    names = sorted(gram for gram, n in held.items() if n >= effort.seen)
    number = {name: at for at, name in enumerate(names, 1)}  # 0 is the bias
    made = [_seen(case, choices, number) for case in cases]
    summed = np.zeros((len(names) + 1, len(choices)))
    for turn in range(effort.times):
        summed += _learned(made, summed.shape, effort, random.Random(_FIRST_ORDER + turn))
    return _table(choices, names, summed / (min(effort.averaged, effort.epochs) * effort.times), effort.kept)


def _seen(case: Case, choices: Sequence[str], number: Mapping[Gram, int]) -> _Seen:
    weighed = {0: 1.0}
    for gram, weight in sorted(each_weighed(case.grams).items()):
        if gram in number:
            weighed[number[gram]] = weight
    goal = np.array([case.goal.get(c, 0.0) for c in choices])
    return _Seen(np.array([*weighed], np.intp), np.array([*weighed.values()])[:, None], goal, case.share)


def _learned(made: Sequence[_Seen], shape: tuple[int, ...], effort: Effort, shuffle: random.Random) -> Weights:
    """The weights, summed up over the epochs that are averaged."""
    weights, summed = np.zeros(shape), np.zeros(shape)
    order = [*made]
    for one in order:
        one.rests_until = 0
    for epoch in range(effort.epochs):
        shuffle.shuffle(order)
        step = effort.step + (effort.last_step - effort.step) * epoch / max(1, effort.epochs - 1)
        for one in order:
            if one.rests_until > epoch or (one.share < 1 and shuffle.random() >= one.share):
                continue
            if not _learn(one, weights, step, effort.least):
                one.rests_until = epoch + effort.rest
        if epoch >= effort.epochs - effort.averaged:
            summed += weights
    return summed


def _learn(one: _Seen, weights: Weights, step: float, least: float) -> bool:
    """One step for the choices that the example misses; whether there were any."""
    here = weights[one.at]
    miss = shares((here * one.value).sum(axis=0).tolist()) - one.goal
    miss[np.abs(miss) < least] = 0.0
    if not miss.any():
        return False
    weights[one.at] = here - one.value * (step * miss)
    return True


def _table(choices: Sequence[str], names: Sequence[Gram], weights: Weights, kept: int) -> Table:
    """The bias and the groups whose weights differ most between choices."""
    bias, *told = (tuple(round(w, 2) for w in row) for row in weights.tolist())
    rows = dict(zip(names, told, strict=True))
    strongest = sorted(rows, key=lambda name: (min(rows[name]) - max(rows[name]), name))[:kept]
    return Table(choices, {BIAS: bias}, by_place({name: rows[name] for name in sorted(strongest)}))
