"""Which hardships a clause tells, learned from labelled messages, beside what the words of the lexicons find.

People tell troubles in everyday words that no lexicon holds («地里一粒没收»), and use a trouble's word for something
else («租房住»). So every clause is weighed by a table, and what the lexicons find is a voice in it: a finding that the
table holds very unlikely is dropped, and a clause that it holds likely to tell a hardship that no word found gives one.
A second table has a say in whose a hardship is, a third in whether it is so (denied, supposed, over). All are learned
by `nlu/hardship_training.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence, Set
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from nlu.groups import Running, by_length, even, evenly, how_many, runs
from nlu.learned import Learned
from nlu.plain_clauses import COMMA, LINE, Plain
from nlu.table import Grams, Said, Table

NONE = "none"
TYPES = (
    "illness",
    "disability",
    "schooling",
    "disaster",
    "accident",
    "job_loss",
    "business_loss",
    "epidemic",
    "housing",
    "water",
    "no_labour",
    "elderly_care",
    "death_in_family",
    "debt",
    "other",
)
SUBJECTS = ("self_household", "other_person", "general")
HARDSHIP = Learned(
    name="hardship",
    holds=("type", "subject", "status"),
    code=(
        "hardship_model.py",
        "hardship_training.py",
        "hardship_examples.py",
        "labelled_rows.py",
        "plain_clauses.py",
        "sparse_learning.py",
        "normalise.py",
    ),
    data=("labelled/**/*.yml",),
    training="nlu.hardship_training",
    what="hardships",
    instead="the words of the lexicons alone are used",
)
_LEAST = 1e-9
_BIAS = {"bias": 1.0}
_BESIDE = 20  # characters looked at before and after a piece, in its line
_FAR, _NEIGHBOUR, _OPENING = 24, 25, 14  # characters of its clause, of those beside it, of how the line opens
_PIECE = {"c": 2.0, "b": 0.7, "a": 0.7}  # what each place weighs: the piece, before, after it
_LENGTHS = {"c": 4, "b": 3, "a": 3}  # of the longest groups that count there, in characters
_EDGE, _WHOLE = 3, 6  # characters that open and close a piece, and a piece that counts as one
_PERSON = {"B": 2.0, "H": 1.0, "A": 2.0, "P": 1.4, "N": 1.4, "O": 1.2, "M": 1.2, "t": 1.0}


class Piece(NamedTuple):
    """A clause, or a window of a long one, and for each of `TYPES` the log odds that it is what is told there."""

    start: int
    end: int
    likely: list[float]


def weighed(said: Plain, table: Table) -> list[Piece]:
    """Every piece of the clauses, in offsets of the reading copy, weighed."""
    running = Running(said.text, table, _LENGTHS)
    found = []
    for start, end in said.pieces():
        parts = []
        for place, first, last, edges in _places(said.text, start, end):
            packed = running.packed(place, first, last) + table.packed(place, edges)
            parts.append((_weight(place, last - first, len(edges)), packed))
        found.append(Piece(*said.span(start, end), _odds(table.opened(parts, _BIAS))[:-1]))
    return found


def weighed_about(said: Plain, table: Table, places: Sequence[tuple[int, int]]) -> list[Piece]:
    """Those pieces that share a character with one of the places, which are in offsets of the reading copy."""
    found = []
    for start, end in said.pieces():
        first, last = said.span(start, end)
        if any(opens < last and first < close for opens, close in places):
            sums = table.sums(_BIAS, groups_of_piece(said.text, start, end))
            found.append(Piece(first, last, _odds(sums)[:-1]))
    return found


def _odds(sums: Sequence[float]) -> list[float]:
    """The log odds of each choice against all others."""
    top = max(sums)
    powers = [math.exp(one - top) for one in sums]
    total = sum(powers)
    return [math.log((one + _LEAST) / (total - one + _LEAST)) for one in powers]


def groups_of_piece(text: str, start: int, end: int) -> Grams:
    """Groups of characters of a piece of plain clauses (c), right before (b) and after it (a), as often as they stand
    there: what `weighed` sums up along the text."""
    return [
        Said(
            place,
            _weight(place, last - first, len(edges)),
            [*chain.from_iterable(by_length(text[first:last], _LENGTHS[place])), *edges],
        )
        for place, first, last, edges in _places(text, start, end)
    ]


def _places(text: str, start: int, end: int) -> Iterator[tuple[str, int, int, list[str]]]:
    """The places about a piece that hold something: (place, where it is, groups of its edges)."""
    yield "c", start, end, _edges(text[start:end])
    opens = max(0, start - _BESIDE, text.rfind(LINE, 0, start) + 1)
    if opens < start:
        yield "b", opens, start, []
    line = text.find(LINE, end, end + _BESIDE)
    close = line if line >= 0 else min(len(text), end + _BESIDE)
    if end < close:
        yield "a", end, close, []


def _edges(words: str) -> list[str]:
    """How a piece opens and closes, and a short one whole."""
    sizes = range(1, min(_EDGE, len(words)) + 1)
    whole = [f"^{words}$"] if len(words) <= _WHOLE else []
    return [*("^" + words[:size] for size in sizes), *(words[-size:] + "$" for size in sizes), *whole]


@lru_cache(maxsize=1_024)
def _weight(place: str, length: int, edges: int) -> float:
    return even(_PIECE[place], how_many(length, _LENGTHS[place]) + edges)


def groups_about(text: str, start: int, end: int, kind: str) -> Grams:
    """Groups about a hardship in plain clauses that tell whose it is and whether it is so.

    In its clause before (B) and after it (A), itself (H), before that (P) and after (N), how its line opens (O), the
    line (M), and what it is (t).
    """
    first = text.rfind(LINE, 0, start) + 1
    text = text[first:].partition(LINE)[0]
    start, end = start - first, end - first
    opens = max(0, start - _FAR, text.rfind(COMMA, 0, start) + 1)
    comma = text.find(COMMA, end)
    close = min(end + _FAR, comma if comma >= 0 else len(text))
    opening, whole = _of_line(text)
    said = {
        "B": runs("^" + text[opens:start], 3),
        "H": runs(text[start:end], 3),
        "A": runs(text[end:close] + "$", 3),
        "P": runs(text[max(0, opens - _NEIGHBOUR) : opens], 3),
        "N": runs(text[close : close + _NEIGHBOUR], 3),
        "O": opening,
        "M": whole,
        "t": {kind},
    }
    return evenly(_PERSON, said)


@lru_cache(maxsize=8)  # the same for every hardship and fact of a line, and so the same objects: `Table.packed`
def _of_line(text: str) -> tuple[Set[str], Set[str]]:
    """The groups of how a line opens, and of all of it."""
    return frozenset(runs("^" + text[:_OPENING], 3)), frozenset(runs(text, 2))
