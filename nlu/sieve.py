"""Which of many patterns are worth trying on a text: those of whose ways to match one is not told to find nothing."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import ClassVar

from nlu.late import Late
from nlu.needles import Needles, pieces
from nlu.needles_kept import keeper

_WORTH_A_LOOK = 60  # characters; a shorter text is searched as fast as it is looked at


def _has_each(needed: Needles, held: frozenset[str]) -> bool:
    """Whether something of each set is among the pieces `held`."""
    for one in needed:  # noqa: SIM110 (twice as fast as all() with a generator, and this is the point here)
        if one.isdisjoint(held):
            return False
    return True


class Sieve:
    """Which of many patterns are worth trying on a text."""

    def __init__(self, patterns: Sequence[re.Pattern[str] | Late]) -> None:
        self._patterns = patterns
        told = [keeper().told(pattern.pattern) for pattern in patterns]
        each = [one.ways for one in told]
        self._always = [number for number, of_one in enumerate(each) if of_one == ((),)]
        self._by_piece: dict[str, list[tuple[int, Needles]]] = defaultdict(list)  # each way by its most telling set
        for number, of_one in enumerate(each):
            for needed in of_one:
                for piece in needed[0] if needed else ():
                    self._by_piece[piece].append((number, needed[1:]))
        self._reach = [one.reach for one in told]

    def worth_trying(self, held: frozenset[str]) -> list[int]:
        """Their numbers, ascending; `held` is what `pieces` gives for the text."""
        found = set(self._always)
        for piece in self._by_piece.keys() & held:
            for number, needed in self._by_piece[piece]:
                if number not in found and _has_each(needed, held):
                    found.add(number)
        return sorted(found)

    def likely(self, text: str) -> Iterator[int]:
        """The numbers, ascending, of patterns that match in `text` or are not told from those that do.

        A pattern of bounded length is looked for about its most telling pieces only.
        """
        if len(text) < _WORTH_A_LOOK:
            yield from self.worth_trying(pieces(text))
            return
        where: dict[int, list[int]] = defaultdict(list)
        held = pieces(text)
        for piece in self._by_piece.keys() & held:
            found = [number for number, needed in self._by_piece[piece] if _has_each(needed, held)]
            places = _places(text, piece) if found else []
            for number in found:
                where[number] += places
        for number in sorted({*where, *self._always}):
            if self._is_near(number, text, where.get(number, ())):
                yield number

    def _is_near(self, number: int, text: str, places: Sequence[int]) -> bool:
        pattern, far = self._patterns[number], self._reach[number]
        if not places or far * len(places) > len(text):
            return True
        return any(pattern.search(text, max(0, at - int(far)), at + int(far) + 2) for at in places)


def _places(text: str, piece: str) -> list[int]:
    found, at = [], text.find(piece)
    while at >= 0:
        found.append(at)
        at = text.find(piece, at + 1)
    return found


class Gated:
    """A pattern that is not tried on a long text which cannot hold a match; else the pattern itself.

    All of them are looked at together, once a text.
    """

    _all: ClassVar[list[re.Pattern[str]]] = []

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self._number = len(Gated._all)
        Gated._all.append(pattern)
        self._compiled = pattern
        self.pattern, self.groups = pattern.pattern, pattern.groups
        self.match, self.fullmatch, self.sub = pattern.match, pattern.fullmatch, pattern.sub

    def search(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """As of a compiled pattern."""
        return self._compiled.search(text, start, end) if self._worth(text) else None

    def finditer(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[re.Match[str]]:
        """As of a compiled pattern."""
        return self._compiled.finditer(text, start, end) if self._worth(text) else iter(())

    def _worth(self, text: str) -> bool:
        return len(text) < _WORTH_A_LOOK or self._number in _worth_trying(len(Gated._all), text)

    @classmethod
    @cache
    def sieve(cls, count: int) -> Sieve:
        """Of the first `count` of them."""
        return Sieve(cls._all[:count])


@lru_cache(maxsize=8)
def _worth_trying(count: int, text: str) -> frozenset[int]:
    return frozenset(Gated.sieve(count).worth_trying(pieces(text)))
