"""All lexicons as one Aho-Corasick automaton: one pass over a text finds every term of every list."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import ahocorasick

from nlu.lexicon_files import LexiconError, hardship_files, read_yaml


class Hit(NamedTuple):  # made by the thousand: a tuple is made twice as fast as a frozen dataclass
    start: int
    end: int
    word: str
    data: Any  # what the list says of this word


Hits = dict[str, list[Hit]]


class TermIndex:
    """Named lists of words; `find` gives for each list its hits in order of position, the longest where they nest."""

    def __init__(self) -> None:
        self._entries: dict[str, list[tuple[str, Any]]] = defaultdict(list)
        self._marked: dict[tuple[str, str], set[int]] = defaultdict(set)
        self._automaton: Any = None

    def add(self, name: str, word: str, data: Any = None) -> None:
        self._entries[word].append((name, data))

    def mark(self, name: str, word: str, number: int) -> None:
        """Put `word` into the list of marks `name`: one hit wherever it stands, its data the numbers it was given."""
        self._marked[name, word].add(number)

    def freeze(self) -> None:
        words = dict.fromkeys([*self._entries, *(word for _, word in self._marked)])
        marks: dict[str, list[tuple[str, frozenset[int]]]] = defaultdict(list)
        for (name, word), numbers in self._marked.items():
            marks[word].append((name, frozenset(numbers)))
        automaton = ahocorasick.Automaton()
        for word in words:
            automaton.add_word(word, (len(word), word, tuple(self._entries.get(word, ())), tuple(marks.get(word, ()))))
        automaton.make_automaton()
        self._automaton = automaton

    def find(self, text: str) -> Hits:
        hits: Hits = defaultdict(list)
        for last, (length, word, lists, marks) in self._automaton.iter(text):
            start = last + 1 - length
            for name, data in lists:
                add(hits[name], Hit(start, last + 1, word, data))
            for name, numbers in marks:
                hits[name].append(Hit(start, last + 1, word, numbers))
        return hits


def add(found: list[Hit], new: Hit) -> None:
    """Put `new`, which ends later than all in `found`, into it; of words that nest the longest stays."""
    while found and found[-1].start >= new.start and found[-1].end - found[-1].start < new.end - new.start:
        found.pop()
    if not found or found[-1].start > new.start or new.end > found[-1].end or found[-1].word == new.word:
        found.append(new)


LONGEST_TERM = 24


def covered(hit: Hit, blockers: list[Hit], proper: bool = False) -> bool:
    """Whether `hit` lies inside one of `blockers` (phrases that contain a term and say something else).

    `blockers` are ordered by start; with `proper` the blocker must be longer than the hit.
    """
    at = bisect_left(blockers, hit.start - LONGEST_TERM, key=_start)
    while at < len(blockers) and blockers[at].start <= hit.start:
        blocker = blockers[at]
        if hit.end <= blocker.end and not (proper and blocker.end - blocker.start == hit.end - hit.start):
            return True
        at += 1
    return False


def touched(hit: Hit, blockers: list[Hit]) -> bool:
    """Whether `hit` shares a character with one of `blockers`."""
    at = bisect_left(blockers, hit.start - LONGEST_TERM, key=_start)
    while at < len(blockers) and blockers[at].start < hit.end:
        if hit.start < blockers[at].end:
            return True
        at += 1
    return False


def _start(hit: Hit) -> int:
    return hit.start


@dataclass(frozen=True, slots=True)
class Term:
    """One lexicon entry's meaning, shared by all its words."""

    hardship: str
    facts: tuple[tuple[str, Any], ...]
    needs: str  # "": counts by itself | "person": only with somebody it is said of | "own": with the own household
    weight: int  # which mention of one hardship is shown
    past: bool  # the words say themselves that it is over
    denies: tuple[tuple[str, Any], ...]  # facts when the term is plainly negated
    part_of: tuple[str, ...] = ()  # hardships of the same household beside which this is none of its own
    denied: bool = False  # the words say themselves that it is not so
    of_elder: str = ""  # the hardship that it is when told of an old person


@dataclass(frozen=True, slots=True)
class Near:
    """First word … second word in one clause with at most `gap` characters between."""

    id: int
    term: Term
    gap: int
    both: bool  # either order
    across: bool  # also over a comma, in one sentence


@dataclass(frozen=True, slots=True)
class Lexicon:
    index: TermIndex
    nears: tuple[Near, ...]


def _term(hardship: str, entry: dict[str, Any], name: str) -> Term:
    unknown = set(entry) - {
        "words",
        "first",
        "then",
        "gap",
        "either_order",
        "across",
        "facts",
        "needs",
        "weight",
        "past",
        "denies",
        "part_of",
        "denied",
        "of_elder",
    }
    if unknown:
        raise LexiconError(f"nlu/lexicon/{name}: unknown key {sorted(unknown)[0]!r} in an entry of terms or near")
    return Term(
        hardship,
        tuple((entry.get("facts") or {}).items()),
        entry.get("needs", ""),
        int(entry.get("weight", 2)),
        bool(entry.get("past", False)),
        tuple((entry.get("denies") or {}).items()),
        tuple(_words(entry.get("part_of") or "")),
        bool(entry.get("denied", False)),
        str(entry.get("of_elder", "")),
    )


# Lists whose groups are read independently of one another (收入 inside 年收入 still counts).
_APART = frozenset(("mark",))


def _words(value: Any) -> list[str]:
    return value.split() if isinstance(value, str) else [str(w) for w in value]


@cache
def lexicon() -> Lexicon:
    """The automaton over all files of nlu/lexicon, made once."""
    index = TermIndex()
    nears: list[Near] = []
    for name in hardship_files():
        content = read_yaml(name)
        kind = content["hardship"]
        for entry in content.get("terms") or []:
            term = _term(kind, entry, name)
            for word in _words(entry["words"]):
                index.add("hardship", word, term)
        for entry in content.get("near") or []:
            near = Near(
                len(nears),
                _term(kind, entry, name),
                int(entry.get("gap", 4)),
                bool(entry.get("either_order", False)),
                bool(entry.get("across", False)),
            )
            nears.append(near)
            for part in ("first", "then"):
                for word in _words(entry[part]):
                    index.mark(part, word, near.id)
        for word in _words(content.get("not") or []):
            index.add(f"hardship_not:{kind}", word)
    for file in ("cues.yml", "money.yml", "people.yml", "kind.yml", "danger.yml", "signals.yml", "unreal.yml"):
        for name, words in read_yaml(file)["lists"].items():
            if isinstance(words, dict):
                for key, group in words.items():
                    for word in _words(group):
                        index.add(f"{name}:{key}" if name in _APART else name, word, key)
            else:
                for word in _words(words):
                    index.add(name, word)
    index.freeze()
    return Lexicon(index, tuple(nears))
