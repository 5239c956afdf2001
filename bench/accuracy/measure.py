"""One run over the chosen sets: every way of reading over the same rows with the same scorer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from bench.accuracy import readers
from bench.accuracy.ours import our_reader
from bench.accuracy.sets import GENRES, HELD_OUT, LEARNED, MEANING, PETITIONS, UNREAD, LabelledSet
from nlu.evaluation import Reader, Score, read_and_score

OURS = "ours"
FEWEST = 5  # rows from which a genre or tag has figures of its own


@dataclass(frozen=True, slots=True)
class Group:
    """All sets of one kind together, as each way of reading scored on them."""

    name: str
    rows: int
    scores: Mapping[str, Score]


@dataclass(slots=True)
class Run:
    """What one run found. `unable`: ways that could not run, with the reason; `seconds`: reading time of each way."""

    sets: list[LabelledSet]
    scores: dict[str, Score] = field(default_factory=dict)  # ours, by set
    groups: list[Group] = field(default_factory=list)
    ways: dict[str, readers.Way] = field(default_factory=dict)
    unable: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


def run(sets: Sequence[LabelledSet], without: frozenset[str], tell: Callable[[str], None]) -> Run:
    """Score our reading on every set, and the compared ones on the groups where that says something."""
    result = Run(list(sets))
    for one in sets:
        result.scores[one.name] = _score(result, OURS, one, our_reader())
    with ExitStack() as stack:
        if any(way.name not in without for way in readers.WAYS):
            tell("starting what is compared (training Rasa takes half an hour or more, once for the same sets)")
        able, result.unable = readers.open_all(stack, without)
        result.ways = {name: way for name, (way, _) in able.items()}
        for name in MEANING:
            members = [one for one in sets if one.group == name]
            if members:
                tell(f"reading the {name} sets")
                result.groups.append(_group(result, name, members, able))
    return result


def _group(
    result: Run, name: str, members: Sequence[LabelledSet], able: Mapping[str, tuple[readers.Way, Reader]]
) -> Group:
    scores = {OURS: merged(name, [result.scores[one.name] for one in members])}
    for way, (_, reader) in able.items():
        if not (way in TRAINED and name == LEARNED):  # what is trained on a set is not measured on it
            scores[way] = merged(name, [_score(result, way, one, reader) for one in members])
    return Group(name, scores[OURS].rows, scores)


TRAINED = ("Rasa stock",)


def _score(result: Run, way: str, one: LabelledSet, reader: Reader) -> Score:
    begun = time.perf_counter()
    score = Score(one.name, tuple(read_and_score(row, reader) for row in one.rows))
    result.seconds[way] = result.seconds.get(way, 0.0) + time.perf_counter() - begun
    return score


def merged(name: str, scores: Iterable[Score]) -> Score:
    return Score(name, tuple(one for score in scores for one in score.scored))


def by_genre(score: Score) -> dict[str, Score]:
    """The parts of a score by genre, in their order; genres of fewer rows than `FEWEST` are left out."""
    parts = {genre: _genre(score, genre) for genre in GENRES}
    return {genre: part for genre, part in parts.items() if part.rows >= FEWEST}


def _genre(score: Score, genre: str) -> Score:
    return score.part(genre, lambda row: row["genre"] == genre)


def by_tag(score: Score) -> dict[str, Score]:
    """The parts of a score by tag; a row may stand in several."""
    tags = sorted({tag for one in score.scored for tag in one.row["tags"]})
    parts = {tag: _tag(score, tag) for tag in tags}
    return {tag: part for tag, part in parts.items() if part.rows >= FEWEST}


def _tag(score: Score, tag: str) -> Score:
    return score.part(tag, lambda row: tag in row["tags"])


COMPARED = (HELD_OUT, UNREAD, PETITIONS)  # what the tables of the documents show
