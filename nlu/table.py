"""A table of learned weights: figures and groups of characters in, the likeliest of some choices out.

What is learned of messages (`nlu/learned.py`) is kept in such tables: plain numbers that can be read, compared and
summed by hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from struct import Struct
from struct import error as struct_error

Row = tuple[float, ...]
Grams = list[tuple[float, frozenset[str]]]  # for each place what a group weighs there, and the groups
NONE_FAVOURED: Mapping[str, float] = {}


def each_weighed(grams: Grams) -> dict[str, float]:
    """Every group with its weight."""
    return {gram: weight for weight, said in grams for gram in said}


# A row of weights is one whole number with a lane for each choice: so a sum over many groups is one addition for
# each of them, and exact, whatever order a set has.
_BITS = 64
_MIDDLE = 1 << (_BITS - 1)  # added to each lane, so that none is negative
_FINE = 1_000_000  # a weight is held to so small a part


class Table:
    """Weights of figures and groups for each choice; the highest sum wins."""

    def __init__(self, choices: Sequence[str], figures: Mapping[str, Row], grams: Mapping[str, Row]) -> None:
        self.choices = tuple(choices)
        self._figures = dict(figures)
        self._lanes = Struct(f"<{len(self.choices)}Q")
        self._middle = sum(_MIDDLE << (_BITS * at) for at in range(len(self.choices)))
        if not self.choices or any(len(r) != len(self.choices) for r in [*figures.values(), *grams.values()]):
            raise ValueError("a row of the table has not one weight for each choice")
        self._packed = {name: self._pack(row) for name, row in grams.items()}

    def sums(self, figures: Mapping[str, float], grams: Grams) -> list[float]:
        """The sum of each choice, in the order of `choices`."""
        sums = [0.0] * len(self.choices)
        for name, value in figures.items():
            for at, weight in enumerate(self._figures.get(name, ()) if value else ()):
                sums[at] += weight * value
        for value, said in grams:
            if packed := sum(filter(None, map(self._packed.get, said))):
                sums = [total + value * part for total, part in zip(sums, self._unpacked(packed), strict=True)]
        return sums

    def _pack(self, row: Row) -> int:
        try:
            lanes = self._lanes.pack(*[round(weight * _FINE) + _MIDDLE for weight in row])
        except (struct_error, OverflowError) as error:
            raise ValueError(f"{row} holds a weight that no table has") from error
        return int.from_bytes(lanes, "little") - self._middle

    def _unpacked(self, packed: int) -> Row:
        lanes = self._lanes.unpack((packed + self._middle).to_bytes(self._lanes.size, "little"))
        return tuple([(lane - _MIDDLE) / _FINE for lane in lanes])

    def choose(self, figures: Mapping[str, float], grams: Grams, favour: Mapping[str, float] = NONE_FAVOURED) -> str:
        """The choice with the highest sum, the first of equals; `favour` is added to the choices it names."""
        sums = self.sums(figures, grams)
        for choice, more in favour.items():
            if choice in self.choices:
                sums[self.choices.index(choice)] += more
        return self.choices[max(range(len(sums)), key=sums.__getitem__)]

    def written(self) -> dict[str, object]:
        """What `read` takes."""
        grams = {name: self._unpacked(row) for name, row in self._packed.items()}
        return {"choices": self.choices, "figures": self._figures, "grams": grams}

    @classmethod
    def read(cls, data: Mapping[str, Mapping[str, Sequence[float]]]) -> Table:
        """A table from what `written` gave; KeyError, TypeError or ValueError where it is none."""
        rows = {part: {str(k): tuple(map(float, v)) for k, v in data[part].items()} for part in ("figures", "grams")}
        return cls([str(c) for c in data["choices"]], rows["figures"], rows["grams"])


Tables = dict[str, Table]
