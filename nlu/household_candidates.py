"""What a text might mean by the size of a household: every count of people, every sum of people, whoever lives alone.

Generous on purpose: which of them is meant, and whether any, `household_choice.py` decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple

from nlu.numerals import parse
from nlu.patterns import worded
from nlu.terms import Hits, covered

MOST = 20  # more people share no budget
LONGEST = 1200  # characters that are looked at; a longer text is hardly about its writer's household
_MOST_FOUND = 60  # candidates; more are in no message, and each is compared with all others
_MOST_PEOPLE = 14  # in one sum
_COUNT = worded("household.count")
_LABELLED = worded("household.labelled")
_PAIR = worded("household.pair_or_more")
_ORPHANS = worded("household.orphans")
_LONE = worded("household.by_oneself")
_SHORTHAND = worded("household.kin_in_notes")
_BEFORE_KIN = worded("household.count_before_kin")
_AFTER_KIN = worded("household.count_after_kin")
_SPEAKER = worded("household.one_self")
_LINK = worded("household.links")
_GONE = worded("household.gone")
_GONE_NEAR = 9  # characters after somebody in which it may say that he is gone
# Of one: «一个» is said of anything, «一个人» is told by `lone`.
_NOT_ALONE = frozenset(("个", "位", "名", "个人", "人", "人户"))
_ONLY_ONE = frozenset(("father", "mother", "husband", "wife", "spouse"))
_JOINED = re.compile(r"(?:[和跟与同搭、]|老的)[我俺的]{0,2}$")  # «我和老伴两个»: the count is of both
_MARRIED = frozenset(("husband", "wife", "spouse"))
_COUPLE = re.compile(r"夫妻|夫妇|两口|俩口|公婆")
_WITH = re.compile(r"(?:[带与和跟搭养扯随剩领同守]|留下?|还有)[着了]?(?:[我俺其]|一对|个|一个)?$")
_ASIDE = re.compile(r"[（(][^（）()]{0,24}[）)]")
_SENTENCE_END = re.compile(r"[。！？!?；;\n]")
_FARTHEST = 12  # characters between two people of a loose sum
_LESS = 60  # characters around a count in which it may say that somebody left
_TWO_WORDS = (
    "爷爷奶奶 外公外婆 姥姥姥爷 父母 爸妈 爹娘 双亲 公婆 二老 父母亲 爹妈 岳父母 双胞胎 龙凤胎 俩老的 俩老人 "
    "两个老的 两位老人 两个老人 俩老 两老 老父老母 外父母 父母双亲 爷娘 俩老人家 一儿一女 一子一女 儿女各一 "
    "子女各一 一男一女 老两口 两口子 小两口 俩口子 公公婆婆 阿公阿婆 祖父母 外祖父母"
)
_TWO = frozenset(_TWO_WORDS.split())


class Candidate(NamedTuple):
    """A size that the text might mean, where it says so, and how it came about."""

    value: int  # people
    start: int
    end: int
    kind: str  # count, labelled, pair, lone, sum, less
    marks: tuple[str, ...]  # what its parts are


class _Person(NamedTuple):
    """Somebody of a sum, or several of a sort."""

    start: int
    end: int
    many: int
    sort: str  # self, pair, we, noted, or the relation
    gone: bool = False


def candidates(text: str, hits: Hits) -> list[Candidate]:
    """All sizes that the text might mean, in order of position."""
    text = text[:LONGEST]
    people = _people(text, hits)
    taken = [(p.start, p.end) for p in people if p.sort != "self"]
    counts = [c for c in _counts(text) if not any(a < c.end and c.start < b for a, b in taken)]
    found = [
        *counts,
        *_pairs(people, text),
        *_lone(text),
        *_orphans(text),
        *_sums(text, people),
        *_less(text, counts, people),
    ]
    return sorted({c for c in found if 0 < c.value <= MOST}, key=itemgetter(1, 2, 0, 3, 4))[:_MOST_FOUND]


def whole(words: str) -> int | None:
    """A count of people in words or digits (俩, 仨, 三, 12); None where it is none."""
    words = {"俩": "二", "仨": "三"}.get(words, words)
    value, _, ok = parse(words)
    return int(value) if ok and value is not None and value.is_integer() else None


def _counts(text: str) -> Iterator[Candidate]:
    for match in _COUNT.finditer(text):
        number, unit = match["num"] or match["both"], match["unit"] or ""
        if (value := whole(number)) and (value > 1 or unit not in _NOT_ALONE):
            yield Candidate(value, match.start(), match.end(), "count", (f"unit:{unit or number}",))
    for match in _LABELLED.finditer(text):
        if value := whole(next(g for g in match.groups() if g)):
            yield Candidate(value, match.start(), match.end(), "labelled", ())


def _orphans(text: str) -> Iterator[Candidate]:
    """Children without parents of whom the ages are noted («孤儿（14、11岁）»)."""
    for match in _ORPHANS.finditer(text):
        if len(ages := re.findall(r"[0-9]{1,2}", match[1])) > 1:
            yield Candidate(len(ages), match.start(), match.end(), "labelled", ("word:孤儿",))


def _lone(text: str) -> Iterator[Candidate]:
    for match in _LONE.finditer(text):
        yield Candidate(1, match.start(), match.end(), "lone", (f"word:{match.group()}",))


def _pairs(people: Sequence[_Person], text: str) -> Iterator[Candidate]:
    for person in people:
        if person.sort in ("pair", "we"):
            yield Candidate(person.many, person.start, person.end, "pair", (f"word:{text[person.start : person.end]}",))


def _people(text: str, hits: Hits) -> list[_Person]:
    """Everybody who could be part of a sum, in order, none twice."""
    found: list[_Person] = []
    for match in _PAIR.finditer(text):
        number = match["num"] or match["of"]
        count = whole(number.rstrip("个口位人 ")) if number else 2
        found.append(_Person(match.start(), match.end(), count or 2, "we" if match["of"] else "pair"))
    begin = {h.start for h in hits.get("kin", []) if h.data != "parents"}
    found = [p for p in found if p.sort != "we" or p.end not in begin]  # «我俩娃» are the children
    found += _kin(text, hits, found)
    for match in _SPEAKER.finditer(text):
        if _free(match.start(), match.end(), found):
            found.append(_Person(match.start(), match.end(), 1, "self"))
    return [
        p._replace(gone=bool(_GONE.search(text, p.end, _reach(text, p, after))))
        for p, after in _with_next(sorted(found), len(text))
    ]


def _kin(text: str, hits: Hits, found: Sequence[_Person]) -> list[_Person]:
    stop = hits.get("kin_not", [])
    places = [(h.start, h.end, h.data) for h in hits.get("kin", []) if h.end <= len(text) and not covered(h, stop)]
    for match in _SHORTHAND.finditer(text):
        if not any(a < match.end() and match.start() < b for a, b, _ in places):
            places.append((match.start(), match.end(), "noted"))
    made: list[_Person] = []
    begin, done = {start for start, _, _ in places}, {end for _, end, _ in places}
    for start, end, relation in sorted(places):
        person = _counted(text, start, end, relation, begin)
        if start in done and person.end > end and text[person.end - 1] in "人口":
            person = person._replace(end=end, many=1)  # «爸妈弟3人» are three in all
        if _free(person.start, person.end, found) and (not made or made[-1].end <= person.start):
            made.append(person)
    return made


def _counted(text: str, start: int, end: int, relation: str, others: set[int]) -> _Person:
    """Somebody with the count that stands before or after him; `others`: where people are named."""
    count = 2 if text[start:end] in _TWO else 1
    if text.startswith(("一双", "一对"), start - 2):
        return _Person(start - 2, end, 2, relation)
    before = _BEFORE_KIN.search(text, max(0, start - 9), start)
    if before and (value := whole(before["num"])):
        return _Person(before.start(), end, value if count == 1 else count, relation)
    after = _AFTER_KIN.match(text, end) if count == 1 and relation not in _ONLY_ONE else None
    joined = _JOINED.search(text, max(0, start - 3), start)
    if after and not joined and others.isdisjoint((after.end(), after.end() + 1)):
        return _Person(start, after.end(), whole(after["num"]) or 1, relation)
    return _Person(start, end, count, relation)


def _free(start: int, end: int, found: Sequence[_Person]) -> bool:
    return not any(p.start < end and start < p.end for p in found)


def _with_next(people: Sequence[_Person], length: int) -> Iterator[tuple[_Person, int]]:
    for at, person in enumerate(people):
        yield person, people[at + 1].start if at + 1 < len(people) else length


def _reach(text: str, person: _Person, following: int) -> int:
    """How far it may say that somebody is gone: to the next person or clause."""
    end = min(following, person.end + _GONE_NEAR)
    for mark in "，。,；;":
        if (at := text.find(mark, person.end, end)) >= 0:
            end = at
    return end


def _sums(text: str, people: Sequence[_Person]) -> Iterator[Candidate]:
    tight = _chains(text, people, _links_only)
    told = {tuple(chain) for chain in tight}
    loose = [chain for chain in _chains(text, people, _near) if tuple(chain) not in told]
    for kind, chains in (("tight", tight), ("loose", loose)):
        for chain in chains:
            everybody = _once(text, chain)
            here = [p for p in everybody if not p.gone]
            if here:
                yield from _added(text, kind if len(here) == len(everybody) else f"{kind} less", here)
            if len(everybody) > max(1, len(here)):
                yield from _added(text, f"{kind} all", everybody)


def _added(text: str, kind: str, members: Sequence[_Person]) -> Iterator[Candidate]:
    """The sum of people, and with the speaker where he is not named among them."""
    total = sum(p.many for p in members)
    start, end = members[0].start, members[-1].end
    sorts = [p.sort for p in members]
    marks = (f"how:{kind}", f"members:{min(len(members), 6)}", "sorts:" + "+".join(sorts[:4]))
    if len(members) > 1 or (total > 1 and sorts[0] not in ("pair", "we")):
        yield Candidate(total, start, end, "sum", (*marks, "self" if "self" in sorts else "others"))
    if "self" not in sorts and (len(members) > 1 or _WITH.search(text, max(0, start - 5), start)):
        yield Candidate(total + 1, start, end, "sum1", marks)


def _chains(text: str, people: Sequence[_Person], linked: Callable[[str], bool]) -> list[list[_Person]]:
    """People in a row, each linked to the next."""
    chains: list[list[_Person]] = []
    for person in people:
        if chains and len(chains[-1]) < _MOST_PEOPLE and person.sort != "we":  # «…我们三个»: all of those named
            between = text[chains[-1][-1].end : person.start]
            if len(between) <= 3 * _FARTHEST and linked(_ASIDE.sub("", between)):
                chains[-1].append(person)
                continue
        chains.append([person])
    return chains


def _links_only(between: str) -> bool:
    return bool(_LINK.fullmatch(between))


def _near(between: str) -> bool:
    return len(between) <= _FARTHEST and not _SENTENCE_END.search(between)


def _once(text: str, chain: Sequence[_Person]) -> list[_Person]:
    """The people of a chain, each one once: who is named again is the same person."""
    kept: list[_Person] = []
    said = ""
    for person in chain:
        words = "|我" if person.sort == "self" else text[person.start : person.end]
        again = person.many == 1 and (words in said or (person.sort in _MARRIED and _COUPLE.search(said)))
        if not again:
            kept.append(person)
            said += words + "|"
    return kept


def _less(text: str, counts: Sequence[Candidate], people: Sequence[_Person]) -> Iterator[Candidate]:
    """A count of people less those who are told to be gone."""
    for count in counts:
        near = text[max(0, count.start - _LESS) : count.end + _LESS]
        if count.value > 1 and _GONE.search(near):
            gone = sum(p.many for p in people if p.gone and abs(p.start - count.end) < _LESS) or 1
            yield Candidate(count.value - gone, count.start, count.end, "less", (*count.marks, f"gone:{gone}"))
            if gone > 1:
                yield Candidate(count.value - 1, count.start, count.end, "less", (*count.marks, "gone:one"))
