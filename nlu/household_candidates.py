"""What a text might mean by the size of a household: every count of people, every sum of people, whoever lives alone.

Generous on purpose: which of them is meant, and whether any, `household_choice.py` decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple

from nlu.household_people import GONE, Person, whole
from nlu.household_people import people as everybody
from nlu.patterns import worded
from nlu.terms import Hits

MOST = 20  # more people share no budget
LONGEST = 1200  # characters that are looked at; a longer text is hardly about its writer's household
_MOST_FOUND = 60  # candidates; more are in no message, and each is compared with all others
_MOST_PEOPLE = 14  # in one sum
_COUNT = worded("household.count")
_LABELLED = worded("household.labelled")
_BARE = worded("household.bare")
_ORPHANS = worded("household.orphans")
_LONE = worded("household.by_oneself")
_LINK = worded("household.links")
_OF_PEOPLE = frozenset("人口俩仨")  # how a count ends that may be of all who were named, and not of the last of them
_FEW = 2
# Of one: «一个» is said of anything, «一个人» is told by `lone`.
_NOT_ALONE = frozenset(("个", "位", "名", "个人", "人", "人户"))
_MARRIED = frozenset(("husband", "wife", "spouse"))
_COUPLE = re.compile(r"夫妻|夫妇|两口|俩口|公婆")
_WITH = re.compile(r"(?:[带与和跟搭养扯随剩领同守]|留下?|还有)[着了]?(?:[我俺其]|一对|个|一个)?$")
_ASIDE = re.compile(r"[（(][^（）()]{0,24}[）)]")
_SENTENCE_END = re.compile(r"[。！？!?；;\n]")
_FARTHEST = 12  # characters between two people of a loose sum
_LESS = 60  # characters around a count in which it may say that somebody left


class Candidate(NamedTuple):
    """A size that the text might mean, where it says so, and how it came about."""

    value: int  # people
    start: int
    end: int
    kind: str  # count, labelled, bare, taken, pair, lone, sum, sum1, less
    marks: tuple[str, ...]  # what its parts are


def candidates(text: str, hits: Hits) -> list[Candidate]:
    """All sizes that the text might mean, in order of position."""
    text = text[:LONGEST]
    people = everybody(text, hits)
    taken = [(p.start, p.end) for p in people if p.sort != "self"]
    counts: list[Candidate] = []
    inside: list[Candidate] = []
    for count in _counts(text):
        (inside if any(a < count.end and count.start < b for a, b in taken) else counts).append(count)
    found = [
        *counts,
        *(c._replace(kind="taken") for c in inside if text[c.end - 1] in _OF_PEOPLE or c.value > _FEW),
        *_bare(text, counts),
        *_pairs(people, text),
        *_lone(text),
        *_orphans(text),
        *_sums(text, people),
        *_less(text, counts, people),
    ]
    return sorted({c for c in found if 0 < c.value <= MOST}, key=itemgetter(1, 2, 0, 3, 4))[:_MOST_FOUND]


def _counts(text: str) -> Iterator[Candidate]:
    for match in _COUNT.finditer(text):
        number, unit = match["num"] or match["both"], match["unit"] or ""
        if (value := whole(number)) and (value > 1 or unit not in _NOT_ALONE):
            yield Candidate(value, match.start(), match.end(), "count", (f"unit:{unit or number}",))
    for match in _LABELLED.finditer(text):
        if value := whole(next(g for g in match.groups() if g)):
            yield Candidate(value, match.start(), match.end(), "labelled", ())


def _bare(text: str, counts: Sequence[Candidate]) -> Iterator[Candidate]:
    """Numbers that stand by themselves after a word of people or of a register («实住5，户籍8»)."""
    for match in _BARE.finditer(text):
        value = whole(match["num"] or match["and"])
        if value and not any(c.start < match.end() and match.start() < c.end for c in counts):
            more = 1 if match["and"] else 0
            yield Candidate(value + more, match.start(), match.end(), "bare", (f"word:{match['word'] or '+'}",))


def _orphans(text: str) -> Iterator[Candidate]:
    """Children without parents of whom the ages are noted («孤儿（14、11岁）»)."""
    for match in _ORPHANS.finditer(text):
        if len(ages := re.findall(r"[0-9]{1,2}", match[1])) > 1:
            yield Candidate(len(ages), match.start(), match.end(), "labelled", ("word:孤儿",))


def _lone(text: str) -> Iterator[Candidate]:
    for match in _LONE.finditer(text):
        yield Candidate(1, match.start(), match.end(), "lone", (f"word:{match.group()}",))


def _pairs(people: Sequence[Person], text: str) -> Iterator[Candidate]:
    for person in people:
        if person.sort in ("pair", "we"):
            yield Candidate(person.many, person.start, person.end, "pair", (f"word:{text[person.start : person.end]}",))


def _sums(text: str, people: Sequence[Person]) -> Iterator[Candidate]:
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


def _added(text: str, kind: str, members: Sequence[Person]) -> Iterator[Candidate]:
    """The sum of people, and with the speaker where he is not named among them."""
    total = sum(p.many for p in members)
    start, end = members[0].start, members[-1].end
    sorts = [p.sort for p in members]
    marks = (f"how:{kind}", f"members:{min(len(members), 6)}", "sorts:" + "+".join(sorts[:4]))
    if len(members) > 1 or (total > 1 and sorts[0] not in ("pair", "we")):
        yield Candidate(total, start, end, "sum", (*marks, "self" if "self" in sorts else "others"))
    if "self" not in sorts and (len(members) > 1 or _WITH.search(text, max(0, start - 5), start)):
        yield Candidate(total + 1, start, end, "sum1", marks)


def _chains(text: str, people: Sequence[Person], linked: Callable[[str], bool]) -> list[list[Person]]:
    """People in a row, each linked to the next."""
    chains: list[list[Person]] = []
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


def _once(text: str, chain: Sequence[Person]) -> list[Person]:
    """The people of a chain, each one once: who is named again is the same person."""
    kept: list[Person] = []
    said = ""
    for person in chain:
        words = "|我" if person.sort == "self" else text[person.start : person.end]
        again = person.many == 1 and (words in said or (person.sort in _MARRIED and _COUPLE.search(said)))
        if not again:
            kept.append(person)
            said += words + "|"
    return kept


def _less(text: str, counts: Sequence[Candidate], people: Sequence[Person]) -> Iterator[Candidate]:
    """A count of people less those who are told to be gone."""
    for count in counts:
        near = text[max(0, count.start - _LESS) : count.end + _LESS]
        if count.value > 1 and GONE.search(near):
            gone = sum(p.many for p in people if p.gone and abs(p.start - count.end) < _LESS) or 1
            yield Candidate(count.value - gone, count.start, count.end, "less", (*count.marks, f"gone:{gone}"))
            if gone > 1:
                yield Candidate(count.value - 1, count.start, count.end, "less", (*count.marks, "gone:one"))
