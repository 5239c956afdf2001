"""Clauses as a table of clauses sees them: without fillers, repeated marks and emoji, figures made alike.

What changes nothing of the meaning must change nothing of what is looked up, or a finding would flip with «嗯».
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from nlu.lexicon_files import read_yaml
from nlu.normalise import Reading

COMMA, LINE, FIGURE = "，", "\n", "0"
LONGEST, WINDOW, STEP = 22, 14, 10  # a longer clause is looked at through windows, in characters
_MARKS = r"\s，,。.;；、:：!！?？~～…（）()“”\"‘’'【】\[\]《》<>「」『』—\-_=|/\\*#^+"
_CLAUSE = re.compile(f"[^{COMMA}{LINE}]+")
_MARK = re.compile(f"[{_MARKS}]")


@dataclass(frozen=True, slots=True)
class Plain:
    """`text`: clauses parted by one comma, lines by one line end; `starts[i]`, `ends[i]`: where its i-th character
    stands in the reading copy."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The half-open range [start, end), which holds something, in offsets of the reading copy."""
        return self.starts[start], self.ends[end - 1]

    def within(self, start: int, end: int) -> tuple[int, int]:
        """The half-open range of `text` that holds [start, end) of the reading copy."""
        return bisect_right(self.ends, start), bisect_left(self.starts, end)

    def pieces(self) -> Iterator[tuple[int, int]]:
        """Where the clauses are in `text`; long ones, as voice transcripts have, as windows that overlap."""
        for match in _CLAUSE.finditer(self.text):
            start, end = match.span()
            while end - start > LONGEST:
                yield start, start + WINDOW
                start += STEP
            yield start, end


@lru_cache(maxsize=4)  # several readers look at one text after another
def plain(text: str, reading: Reading | None = None) -> Plain:
    """The plain clauses of a reading copy (or of one that is blanked in places).

    reading: how the copy was made; where a comma was taken out of it together with a stammer, clauses part there.
    """
    parted = _parted(reading) if reading else ()
    said: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for match in _token().finditer(text):
        start, end = match.span()
        if match.lastgroup == "filler":
            continue
        sign = {"marks": LINE if LINE in match.group() else COMMA, "figure": FIGURE}.get(match.lastgroup or "")
        if sign in (COMMA, LINE):
            if not said or said[-1] in (COMMA, LINE):
                said[-1:] = [LINE] if said and sign == LINE else said[-1:]
                continue
        elif start in parted and said and said[-1] not in (COMMA, LINE):
            _put(said, starts, ends, COMMA, start, start)
        if sign:
            _put(said, starts, ends, sign, start, end)
            continue
        for first, last in _between(start, end, parted):
            if first > start:
                _put(said, starts, ends, COMMA, first, first)
            said += text[first:last]
            starts += range(first, last)
            ends += range(first + 1, last + 1)
    if said and said[-1] in (COMMA, LINE):
        said.pop()
    return Plain("".join(said), starts, ends)


def _between(start: int, end: int, parted: Collection[int]) -> Iterator[tuple[int, int]]:
    """The range, cut before each of `parted` within it."""
    cuts = [at for at in range(start + 1, end) if at in parted] if parted else []
    yield from pairwise([start, *cuts, end])


def _put(said: list[str], starts: list[int], ends: list[int], sign: str, start: int, end: int) -> None:
    said.append(sign)
    starts.append(start)
    ends.append(end)


def _parted(reading: Reading) -> frozenset[int]:
    """Characters of the copy before which a mark of the source was dropped."""
    starts, ends = reading.starts, reading.ends
    if not starts or ends[-1] - starts[0] == len(starts):
        return frozenset()  # nothing was dropped
    return frozenset(
        at
        for at in range(1, len(starts))
        if starts[at] > ends[at - 1] and _MARK.search(reading.source[ends[at - 1] : starts[at]])
    )


@cache
def _token() -> re.Pattern[str]:
    fillers = "|".join(sorted(read_yaml("typos.yml")["fillers"].split(), key=len, reverse=True))
    opens = f"(?:^|(?<=[{_MARKS}]))"
    return re.compile(
        f"(?P<marks>[{_MARKS}]+)|(?P<filler>{opens}(?:{fillers})+(?=[{_MARKS}]|[一-龥])|[嗯呃唔呣]+)"
        rf"|(?P<figure>[0-9]+(?:\.[0-9]+)?)|(?P<signs>[^{_MARKS}0-9嗯呃唔呣]+)"
    )
