"""Hardships (困难) with span, whose they are and whether they are so."""

from __future__ import annotations

from dataclasses import dataclass

from nlu.clauses import Clauses
from nlu.scope import ACTUAL, GENERAL, NEGATED, PAST, SELF, Scope
from nlu.terms import Hit, Hits, Lexicon, Term, covered


@dataclass(frozen=True, slots=True)
class Found:
    """One mention in the offsets of the reading copy."""

    type: str
    start: int
    end: int
    word: str
    term: Term
    subject: str
    relation: str
    status: str


def find_hardships(text: str, clauses: Clauses, hits: Hits, scope: Scope, lex: Lexicon) -> list[Found]:
    """Every mention, in order of position; `distil` makes one entry per hardship of them."""
    found: list[Found] = []
    for start, end, word, term in _candidates(clauses, hits, lex):
        subject, relation = scope.subject(start, end)
        if not _counts(term, subject, scope, start, end):
            continue
        status = scope.status(start, end)
        if status == ACTUAL and (term.past or (term.hardship == "death_in_family" and scope.long_past(start, end))):
            status = PAST
        found.append(Found(term.hardship, start, end, word, term, subject, relation, status))
    return sorted(found, key=lambda f: (f.start, f.end))


def _candidates(clauses: Clauses, hits: Hits, lex: Lexicon) -> list[tuple[int, int, str, Term]]:
    stop = hits.get("hardship_not", [])
    whole = [(h.start, h.end, h.word, h.data) for h in hits.get("hardship", [])
             if not covered(h, stop) and not any(b.start <= h.start and h.end <= b.end for b in stop)]
    pairs: list[tuple[int, int, str, Term]] = []
    for near in lex.nears:
        firsts = hits.get(f"first:{near.id}")
        thens = hits.get(f"then:{near.id}")
        if not firsts or not thens:
            continue
        for a, b in _pairs(firsts, thens, near.gap, near.both, clauses):
            start, end = min(a.start, b.start), max(a.end, b.end)
            inner = Hit(min(a.start, b.start), max(a.end, b.end), "", None)
            if any(s.start <= b.start and b.end <= s.end for s in stop) or covered(inner, stop):
                continue
            pairs.append((start, end, b.word, near.term))
    return whole + pairs


def _pairs(firsts: list[Hit], thens: list[Hit], gap: int, both: bool, clauses: Clauses) -> list[tuple[Hit, Hit]]:
    found: list[tuple[Hit, Hit]] = []
    j = 0
    for a in firsts:
        while j < len(thens) and thens[j].end < a.start - gap:
            j += 1
        for b in thens[j:]:
            if b.start > a.end + gap:
                break
            ordered = 0 <= b.start - a.end <= gap or (both and 0 <= a.start - b.end <= gap)
            if ordered and clauses.at(a.start).index == clauses.at(b.start).index:
                found.append((a, b))
                break
    return found


def _counts(term: Term, subject: str, scope: Scope, start: int, end: int) -> bool:
    if term.needs == "own":
        return subject == SELF and scope.has_person(start, end)
    if term.needs == "person":
        return subject != GENERAL and scope.has_person(start, end)
    return True


def distil(found: list[Found], title_end: int) -> list[Found]:
    """One entry per hardship: of mentions of one kind and one person the clearest, the body before the title."""
    best: dict[tuple[str, str, str, str], Found] = {}
    order: list[tuple[str, str, str, str]] = []
    for item in found:
        key = (item.type, item.subject, item.status, "")
        if key not in best:
            best[key] = item
            order.append(key)
        elif _rank(item, title_end) > _rank(best[key], title_end):
            best[key] = item
    chosen = [best[k] for k in order]
    actual = {(f.type, f.subject) for f in chosen if f.status == ACTUAL}
    chosen = [f for f in chosen if f.status in (ACTUAL, NEGATED) or (f.type, f.subject) not in actual
              or f.type == "death_in_family"]
    return sorted(chosen, key=lambda f: f.start)


def _rank(item: Found, title_end: int) -> tuple[int, int]:
    return item.term.weight, int(item.start >= title_end)
