"""95 % intervals: Wilson's for a share, a seeded bootstrap over messages for precision, recall and F1."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

Counts = tuple[int, int, int]  # right, wrongly given, missed: of one message

RESAMPLES = 600
_Z = 1.96


def wilson(rate: float, total: int) -> tuple[float, float]:
    """The interval of a share `rate` of `total`."""
    if total == 0:
        return 0.0, 1.0
    square = _Z * _Z / total
    centre = (rate + square / 2) / (1 + square)
    half = _Z * math.sqrt(rate * (1 - rate) / total + square / (4 * total)) / (1 + square)
    return max(0.0, centre - half), min(1.0, centre + half)


def precision(counts: Counts) -> float:
    right, extra, _ = counts
    return right / (right + extra) if right + extra else 1.0


def recall(counts: Counts) -> float:
    right, _, missed = counts
    return right / (right + missed) if right + missed else 1.0


def f1(counts: Counts) -> float:
    right, extra, missed = counts
    total = 2 * right + extra + missed
    return 2 * right / total if total else 1.0


def summed(counts: Sequence[Counts]) -> Counts:
    return sum(c[0] for c in counts), sum(c[1] for c in counts), sum(c[2] for c in counts)


def bootstrap(
    messages: Sequence[Counts], figure: Callable[[Counts], float], resamples: int = RESAMPLES
) -> tuple[float, float]:
    """The interval of `figure` over resampled messages: a message's mentions stand or fall together.

    The same messages always give the same interval. Where a sample holds no error at all (or nothing right) every
    resample is alike and would claim certainty; Wilson's interval over the mentions stands there instead.
    """
    whole = summed(messages)
    rate = figure(whole)
    if rate in (0.0, 1.0):
        return wilson(rate, max(1, sum(whole)))
    dice = random.Random(len(messages) * 1_000_003 + sum(whole))
    rates = sorted(figure(summed(dice.choices(messages, k=len(messages)))) for _ in range(resamples))
    return rates[int(resamples * 0.025)], rates[min(resamples - 1, int(resamples * 0.975))]
