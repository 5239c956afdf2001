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

_ANOTHER_CHILD = re.compile(r"老[二三四]|小的|儿子|女儿|闺女|妹|弟|二娃|小儿|小女|另一个|还有一个")


def _same_child(between: str) -> bool:
    """«在读大学，大三»: two words for one child, unless another one is named between them."""
    return len(between) < 6 and not _ANOTHER_CHILD.search(between)


_ONE_MORE = re.compile(r"一个(?:在|正在|刚)?$")
_COUNT = worded("facts.count")


def from_counts(stated: Stated, text: str, hits: Hits, scope: Scope, clauses: Clauses) -> None:
    totals: dict[str, tuple[int, int, int]] = {}
    told_one_by_one: dict[str, int] = {}  # «俩孩子读大学，一个大二一个大四»: two, and then each of them
    stop = hits.get("single_not", [])
    for part in ("counts", "single"):
        for fact in ("university_students", "noncompulsory_students", "labour_full", "labour_partial"):
            known = list(hits.get(f"counts:{fact}", [])) if part == "single" else []
            if known and fact in totals and totals[fact][0] > 1:
                continue
            for hit in hits.get(f"{part}:{fact}", []):
                if touched(hit, stop) or touched(hit, known):
                    continue
                if known and fact in totals and not _ONE_MORE.search(text[max(0, hit.start - 4) : hit.start]):
                    continue
                if fact in totals and not known and hit.start < totals[fact][2]:
                    continue
                if fact in totals and part == "single" and _same_child(text[totals[fact][2] : hit.start]):
                    continue
                if scope.subject(hit.start, hit.end)[0] != SELF or scope.status(hit.start, hit.end) != ACTUAL:
                    continue
                if asked_or_wished(text, hit):
                    continue
                count = _count_before(text, clauses.at(hit.start).start, hit, part)
                if count == 1 and told_one_by_one.get(fact, 0) > 0:
                    told_one_by_one[fact] -= 1
                    continue
                if count:
                    if count > 1 and part == "single":
                        told_one_by_one[fact] = count
                    start, total = hit.start, count
                    if fact in totals:
                        total += totals[fact][0]
                        start = totals[fact][1]
                    totals[fact] = (total, start, hit.end)
    university = totals.get("university_students")
    other = totals.get("noncompulsory_students")
    if university or other:
        both = (university[0] if university else 0) + (other[0] if other else 0)
        where = university or other
        assert where is not None
        stated.state("noncompulsory_students", both, where[1], (other or where)[2])
        if university:
            stated.state("university_students", *university)
    if {"labour_full", "labour_partial"} <= totals.keys() and re.search(r"其中|还是", text):
        totals["labour_full"] = (totals["labour_full"][0] - totals["labour_partial"][0], *totals["labour_full"][1:])
    for fact in ("labour_full", "labour_partial"):
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
    return 1 if part == "single" else None
