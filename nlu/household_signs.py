"""What is to be seen of each size that a text might mean: of itself, of its clause, of the message, beside the others.

Few groups of characters and many named things: characters tell how one writer puts it, and what agrees with what holds
for all of them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from nlu.household_candidates import LONGEST, Candidate
from nlu.household_people import whole
from nlu.patterns import worded
from nlu.terms import Hits

OUTRIGHT = frozenset(("count", "labelled", "less"))  # numbers, which answers are read for by themselves
_NEAR = 12  # characters of the clause before and after a candidate that are looked at
_FAR = 24  # and beyond the clause
_BESIDE = 3  # characters right before and after a candidate that are seen together; longer groups tell a style
_CLOSE = 2  # characters to the end of a clause that tell nothing
_THEN = 4  # characters after a candidate in which a cue follows
_LED = 6  # characters before a candidate in which a cue leads it in
_STOP = re.compile(r"[。；;！!？?\n]")
_LENGTHS = (25, 50, 100, 200)  # characters
_ME = re.compile(r"[我俺咱额]|阿拉|老子")
_NOTE = re.compile(r"户主|来电|本人|申请|该户|[:：/|;；]|[男女][0-9]")
_ASKS = re.compile(r"[?？吗]|怎么|咋|多少|能不能|可不可以|请问")
_CUE = worded("household.cue")
_CLAUSE_END = re.compile(r"[，,。；;！!？?：:\n]")
_OWNERS, _TIMES = frozenset(("home", "others")), frozenset(("before", "now"))
# Ways to tell a size that are known beforehand; whether one is meant so the table says.
_SPOILS = ("here:others", "here:untrue", "there:others")
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
    marks: tuple[str, ...]  # what kind of message it is
    text: str
    stops: list[int]  # ends of sentences

    def sentence_end(self, at: int) -> int:
        """Where the sentence ends that `at` is in, with its mark."""
        after = bisect_left(self.stops, at)
        return self.stops[after] + 1 if after < len(self.stops) else len(self.text)


def signs(text: str, found: Sequence[Candidate], hits: Hits) -> list[frozenset[str]]:
    """What is to be seen of each candidate, itself and about it."""
    text = text[:LONGEST]
    page = _Page(
        *_alike(text, hits),
        [_Cue(m.start(), m.lastgroup or "") for m in _CUE.finditer(text)],
        [m.start() for m in _CLAUSE_END.finditer(text)],
        bool(hits.get("proxy")),
        _marks(text),
        text,
        [m.start() for m in _STOP.finditer(text)],
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
    among = list(_among(one, found))
    said.update(map(of_kind, among))
    said.update(map(of_kind, _joined(one, page, begin, finish, said, among)))
    place = page.place
    beside, about = _groups(page.alike, place[one.start], place[one.end], place[begin], place[finish])
    said.update(beside, about)
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


def _joined(
    one: Candidate, page: _Page, begin: int, finish: int, said: Collection[str], among: Collection[str]
) -> Iterator[str]:
    """What tells more together than each by itself, of the few strongest signs."""
    how = one.marks[0] if one.marks else ""
    place = ("opens" if one.start - begin < _CLOSE else "within") + ("+ends" if finish - one.end < _CLOSE else "")
    owner = next((name for name in ("home", "others", "none") if f"{one.kind}:owner:{name}" in said), "")
    agreed = sorted({x for x in among if x.startswith("as:")})
    spoiled = [name for name in _SPOILS if f"{one.kind}:{name}" in said]
    for name in (place, f"of:{owner}", *spoiled, *page.marks, *(agreed or ["as:nothing"])):
        yield f"{how}&{name}"
    yield f"{how}&{place}&{owner}"
    then = next((n for at, n in page.cues if one.end <= at <= one.end + _THEN), "nothing")
    led = next((n for at, n in reversed(page.cues) if one.start - _LED <= at < one.start), "nothing")
    asked = "asked" if _ASKS.search(page.text, one.end, page.sentence_end(one.end)) else "told"
    yield f"{how}&then:{then}"
    yield f"{how}&led:{led}"
    yield f"{how}&{asked}"
    yield f"led:{led}&then:{then}&{asked}"
    yield f"{place}&{owner}"
    yield from page.marks
    yield f"agreed:{len(agreed)}"


def _marks(text: str) -> tuple[str, ...]:
    """What kind of message it is, as far as a household's size depends on it."""
    me = "me" if _ME.search(text) else "note" if _NOTE.search(text) else "nobody"
    asks = "asks" if _ASKS.search(text) else "tells"
    length = next((str(most) for most in _LENGTHS if len(text) <= most), "long")
    return (f"page:{me}", f"page:{asks}", f"page:{me}:{asks}", f"length:{length}")


def _among(one: Candidate, found: Sequence[Candidate]) -> Iterator[str]:
    """How the other candidates stand to this one."""
    same, told, rivals = set[str](), set[str](), set[str]()
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
        if other.value != one.value and other.kind in OUTRIGHT and other.marks:
            rivals.add(other.marks[0])
    for kind in same:
        yield f"as:{kind}"
    yield from map("rival:{}".format, rivals)
    yield f"alike:{len(same)}"
    for kind in told:
        yield f"not:{kind}"
    yield f"told:{len(told)}:{more}"
    yield f"place:{earlier}:{later}"


def _groups(text: str, start: int, end: int, begin: int, finish: int) -> tuple[list[str], list[str]]:
    """Groups of characters right before and after; those of the clause around and of the words themselves."""
    before, after = "^" * _BESIDE + text[max(0, start - _BESIDE) : start], text[end : end + _BESIDE] + "$" * _BESIDE
    beside = ["<" + before[-size:] for size in range(1, _BESIDE + 1)]
    beside += [">" + after[:size] for size in range(1, _BESIDE + 1)]
    about: list[str] = []
    for mark, part in (
        ("h", text[max(begin, start - _NEAR) : start]),
        ("t", text[end : min(finish, end + _NEAR)]),
        ("m", text[start : min(end, start + _NEAR)]),
    ):
        about += map(mark.__add__, part)
    return beside, about
