"""The rules of the queue as data (`rules/tasks.yml`): waiting times, leases, appointments, outcomes of calls."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from actions.rulebook import FOLDER, Entry, read_rules

OTHER = "other"
Colour = Literal["green", "amber", "red"]


class Waiting(Entry):
    """How long a kind of task may wait and how long a hand may hold it; minutes."""

    clock: Literal["office", "wall"]
    amber: int = Field(ge=0)
    red: int = Field(ge=1)
    lease: int = Field(ge=1)

    @model_validator(mode="after")
    def _in_order(self) -> Waiting:
        if self.amber >= self.red:
            raise ValueError(f"amber ({self.amber}) must come before red ({self.red})")
        return self

    @property
    def held_for(self) -> timedelta:
        return timedelta(minutes=self.lease)

    def colour(self, waited: timedelta) -> Colour:
        if waited >= timedelta(minutes=self.red):
            return "red"
        return "amber" if waited >= timedelta(minutes=self.amber) else "green"


class Ages(Entry):
    minutes: str
    hours: str
    days: str
    office: str


class Appointments(Entry):
    soon: int = Field(ge=0)
    late: int = Field(ge=0)
    colours: dict[Colour, str]
    words: str
    slots: int = Field(ge=1, le=6)
    apart: int = Field(ge=0)


class Abandoned(Entry):
    silent_hours: int = Field(ge=1)
    forget_days: int = Field(ge=1)
    stages: tuple[str, ...] = Field(min_length=1)
    channels: tuple[str, ...] = Field(min_length=1)


class Outcome(Entry):
    """How a call ended; see the head of `outcomes` in tasks.yml."""

    id: str
    zh: str
    ends: bool = False
    again: bool = False
    tell: str | None = None


class TaskBook(Entry):
    """What tasks.yml says."""

    kinds: dict[str, Waiting]
    urgent: Waiting
    colours: dict[Colour, str]
    urgent_colours: dict[Colour, str]
    ages: Ages
    appointment: Appointments
    hold: int = Field(ge=1)
    renew_every: int = Field(ge=5)
    abandoned: Abandoned
    reminder_stuck: int = Field(ge=1)
    outcomes: tuple[Outcome, ...] = Field(min_length=1)
    quick_replies: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> TaskBook:
        if OTHER not in self.kinds:
            raise ValueError("the kind `other` is missing; it takes what no other entry names")
        both = next((one.id for one in self.outcomes if one.ends and one.again), None)
        if both is not None:
            raise ValueError(f"the outcome {both} both ends the task and tries again; choose one")
        return self

    @property
    def held_for(self) -> timedelta:
        """How long a conversation is held without a sign of the person who holds it."""
        return timedelta(minutes=self.hold)

    def waiting(self, kind: str, urgent: bool) -> Waiting:
        return self.urgent if urgent else self.kinds.get(kind, self.kinds[OTHER])

    def outcome(self, code: str) -> Outcome | None:
        return next((one for one in self.outcomes if one.id == code), None)


@cache
def task_book(folder: Path = FOLDER) -> TaskBook:
    """Read and check tasks.yml; raises RuleError."""
    return read_rules(folder / "tasks.yml", TaskBook)
