"""Words and tables together: which of the found hardships stay, which clauses give one more, and whose they are."""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from operator import attrgetter
from typing import NamedTuple

from nlu.hardship_model import HARDSHIP, TYPES, Piece, groups_about, weighed, weighed_about
from nlu.hardships import LONG, Found, distil
from nlu.normalise import Reading
from nlu.plain_clauses import Plain, plain
from nlu.scope import GENERAL, OTHER, SELF, Scope
from nlu.table import Tables
from nlu.terms import Term
from nlu.unreal import BLANK


class Bars(NamedTuple):
    """Log odds: what words found is dropped where even its likeliest clause is below `dropped`; a hardship that no word
    found is given where a clause is above `given`, or above `beside` where words found something else in that clause.
    """

    dropped: float
    given: float
    beside: float


# Chosen on 2,400 messages of eight writers of whom the table had learned nothing. Who asks for help has some trouble,
# who asks about a rule or complains often tells none. A short letter (with a title) is told in other words than the
# messages the table learned of, so it has less of a say there.
APPLYING, ELSE, LETTER = Bars(-3.0, 0.0, 1.5), Bars(-3.0, 1.0, 2.5), Bars(-6.0, 2.5, 2.5)
# News and talk are full of others' troubles: words and rules alone count there, and only what is sure is given beside.
TALK = Bars(-math.inf, 4.0, math.inf)
_BARS = {"apply_help": APPLYING, "other": TALK}
WEIGHED = 3_000  # characters up to which the clauses of a long text are weighed at all
FAINTLY, FAINT = -5.0, 3  # of a long text words that weigh no more than FAINT are dropped below FAINTLY
NAMED_WITHIN = 12  # characters before a hardship within which a relative leaves no doubt whose it is
VOICE, VOICE_OF_STATUS = 3.5, 4.0  # what the rules add to what they say, so that the examples of the lexicons hold
_WORD = re.compile(r"[一-龥]")
NONE_WEIGHED: Mapping[str, float] = {}
_BIAS = {"bias": 1.0}


class Verdict(NamedTuple):
    """The hardships, and for each of TYPES the log odds that some clause tells it; none where the clauses of a text are
    not weighed, or in part."""

    found: list[Found]
    odds: Mapping[str, float] = NONE_WEIGHED


def judged(
    found: Sequence[Found], others: Sequence[Found], scope: Scope, reading: Reading, kind: str, title: int
) -> Verdict:
    """The hardships by words and tables, each once, with whose each is.

    A long text tells a story whose clauses no table learned enough of: there words count, and the table is asked about
    the faint ones only. Whose a hardship of a letter is, the rules tell better than a table of messages.

    found: what words found in the copy without what is not real (of which scope is); others: what they found beside it;
    reading: how that copy was made; kind: of the message; title: where its title ends.
    """
    tables, length = HARDSHIP.tables(), len(scope.text)
    if not tables or length > WEIGHED:
        return Verdict(distil([*found, *others], title, length))
    said = plain(scope.text, reading)
    if length > LONG:
        return Verdict(distil([*without_faint(found, said, tables), *others], title, length))
    pieces = weighed(said, tables["type"])
    kept = distil([*chosen(found, scope, pieces, kind, title), *others], title, length)
    if title or kind == "other":
        return Verdict(kept)
    sure = [f for f in kept if _of_somebody_named(f, scope)]
    rest = with_subjects([f for f in kept if f not in sure], said, scope.proxy, kind == "question", tables)
    told = [*sure, *(f for f in rest if _meaning(f) not in map(_meaning, sure))]
    return Verdict(sorted(told, key=lambda f: (f.start, f.end)), _best(pieces))


def _best(pieces: Sequence[Piece]) -> dict[str, float]:
    return {kind: max(odds) for kind, odds in _by_type(pieces).items()} or dict.fromkeys(TYPES, -math.inf)


def _by_type(pieces: Sequence[Piece]) -> dict[str, tuple[float, ...]]:
    """What each type's odds are in each of the pieces; nothing where there is none."""
    return dict(zip(TYPES, zip(*(piece.likely for piece in pieces), strict=True), strict=False))


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
    faint = [(f.start, f.end) for f in found if f.term.weight <= FAINT]
    if not faint:
        return list(found)
    pieces = weighed_about(said, tables["type"], faint)
    return [f for f in found if f.term.weight > FAINT or _holds(f, pieces) or _a_trouble(f, pieces)]


def _holds(item: Found, pieces: Sequence[Piece]) -> bool:
    """Whether the table does not speak against the clause of a mention."""
    here = _about(item, pieces)
    return not here or max(_odds(p, item.type) for p in here) > FAINTLY


def chosen(found: Sequence[Found], scope: Scope, pieces: Sequence[Piece], kind: str, title: int = 0) -> list[Found]:
    """What words found, less what the table holds very unlikely, and what it holds likely of clauses beside them."""
    bars = LETTER if title else _BARS.get(kind, ELSE)
    best = {hardship: pieces[odds.index(max(odds))] for hardship, odds in _by_type(pieces).items()}
    kept = [f for f in found if _odds(best.get(f.type), f.type) > bars.dropped or _a_trouble(f, pieces)]
    known = {f.type for f in found}
    more = [
        _given(hardship, piece, scope)
        for hardship, piece in best.items()
        if hardship not in known and _odds(piece, hardship) > _needed(piece, kept, bars) and _in_words(piece, scope)
    ]
    return sorted([*kept, *more], key=lambda f: (f.start, f.end))


def with_subjects(kept: Sequence[Found], said: Plain, proxy: bool, asked: bool, tables: Tables) -> list[Found]:
    """The hardships, whose each is and whether it is so by rules and tables together, each once.

    What is told of the household that somebody applies for (`proxy`) stays its own, what a question (`asked`) asks of a
    class of people theirs; and where a type is told twice, the words have told them apart.
    """
    twice = {f.type for f in kept if sum(other.type == f.type for other in kept) > 1}
    stays = {GENERAL: asked, SELF: proxy}
    told = [f if f.type in twice else _weighed_by(tables, f, said, bool(stays.get(f.subject))) for f in kept]
    return sorted({_meaning(f): f for f in reversed(told)}.values(), key=lambda f: (f.start, f.end))


def _weighed_by(tables: Tables, item: Found, said: Plain, stays: bool) -> Found:
    """The hardship with the subject (unless that `stays`) and the status that rules and tables hold likeliest."""
    start, end = said.within(item.start, item.end)
    if start >= end:
        return item  # it stands in what is not real
    groups = groups_about(said.text, start, end, item.type)
    status = tables["status"].choose(_BIAS, groups, {item.status: VOICE_OF_STATUS})
    subject = item.subject if stays else tables["subject"].choose(_BIAS, groups, {item.subject: VOICE})
    return replace(item, subject=subject, status=status)


def _a_trouble(item: Found, pieces: Sequence[Piece]) -> bool:
    """Whether its clause tells some hardship at least: which of two that are told alike, the words know."""
    return any(max(p.likely) > 0 for p in _about(item, pieces))


def _about(item: Found, pieces: Sequence[Piece]) -> Sequence[Piece]:
    """The pieces that a mention stands in; both ends of pieces only grow along a text."""
    first = bisect_right(pieces, item.start, key=attrgetter("end"))
    return pieces[first : bisect_left(pieces, item.end, key=attrgetter("start"))]


def _in_words(piece: Piece, scope: Scope) -> bool:
    """Whether the clause holds a Chinese word at all, and nothing in it or right after it was blanked: a path or a
    formula that somebody pastes tells nothing, and of «我得的是公主病» what is left does not either."""
    blank = scope.text.find(2 * BLANK, piece.start, piece.end + 2) >= 0
    return not blank and bool(_WORD.search(scope.text, piece.start, piece.end))


def _needed(piece: Piece, found: Sequence[Found], bars: Bars) -> float:
    beside = any(f.start < piece.end and piece.start < f.end for f in found)
    return bars.beside if beside else bars.given


def _odds(piece: Piece | None, kind: str) -> float:
    return piece.likely[TYPES.index(kind)] if piece else -math.inf


def _given(kind: str, piece: Piece, scope: Scope) -> Found:
    """A hardship of a whole clause: whose and whether it is so by the rules of clauses."""
    subject, relation = scope.subject(piece.start, piece.end)
    status = scope.is_so.of_told(piece.start, piece.end)
    word = scope.text[piece.start : piece.end]
    return Found(kind, piece.start, piece.end, word, _term(kind), subject, relation, status)


def by_table(item: Found) -> bool:
    """Whether it is a clause that the table gave, and no word of the lexicons."""
    return item.term == _term(item.type)


@cache
def _term(kind: str) -> Term:
    return Term(kind, (), "", 1, False, ())
