"""Which of the sizes that a text might mean is the household's: what speaks for each, weighed by a learned table.

A size is heard where its sum of weights is the highest of all and above a threshold; else none is said.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from operator import add
from typing import NamedTuple

from nlu.household_candidates import LONGEST, Candidate, candidates, whole
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
_LEAST = -0.2  # the sum of weights from which on a short text tells a size; 0 is as likely as that none is said
_SHORT, _LONG, _LONGER = 100, 2000, 400  # characters of a short text, of a long one; by how many more it takes 1 more
_LEAST_ANSWER = -6.0  # the same of an answer that is hardly more than a candidate
_OUTRIGHT = frozenset(("count", "labelled", "less"))  # numbers, which answers are read for by themselves
_RIGHT = worded("household.put_right")  # stands right before a count: what was said before it was wrong
_BARE = 0.7  # the share of the text that such a candidate is, at least
CLOSING = " \n。，,.!！~～…"  # ends of a text that tell nothing
_NEAR = 12  # characters of the clause before and after a candidate that are looked at
_FAR = 24  # and beyond the clause
_BESIDE = 4  # groups right before and after a candidate: of so many characters at most
_CUE = worded("household.cue")
_CLAUSE_END = re.compile(r"[，,。；;！!？?：:\n]")
_OWNERS, _TIMES = frozenset(("home", "others")), frozenset(("before", "now"))
# Ways to tell a size that are known beforehand; whether one is meant so the table says.
_NAMES = (
    *("said", "one_pot", "by_now", "changed", "surely", "in_all", "noted", "by_list", "counted_in", "numerous"),
    *("asked_back", "together", "with_me", "counted_alone", "answer", "lone"),
)
_FORMS = {name: worded(f"household.{name}") for name in _NAMES}
_SAME = str.maketrans(dict.fromkeys("三四五六七八九十仨", "二") | dict.fromkeys("3456789", "2"))
_LETTERS = dict.fromkeys(("father", "mother", "parents"), "P") | dict.fromkeys(("husband", "wife", "spouse"), "S")
_LETTERS |= dict.fromkeys(("son", "daughter", "child"), "C")


class _Cue(NamedTuple):
    start: int
    name: str


class _Page(NamedTuple):
    """One text as all of its candidates see it."""

    alike: str  # numbers, and people of one relation, are written alike
    place: list[int]  # where in it each character of the text is
    cues: list[_Cue]
    ends: list[int]  # of clauses
    proxy: bool  # told for another household


def chosen(text: str, hits: Hits, answer: bool = False) -> Candidate | None:
    """The size of the household, where one is told; `answer`: people were asked for, and may be all that is said."""
    text = text.rstrip(CLOSING)
    found = candidates(text, hits)
    tables = SIZE.tables() if found else None
    if tables is None:
        return next((c for c in found if c.kind == "labelled" or "unit:口" in c.marks), None)
    sums = [weight(tables[CHOICE], said) for said in signs(text, found, hits)]
    best = max(range(len(found)), key=sums.__getitem__)
    best = _put_right(text, found, best)
    bare = answer and found[best].kind not in _OUTRIGHT and found[best].end - found[best].start >= _BARE * len(text)
    return found[best] if sums[best] > (_LEAST_ANSWER if bare else least(len(text))) else None


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


def signs(text: str, found: Sequence[Candidate], hits: Hits) -> list[frozenset[str]]:
    """What is to be seen of each candidate, itself and about it."""
    text = text[:LONGEST]
    page = _Page(
        *_alike(text, hits),
        [_Cue(m.start(), m.lastgroup or "") for m in _CUE.finditer(text)],
        [m.start() for m in _CLAUSE_END.finditer(text)],
        bool(hits.get("proxy")),
    )
    made = [_of_one(page, one, found) for one in found]
    for name, form in _FORMS.items():
        for match in form.finditer(text):
            for one, said in zip(found, made, strict=True):
                if one.start < match.end() and match.start() < one.end:
                    said.add(f"form:{name}:{_counted(match, one.value)}")
    return [frozenset(said) for said in made]


def _counted(match: re.Match[str], value: int) -> str:
    """How the number of a form stands to a candidate's."""
    numbers = [group for group in match.groups() if group]
    number = whole(numbers[0]) if len(numbers) == 1 else None
    return "?" if number is None else {0: "=", 1: "+1"}.get(value - number, "!")


def _alike(text: str, hits: Hits) -> tuple[str, list[int]]:
    """The text with one letter for each relation and one digit for all; where in it each character is."""
    plain = text.translate(_SAME)
    parts: list[str] = []
    place: list[int] = []
    at = length = 0
    for hit in hits.get("kin", []):
        if at <= hit.start < hit.end <= len(text):
            parts += (plain[at : hit.start], _LETTERS.get(hit.data, "K"))
            place += range(length, length + hit.start - at)
            length += hit.start - at
            place += [length] * (hit.end - hit.start)
            length += 1
            at = hit.end
    parts.append(plain[at:])
    place += range(length, length + len(text) - at + 1)
    return "".join(parts), place


def _of_one(page: _Page, one: Candidate, found: Sequence[Candidate]) -> set[str]:
    ends = page.ends
    at, after = bisect_left(ends, one.start), bisect_left(ends, one.end)
    begin = ends[at - 1] + 1 if at else 0
    finish = ends[after] if after < len(ends) else len(page.place) - 1
    of_kind = f"{one.kind}:".__add__
    said = {"any candidate"}
    said.update(map(of_kind, _itself(one, one.start - begin, finish - one.end)))
    said.update(map(of_kind, _cued(one, page, begin, finish)))
    said.update(map(of_kind, _among(one, found)))
    place = page.place
    beside, about = _groups(page.alike, place[one.start], place[one.end], place[begin], place[finish])
    said.update(beside, map(of_kind, beside), about)
    return said


def _itself(one: Candidate, led_by: int, followed_by: int) -> Iterator[str]:
    yield f"value:{min(one.value, 9)}"
    yield from one.marks
    yield f"opens:{min(led_by, 6)}"
    yield f"closes:{min(followed_by, 6)}"
    yield "first" if one.start < 3 else "later"


def _cued(one: Candidate, page: _Page, begin: int, finish: int) -> Iterator[str]:
    """The cues in its clause and beside it; whose household it is and of when, by the last of them before its end."""
    owner = time = "none"
    for start, name in page.cues:
        if start < one.end:
            owner = name if name in _OWNERS else owner
            time = name if name in _TIMES else time
        if start < begin - _FAR or start > finish + _FAR:
            yield f"far:{name}"
        elif start < begin:
            yield f"prev:{name}"
        elif start < one.start:
            yield f"here:{name}"
        elif start < one.end:
            yield f"in:{name}"
        else:
            yield f"there:{name}" if start < finish else f"next:{name}"
    yield f"owner:{owner}"
    yield f"owner:{owner}:{page.proxy}"
    yield f"time:{time}"
    yield f"of:{owner}:{time}"


def _among(one: Candidate, found: Sequence[Candidate]) -> Iterator[str]:
    """How the other candidates stand to this one."""
    same, told = set(), set()
    more = earlier = later = False
    for other in found:
        if other.value == one.value and other[1:3] != one[1:3]:
            same.add(other.kind)
        elif other.value != one.value and other.kind in ("count", "labelled"):
            told.add(other.kind)
            more |= other.value > one.value
        if other.kind == one.kind:
            earlier |= other.start < one.start
            later |= other.start > one.start
    for kind in same:
        yield f"as:{kind}"
    yield f"alike:{len(same)}"
    for kind in told:
        yield f"not:{kind}"
    yield f"told:{len(told)}:{more}"
    yield f"place:{earlier}:{later}"


def _groups(text: str, start: int, end: int, begin: int, finish: int) -> tuple[list[str], list[str]]:
    """Groups of characters right before and after; those of the clause around and of the words themselves."""
    before, after = "^^^^" + text[max(0, start - _BESIDE) : start], text[end : end + _BESIDE] + "$$$$"
    beside = ["<" + before[-size:] for size in range(1, _BESIDE + 1)]
    beside += [">" + after[:size] for size in range(1, _BESIDE + 1)]
    about: list[str] = []
    for mark, part in (
        ("h", text[max(begin, start - _NEAR) : start]),
        ("t", text[end : min(finish, end + _NEAR)]),
        ("m", text[start : min(end, start + _NEAR)]),
    ):
        about += map(mark.__add__, part)
        about += map(mark.__add__, map(add, part, part[1:]))
    return beside, about
