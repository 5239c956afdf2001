"""How a call may end and when one may call back, as data (`rules/calls.yml`)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from actions.clock import SHANGHAI, Clock
from actions.rulebook import FOLDER, Entry, read_rules


class Outcome(Entry):
    """One way a call may end; the head of calls.yml says what each key means."""

    code: str
    zh: str
    keeps: Literal["saved", "dropped"]
    needs: Literal["callback", "note"] | None = None
    forgets: bool = False
    by_saving: bool = False


class Callback(Entry):
    """A time offered for calling back: minutes from now, or a day and an hour (Asia/Shanghai)."""

    id: str
    zh: str
    minutes: int | None = Field(default=None, alias="in", ge=1)
    days: int = Field(default=0, ge=0)
    at: time | None = None

    def when(self, clock: Clock) -> datetime:
        """The moment that it means now."""
        if self.at is None:
            return clock.now() + timedelta(minutes=self.minutes or 0)
        return datetime.combine(clock.today() + timedelta(days=self.days), self.at, SHANGHAI)


class CallBook(Entry):
    outcomes: tuple[Outcome, ...] = Field(min_length=1)
    callbacks: tuple[Callback, ...]

    def outcome(self, code: str) -> Outcome | None:
        return next((one for one in self.outcomes if one.code == code), None)


@cache
def call_book(folder: Path = FOLDER) -> CallBook:
    """Read and check calls.yml; raises RuleError."""
    return read_rules(folder / "calls.yml", CallBook)
