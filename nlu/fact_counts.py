"""Facts that count people: students by stage, labourers («俩娃读大学», «三个劳力»)."""

from __future__ import annotations

import re

from nlu.clauses import Clauses
from nlu.fact_words import asked_or_wished
from nlu.numerals import parse
from nlu.patterns import worded
from nlu.scope import ACTUAL, SELF, Scope
from nlu.stated import Stated
from nlu.student_words import (
    SECONDARY,
    UNIVERSITY,
    how_many_named,
    is_student,
    names_child,
    of_a_class,
    same_child,
    students,
)
from nlu.terms import Hit, Hits, touched

_STUDENTS = (UNIVERSITY, SECONDARY)
_LABOUR = ("labour_full", "labour_partial")
_ONE_MORE = re.compile(r"一个[^，。,；;一 ]{0,6}$")
_LETTER = 150  # characters from which on a school may be that which is complained of
_LINK = 4  # characters between two counts of one list
_NAMED = 20  # characters before a school among which its pupils are named
_BEFORE = 10
_ONE_OF = re.compile(r"(?:有|供|供着|养了?|出了?|剩|还)个(?:在|在读|读书的)?$")
_COUNT = worded("facts.count")
_COUNT_AFTER = worded("facts.count_after")
_PUPILS_AFTER = worded("students.after")
_SHORTHAND = {
    "university_students": worded("facts.shorthand_university"),
    "noncompulsory_students": worded("facts.shorthand_secondary"),
}
_NOBODY = worded("facts.nobody")


def from_counts(stated: Stated, text: str, hits: Hits, scope: Scope, clauses: Clauses) -> None:
    """State how many of the household study beyond compulsory school, and how many can work."""
    tally = _Tally(text, hits, scope, clauses)
    for part in ("counts", "single"):
        for fact in (*_STUDENTS, *_LABOUR):
            tally.add(part, fact)
    tally.add_shorthand()
    _state_students(stated, tally.totals)
    _state_labour(stated, tally.totals, text)


class _Tally:
    """Who was counted so far: fact -> (how many, where the first and the last of them is told)."""

    def __init__(self, text: str, hits: Hits, scope: Scope, clauses: Clauses) -> None:
        self._text, self._hits, self._scope, self._clauses = text, hits, scope, clauses
        self._students = students(text, hits)
        self.totals: dict[str, tuple[int, int, int]] = {}
        self._told_one_by_one: dict[str, int] = {}  # «俩孩子读大学，一个大二一个大四»: two, and then each of them

    def add(self, part: str, fact: str) -> None:
        known = list(self._hits.get(f"counts:{fact}", [])) if part == "single" else []
        if known and self.totals.get(fact, (0, 0, 0))[0] > 1:
            return
        single = part == "single"
        for hit in self._students.get(fact, []) if single else self._hits.get(f"{part}:{fact}", []):
            if fact == "labour_full" and self._text[max(0, hit.start - 1) : hit.start] in ("弱", "半"):
                continue
            if touched(hit, known) or self._told_already(part, fact, hit, bool(known)):
                continue
            if self._holds(fact, part, hit):
                self._count(part, fact, hit)

    def add_shorthand(self) -> None:
        """«1大学2高中», as operators note it, where nothing else counts those students."""
        told: dict[str, tuple[int, int, int]] = {}
        for fact, pattern in _SHORTHAND.items():
            for match in pattern.finditer(self._text) if fact not in self.totals else ():
                number = parse(match[1] or match[2] or match[3])[0]
                if number and self._is_own(match.start(), match.end()):
                    total, start, _ = told.get(fact, (0, match.start(), 0))
                    told[fact] = (total + int(number), start, match.end())
        self.totals |= told

    def _goes_on(self, part: str, hit: Hit) -> bool:
        """«供着两个大学生和一个高中生»: the list goes on, though «大学生» by itself names a class of people."""
        linked = any(0 <= hit.start - last <= _LINK for _, _, last in self.totals.values())
        return part == "counts" and linked and self._scope.status(hit.start, hit.end) == ACTUAL

    def _is_own(self, start: int, end: int) -> bool:
        return self._scope.subject(start, end)[0] == SELF and self._scope.status(start, end) == ACTUAL

    def _told_already(self, part: str, fact: str, hit: Hit, known: bool) -> bool:
        if fact not in self.totals:
            return False
        _, before, last = self.totals[fact]
        if known:
            return not _ONE_MORE.search(self._text[max(0, hit.start - _BEFORE) : hit.start])
        return hit.start < last or (part == "single" and same_child(self._text, before, last, hit))

    def _holds(self, fact: str, part: str, hit: Hit) -> bool:
        first = self._clauses.at(hit.start).start
        if fact in _STUDENTS and not is_student(self._text, first, hit):
            return False
        if part == "single" and not (
            names_child(self._text, first, hit)
            or (
                len(self._text) <= _LETTER
                and self._scope.has_person(hit.start, hit.end)
                and not of_a_class(self._text, hit)
            )
        ):
            return False  # «关于一中的高一年级»: told of nobody's child
        return (
            not touched(hit, self._hits.get("single_not", []))
            and not _NOBODY.search(self._text[max(0, hit.start - 8) : hit.start])
            and (self._is_own(hit.start, hit.end) or self._goes_on(part, hit))
            and (fact in _STUDENTS or not asked_or_wished(self._text, hit))
        )

    def _count(self, part: str, fact: str, hit: Hit) -> None:
        first = self._clauses.at(hit.start).start
        count = _count_before(self._text, first, hit, part)
        if count == 1 and part == "single":
            several = how_many_named(self._text[max(0, hit.start - _NAMED) : hit.start])
            after = _PUPILS_AFTER.match(self._text, hit.end)
            count = several or (_number(after[1]) if after else None) or 1
        if count is None and part == "counts":
            count = _count_after(self._text, hit)
        if count == 1 and self._told_one_by_one.get(fact, 0) > 0:
            self._told_one_by_one[fact] -= 1
        elif count:
            if count > 1 and fact in _STUDENTS:
                self._told_one_by_one[fact] = count
            total, start, _ = self.totals.get(fact, (0, hit.start, 0))
            self.totals[fact] = (total + count, start, hit.end)


def _state_students(stated: Stated, totals: dict[str, tuple[int, int, int]]) -> None:
    """Students of a university are beyond compulsory school too."""
    told = [totals[fact] for fact in _STUDENTS if fact in totals]
    if told:
        stated.state("noncompulsory_students", sum(t[0] for t in told), told[0][1], told[-1][2])
    if "university_students" in totals:
        stated.state("university_students", *totals["university_students"])


def _state_labour(stated: Stated, totals: dict[str, tuple[int, int, int]], text: str) -> None:
    if totals.keys() >= set(_LABOUR) and re.search(r"其中|还是", text):
        full = totals["labour_full"]
        totals["labour_full"] = (full[0] - totals["labour_partial"][0], *full[1:])
    for fact in _LABOUR:
        if fact in totals:
            stated.state(fact, *totals[fact])


def _count_before(text: str, first: int, hit: Hit, part: str) -> int | None:
    before = text[max(first, hit.start - 8) : hit.start]
    match = _COUNT.search(before)
    if match and re.search(r"没有?$|没得$|冇$", before[: match.start()]):
        return None
    if match and before[: match.start()].endswith(("老", "第", "初", "高", "大")):
        return 1 if part == "single" else None  # «老二读高中» is one child
    if match and match.group().startswith(("二娃", "二儿", "二女", "二闺女", "二姑娘", "二小子", "二的", "三的")):
        return 1 if part == "single" else None  # the second child, not two of them
    if match:
        return _number(match[1])
    return 1 if part == "single" or _ONE_OF.search(before) else None


def _count_after(text: str, hit: Hit) -> int | None:
    """The numeral of an operator's shorthand («大学生2人，高中生1»)."""
    match = _COUNT_AFTER.match(text, hit.end)
    number = parse(match[1])[0] if match else None
    return int(number) if number else None


def _number(words: str) -> int | None:
    value = {"俩": 2, "仨": 3}.get(words) or parse(words)[0]
    return int(value) if value else None
