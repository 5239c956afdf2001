"""Whether people live at a place that they name, come from there, or only work, study or lie in hospital there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from nlu.lexicon_files import read_yaml

_CLAUSE_END = re.compile(r"[，。；;,、.！!？?\n ]")
_SEEN = 12  # characters on either side that are looked at


def standings(text: str, places: Sequence[tuple[int, int]]) -> list[str]:
    """For each place of the reading copy (spans in order) `home`, `origin` or `elsewhere`; home where nothing is said.

    Looked at is its clause, up to the places named before and after it.
    """
    found = []
    for i, (start, end) in enumerate(places):
        first = max(places[i - 1][1] if i else 0, start - _SEEN)
        last = min(places[i + 1][0] if i + 1 < len(places) else len(text), end + _SEEN)
        before = _CLAUSE_END.split(text[first:start])[-1]
        after = _CLAUSE_END.split(text[end:last])[0]
        found.append(_standing(before, after))
    return found


def _standing(before: str, after: str) -> str:
    for standing, first, then in _words():
        if first.search(before) and then.search(after):
            return standing
    return "home"


@cache
def _words() -> list[tuple[str, re.Pattern[str], re.Pattern[str]]]:
    rows = read_yaml("places.yml")["standings"]
    return [(row["is"], re.compile(row.get("before", "")), re.compile(row.get("after", ""))) for row in rows]
