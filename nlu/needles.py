"""What a pattern cannot match without: sets of single characters and pairs of which the text must hold one each.

Trying hundreds of patterns on every message costs most of its time; nearly all can be told beforehand to find nothing.
A pattern of many alternatives is looked at alternative by alternative: together they need hardly anything.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise, product
from operator import add
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

Needles = tuple[frozenset[str], ...]
Ways = tuple[Needles, ...]  # for each way in which a pattern can match, what that way needs
Strings = frozenset[str]  # everything a part of a pattern can match, where that is little
_MOST = 3  # sets that are looked at; more hardly ever tell more
_WIDEST = 40  # a range of more characters tells next to nothing
_STRINGS = 120  # more than these are not multiplied out
_WAYS = 32  # alternatives of alternatives are spread out up to so many
_CHARACTER, _PAIR = 20.0, 1.0  # how often a text has one, against the other
_EMPTY: Strings = frozenset([""])


@lru_cache(maxsize=4)  # several readers look at one text after another
def pieces(text: str) -> frozenset[str]:
    """The characters and the pairs of neighbouring characters of `text`."""
    return frozenset(text).union(map(add, text, text[1:]))


def ways(pattern: str) -> Ways:
    """The ways in which `pattern` can match; `pieces` of a matching text hold a member of every set of one of them.

    re.error where it is no valid pattern.
    """
    spread = _spread(list(_parser.parse(pattern)))
    each = dict.fromkeys(_needles(items) for items in spread)
    return tuple(each) if all(each) else ((),)


def _needles(items: Any) -> Needles:
    """Sets of which every text that holds a match has at least one member each, the most telling first."""
    whole = _of_sequence(items)
    found = set(whole.needed + _rarest(whole.strings))
    return tuple(sorted(found, key=_commonness)[:_MOST])


def _spread(items: list[Any]) -> list[list[Any]]:
    """The sequence once for each of its alternatives, those within them included, as long as they are few."""
    done: list[list[Any]] = []
    waiting = [items]
    while waiting:
        one = waiting.pop()
        at = max(range(len(one)), key=lambda n: len(_branches(one[n])), default=0)
        branches = _branches(one[at]) if one else []
        if len(branches) < 2 or len(done) + len(waiting) + len(branches) > _WAYS:
            done.append(one)
        else:
            waiting += [[*one[:at], *branch, *one[at + 1 :]] for branch in branches]
    return done


def _branches(item: Any) -> list[Any]:
    """The alternatives that an item of a sequence consists of, where they are more than plain words."""
    operation, value = item
    if operation is _constants.BRANCH and _of_item(operation, value).strings is None:
        return list(value[1])
    if operation is _constants.SUBPATTERN and len(value[-1]) == 1:
        return _branches(value[-1][0])
    return []


def reach(pattern: str) -> float:
    """Characters that a match and what is looked at before and after it take at most; infinite where unbounded."""
    return _widest(_parser.parse(pattern))


def _widest(items: Any) -> float:
    return sum(_width(operation, value) for operation, value in items)


def _width(operation: Any, value: Any) -> float:
    if operation in (_constants.LITERAL, _constants.NOT_LITERAL, _constants.IN, _constants.ANY):
        return 1
    if operation is _constants.BRANCH:
        return max(map(_widest, value[1]))
    if operation is _constants.SUBPATTERN:
        return _widest(value[-1])
    if operation in (_constants.MAX_REPEAT, _constants.MIN_REPEAT):
        return math.inf if value[1] is _constants.MAXREPEAT else value[1] * _widest(value[2])
    if operation in (_constants.ASSERT, _constants.ASSERT_NOT):
        return _widest(value[1])
    return 0 if operation is _constants.AT else math.inf


@dataclass(slots=True)
class _Part:
    """`strings`: all that it can match, None where that is endless or much; `needed`: what it cannot do without."""

    strings: Strings | None = None
    needed: list[Strings] = field(default_factory=list)


def _of_sequence(items: Any) -> _Part:
    """Neighbours are joined as long as their strings are few; what has been joined so far is then needed."""
    whole: Strings | None = _EMPTY  # of everything
    joined, needed = _EMPTY, list[Strings]()
    for operation, value in items:
        part = _of_item(operation, value)
        needed += part.needed
        if part.strings is None or len(part.strings) * len(joined) > _STRINGS:
            needed += _rarest(joined)
            whole, joined = None, part.strings or _EMPTY
        else:
            joined = frozenset(map("".join, product(joined, part.strings)))
    if whole is not None:
        return _Part(joined, needed)
    return _Part(None, needed + _rarest(joined))


def _of_item(operation: Any, value: Any) -> _Part:
    if operation is _constants.LITERAL:
        return _Part(frozenset(chr(value)))
    if operation is _constants.IN:
        return _Part(_of_set(value))
    if operation is _constants.SUBPATTERN:
        return _of_sequence(value[-1])
    if operation in (_constants.MAX_REPEAT, _constants.MIN_REPEAT):
        return _of_repeat(*value)
    if operation is _constants.ASSERT:
        inside = _of_sequence(value[1])
        return _Part(_EMPTY, inside.needed + _rarest(inside.strings))
    if operation in (_constants.ASSERT_NOT, _constants.AT):
        return _Part(_EMPTY)
    if operation is _constants.BRANCH:
        return _of_branches([_of_sequence(branch) for branch in value[1]])
    return _Part()  # stands for any character


def _of_repeat(least: int, most: int, items: Any) -> _Part:
    inside = _of_sequence(items)
    if inside.strings is not None and (least, most) in ((0, 1), (1, 1)):
        return _Part(inside.strings | _EMPTY if least == 0 else inside.strings)
    return _Part(None, inside.needed + _rarest(inside.strings) if least else [])


def _of_branches(branches: list[_Part]) -> _Part:
    strings = [branch.strings for branch in branches]
    if all(one is not None for one in strings) and not any(branch.needed for branch in branches):
        return _Part(frozenset().union(*(one or () for one in strings)))
    each = [branch.needed + _rarest(branch.strings) for branch in branches]
    if not all(each):
        return _Part()  # one of them needs nothing
    return _Part(None, [frozenset().union(*(min(sets, key=_commonness) for sets in each))])


def _of_set(members: Any) -> Strings | None:
    found: set[str] = set()
    for operation, value in members:
        if operation is _constants.LITERAL:
            found.add(chr(value))
        elif operation is _constants.RANGE and value[1] - value[0] < _WIDEST:
            found.update(map(chr, range(value[0], value[1] + 1)))
        else:
            return None
    return frozenset(found)


def _rarest(strings: Strings | None) -> list[Strings]:
    """A set with a piece of each string, shared ones first; none where a string is empty or they are not known."""
    if not strings or "" in strings:
        return []
    shared = Counter(piece for one in strings for piece in set(_pieces_of(one)))
    return [frozenset(max(_pieces_of(one), key=shared.__getitem__) for one in strings)]


def _pieces_of(words: str) -> list[str]:
    return ["".join(pair) for pair in pairwise(words)][::-1] or [words]


def _commonness(needed: Strings) -> float:
    return sum(_PAIR if len(one) > 1 else _CHARACTER for one in needed)
