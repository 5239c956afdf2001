"""Where words of the hardship lexicons stand in a text, alone or as a pair that belongs together."""

from __future__ import annotations

import re
from collections import defaultdict

from nlu.clauses import Clauses
from nlu.patterns import worded
from nlu.terms import Hit, Hits, Lexicon, Near, Term, add, covered

_NOT_A_DEATH = worded("hardships.not_a_death")
_MARKED = re.compile(r"[，,。、；;：:！!？?\s]")

# (start, end, word, term, the gap between the two words of a pair)
Candidate = tuple[int, int, str, Term, tuple[int, int] | None]


def candidates(text: str, clauses: Clauses, hits: Hits, lex: Lexicon) -> list[Candidate]:
    """Every word and every pair, less those that stand inside a phrase which says something else (`not`)."""
    whole: list[Candidate] = [
        (h.start, h.end, h.word, h.data, None)
        for h in hits.get("hardship", [])
        if not covered(h, hits.get(f"hardship_not:{h.data.hardship}", []))
    ]
    pairs: list[Candidate] = []
    firsts, thens = _by_pair(hits)
    for number in sorted(firsts.keys() & thens.keys()):
        near = lex.nears[number]
        stop = hits.get(f"hardship_not:{near.term.hardship}", [])
        for a, b in _pairs(firsts[number], thens[number], near, clauses):
            start, end = min(a.start, b.start), max(a.end, b.end)
            if covered(a, stop) or covered(b, stop) or covered(Hit(start, end, "", None), stop):
                continue
            if (
                near.term.hardship == "death_in_family"
                and len(b.word) <= 3
                and _NOT_A_DEATH.search(text[a.end : b.start])
            ):
                continue
            pairs.append((start, end, b.word, near.term, (a.end, b.start)))
    return whole + pairs


def _by_pair(hits: Hits) -> tuple[dict[int, list[Hit]], dict[int, list[Hit]]]:
    """The first words and the second words of every pair that has both."""
    known = [frozenset().union(*(h.data for h in hits.get(part, ()))) for part in ("first", "then")]
    both = known[0] & known[1]
    words: tuple[dict[int, list[Hit]], dict[int, list[Hit]]] = (defaultdict(list), defaultdict(list))
    for part, of_pair in zip(("first", "then"), words, strict=True):
        for hit in hits.get(part, ()):
            for number in hit.data & both:
                add(of_pair[number], hit)
    return words


def _pairs(firsts: list[Hit], thens: list[Hit], near: Near, clauses: Clauses) -> list[tuple[Hit, Hit]]:
    found: list[tuple[Hit, Hit]] = []
    gap, together = near.gap, _in_one_sentence if near.across else _in_one_breath
    j = 0
    for a in firsts:
        while j < len(thens) and thens[j].end < a.start - gap:
            j += 1
        for k in range(j, len(thens)):
            b = thens[k]
            if b.start > a.end + gap:
                break
            ordered = 0 <= b.start - a.end <= gap or (near.both and 0 <= a.start - b.end <= gap)
            if ordered and together(a, b, clauses):
                found.append((a, b))
                break
    return found


def _in_one_breath(a: Hit, b: Hit, clauses: Clauses) -> bool:
    """Whether both stand in one clause, or in two that only a spoken break parts («包工头到 | 现在一分没给»)."""
    first, last = sorted((clauses.at(a.start).index, clauses.at(b.start).index))
    if first == last:
        return True
    between = clauses.text[min(a.end, b.end) : max(a.start, b.start)]
    return last - first == 1 and not _MARKED.search(between)


def _in_one_sentence(a: Hit, b: Hit, clauses: Clauses) -> bool:
    return clauses.at(a.start).sentence == clauses.at(b.start).sentence
