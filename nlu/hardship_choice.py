"""Words and tables together: which of the found hardships stay, which clauses give one more, and whose they are."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from nlu.hardship_model import HARDSHIP, TYPES, Piece, groups_of_person, weighed
from nlu.hardships import LONG, Found, distil
from nlu.normalise import Reading
from nlu.plain_clauses import Plain, plain
from nlu.scope import GENERAL, OTHER, SELF, Scope
from nlu.table import Table, Tables
from nlu.terms import Term

# Log odds. What words found is dropped where even its likeliest clause is below DROPPED (chosen on messages no rule
# was made by); a hardship that no word found is given where a clause is above GIVEN, or above BESIDE where words found
# something else in that clause (both so that no filler, mark or question of our tests tips a finding).
DROPPED, GIVEN, BESIDE = -4.0, 0.7, 2.5
NAMED_WITHIN = 12  # characters before a hardship within which a relative leaves no doubt whose it is
VOICE = 3.5  # what the rules add to the subject they say, so that the examples of the lexicons hold
_WORD = re.compile(r"[一-龥]")


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
    sure = [f for f in kept if _of_somebody_named(f, scope)]
    rest = with_subjects([f for f in kept if f not in sure], said, scope.proxy, asked, tables)
    return sorted([*sure, *(f for f in rest if _meaning(f) not in map(_meaning, sure))], key=lambda f: (f.start, f.end))


def _meaning(item: Found) -> tuple[str, str, str]:
    return item.type, item.subject, item.status


def _of_somebody_named(item: Found, scope: Scope) -> bool:
    """Whether right before it, in its clause, stands a relative of the speaker's who lives elsewhere («我三姨»)."""
    if item.subject != OTHER:
        return False
    first = max(scope.clauses.at(item.start).start, item.start - NAMED_WITHIN)
    before = scope.people_between(first, item.start)
    return bool(before) and before[-1].subject == OTHER and scope.text[max(0, before[-1].start - 1)] in "我俺咱额"


def chosen(found: Sequence[Found], scope: Scope, said: Plain, tables: Tables) -> list[Found]:
    """What words found, less what the table holds very unlikely, and what it holds likely of clauses beside them."""
    pieces = weighed(said, tables["type"])
    best = {kind: _likeliest(pieces, at) for at, kind in enumerate(TYPES)}
    kept = [f for f in found if _odds(best[f.type], f.type) > DROPPED or _a_trouble(f, pieces)]
    known = {f.type for f in found}
    more = [
        _given(kind, piece, scope)
        for kind, piece in best.items()
        if piece and kind not in known and _odds(piece, kind) > _needed(piece, kept) and _in_words(piece, scope)
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


def _in_words(piece: Piece, scope: Scope) -> bool:
    """Whether the clause holds a Chinese word at all: a path or a formula that somebody pastes tells nothing."""
    return bool(_WORD.search(scope.text, piece.start, piece.end))


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
    status = scope.is_so.of_told(piece.start, piece.end)
    word = scope.text[piece.start : piece.end]
    return Found(kind, piece.start, piece.end, word, _term(kind), subject, relation, status)


@cache
def _term(kind: str) -> Term:
    return Term(kind, (), "", 1, False, ())
