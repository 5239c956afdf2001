"""A table of learned weights: figures and groups of characters in, the likeliest of some choices out.

What is learned of messages (`nlu/learned.py`) is kept in such tables. `Table.sums({}, [Said(place, 1.0, [group])])` are
the weights of one group.
"""

from __future__ import annotations

import sys
from array import array
from base64 import b64decode, b64encode
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from struct import Struct
from typing import Any, NamedTuple

Row = tuple[float, ...]
Gram = tuple[str, str]  # the place where it stands, and the group of characters
NONE_FAVOURED: Mapping[str, float] = {}


class Said(NamedTuple):
    """The groups of characters that stand in a place, and what one of them weighs there."""

    place: str
    weight: float
    groups: Collection[str]


Grams = Sequence[Said]


def each_weighed(grams: Grams) -> dict[Gram, float]:
    """Every group with its weight, as often as it stands there."""
    weighed: dict[Gram, float] = {}
    for place, weight, groups in grams:
        for group in groups:
            weighed[place, group] = weighed.get((place, group), 0.0) + weight
    return weighed


# A row of weights is one whole number with a lane for each choice: so a sum over many groups is one addition for
# each of them, and exact, whatever order a set has.
_BITS = 64
_MIDDLE = 1 << (_BITS - 1)  # added to each lane, so that none is negative
_FINE = 1_000_000  # a weight is held to so small a part
_SHARE = 1 << 16  # and what a place weighs to so small a one
_UNEVEN = "a row of the table has not one weight for each choice"
_TOO_LARGE = "the table holds a weight that no table has"
_NEVER = None, 0
_LARGEST = 1000.0  # weights that a lane has room for, whatever is summed


class Table:
    """Weights of figures and groups for each choice; the highest sum wins."""

    def __init__(
        self, choices: Sequence[str], figures: Mapping[str, Row], places: Mapping[str, Mapping[str, Row]]
    ) -> None:
        """places: for each place its groups (`by_place`)."""
        self.choices = tuple(choices)
        self._figures = dict(figures)
        self._lanes = Struct(f"<{len(self.choices)}Q")
        self._middle = sum(_MIDDLE << (_BITS * at) for at in range(len(self.choices)))
        if not self.choices or any(len(row) != len(self.choices) for row in figures.values()):
            raise ValueError(_UNEVEN)
        self._before: dict[str, tuple[Collection[str] | None, int]] = {}
        self._packed = {
            place: dict(zip(held, self._sliced(self._lanes_of(held.values())), strict=True))
            for place, held in places.items()
        }

    def sums(self, figures: Mapping[str, float], grams: Grams) -> list[float]:
        """The sum of each choice, in the order of `choices`."""
        return self.opened([(weight, self.packed(place, groups)) for place, weight, groups in grams], figures)

    def packed(self, place: str, groups: Collection[str]) -> int:
        """What groups in a place add up to, for `opened`.

        Of one line several things are asked one after another: what the very same groups came to is not summed again.
        """
        groups_before, packed = self._before.get(place, _NEVER)
        if groups_before is groups:
            return packed
        packed = sum(filter(None, map(self.known(place).get, groups)))  # most are not known
        if isinstance(groups, frozenset):  # which nobody changes meanwhile
            self._before[place] = groups, packed
        return packed

    def known(self, place: str) -> Mapping[str, int]:
        """The groups of a place that are known, each with its packed row."""
        return self._packed.get(place) or {}

    def opened(self, parts: Sequence[tuple[float, int]], figures: Mapping[str, float] = NONE_FAVOURED) -> list[float]:
        """The sum of each choice over figures and packed parts, each with its weight."""
        summed = sum(round(weight * _SHARE) * packed for weight, packed in parts if packed)
        sums = [*self._unpacked(summed, _FINE * _SHARE)]
        for name, value in figures.items():
            for at, weight in enumerate(self._figures.get(name, ()) if value else ()):
                sums[at] += weight * value
        return sums

    def _lanes_of(self, rows: Collection[Row]) -> bytes:
        """The lanes of all rows one after another; all at once, for there are a hundred thousand."""
        if any(len(row) != len(self.choices) for row in rows):
            raise ValueError(_UNEVEN)
        if rows and not -_LARGEST < min(map(min, rows)) <= max(map(max, rows)) < _LARGEST:
            raise ValueError(_TOO_LARGE)
        lanes = [round(weight * _FINE) + _MIDDLE for row in rows for weight in row]
        return Struct(f"<{len(lanes)}Q").pack(*lanes)

    def _sliced(self, lanes: bytes) -> Iterator[int]:
        """Each row as one number."""
        for at in range(0, len(lanes), self._lanes.size):
            yield int.from_bytes(lanes[at : at + self._lanes.size], "little") - self._middle

    def _unpacked(self, packed: int, unit: int = _FINE) -> Row:
        lanes = self._lanes.unpack((packed + self._middle).to_bytes(self._lanes.size, "little"))
        return tuple([(lane - _MIDDLE) / unit for lane in lanes])

    def choose(self, figures: Mapping[str, float], grams: Grams, favour: Mapping[str, float] = NONE_FAVOURED) -> str:
        """The choice with the highest sum, the first of equals; `favour` is added to the choices it names."""
        sums = self.sums(figures, grams)
        for choice, more in favour.items():
            if choice in self.choices:
                sums[self.choices.index(choice)] += more
        return self.choices[max(range(len(sums)), key=sums.__getitem__)]

    def written(self) -> dict[str, object]:
        """What `read` takes: choices and figures in the open, of each place the groups and their packed rows."""
        places = {
            place: [[*held], b64encode(self._joined(held.values())).decode()] for place, held in self._packed.items()
        }
        return {"choices": self.choices, "figures": self._figures, "places": places}

    def _joined(self, rows: Collection[int]) -> bytes:
        return b"".join((row + self._middle).to_bytes(self._lanes.size, "little") for row in rows)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Table:
        """A table from what `written` gave; AttributeError, KeyError, TypeError or ValueError where it is none.

        Rows are kept packed, for a start should not wait for a million numbers to be parsed.
        """
        figures = {str(name): tuple(map(float, row)) for name, row in data["figures"].items()}
        table = cls([str(c) for c in data["choices"]], figures, {})
        for place, (groups, lanes) in data["places"].items():
            rows = table._sliced(_checked(b64decode(lanes, validate=True)))
            table._packed[place] = dict(zip(map(sys.intern, groups), rows, strict=True))
        return table


def _checked(lanes: bytes) -> bytes:
    """The lanes, none of which holds a weight that no table has; ValueError where one does."""
    held = array("Q", lanes)
    if sys.byteorder == "big":
        held.byteswap()
    if held and not -_LARGEST * _FINE < min(held) - _MIDDLE <= max(held) - _MIDDLE < _LARGEST * _FINE:
        raise ValueError(_TOO_LARGE)
    return lanes


def by_place(grams: Mapping[Gram, Row]) -> dict[str, dict[str, Row]]:
    """The groups of each place, as a table takes them."""
    places: dict[str, dict[str, Row]] = defaultdict(dict)
    for (place, group), row in grams.items():
        places[place][group] = row
    return places


Tables = dict[str, Table]
