"""Words and tables together: which of the found hardships stay, which clauses give one more, and whose they are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from nlu.hardship_model import HARDSHIP, TYPES, Piece, groups_of_person, weighed
from nlu.hardships import LONG, Found, distil
from nlu.normalise import Reading
from nlu.plain_clauses import Plain, plain
from nlu.scope import GENERAL, SELF, Scope
from nlu.table import Table, Tables
from nlu.terms import Term

# Log odds. What words found is dropped where even its likeliest clause is below DROPPED (chosen on messages no rule
# was made by); a hardship that no word found is given where a clause is above GIVEN, or above BESIDE where words found
# something else in that clause (both so that no filler, mark or question of our tests tips a finding).
DROPPED, GIVEN, BESIDE = -4.0, 0.7, 2.5
VOICE = 3.5  # what the rules add to the subject they say, so that the examples of the lexicons hold


def judged(
    found: Sequence[Found], others: Sequence[Found], scope: Scope, reading: Reading, asked: bool, title: int
) -> list[Found]:
    """The hardships by words and tables, each once, with whose each is.

    A long text tells a story whose clauses no table learned enough of: there words alone count.

    found: what words found in the copy without what is not real (of which scope is); others: what they found beside it;
    reading: how that copy was made; asked: the message is a question; title: where its title ends.
    """
    tables = HARDSHIP.tables() if len(scope.text) <= LONG else None
    if not tables:
        return distil([*found, *others], title, len(scope.text))
    said = plain(scope.text, reading)
    kept = distil([*chosen(found, scope, said, tables), *others], title, len(scope.text))
    return with_subjects(kept, said, scope.proxy, asked, tables)


def chosen(found: Sequence[Found], scope: Scope, said: Plain, tables: Tables) -> list[Found]:
    """What words found, less what the table holds very unlikely, and what it holds likely of clauses beside them."""
    pieces = weighed(said, tables["type"])
    best = {kind: _likeliest(pieces, at) for at, kind in enumerate(TYPES)}
    kept = [f for f in found if _odds(best[f.type], f.type) > DROPPED or _a_trouble(f, pieces)]
    known = {f.type for f in found}
    more = [
        _given(kind, piece, scope)
        for kind, piece in best.items()
        if piece and kind not in known and _odds(piece, kind) > _needed(piece, kept)
    ]
    return sorted([*kept, *more], key=lambda f: (f.start, f.end))


def with_subjects(kept: Sequence[Found], said: Plain, proxy: bool, asked: bool, tables: Tables) -> list[Found]:
    """The hardships, whose each is by rules and table together, each once.

    What is told of the household that somebody applies for (`proxy`) stays its own, what a question (`asked`) asks of a
    class of people theirs; and where a type is told twice, the words have told them apart.
    """
    twice = {f.type for f in kept if sum(other.type == f.type for other in kept) > 1}
    stays = {GENERAL: asked, SELF: proxy}
    told = [f if f.type in twice or stays.get(f.subject) else _with_subject(f, said, tables["subject"]) for f in kept]
    return sorted({(f.type, f.subject, f.status): f for f in reversed(told)}.values(), key=lambda f: (f.start, f.end))


def _with_subject(item: Found, said: Plain, table: Table) -> Found:
    start, end = said.within(item.start, item.end)
    if start >= end:
        return item  # it stands in what is not real
    groups = groups_of_person(said.text, start, end, item.type)
    return replace(item, subject=table.choose({"bias": 1.0}, groups, {item.subject: VOICE}))


def _a_trouble(item: Found, pieces: Sequence[Piece]) -> bool:
    """Whether its clause tells some hardship at least: which of two that are told alike, the words know."""
    return any(max(p.likely) > 0 for p in pieces if p.start < item.end and item.start < p.end)


def _needed(piece: Piece, found: Sequence[Found]) -> float:
    beside = any(f.start < piece.end and piece.start < f.end for f in found)
    return BESIDE if beside else GIVEN


def _likeliest(said: Sequence[Piece], at: int) -> Piece | None:
    return max(said, key=lambda piece: piece.likely[at], default=None)


def _odds(piece: Piece | None, kind: str) -> float:
    return piece.likely[TYPES.index(kind)] if piece else -math.inf


def _given(kind: str, piece: Piece, scope: Scope) -> Found:
    """A hardship of a whole clause: whose and whether it is so by the rules of clauses."""
    subject, relation = scope.subject(piece.start, piece.end)
    status = scope.status(piece.start, piece.end)
    word = scope.text[piece.start : piece.end]
    return Found(kind, piece.start, piece.end, word, _term(kind), subject, relation, status)


@cache
def _term(kind: str) -> Term:
    return Term(kind, (), "", 1, False, ())
