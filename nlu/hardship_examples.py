"""What the tables of hardships are learned from: labelled messages, clauses of `phrases/`, and the lexicons' own words.

Of a message every clause is an example: of the hardships whose words overlap it, else of none. A clause in which a
careful reader may or may not see a hardship is none at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import yaml

from nlu import hardship_model as model
from nlu.labelled_rows import Labelled, Told
from nlu.lexicon_files import hardship_files, read_yaml
from nlu.normalise import Reading, read
from nlu.sparse_learning import Case
from nlu.table import Grams

PHRASES = Path(__file__).parent / "phrases"
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
        last = first + len(told.words)
        spans = zip(reading.starts, reading.ends, strict=True)
        held = [at for at, (a, b) in enumerate(spans) if a < last and first < b]
        if held:
            found.append(Place(held[0], held[-1] + 1, told))
    return found


def of_messages(rows: Iterable[Labelled]) -> Iterator[Case]:
    """The clauses of labelled messages."""
    for row in rows:
        reading = read(row.text)
        known = places(row, reading) if row.hardships is not None else None
        if known is None:
            continue
        whole = model.groups_of_all(reading.text)
        for start, end in model.pieces(reading.text):
            here = [p.told for p in known if p.start < end and start < p.end]
            sure = {told.type for told in here if not told.optional}
            if here and not sure:
                continue
            yield Case([*model.groups_of_piece(reading.text, start, end), *whole], _goal(sure))


def of_phrases() -> Iterator[Case]:
    """The clauses of `phrases/`, and of the lexicons the examples of one clause and those that tell nothing."""
    for row in phrases():
        yield _alone(str(row["text"]), {row["type"]} if row["type"] else set())
    for content in map(read_yaml, hardship_files()):
        for example in content["examples"]:
            says = example["says"]
            one_clause = len(list(model.pieces(example["text"]))) == 1
            if isinstance(says, list) or example.get("asks") or (says and not one_clause):
                continue
            yield _alone(example["text"], {says["type"]} if says else set())


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


def of_subjects(rows: Iterable[Labelled]) -> Iterator[Case]:
    """The hardships of labelled messages, and whose each is."""
    for row in rows:
        reading = read(row.text)
        known = places(row, reading) if row.hardships else None
        for p in known or ():
            if not p.told.optional:
                said = model.groups_of_person(reading.text, p.start, p.end, p.told.type)
                yield Case(said, {p.told.subject: 1.0})


def phrases(folder: Path = PHRASES) -> list[dict[str, Any]]:
    """The rows of `phrases/`; ValueError names the file and the row of a type that is none."""
    found = []
    for path in sorted(folder.glob("*.yml")):
        for number, row in enumerate(yaml.safe_load(path.read_text(encoding="utf-8")) or [], 1):
            if not isinstance(row, dict) or not row.get("text") or row.get("type", "") not in (None, *model.TYPES):
                raise ValueError(f"nlu/phrases/{path.name}: row {number} is no {{text, type: hardship or null}}")
            found.append(row)
    return found


def _alone(text: str, kinds: set[str]) -> Case:
    copy = read(text).text
    return Case([*model.groups_of_piece(copy, 0, len(copy)), *model.groups_of_all(copy)], _goal(kinds))


def _word(word: str, kinds: set[str]) -> Case:
    said: Grams = model.groups_of_piece(word, 0, len(word))
    return Case(said, _goal(kinds), OF_A_WORD)


def _goal(kinds: set[str]) -> dict[str, float]:
    return {kind: 1 / len(kinds) for kind in sorted(kinds)} or {model.NONE: 1.0}
