"""Groups of characters, as tables look them up."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from nlu.table import Grams


def runs(words: str, longest: int) -> set[str]:
    """All groups of 1 to `longest` characters that stand in the words."""
    return {words[at : at + size] for size in range(1, longest + 1) for at in range(len(words) - size + 1)}


def placed(weights: Mapping[str, float], said: Mapping[str, Collection[str]]) -> Grams:
    """The groups of each place, marked with the place's letter and weighed by it."""
    return [(weights[place], frozenset(map(place.__add__, groups))) for place, groups in said.items() if groups]


def evenly(weights: Mapping[str, float], said: Mapping[str, Collection[str]]) -> Grams:
    """The same, where a place weighs the same however much stands there."""
    shares = {place: round(weights[place] / len(groups) ** 0.5, 3) for place, groups in said.items() if groups}
    return placed(shares, said)
