"""Facts that count people: students by stage, labourers («俩娃读大学», «三个劳力»)."""

from __future__ import annotations

import re

from nlu.clauses import Clauses
from nlu.fact_words import asked_or_wished
from nlu.numerals import parse
from nlu.patterns import worded
from nlu.scope import ACTUAL, SELF, Scope
from nlu.stated import Stated
from nlu.terms import Hit, Hits, touched

_STUDENTS = ("university_students", "noncompulsory_students")
_LABOUR = ("labour_full", "labour_partial")
_ANOTHER_CHILD = re.compile(
    r"老[二三四]|小的|儿子|女儿|闺女|妹|弟|二娃|小儿|小女|另一个|还有一个|我(?=在|也|还|正|读|上)|一个(?!学期|月|星期|人|学校)"
)
_ONE_MORE = re.compile(r"一个(?:在|正在|刚)?$")
_ONE_OF = re.compile(r"(?:有|供|供着|养了?|出了?|剩|还)个(?:在|在读|读书的)?$")
_COUNT = worded("facts.count")
_COUNT_AFTER = worded("facts.count_after")
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
        self.totals: dict[str, tuple[int, int, int]] = {}
        self._told_one_by_one: dict[str, int] = {}  # «俩孩子读大学，一个大二一个大四»: two, and then each of them

    def add(self, part: str, fact: str) -> None:
        known = list(self._hits.get(f"counts:{fact}", [])) if part == "single" else []
        if known and self.totals.get(fact, (0, 0, 0))[0] > 1:
            return
        for hit in self._hits.get(f"{part}:{fact}", []):
            if fact == "labour_full" and self._text[max(0, hit.start - 1) : hit.start] in ("弱", "半"):
                continue
            if not touched(hit, known) and not self._told_already(part, fact, hit, bool(known)) and self._holds(hit):
                self._count(part, fact, hit)

    def add_shorthand(self) -> None:
        """«1大学2高中», as operators note it, where nothing else counts those students."""
        for fact, pattern in _SHORTHAND.items():
            for match in pattern.finditer(self._text) if fact not in self.totals else ():
                number = parse(match[1] or match[2])[0]
                if number and self._is_own(match.start(), match.end()):
                    self.totals[fact] = (int(number), match.start(), match.end())
                    break

    def _is_own(self, start: int, end: int) -> bool:
        return self._scope.subject(start, end)[0] == SELF and self._scope.status(start, end) == ACTUAL

    def _told_already(self, part: str, fact: str, hit: Hit, known: bool) -> bool:
        if fact not in self.totals:
            return False
        last = self.totals[fact][2]
        if known:
            return not _ONE_MORE.search(self._text[max(0, hit.start - 4) : hit.start])
        return hit.start < last or (part == "single" and _same_child(self._text, last, hit))

    def _holds(self, hit: Hit) -> bool:
        return (
            not touched(hit, self._hits.get("single_not", []))
            and not _NOBODY.search(self._text[max(0, hit.start - 8) : hit.start])
            and self._is_own(hit.start, hit.end)
            and not asked_or_wished(self._text, hit)
        )

    def _count(self, part: str, fact: str, hit: Hit) -> None:
        count = _count_before(self._text, self._clauses.at(hit.start).start, hit, part)
        if count is None and part == "counts":
            count = _count_after(self._text, hit)
        if count == 1 and self._told_one_by_one.get(fact, 0) > 0:
            self._told_one_by_one[fact] -= 1
        elif count:
            if count > 1 and fact in _STUDENTS:
                self._told_one_by_one[fact] = count
            total, start, _ = self.totals.get(fact, (0, hit.start, 0))
            self.totals[fact] = (total + count, start, hit.end)


def _same_child(text: str, last: int, hit: Hit) -> bool:
    """«在读大学，大三»: two words for one child, unless another one is named between or in them."""
    return hit.start - last < 6 and not _ANOTHER_CHILD.search(text, last, hit.end)


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
    if match and match.group().startswith(("二娃", "二儿", "二女", "二闺女", "二姑娘", "二小子")):
        return 1 if part == "single" else None  # the second child, not two of them
    if match:
        value = {"俩": 2, "仨": 3}.get(match[1]) or parse(match[1])[0]
        return int(value) if value else None
    return 1 if part == "single" or _ONE_OF.search(before) else None


def _count_after(text: str, hit: Hit) -> int | None:
    """The numeral of an operator's shorthand («大学生2人，高中生1»)."""
    match = _COUNT_AFTER.match(text, hit.end)
    number = parse(match[1])[0] if match else None
    return int(number) if number else None
