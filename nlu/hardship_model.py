"""Which hardships a clause tells, learned from labelled messages, beside what the words of the lexicons find.

People tell troubles in everyday words that no lexicon holds («地里一粒没收»), and use a trouble's word for something
else («租房住»). So every clause is weighed by a table, and what the lexicons find is a voice in it: a finding that the
table holds very unlikely is dropped, and a clause that it holds likely to tell a hardship that no word found gives one.
A second table has a say in whose a hardship is. Both are learned by `nlu/hardship_training.py`. Whether a hardship is
so (denied, supposed, over) is left to the rules: no table learned of so few examples told it better.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from nlu.learned import Learned
from nlu.table import Grams, Table

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
    holds=("type", "subject"),
    code=(
        "hardship_model.py",
        "hardship_training.py",
        "hardship_examples.py",
        "labelled_rows.py",
        "sparse_learning.py",
        "normalise.py",
    ),
    data=("labelled/**/*.yml", "phrases/*.yml"),
    training="nlu.hardship_training",
    what="hardships",
    instead="the words of the lexicons alone are used",
)
_MARK = r"\s，,。.;；、:：!！?？~（）()“”\""
_CLAUSE = re.compile(rf"[^{_MARK}]+")
_CUT = re.compile(rf"[{_MARK}]")
_MARKS = re.compile(rf"[{_MARK}]+")
_FIGURES = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_LEAST = 1e-9
_LONGEST, _WINDOW, _STEP = 22, 14, 10  # a longer clause is looked at through windows, in characters
_BESIDE, _WHOLE, _OPENING = 12, 300, 14  # characters before and after it, of the message, of its beginning
_FAR, _NEIGHBOUR = 24, 25  # how far the words about a hardship reach in its clause, and beyond it
_PIECE = {"c": 2.0, "b": 0.7, "a": 0.7, "m": 0.6}  # what each place weighs: clause, before, after, message
_PERSON = {"B": 2.0, "H": 1.0, "A": 2.0, "P": 1.4, "N": 1.4, "O": 1.2, "M": 1.2, "t": 1.0}


class Piece(NamedTuple):
    """A clause, or a window of a long one, and for each of `TYPES` the log odds that it is what is told there."""

    start: int
    end: int
    likely: list[float]


def pieces(text: str) -> Iterator[tuple[int, int]]:
    """Where the clauses are; long ones, as voice transcripts have, as windows that overlap."""
    for match in _CLAUSE.finditer(text):
        start, end = match.span()
        while end - start > _LONGEST:
            yield start, start + _WINDOW
            start += _STEP
        yield start, end


def weighed(text: str, table: Table) -> list[Piece]:
    """Every piece of the text, weighed."""
    whole = table.sums({"bias": 1.0}, groups_of_all(text))
    found = []
    for start, end in pieces(text):
        sums = [a + b for a, b in zip(whole, table.sums({}, groups_of_piece(text, start, end)), strict=True)]
        found.append(Piece(start, end, _odds(sums)[:-1]))
    return found


def _odds(sums: Sequence[float]) -> list[float]:
    """The log odds of each choice against all others."""
    top = max(sums)
    powers = [math.exp(one - top) for one in sums]
    total = sum(powers)
    return [math.log(max(one, _LEAST) / max(total - one, _LEAST)) for one in powers]


def groups_of_piece(text: str, start: int, end: int) -> Grams:
    """Groups of characters of a piece (c, up to four long), right before (b) and after it (a)."""
    return _weighed(
        _PIECE,
        {
            "c": _of(f"^{_plain(text[start:end])}$", 4),
            "b": _of(_plain(text[max(0, start - _BESIDE) : start]), 3),
            "a": _of(_plain(text[end : end + _BESIDE]), 3),
        },
    )


def groups_of_all(text: str) -> Grams:
    """Groups of the whole message (m), the same for all its pieces."""
    return _weighed(_PIECE, {"m": _of(_plain(text[:_WHOLE]), 2)})


def groups_of_person(text: str, start: int, end: int, kind: str) -> Grams:
    """Groups about a hardship that tell whose it is.

    In its clause before (B) and after it (A), itself (H), before that (P) and after (N), how the message opens (O), the
    message (M), and what it is (t).
    """
    cuts = [m.end() for m in _CUT.finditer(text, max(0, start - _FAR), start)]
    opens = cuts[-1] if cuts else max(0, start - _FAR)
    after = _CUT.search(text, end, end + _FAR)
    close = after.start() if after else min(len(text), end + _FAR)
    said = {
        "B": _of("^" + _plain(text[opens:start]), 3),
        "H": _of(_plain(text[start:end]), 3),
        "A": _of(_plain(text[end:close]) + "$", 3),
        "P": _of(_plain(text[max(0, opens - _NEIGHBOUR) : opens]), 3),
        "N": _of(_plain(text[close : close + _NEIGHBOUR]), 3),
        "O": _of("^" + _plain(text[:_OPENING]), 3),
        "M": _of(_plain(text[:_WHOLE]), 2),
        "t": {kind, f"{kind} {len(text).bit_length()}"},
    }
    return _weighed(_PERSON, said)


def _weighed(weights: dict[str, float], said: dict[str, set[str]]) -> Grams:
    """A place weighs the same however much stands there."""
    return [
        (round(weights[place] / len(groups) ** 0.5, 3), frozenset(map(place.__add__, groups)))
        for place, groups in said.items()
        if groups
    ]


def _plain(words: str) -> str:
    """Figures made alike, and marks and blanks too: people cut clauses with either."""
    return _MARKS.sub("，", _FIGURES.sub("0", words))


def _of(words: str, longest: int) -> set[str]:
    return {words[at : at + n] for n in range(1, longest + 1) for at in range(len(words) - n + 1)}
