"""Whether a clause tells of real life, or is of a tale, the news, a rule, a sale, a game or a case that is put.

People wrap such things in more ways than any list of openers holds (`nlu/unreal.py`). So every clause of a short
message is weighed by a table: its own words, those of its line and how that opens; neighbours count with it, for a tale
is rarely one clause long. What the openers find stays so whatever the table says. Learned by `nlu/unreal_training.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from nlu.groups import evenly, runs
from nlu.hardships import LONG
from nlu.learned import Learned
from nlu.patterns import worded
from nlu.table import Grams, Table
from nlu.unreal import UNTOLD, Stretch

REAL, UNREAL = CHOICES = ("real", "unreal")
TALE = Learned(
    name="tale",
    holds=("tale",),
    code=("unreal_model.py", "unreal_training.py", "kind_training.py", "labelled_rows.py", "normalise.py"),
    data=("labelled/**/*.yml", "real/*.yml", "training_kind/**/*.yml"),
    training="nlu.unreal_training",
    what="which texts tell of real life",
    instead="only what the known openers of tales open is taken for one",
)
LEAST = 18  # characters; a word or two tell too little
# Log odds from which on a clause is unreal: a trouble that is real and not read has to be asked for, one that is not
# and is read goes into an application. SURER: in a line in which an opener stands, which says itself how far it
# reaches, or in which somebody names his own or fills in a form. CLINGS: for a clause beside one that is surely unreal.
SURE, SURER, CLINGS = 1.0, 1.6, 0.2
_OWN = worded("unreal.own")
_MARK = r"\s，,。.;；、:：!！?？~～（）()“”\"…"
_LINE = re.compile(r"[^\n]+")
_CLAUSE = re.compile(rf"[^{_MARK}]+")
_MARKS = re.compile(rf"[{_MARK}]+")
_FIGURES = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_LONGEST, _WINDOW = 24, 16  # a longer clause is cut into windows, in characters
_OPENING = 16  # characters
_PLACES = {"c": 1.5, "m": 1.0, "o": 0.7}  # what each place weighs


class Piece(NamedTuple):
    """A clause, and how much more it looks unreal than real (log odds)."""

    start: int
    end: int
    odds: float


def untold(text: str, known: Sequence[Stretch]) -> list[Stretch]:
    """The stretches of a text, in which those that are `known` are blank, that the table holds unreal too."""
    if len(text) > LONG or not (tables := TALE.tables()):
        return []
    found: list[Stretch] = []
    for first, last in lines(text):
        opened = any(one.start < last and first < one.end for one in known)
        sure = SURER if opened or _OWN.search(text, first, last) else SURE
        clauses = _with_neighbours(_line(text, first, last, tables["tale"]), sure)
        for held, together in groupby(clauses, itemgetter(0)):
            if held:
                places = [piece for _, piece in together]
                found.append(Stretch(places[0].start, places[-1].end, UNTOLD))
    return found


def _with_neighbours(clauses: Sequence[Piece], sure: float) -> Iterator[tuple[bool, Piece]]:
    """Whether each clause of a line is held unreal: it is surely so, or hangs likely on one that is."""
    held = [piece.odds > sure for piece in clauses]
    for at in range(1, len(held)):
        held[at] |= held[at - 1] and clauses[at].odds > CLINGS
    for at in range(len(held) - 2, -1, -1):
        held[at] |= held[at + 1] and clauses[at].odds > CLINGS
    return zip(held, clauses, strict=True)


def weighed(text: str, table: Table) -> list[Piece]:
    """Every clause of the lines that tell enough, with its odds, half of them those of its neighbours."""
    return [piece for start, end in lines(text) for piece in _line(text, start, end, table)]


def lines(text: str) -> Iterator[tuple[int, int]]:
    """Where the lines are that tell enough: what stands in another line changes nothing of what one line tells."""
    for match in _LINE.finditer(text):
        if len(_plain(match.group())) >= LEAST:
            yield match.span()


def _line(text: str, first: int, last: int, table: Table) -> list[Piece]:
    line = text[first:last]
    real, unreal = table.sums({"bias": 1.0}, of_line(line))
    places = [*pieces(line)]
    alone = [unreal - real + _odds(table, of_piece(line, *place)) for place in places]
    beside = [alone[max(0, at - 1) : at + 2] for at in range(len(alone))]
    return [
        Piece(first + start, first + end, (own + sum(near) / len(near)) / 2)
        for (start, end), own, near in zip(places, alone, beside, strict=True)
    ]


def _odds(table: Table, said: Grams) -> float:
    real, unreal = table.sums({}, said)
    return unreal - real


def pieces(text: str) -> Iterator[tuple[int, int]]:
    """Where the clauses are; long ones, as voice transcripts have, in windows."""
    for match in _CLAUSE.finditer(text):
        start, end = match.span()
        while end - start > _LONGEST:
            yield start, start + _WINDOW
            start += _WINDOW
        yield start, end


def of_piece(text: str, start: int, end: int) -> Grams:
    """Groups of one to four characters of a clause (c)."""
    return evenly(_PLACES, {"c": runs(f"^{_plain(text[start:end])}$", 4)})


def of_line(text: str) -> Grams:
    """Groups of the whole line (m) and its opening (o), the same for all its clauses."""
    plain = _plain(text)
    return evenly(_PLACES, {"m": runs(plain, 2), "o": runs("^" + plain[:_OPENING], 3)})


def _plain(words: str) -> str:
    """Figures made alike, and marks; those around are nothing."""
    return _MARKS.sub("，", _FIGURES.sub("0", words)).strip("，")
