"""Three-valued truth (strong Kleene): unknown is a value of its own and never counts as "no"."""

from __future__ import annotations

import enum
from collections.abc import Iterable


class Truth(enum.Enum):
    """YES, NO or UNKNOWN. `bool()` raises, so that nobody mistakes unknown for no."""

    YES = True
    NO = False
    UNKNOWN = None

    def __init__(self, plain: bool | None) -> None:
        self.plain = plain  # True / False / None as the outside world writes it

    def __bool__(self) -> bool:
        raise TypeError("A Truth has three values; compare it with `is YES`, `is NO` or `is UNKNOWN`.")

    def __invert__(self) -> Truth:
        return NEGATED[self]

    def __and__(self, other: Truth) -> Truth:
        return every((self, other))

    def __or__(self, other: Truth) -> Truth:
        return some((self, other))


YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN
NEGATED = {YES: NO, NO: YES, UNKNOWN: UNKNOWN}


def every(truths: Iterable[Truth]) -> Truth:
    """NO as soon as one is NO; YES only when all are YES."""
    result = YES
    for truth in truths:
        if truth is NO:
            return NO
        if truth is UNKNOWN:
            result = UNKNOWN
    return result


def some(truths: Iterable[Truth]) -> Truth:
    """YES as soon as one is YES; NO only when all are NO."""
    result = NO
    for truth in truths:
        if truth is YES:
            return YES
        if truth is UNKNOWN:
            result = UNKNOWN
    return result


def at_least(count: int, truths: Iterable[Truth]) -> Truth:
    """YES when `count` of them are YES, NO when not enough can still become YES."""
    sure = open_ = 0
    for truth in truths:
        sure += truth is YES
        open_ += truth is UNKNOWN
    if sure >= count:
        return YES
    return UNKNOWN if sure + open_ >= count else NO
