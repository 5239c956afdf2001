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
_EVERYWHERE = frozenset("的了是有没不我家人一在个就都也还上下里年钱看要能得去来")  # hardly tell one text from another
_COMMON = 12  # how many rare characters one of those weighs


def needles(pattern: re.Pattern[str]) -> Needles:
    """Sets of which every matching text holds at least one character each, the most telling first."""
    found = set(_of_sequence(_parser.parse(pattern.pattern)))
    return tuple(sorted(found, key=_how_common)[:_MOST])


class Sieve:
    """Which of many patterns may match a text, without asking each."""

    def __init__(self, needed: list[Needles]) -> None:
        self._rest = [sets[1:] for sets in needed]
        self._always = [at for at, sets in enumerate(needed) if not sets]
        self._by_character: dict[str, list[int]] = {}
        for at, sets in enumerate(needed):
            for character in sets[0] if sets else ():
                self._by_character.setdefault(character, []).append(at)

    def may_match(self, characters: frozenset[str]) -> list[int]:
        """The places of the patterns that may match a text of these characters, in order."""
        found = set(self._always)
        for character in characters:
            found.update(self._by_character.get(character, ()))
        return sorted(at for at in found if may_match(self._rest[at], characters))


def _how_common(characters: frozenset[str]) -> int:
    return sum(_COMMON if character in _EVERYWHERE else 1 for character in characters)


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
