"""What a pattern cannot match without: sets of single characters and pairs of which the text must hold one each.

Trying hundreds of patterns on every message costs most of its time; nearly all can be told beforehand to find nothing.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product
from operator import add
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

Needles = tuple[frozenset[str], ...]
Strings = frozenset[str]  # everything a part of a pattern can match, where that is little
_MOST = 3  # sets that are looked at; more hardly ever tell more
_WIDEST = 40  # a range of more characters tells next to nothing
_STRINGS = 120  # more than these are not multiplied out
_CHARACTER, _PAIR = 20.0, 1.0  # how often a text has one, against the other
_EMPTY: Strings = frozenset([""])


def pieces(text: str) -> frozenset[str]:
    """The characters and the pairs of neighbouring characters of `text`."""
    return frozenset(text).union(map(add, text, text[1:]))


def needles(pattern: re.Pattern[str]) -> Needles:
    """Sets of which `pieces` of every matching text holds at least one member each, the most telling first."""
    whole = _of_sequence(_parser.parse(pattern.pattern))
    found = set(whole.needed + _rarest(whole.strings))
    return tuple(sorted(found, key=_commonness)[:_MOST])


def may_match(needed: Needles, held: frozenset[str]) -> bool:
    """Whether a text with these `pieces` can hold a match."""
    for one in needed:  # noqa: SIM110 (twice as fast as any() with a generator, and this is the point here)
        if one.isdisjoint(held):
            return False
    return True


class Sieve:
    """Which of many patterns are worth trying on a text."""

    def __init__(self, needed: Sequence[Needles]) -> None:
        self._needed = tuple(needed)
        self._always = [number for number, one in enumerate(needed) if not one]
        self._by_piece: dict[str, list[int]] = defaultdict(list)  # each pattern by its most telling set
        for number, one in enumerate(needed):
            for piece in one[0] if one else ():
                self._by_piece[piece].append(number)

    def worth_trying(self, held: frozenset[str]) -> list[int]:
        """Their numbers, ascending; `held` is what `pieces` gives for the text."""
        found = set(self._always)
        for piece in self._by_piece.keys() & held:
            found.update(self._by_piece[piece])
        return [number for number in sorted(found) if may_match(self._needed[number], held)]


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
