"""A pattern that is compiled when it is first tried: of the many hundreds of forms a text tries few."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import cached_property


class Late:
    """Used as a compiled pattern is; `pattern` is its text. re.error where it is first tried and is no valid one."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    def search(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        return self.compiled.search(text, start, end)

    def finditer(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[re.Match[str]]:
        return self.compiled.finditer(text, start, end)
