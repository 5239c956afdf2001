"""Denials in a list («没车没房», «无病人、无残疾», «房也没有»): what each denied noun states, by lexicon/denied.yml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from nlu.clauses import Clauses
from nlu.lexicon_files import read_yaml
from nlu.mentions import Value
from nlu.patterns import worded
from nlu.scope import Scope
from nlu.statements import LONGEST, Statement, is_meant

_HAS_NONE = worded("denials.has_none")
_IS_NONE = worded("denials.is_none")
_DENIES = re.compile("[没无冇莫木未不非]")
_NEXT = worded("denials.next")
_BOUNDARY = worded("denials.boundary")
_AFTER_NOUN = worded("denials.after_noun")

Facts = tuple[tuple[str, Value], ...]


@cache
def _nouns() -> tuple[dict[str, tuple[Facts, frozenset[str]]], re.Pattern[str]]:
    """Noun -> (facts, where it counts: `has`, `is`, `after`, `with`), and a pattern of them all, the longest first."""
    known: dict[str, tuple[Facts, frozenset[str]]] = {}
    for row in read_yaml("denied.yml")["nouns"]:
        ways = frozenset(row.get("ways", "has after").split())
        for word in row["words"].split():
            known[word] = (tuple(row["facts"].items()), ways)
    return known, re.compile("|".join(map(re.escape, sorted(known, key=len, reverse=True))))


def denials(text: str, clauses: Clauses, scope: Scope) -> Iterator[Statement]:
    """What is denied of the own household, noun by noun."""
    text = text[:LONGEST]
    if not _DENIES.search(text):
        return
    yield from _after(text, clauses, scope)
    for way, pattern in (("has", _HAS_NONE), ("is", _IS_NONE)):
        for match in pattern.finditer(text):
            yield from _list(text, clauses, scope, way, match)


@cache
def _nouns_before_denial() -> re.Pattern[str]:
    known, _ = _nouns()
    words = sorted((w for w, (_, ways) in known.items() if "after" in ways), key=len, reverse=True)
    return re.compile(f"(?:{'|'.join(map(re.escape, words))})(?={_AFTER_NOUN.pattern})")


def _list(text: str, clauses: Clauses, scope: Scope, way: str, opening: re.Match[str]) -> Iterator[Statement]:
    """The nouns that follow one denial, and those linked to them."""
    known, pattern = _nouns()
    start, at = opening.start(), opening.end()
    listed: list[str] = []
    while noun := pattern.match(text, at):
        facts, ways = known[noun.group()]
        if not _BOUNDARY.match(text, noun.end()):
            return
        counts = way in ways or ("with" in ways and (bool(listed) or "名下" in text[max(0, start - 4) : start]))
        listed.append(noun.group())
        if counts and is_meant(text, clauses, scope, (start, noun.end()), denied=True):
            yield from (Statement(fact, value, start, noun.end()) for fact, value in facts)
        link = _NEXT.match(text, noun.end())
        if not link:
            return
        start, at = (link.start(1) if link[1] else noun.end()), link.end()
        way = "is" if link[1] and _IS_NONE.match(link[1]) else "has"


def _after(text: str, clauses: Clauses, scope: Scope) -> Iterator[Statement]:
    """«车没有 房也没有», «残疾倒没有»: the noun first."""
    known, _ = _nouns()
    for noun in _nouns_before_denial().finditer(text):
        facts, _ = known[noun.group()]
        denial = _AFTER_NOUN.match(text, noun.end())
        if denial and is_meant(text, clauses, scope, (noun.start(), denial.end()), denied=True):
            yield from (Statement(fact, value, noun.start(), denial.end()) for fact, value in facts)
