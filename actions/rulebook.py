"""The office's rules as data: reminder rules, the way of complaints, and the words for notices (`actions/rules/*.yml`).

Every file is read once and checked when it is read; a mistake is a RuleError that names the file and the place in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from actions.texts import Texts

FOLDER = Path(__file__).parent / "rules"
LEVELS = ("village", "town", "county", "city", "province")
Kind = Literal["application", "complaint"]
Days = Literal["working", "calendar"]


class RuleError(ValueError):
    """A rule file does not say what it must; one sentence with file, place and what is wrong."""


class Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Choice(Entry):
    title: str
    value: str


class Example(Entry):
    """Days of a step and when the rule first fires for it, Asia/Shanghai («2026-11-27 09:00», None: never)."""

    started: date
    due: date | None = None
    returned: date | None = None
    fires: str | None


class ReminderRule(Entry):
    """One entry of reminders.yml; see the head of that file for what each key means."""

    id: str
    to: Literal["responsible", "above", "county", "household"]
    kinds: tuple[Kind, ...] = Field(min_length=1)
    only: Literal["any", "visit"] = "any"
    during: Literal["open", "returned"] = "open"
    anchor: Literal["due", "started", "returned"]
    offset: int
    days: Days
    at: time
    rank: int
    text: str
    without_due: int | None = Field(default=None, ge=0)
    every: int | None = Field(default=None, ge=1)
    asks: Literal["visit"] | None = None
    choices: tuple[Choice, ...] = ()
    examples: tuple[Example, ...] = Field(min_length=1)


class QuietHours(Entry):
    """From `start` in the evening to `end` in the morning, Asia/Shanghai."""

    start: time = Field(alias="from")
    end: time = Field(alias="to")


class ReminderFile(Entry):
    quiet_hours: QuietHours
    visit_words: tuple[str, ...] = Field(min_length=1)
    rules: tuple[ReminderRule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _own_ids(self) -> ReminderFile:
        ids = [rule.id for rule in self.rules]
        doubled = next((one for one in ids if ids.count(one) > 1), None)
        if doubled is not None:
            raise ValueError(f"two rules carry the id {doubled}; give each its own")
        return self


class ReminderBook(Entry):
    """What reminders.yml says, rules by id."""

    quiet: QuietHours
    visit_words: tuple[str, ...]
    rules: Mapping[str, ReminderRule]


class Topic(Entry):
    zh: str
    assumed_level: Literal["village", "town", "county"]


class OfficeStep(Entry):
    """A step of handling a complaint; its days are the office's own. `tell_note`: the note is the answer."""

    step: str
    zh: str
    days: int = Field(ge=0)
    kind: Days
    farmer: str
    cadre: str
    tell_note: bool = False


class LookupLimits(Entry):
    """What lookups.yml says: wrong look-ups within so many hours."""

    within_hours: int = Field(ge=1, le=48)  # the counts are kept for two days
    most_wrong: dict[str, int]

    @model_validator(mode="after")
    def _whole(self) -> LookupLimits:
        if set(self.most_wrong) != {"conversation", "address", "receipt"} or min(self.most_wrong.values()) < 3:
            raise ValueError("conversation, address and receipt each want a number of at least 3")
        return self


class ComplaintBook(Entry):
    """What complaints.yml says."""

    past: dict[str, str | None]
    topics: dict[str, Topic]
    clause: str
    steps: tuple[OfficeStep, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> ComplaintBook:
        if "other" not in self.topics:
            raise ValueError("the topic `other` is missing; it takes what fits no other topic")
        wrong = next((level for level in {*self.past, *self.past.values()} - {None} if level not in LEVELS), None)
        if wrong is not None:
            raise ValueError(f"`past` names the level {wrong!r}; expected one of {', '.join(LEVELS)}")
        return self


class IdentityBook(Entry):
    """What identity.yml says: how names are made to sound alike, and how many may share a phone."""

    sounds: tuple[tuple[str, str], ...] = Field(min_length=1)
    surnames: dict[str, str]
    shared_phone_from: int = Field(ge=2)
    most_suggestions: int = Field(ge=1)


@cache
def identity_book(folder: Path = FOLDER) -> IdentityBook:
    """Read and check identity.yml; raises RuleError."""
    return read_rules(folder / "identity.yml", IdentityBook)


class TellingRules(Entry):
    """How staff are told outside the workbench; see telling.yml."""

    quiet_hours: QuietHours
    digest_at: time
    per_minute: int = Field(ge=1)
    at_most: int = Field(ge=1, le=30)
    pressing: int = Field(ge=1)


class ErrorWords(Entry):
    """How to say what stood in the way of a message: `has` is part of what the channel said."""

    has: str
    say: str


class TellingBook(Entry):
    """What telling.yml says."""

    rules: TellingRules
    words: dict[str, str]
    kinds: dict[str, str]
    tasks: dict[str, str]
    channels: dict[str, str]
    why: dict[str, str]
    errors: tuple[ErrorWords, ...]

    @model_validator(mode="after")
    def _whole(self) -> TellingBook:
        if "other" not in self.kinds:
            raise ValueError("the kind `other` is missing; it names what fits no other kind")
        if self.rules.per_minute > self.rules.at_most:
            raise ValueError("per_minute is over at_most; a summary must come before the limit")
        return self


@cache
def telling_book(folder: Path = FOLDER) -> TellingBook:
    """Read and check telling.yml; raises RuleError."""
    return read_rules(folder / "telling.yml", TellingBook)


@cache
def reminder_book(folder: Path = FOLDER) -> ReminderBook:
    """Read and check reminders.yml; raises RuleError."""
    file = read_rules(folder / "reminders.yml", ReminderFile)
    rules = {rule.id: rule for rule in file.rules}
    return ReminderBook(quiet=file.quiet_hours, visit_words=file.visit_words, rules=rules)


@cache
def complaint_book(folder: Path = FOLDER) -> ComplaintBook:
    """Read and check complaints.yml; raises RuleError."""
    return read_rules(folder / "complaints.yml", ComplaintBook)


@cache
def lookup_limits(folder: Path = FOLDER) -> LookupLimits:
    """Read and check lookups.yml; raises RuleError."""
    return read_rules(folder / "lookups.yml", LookupLimits)


@cache
def words() -> Texts:
    """The texts of notices.yml (`words().get("notices.levels")`)."""
    return Texts.load(FOLDER)


def say(key: str, /, **values: object) -> str:
    """A text of notices.yml with its placeholders filled."""
    return words().say(f"notices.{key}", **values)


def plain_date(day: date) -> str:
    """A date as one says it: 11月25日."""
    return f"{day.month}月{day.day}日"


M = TypeVar("M", bound=Entry)


def read_rules(path: Path, shape: type[M]) -> M:
    """A rule file in its shape; raises RuleError with file, place and what is wrong."""
    try:
        raw: Any = yaml.safe_load(path.read_text("utf-8"))
        return shape.model_validate(raw)
    except yaml.YAMLError as error:
        raise RuleError(f"{path.name} is no readable YAML: {' '.join(str(error).split())}; correct it.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the whole file"
        raise RuleError(f"{path.name}: {where}: {first['msg']}; correct it.") from error
