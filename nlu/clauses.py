"""Cutting a text into sentences and clauses, also where a voice transcript has no punctuation."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from nlu.terms import Hit, Hits

_HARD = re.compile(r"[。！!？?；;\n]+|…+|\.{2,}")
_SOFT = re.compile(r"[，,：:（）()\[\]【】《》“”\"～~]+|(?<![0-9])[.．](?![0-9])| +|——+|[😀-🙏]+")
MIN_BEFORE_SPOKEN_BREAK = 3
# Whatever somebody pastes, work per clause and per sentence stays bounded: longer ones are cut.
LONGEST_CLAUSE = 80
LONGEST_SENTENCE = 600


@dataclass(frozen=True, slots=True)
class Clause:
    index: int
    sentence: int
    start: int
    end: int
    question: bool  # the sentence ends with a question mark or particle


class Clauses:
    """The clauses of one reading copy, in order, covering all of it."""

    def __init__(self, text: str, hits: Hits) -> None:
        self.text = text
        self._starts: list[int] = []
        self.items: list[Clause] = []
        sentence = 0
        at = 0
        for match in _HARD.finditer(text):
            marked = "?" in match.group() or "？" in match.group()
            sentence = self._add_bounded(at, match.start(), sentence, hits, marked)
            at = match.end()
        if at < len(text) or not self.items:
            self._add_bounded(at, len(text), sentence, hits, False)

    def _add_bounded(self, start: int, end: int, sentence: int, hits: Hits, marked: bool) -> int:
        for begin in range(start, max(end, start + 1), LONGEST_SENTENCE):
            self._add_sentence(begin, min(end, begin + LONGEST_SENTENCE), sentence, hits, marked)
            sentence += 1
        return sentence

    def _add_sentence(self, start: int, end: int, sentence: int, hits: Hits, marked: bool) -> None:
        cuts = [start]
        for match in _SOFT.finditer(self.text, start, end):
            inside_number = match.group() == "," and self._between_digits(match.start())
            if not inside_number:
                cuts.append(match.end())
        breaks = hits.get("break", [])
        first, last = bisect_right(breaks, start, key=_start), bisect_left(breaks, end, key=_start)
        spoken = {hit.start for hit in breaks[first:last]}
        question = marked or self.text[max(start, end - 1) : end] in ("吗", "呢", "么")
        cuts = sorted({*cuts, *spoken})
        kept = [cuts[0]]
        for cut in cuts[1:]:
            if cut in spoken and cut - kept[-1] < MIN_BEFORE_SPOKEN_BREAK:
                continue
            kept.append(cut)
        for begin, stop in zip(kept, [*kept[1:], end], strict=True):
            for part in range(begin, max(stop, begin + 1), LONGEST_CLAUSE):
                self._starts.append(part)
                last = min(stop, part + LONGEST_CLAUSE)
                self.items.append(Clause(len(self.items), sentence, part, last, question))

    def _between_digits(self, at: int) -> bool:
        return 0 < at < len(self.text) - 3 and self.text[at - 1].isdigit() and self.text[at + 1 : at + 4].isdigit()

    def at(self, position: int) -> Clause:
        """The clause that holds the character at `position`."""
        return self.items[max(0, bisect_right(self._starts, position) - 1)]

    def words(self, clause: Clause) -> str:
        return self.text[clause.start : clause.end]


def _start(hit: Hit) -> int:
    return hit.start


def within(hits: list[Hit], start: int, end: int) -> list[Hit]:
    """The hits that lie inside [start, end); `hits` are ordered by start."""
    first = bisect_right(hits, start - 1, key=_start)
    found: list[Hit] = []
    for hit in hits[first:]:
        if hit.start >= end:
            break
        if hit.end <= end:
            found.append(hit)
    return found
