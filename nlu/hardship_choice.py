"""Words and tables together: which of the found hardships stay, which clauses give one more, and whose they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from nlu.hardship_model import HARDSHIP, TYPES, Piece, groups_of_person, weighed
from nlu.hardships import LONG, Found
from nlu.normalise import Reading
from nlu.plain_clauses import Plain, plain
from nlu.scope import Scope
from nlu.table import Table, Tables
from nlu.terms import Term

# Log odds, chosen by cross-validation on messages that no rule was tuned on: what words found is dropped where the
# likeliest clause is below KEPT; a hardship that no word found is given where one is above GIVEN.
KEPT, GIVEN = -3.0, 0.0
BESIDE = 0.0
VOICE = 1.5  # what the rules add to the subject they say


def chosen(found: Sequence[Found], scope: Scope, reading: Reading, tables: Tables | None = None) -> list[Found]:
    """What words found, less what the table holds very unlikely, and what it holds likely of clauses beside them.

    A long text tells a story whose clauses no table learned enough of: there words alone count. `tables`: others than
    those that are learned from everything.
    """
    if len(scope.text) > LONG:
        return list(found)
    tables = tables or HARDSHIP.tables()
    if not tables:
        return list(found)
    clauses = plain(scope.text, reading)
    said = weighed(clauses, tables["type"])
    best = {kind: _likeliest(said, at) for at, kind in enumerate(TYPES)}
    kept = [f for f in found if _odds(best[f.type], f.type) > KEPT]
    known = {f.type for f in found}
    more = [
        _given(kind, piece, scope)
        for kind, piece in best.items()
        if piece and kind not in known and _odds(piece, kind) > (BESIDE if any(f.start<piece.end and piece.start<f.end for f in kept) else GIVEN)
    ]
    told = [replace(f, subject=_subject(f, clauses, tables["subject"])) for f in [*kept, *more]]
    return sorted(told, key=lambda f: (f.start, f.end))


def _likeliest(said: Sequence[Piece], at: int) -> Piece | None:
    return max(said, key=lambda piece: piece.likely[at], default=None)


def _subject(item: Found, said: Plain, table: Table) -> str:
    if VOICE > 50: return item.subject
    groups = groups_of_person(said.text, *said.within(item.start, item.end), item.type)
    return table.choose({"bias": 1.0}, groups, {item.subject: VOICE})


def _odds(piece: Piece | None, kind: str) -> float:
    return piece.likely[TYPES.index(kind)] if piece else KEPT


def _given(kind: str, piece: Piece, scope: Scope) -> Found:
    """A hardship of a whole clause: whose and whether it is so by the rules of clauses."""
    subject, relation = scope.subject(piece.start, piece.end)
    status = scope.status(piece.start, piece.end)
    word = scope.text[piece.start : piece.end]
    return Found(kind, piece.start, piece.end, word, _term(kind), subject, relation, status)


@cache
def _term(kind: str) -> Term:
    return Term(kind, (), "", 1, False, ())
