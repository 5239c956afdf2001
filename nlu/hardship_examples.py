"""What the tables of hardships are learned from: labelled messages and clauses, and the lexicons' own words.

Of a message every clause is an example: of the hardships whose words overlap it, else of none. A clause in which a
careful reader may or may not see a hardship is none at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest

from nlu import hardship_model as model
from nlu.labelled_rows import SUBJECTS, Labelled, Told
from nlu.lexicon_files import hardship_files, read_yaml
from nlu.normalise import Reading, read
from nlu.plain_clauses import Plain, plain
from nlu.sparse_learning import Case
from nlu.table import Grams

OF_A_WORD = 0.1  # how often a word of the lexicons is looked at, where a clause always is


@dataclass(frozen=True, slots=True)
class Place:
    """A labelled hardship in the offsets of the reading copy."""

    start: int
    end: int
    told: Told


def places(row: Labelled, reading: Reading) -> list[Place] | None:
    """Where the hardships of a message stand; None where one is labelled without its words."""
    found = []
    for told in row.hardships or ():
        if not told.words or told.words not in row.text:
            if told.optional:
                continue
            return None
        first = row.text.index(told.words)
        if place := reading.place(first, first + len(told.words)):
            found.append(Place(*place, told))
    return found


def of_messages(rows: Iterable[Labelled]) -> Iterator[Case]:
    """The clauses of labelled messages."""
    for row in rows:
        reading = read(row.text)
        known = places(row, reading) if row.hardships is not None else None
        if known is None:
            continue
        said = plain(reading.text, reading)
        for start, end in said.pieces():
            first, last = said.span(start, end)
            here = [p.told for p in known if p.start < last and first < p.end]
            sure = {told.type for told in here if not told.optional}
            if not here or sure:
                yield Case(model.groups_of_piece(said.text, start, end), _goal(sure))


def of_examples() -> Iterator[Case]:
    """The clauses of those examples of the lexicons that are one clause or tell nothing."""
    for said, says in _examples():
        pieces = [*said.pieces()]
        if not says or len(pieces) == 1:
            for start, end in pieces:
                yield Case(model.groups_of_piece(said.text, start, end), _goal({says["type"]} if says else set()))


def of_words() -> Iterator[Case]:
    """The words and pairs of the lexicons, and the phrases that only look like one."""
    for content in map(read_yaml, hardship_files()):
        kind = {content["hardship"]}
        for term in content["terms"]:
            yield from (_word(word, kind) for word in term["words"].split())
        for near in content.get("near") or ():
            firsts, thens = near["first"].split(), near["then"].split()
            for first, then in zip_longest(firsts, thens):
                yield _word((first or firsts[-1]) + (then or thens[-1]), kind)
        yield from (_word(word, set()) for word in (content.get("not") or "").split())


@dataclass(frozen=True, slots=True)
class About:
    """The groups about a hardship, whose it is and whether it is so; None where that is not labelled."""

    groups: Grams
    subject: str | None
    status: str | None


def hardships_of(rows: Iterable[Labelled]) -> Iterator[About]:
    """The hardships of labelled messages."""
    for row in rows:
        reading = read(row.text)
        said = plain(reading.text, reading)
        known = places(row, reading) if row.hardships else None
        for p in known or ():
            if not p.told.optional and p.told.words != row.text:
                start, end = said.within(p.start, p.end)
                groups = model.groups_about(said.text, start, end, p.told.type)
                yield About(groups, p.told.subject, p.told.status)


def hardships_of_examples() -> Iterator[About]:
    """Those of the lexicons' examples."""
    for said, says in _examples():
        if says:
            groups = model.groups_about(said.text, 0, len(said.text), says["type"])
            subject = says.get("subject")
            yield About(groups, SUBJECTS.get(subject, subject) if subject else None, says.get("status"))


def of_subjects(told: Iterable[About]) -> Iterator[Case]:
    """Whose each is."""
    return (Case(one.groups, {one.subject: 1.0}) for one in told if one.subject)


def of_statuses(told: Iterable[About]) -> Iterator[Case]:
    """Whether each is so."""
    return (Case(one.groups, {one.status: 1.0}) for one in told if one.status)


def _examples() -> Iterator[tuple[Plain, dict[str, str] | None]]:
    """The examples of the lexicons that answer no question, with the one hardship that each tells, or None."""
    for content in map(read_yaml, hardship_files()):
        for example in content["examples"]:
            if not isinstance(example["says"], list) and not example.get("asks"):
                yield plain(read(example["text"]).text), example["says"]


def _word(word: str, kinds: set[str]) -> Case:
    said: Grams = model.groups_of_piece(word, 0, len(word))
    return Case(said, _goal(kinds), OF_A_WORD)


def _goal(kinds: set[str]) -> dict[str, float]:
    return {kind: 1 / len(kinds) for kind in sorted(kinds)} or {model.NONE: 1.0}
