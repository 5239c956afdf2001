"""Groups of characters, as tables look them up."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from itertools import chain
from operator import add

from nlu.table import Said, Table


def runs(words: str, longest: int) -> set[str]:
    """All groups of 1 to `longest` characters that stand in the words."""
    return set(chain.from_iterable(by_length(words, longest)))


def by_length(words: str, longest: int) -> list[list[str]]:
    """The same for each length, in their order and as often as they stand there."""
    found = [list(words)]
    for size in range(1, longest):
        found.append([*map(add, found[-1], words[size:])])
    return found


def placed(weights: Mapping[str, float], said: Mapping[str, Collection[str]]) -> list[Said]:
    """The groups of each place, weighed by it."""
    return [Said(place, weights[place], groups) for place, groups in said.items() if groups]


def evenly(weights: Mapping[str, float], said: Mapping[str, Collection[str]]) -> list[Said]:
    """The same, where a place weighs the same however much stands there."""
    return [Said(place, even(weights[place], len(groups)), groups) for place, groups in said.items() if groups]


def even(weight: float, count: int) -> float:
    """What one of so many groups weighs in a place that weighs `weight`."""
    return round(weight / math.sqrt(count), 3)


class Running:
    """What a table knows of the groups of a text, looked up once, whichever stretches of it are asked for.

    places: the length of the longest groups that count in each place.
    """

    def __init__(self, text: str, table: Table, places: Mapping[str, int]) -> None:
        found = by_length(text, max(places.values()))
        self._known = {
            place: [[*map(table.known(place).get, one)] for one in found[:longest]] for place, longest in places.items()
        }

    def packed(self, place: str, start: int, end: int) -> int:
        """What all groups that stand in [start, end) add up to, for `Table.opened`."""
        held = (known[start : end - size] for size, known in enumerate(self._known[place]) if start < end - size)
        return sum(filter(None, chain.from_iterable(held)))


def how_many(length: int, longest: int) -> int:
    """How many groups of 1 to `longest` characters stand in so many."""
    return sum(max(0, length - size) for size in range(min(longest, length)))
