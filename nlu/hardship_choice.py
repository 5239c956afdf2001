"""Words and tables together: which of the found hardships stay, which clauses give one more, and whose they are."""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from operator import attrgetter
from typing import NamedTuple

from nlu.hardship_model import HARDSHIP, TYPES, Piece, groups_of_person, weighed
from nlu.hardships import LONG, Found, distil
from nlu.normalise import Reading
from nlu.plain_clauses import Plain, plain
from nlu.scope import GENERAL, OTHER, SELF, Scope
from nlu.table import Table, Tables
from nlu.terms import Term


class Bars(NamedTuple):
    """Log odds: what words found is dropped where even its likeliest clause is below `dropped`; a hardship that no word
    found is given where a clause is above `given`, or above BESIDE where words found something else in that clause."""

    dropped: float
    given: float


# Chosen on messages no rule was made by, and so that no filler, mark or question of our tests tips a finding. A short
# letter (with a title) is told in other words than the messages the table learned of, so it has less of a say there.
MESSAGE, LETTER, BESIDE = Bars(-4.0, 1.0), Bars(-6.0, 2.5), 2.5
WEIGHED = 3_000  # characters up to which the clauses of a long text are weighed at all
FAINTLY, FAINT = -5.0, 3  # of a long text words that weigh no more than FAINT are dropped below FAINTLY
NAMED_WITHIN = 12  # characters before a hardship within which a relative leaves no doubt whose it is
VOICE = 3.5  # what the rules add to the subject they say, so that the examples of the lexicons hold
_WORD = re.compile(r"[一-龥]")


def judged(
    found: Sequence[Found], others: Sequence[Found], scope: Scope, reading: Reading, asked: bool, title: int
) -> list[Found]:
    """The hardships by words and tables, each once, with whose each is.

    A long text tells a story whose clauses no table learned enough of: there words count, and the table is asked about
    the faint ones only. Whose a hardship of a letter is, the rules tell better than a table of messages.

    found: what words found in the copy without what is not real (of which scope is); others: what they found beside it;
    reading: how that copy was made; asked: the message is a question; title: where its title ends.
    """
    tables, length = HARDSHIP.tables(), len(scope.text)
    if not tables or length > WEIGHED:
        return distil([*found, *others], title, length)
    said = plain(scope.text, reading)
    if length > LONG:
        return distil([*without_faint(found, said, tables), *others], title, length)
    kept = distil([*chosen(found, scope, said, tables, LETTER if title else MESSAGE), *others], title, length)
    if title:
        return kept
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


def without_faint(found: Sequence[Found], said: Plain, tables: Tables) -> list[Found]:
    """What words of a long text found, less faint ones in clauses that the table holds very unlikely to tell it."""
    if all(f.term.weight > FAINT for f in found):
        return list(found)
    pieces = weighed(said, tables["type"])
    return [f for f in found if f.term.weight > FAINT or _holds(f, pieces) or _a_trouble(f, pieces)]


def _holds(item: Found, pieces: Sequence[Piece]) -> bool:
    """Whether the table does not speak against the clause of a mention."""
    here = _about(item, pieces)
    return not here or max(_odds(p, item.type) for p in here) > FAINTLY


def chosen(found: Sequence[Found], scope: Scope, said: Plain, tables: Tables, bars: Bars = MESSAGE) -> list[Found]:
    """What words found, less what the table holds very unlikely, and what it holds likely of clauses beside them."""
    pieces = weighed(said, tables["type"])
    best = {kind: _likeliest(pieces, at) for at, kind in enumerate(TYPES)}
    kept = [f for f in found if _odds(best[f.type], f.type) > bars.dropped or _a_trouble(f, pieces)]
    known = {f.type for f in found}
    more = [
        _given(kind, piece, scope)
        for kind, piece in best.items()
        if piece and kind not in known and _odds(piece, kind) > _needed(piece, kept, bars) and _in_words(piece, scope)
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
    return any(max(p.likely) > 0 for p in _about(item, pieces))


def _about(item: Found, pieces: Sequence[Piece]) -> Sequence[Piece]:
    """The pieces that a mention stands in; both ends of pieces only grow along a text."""
    first = bisect_right(pieces, item.start, key=attrgetter("end"))
    return pieces[first : bisect_left(pieces, item.end, key=attrgetter("start"))]


def _in_words(piece: Piece, scope: Scope) -> bool:
    """Whether the clause holds a Chinese word at all: a path or a formula that somebody pastes tells nothing."""
    return bool(_WORD.search(scope.text, piece.start, piece.end))


def _needed(piece: Piece, found: Sequence[Found], bars: Bars) -> float:
    beside = any(f.start < piece.end and piece.start < f.end for f in found)
    return BESIDE if beside else bars.given


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
