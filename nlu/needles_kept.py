"""What `needles` finds of every pattern, kept in a file beside the tables: to find it anew takes seconds.

`shouwang train` writes the file. A pattern that it lacks is looked at when it is needed, so that a lexicon may change
at any time; where the file is missing or unreadable, all of them are.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
import os
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

from nlu import needles
from nlu.needles import Ways

log = logging.getLogger(__name__)
MODELS = Path(__file__).parent / "models"


class Told(NamedTuple):
    """Of one pattern: the ways in which it can match, and how many characters a match takes at most."""

    ways: Ways
    reach: float


class Keeper:
    """What is told of patterns, as far as the file of `folder` holds it; `save` adds what was asked for beside it."""

    def __init__(self, folder: Path) -> None:
        code = Path(needles.__file__).read_bytes() + sys.version.encode()
        self._file = folder / f"needles-{hashlib.sha256(code).hexdigest()[:12]}.json"
        self._kept = self._read()
        self._used: dict[str, Told] = {}

    def told(self, pattern: str) -> Told:
        """re.error where it is no valid pattern."""
        if (found := self._used.get(pattern)) is None:
            found = self._kept.get(pattern) or Told(needles.ways(pattern), needles.reach(pattern))
            self._used[pattern] = found
        return found

    def save(self) -> None:
        """Keep what was used; OSError where the folder cannot be written."""
        if self._used.keys() <= self._kept.keys():
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._file.with_suffix(f".{os.getpid()}")
        fresh.write_text(json.dumps({p: _written(t) for p, t in self._used.items()}, ensure_ascii=False), "utf-8")
        fresh.replace(self._file)
        self._kept = dict(self._used)
        for old in self._file.parent.glob("needles-*.json"):
            if old != self._file:
                old.unlink(missing_ok=True)

    def _read(self) -> dict[str, Told]:
        if not self._file.is_file():
            return {}
        try:
            return {str(p): _told(*one) for p, one in json.loads(self._file.read_text("utf-8")).items()}
        except (OSError, ValueError, TypeError, AttributeError) as error:
            log.warning("%s is not readable (%s); the patterns are looked at anew", self._file.name, error)
            return {}


@cache
def keeper() -> Keeper:
    """That of `models/`."""
    return Keeper(MODELS)


def _written(told: Told) -> object:
    reach = None if math.isinf(told.reach) else told.reach
    return [[[sorted(needed) for needed in way] for way in told.ways], reach]


def _told(ways: list[list[list[str]]], reach: float | None) -> Told:
    each = tuple(tuple(frozenset(map(str, needed)) for needed in way) for way in ways)
    return Told(each, math.inf if reach is None else float(reach))
