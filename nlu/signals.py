"""Bare yes or no, and «I don't know»."""

from __future__ import annotations

import re

from nlu.patterns import worded
from nlu.terms import Hits

_NO = worded("signals.no")
_YES = worded("signals.yes")
_LONGEST_BARE = 14


def bare_answer(text: str) -> bool | None:
    """True for a bare yes, False for a bare no, None for anything else."""
    words = text.strip(" \n。，,.!！~～…")
    if not words or len(words) > _LONGEST_BARE:
        return None
    if _NO.match(words):
        return False
    return True if _YES.match(words) else None


def says_dont_know(text: str, hits: Hits) -> bool:
    """Whether the message as a whole says that the speaker does not know."""
    found = hits.get("dont_know", [])
    if not found:
        return False
    rest = len(re.sub(r"\s", "", text)) - sum(h.end - h.start for h in found)
    return rest <= 8 and not re.search(r"[?？]|吗|怎么|咋|如何|什么时候", text)
