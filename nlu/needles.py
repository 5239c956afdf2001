"""What a pattern cannot match without: sets of characters of which the text must hold one each.

Trying a hundred patterns on every message costs most of its time; most can be told beforehand to find nothing.
"""

from __future__ import annotations

import re
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

Needles = tuple[frozenset[str], ...]
_MOST = 4  # sets that are looked at; more hardly ever tell more
_WIDEST = 40  # a range of more characters tells next to nothing


def needles(pattern: re.Pattern[str]) -> Needles:
    """Sets of which every matching text holds at least one character each, the smallest first."""
    found = set(_of_sequence(_parser.parse(pattern.pattern)))
    return tuple(sorted(found, key=len)[:_MOST])


def may_match(needed: Needles, characters: frozenset[str]) -> bool:
    """Whether a text of these characters can hold a match."""
    for one in needed:  # noqa: SIM110 (twice as fast as any() with a generator, and this is the point here)
        if one.isdisjoint(characters):
            return False
    return True


def _of_sequence(items: Any) -> list[frozenset[str]]:
    return [one for operation, value in items for one in _of_item(operation, value)]


def _of_item(operation: Any, value: Any) -> list[frozenset[str]]:
    if operation is _constants.LITERAL:
        return [frozenset(chr(value))]
    if operation is _constants.IN:
        return _of_set(value)
    if operation is _constants.SUBPATTERN:
        return _of_sequence(value[-1])
    if operation in (_constants.MAX_REPEAT, _constants.MIN_REPEAT):
        return _of_sequence(value[2]) if value[0] > 0 else []
    if operation is _constants.ASSERT:
        return _of_sequence(value[1])
    if operation is _constants.BRANCH:
        return _of_branches([_of_sequence(branch) for branch in value[1]])
    return []  # what may be absent, must be absent, or stands for no character


def _of_branches(branches: list[list[frozenset[str]]]) -> list[frozenset[str]]:
    if not all(branches):
        return []  # one of them needs nothing
    return [frozenset().union(*(min(sets, key=len) for sets in branches))]


def _of_set(members: Any) -> list[frozenset[str]]:
    found: set[str] = set()
    for operation, value in members:
        if operation is _constants.LITERAL:
            found.add(chr(value))
        elif operation is _constants.RANGE and value[1] - value[0] < _WIDEST:
            found.update(map(chr, range(value[0], value[1] + 1)))
        else:
            return []
    return [frozenset(found)]
