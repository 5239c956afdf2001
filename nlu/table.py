"""A table of learned weights: figures and groups of characters in, the likeliest of some choices out.

What is learned of messages (`nlu/learned.py`) is kept in such tables: plain numbers that can be read, compared and
summed by hand.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

Row = tuple[float, ...]
Grams = list[tuple[float, frozenset[str]]]  # for each place what a group weighs there, and the groups
NONE_FAVOURED: Mapping[str, float] = {}


def each_weighed(grams: Grams) -> dict[str, float]:
    """Every group with its weight."""
    return {gram: weight for weight, said in grams for gram in said}


class Table:
    """Weights of figures and groups for each choice; the highest sum wins."""

    def __init__(self, choices: Sequence[str], figures: Mapping[str, Row], grams: Mapping[str, Row]) -> None:
        self.choices = tuple(choices)
        self._figures = dict(figures)
        self._grams = dict(grams)
        if not self.choices or any(len(r) != len(self.choices) for r in [*figures.values(), *grams.values()]):
            raise ValueError("a row of the table has not one weight for each choice")

    def sums(self, figures: Mapping[str, float], grams: Grams) -> list[float]:
        """The sum of each choice, in the order of `choices`."""
        sums = [0.0] * len(self.choices)
        for name, value in figures.items():
            for at, weight in enumerate(self._figures.get(name, ()) if value else ()):
                sums[at] += weight * value
        for value, said in grams:
            rows = filter(None, map(self._grams.get, said))
            for at, column in enumerate(zip(*rows, strict=True)):
                sums[at] += value * math.fsum(column)  # exact: a set has no order
        return sums

    def choose(self, figures: Mapping[str, float], grams: Grams, favour: Mapping[str, float] = NONE_FAVOURED) -> str:
        """The choice with the highest sum, the first of equals; `favour` is added to the choices it names."""
        sums = self.sums(figures, grams)
        for choice, more in favour.items():
            if choice in self.choices:
                sums[self.choices.index(choice)] += more
        return self.choices[max(range(len(sums)), key=sums.__getitem__)]

    def written(self) -> dict[str, object]:
        """What `read` takes."""
        return {"choices": self.choices, "figures": self._figures, "grams": self._grams}

    @classmethod
    def read(cls, data: Mapping[str, Mapping[str, Sequence[float]]]) -> Table:
        """A table from what `written` gave; KeyError, TypeError or ValueError where it is none."""
        rows = {part: {str(k): tuple(map(float, v)) for k, v in data[part].items()} for part in ("figures", "grams")}
        return cls([str(c) for c in data["choices"]], rows["figures"], rows["grams"])


Tables = dict[str, Table]
