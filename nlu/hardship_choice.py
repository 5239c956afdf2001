"""Words and tables together: which of the found hardships stay, which clauses give one more, and whose they are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from nlu.hardship_model import HARDSHIP, TYPES, Piece, groups_of_person, weighed
from nlu.hardships import LONG, Found
from nlu.normalise import Reading
from nlu.plain_clauses import Plain, plain
from nlu.scope import GENERAL, Scope
from nlu.table import Table, Tables
from nlu.terms import Term

# Log odds, chosen by cross-validation on messages that no rule was tuned on, and so that no filler tips a finding: what
# words found is dropped where even its likeliest clause is below DROPPED; a hardship that no word found is given where
# a clause is above GIVEN, or above BESIDE where words found something else in that clause.
DROPPED, GIVEN, BESIDE = -5.0, 0.0, 2.0
VOICE = 2.5  # what the rules add to the subject they say
UNWEIGHED = ("other",)  # kinds of message that are left to the words: news and talk are full of others' troubles


def chosen(
    found: Sequence[Found], scope: Scope, reading: Reading, kind: str, tables: Tables | None = None
) -> list[Found]:
    """What words found, less what the table holds very unlikely, and what it holds likely of clauses beside them.

    A long text tells a story whose clauses no table learned enough of: there words alone count.

    scope: of the copy without what is not real; reading: how that copy was made; kind: of the message; tables: others
    than those that are learned from everything.
    """
    if len(scope.text) > LONG or kind in UNWEIGHED:
        return list(found)
    tables = tables or HARDSHIP.tables()
    if not tables:
        return list(found)
    clauses = plain(scope.text, reading)
    said = weighed(clauses, tables["type"])
    best = {one: _likeliest(said, at) for at, one in enumerate(TYPES)}
    kept = [f for f in found if _odds(best[f.type], f.type) > DROPPED]
    known = {f.type for f in found}
    more = [
        _given(one, piece, scope)
        for one, piece in best.items()
        if piece and one not in known and _odds(piece, one) > _needed(piece, kept)
    ]
    asked = kind == "question"
    told = [replace(f, subject=_subject(f, clauses, tables["subject"], asked)) for f in [*kept, *more]]
    return sorted(told, key=lambda f: (f.start, f.end))


def _needed(piece: Piece, found: Sequence[Found]) -> float:
    beside = any(f.start < piece.end and piece.start < f.end for f in found)
    return BESIDE if beside else GIVEN


def _likeliest(said: Sequence[Piece], at: int) -> Piece | None:
    return max(said, key=lambda piece: piece.likely[at], default=None)


def _subject(item: Found, said: Plain, table: Table, asked: bool) -> str:
    """Whose it is by rules and table; a question about a class of people stays one."""
    if asked and item.subject == GENERAL:
        return GENERAL
    groups = groups_of_person(said.text, *said.within(item.start, item.end), item.type)
    return table.choose({"bias": 1.0}, groups, {item.subject: VOICE})


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
