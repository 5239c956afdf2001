"""Which of the sizes that a text might mean is the household's: what speaks for each, weighed by a learned table.

A size is heard where its sum of weights is the highest of all and above a threshold; else none is said.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import NamedTuple

from nlu.household_candidates import Candidate, candidates
from nlu.household_signs import OUTRIGHT, signs
from nlu.learned import Learned
from nlu.patterns import worded
from nlu.table import Said, Table
from nlu.terms import Hits

CHOICE = "size"  # the table's name and its one column
SIZE = Learned(
    name="size",
    holds=(CHOICE,),
    code=(
        "household_candidates.py",
        "household_choice.py",
        "household_people.py",
        "household_signs.py",
        "household_training.py",
        "labelled_rows.py",
        "normalise.py",
        "numerals.py",
        "unreal.py",
    ),
    data=("labelled/**/*.yml",),
    training="nlu.household_training",
    what="the sizes of households",
    instead="only counts said outright are read",
)
# Both by `household_training`, by writer. A size that is guessed at is a hint for who reads it, one that is none is
# seen through at once; so it is heard early, but stated for an application only where it is sure.
_LEAST = -0.25  # the sum of weights from which on a short text tells a size; 0 is as likely as that none is said
SURE = 1.25  # by how much more a size is told surely enough for an application
_SHORT, _LONG, _LONGER = 100, 2000, 400  # characters of a short text, of a long one; by how many more it takes 1 more
_LEAST_ANSWER = -6.0  # the same of an answer that is hardly more than a candidate
_RIGHT = worded("household.put_right")  # stands right before a count: what was said before it was wrong
_BARE = 0.7  # the share of the text that such a candidate is, at least
CLOSING = " \n。，,.!！~～…"  # ends of a text that tell nothing
_FAR = 24  # characters before a count in which it may say that it puts right another


class Choice(NamedTuple):
    """The size that a text tells."""

    candidate: Candidate
    sure: bool  # enough for an application, where a wrong size is worse than a question


def chosen(text: str, hits: Hits, answer: bool = False) -> Choice | None:
    """The size of the household, where one is told; `answer`: people were asked for, and may be all that is said."""
    text = text.rstrip(CLOSING)
    found = candidates(text, hits)
    tables = SIZE.tables() if found else None
    if tables is None:
        plain = next((c for c in found if c.kind == "labelled" or "unit:口" in c.marks), None)
        return Choice(plain, True) if plain else None
    sums = [weight(tables[CHOICE], said) for said in signs(text, found, hits)]
    value, told = likeliest([c.value for c in found], sums)
    best = max((at for at, c in enumerate(found) if c.value == value), key=sums.__getitem__)
    best = _put_right(text, found, best)
    bare = answer and found[best].kind not in OUTRIGHT and found[best].end - found[best].start >= _BARE * len(text)
    over = told - (_LEAST_ANSWER if bare else least(len(text)))
    return Choice(found[best], bare or over > SURE) if over > 0 else None


def likeliest(values: Sequence[int], sums: Sequence[float]) -> tuple[int, float]:
    """The value that is most likely by the sums of all who mean it, and what they come to together."""
    together: dict[int, float] = {}
    for value, one in zip(values, sums, strict=True):
        together[value] = together.get(value, 0.0) + math.exp(one)
    value = max(together, key=together.__getitem__)
    return value, math.log(together[value])


def _put_right(text: str, found: Sequence[Candidate], best: int) -> int:
    """The count that later replaces the one of that place («五口人…\n不对，是四口人»), else the same."""
    for place in range(len(found) - 1, best, -1):
        one = found[place]
        told = one.kind == "labelled" or (one.kind == "count" and text.endswith(("口", "人"), one.start, one.end))
        if told and one.start >= found[best].end and _RIGHT.search(text, max(0, one.start - _FAR), one.start):
            return place
    return best


def weight(table: Table, said: Collection[str]) -> float:
    """The sum of the weights of what is to be seen of a candidate."""
    return table.sums({}, [Said("", 1.0, said)])[0]


def least(length: int) -> float:
    """The sum of weights from which on a text of so many characters tells a size; a long one counts many others."""
    return _LEAST + max(0, min(length, _LONG) - _SHORT) / _LONGER
