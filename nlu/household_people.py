"""Who is named in a text as one who could live in its writer's household: how many, of what relation, gone or not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from nlu.numerals import parse
from nlu.patterns import worded
from nlu.terms import Hits, covered

_PAIR = worded("household.pair_or_more")
_SHORTHAND = worded("household.kin_in_notes")
_BEFORE_KIN = worded("household.count_before_kin")
_AFTER_KIN = worded("household.count_after_kin")
_SPEAKER = worded("household.one_self")
_GONE_NEAR = 9  # characters after somebody in which it may say that he is gone
_ONLY_ONE = frozenset(("father", "mother", "husband", "wife", "spouse"))
_JOINED = re.compile(r"(?:[和跟与同搭、]|老的)[我俺他她其你的]{0,2}$")  # «我和老伴两个»: the count is of both
_SORTS = frozenset("老大小壮幼")  # who are counted after their sort in notes
_MORE = worded("household.more_kin")
GONE = worded("household.gone")
_TWO_WORDS = (
    "爷爷奶奶 外公外婆 姥姥姥爷 父母 爸妈 爹娘 双亲 公婆 二老 父母亲 爹妈 岳父母 双胞胎 龙凤胎 俩老的 俩老人 "
    "两个老的 两位老人 两个老人 俩老 两老 老父老母 外父母 父母双亲 爷娘 俩老人家 一儿一女 一子一女 儿女各一 "
    "子女各一 一男一女 老两口 两口子 小两口 俩口子 公公婆婆 阿公阿婆 祖父母 外祖父母"
)
_TWO = frozenset(_TWO_WORDS.split())


class Person(NamedTuple):
    """Somebody of a sum, or several of a sort."""

    start: int
    end: int
    many: int
    sort: str  # self, pair, we, noted, or the relation
    gone: bool = False


def whole(words: str) -> int | None:
    """A count of people in words or digits (俩, 仨, 三, 12); None where it is none."""
    words = {"俩": "二", "仨": "三"}.get(words, words)
    value, _, ok = parse(words)
    return int(value) if ok and value is not None and value.is_integer() else None


def people(text: str, hits: Hits) -> list[Person]:
    """Everybody who could be part of a sum, in order, none twice."""
    found: list[Person] = []
    for match in _PAIR.finditer(text):
        number = match["num"] or match["of"]
        count = whole(number.rstrip("个口位人 ")) if number else 2
        found.append(Person(match.start(), match.end(), count or 2, "we" if match["of"] else "pair"))
    begin = {h.start for h in hits.get("kin", []) if h.data != "parents"}
    found = [p for p in found if p.sort != "we" or p.end not in begin]  # «我俩娃» are the children
    found += _kin(text, hits, found)
    for match in _SPEAKER.finditer(text):
        if _free(match.start(), match.end(), found):
            found.append(Person(match.start(), match.end(), 1, "self"))
    return [
        p._replace(gone=bool(GONE.search(text, p.end, _reach(text, p, after))))
        for p, after in _with_next(sorted(found), len(text))
    ]


def _kin(text: str, hits: Hits, found: Sequence[Person]) -> list[Person]:
    stop = hits.get("kin_not", [])
    places = [(h.start, h.end, h.data) for h in hits.get("kin", []) if h.end <= len(text) and not covered(h, stop)]
    for match in _SHORTHAND.finditer(text):
        if not any(a < match.end() and match.start() < b for a, b, _ in places):
            places.append((match.start(), match.end(), "noted"))
    for match in _MORE.finditer(text):
        first, last = match.span()
        if all(b <= first or last <= a or (first <= a and b <= last) for a, b, _ in places):
            places = [one for one in places if one[1] <= first or last <= one[0]]
            places.append((first, last, match.lastgroup or "noted"))
    made: list[Person] = []
    begin, done = {start for start, _, _ in places}, {end for _, end, _ in places}
    for start, end, relation in sorted(places):
        person = _counted(text, start, end, relation, begin)
        if start in done and person.end > end and text[person.end - 1] in "人口":
            person = person._replace(end=end, many=1)  # «爸妈弟3人» are three in all
        if _free(person.start, person.end, found) and (not made or made[-1].end <= person.start):
            made.append(person)
    return made


def _counted(text: str, start: int, end: int, relation: str, others: set[int]) -> Person:
    """Somebody with the count that stands before or after him; `others`: where people are named."""
    count = 2 if text[start:end] in _TWO else 1
    after = _AFTER_KIN.match(text, end) if text[start:end] in _SORTS else None
    if after and (value := whole(after["num"])):
        return Person(start, after.end(), value, relation)  # «老2壮2幼1»
    if text.startswith(("一双", "一对"), start - 2):
        return Person(start - 2, end, 2, relation)
    before = _BEFORE_KIN.search(text, max(0, start - 9), start)
    if before and (value := whole(before["num"])):
        return Person(before.start(), end, value if count == 1 else count, relation)
    after = _AFTER_KIN.match(text, end) if count == 1 and relation not in _ONLY_ONE else None
    joined = _JOINED.search(text, max(0, start - 3), start)
    if after and not joined and others.isdisjoint((after.end(), after.end() + 1)):
        return Person(start, after.end(), whole(after["num"]) or 1, relation)
    return Person(start, end, count, relation)


def _free(start: int, end: int, found: Sequence[Person]) -> bool:
    return not any(p.start < end and start < p.end for p in found)


def _with_next(people: Sequence[Person], length: int) -> Iterator[tuple[Person, int]]:
    for at, person in enumerate(people):
        yield person, people[at + 1].start if at + 1 < len(people) else length


def _reach(text: str, person: Person, following: int) -> int:
    """How far it may say that somebody is gone: to the next person or clause."""
    end = min(following, person.end + _GONE_NEAR)
    for mark in "，。,；;":
        if (at := text.find(mark, person.end, end)) >= 0:
            end = at
    return end
