"""The office's rules as data: reminder rules, the way of complaints, and the words for notices (`actions/rules/*.yml`).

Every file is read once and checked when it is read; a mistake is a RuleError that names the file and the entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from actions.texts import Texts

FOLDER = Path(__file__).parent / "rules"
LEVELS = ("village", "town", "county", "city", "province")
RECIPIENTS = ("responsible", "above", "county", "household")
ANCHORS = ("due", "started")


class RuleError(ValueError):
    """A rule file does not say what it must; one sentence with file, entry and what was expected."""


@dataclass(frozen=True)
class Choice:
    title: str
    value: str


@dataclass(frozen=True)
class ReminderRule:
    """One entry of reminders.yml; see the head of that file for what each key means."""

    id: str
    to: str
    kinds: tuple[str, ...]
    only: str
    anchor: str
    offset: int
    days: str
    at: time
    rank: int
    text: str
    without_due: int | None = None
    every: int | None = None
    asks: str | None = None
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class QuietHours:
    """From `start` in the evening to `end` in the morning, Asia/Shanghai."""

    start: time
    end: time


@dataclass(frozen=True)
class ReminderBook:
    quiet: QuietHours
    visit_words: tuple[str, ...]
    rules: Mapping[str, ReminderRule]


@dataclass(frozen=True)
class Topic:
    id: str
    zh: str
    assumed_level: str


@dataclass(frozen=True)
class OfficeStep:
    """A step of handling a complaint; its days are the office's own."""

    step: str
    zh: str
    days: int
    kind: str
    farmer: str
    cadre: str
    tell_note: bool = False


@dataclass(frozen=True)
class ComplaintBook:
    past: Mapping[str, str | None]
    topics: Mapping[str, Topic]
    clause: str
    steps: tuple[OfficeStep, ...]


@cache
def reminder_book(folder: Path = FOLDER) -> ReminderBook:
    """Read and check reminders.yml; raises RuleError."""
    raw = _read(folder / "reminders.yml")
    quiet = raw["quiet_hours"]
    rules = [_reminder_rule(entry) for entry in raw["rules"]]
    if len({rule.id for rule in rules}) != len(rules):
        raise RuleError("reminders.yml: two rules carry the same id; give each rule its own.")
    hours = QuietHours(time.fromisoformat(quiet["from"]), time.fromisoformat(quiet["to"]))
    return ReminderBook(hours, tuple(raw["visit_words"]), {rule.id: rule for rule in rules})


@cache
def complaint_book(folder: Path = FOLDER) -> ComplaintBook:
    """Read and check complaints.yml; raises RuleError."""
    raw = _read(folder / "complaints.yml")
    topics = {key: Topic(key, entry["zh"], entry["assumed_level"]) for key, entry in raw["topics"].items()}
    for topic in topics.values():
        _one_of("complaints.yml", topic.id, "assumed_level", topic.assumed_level, tuple(raw["past"]))
    steps = tuple(OfficeStep(**entry) for entry in raw["steps"])
    return ComplaintBook(raw["past"], topics, raw["clause"], steps)


@cache
def words() -> Texts:
    """The texts of notices.yml (`words().say("notices.staff.new_case", …)`)."""
    return Texts.load(FOLDER)


def say(key: str, /, **values: object) -> str:
    """A text of notices.yml with its placeholders filled."""
    return words().say(f"notices.{key}", **values)


def plain_date(day: date) -> str:
    """A date as one says it: 11月25日."""
    return f"{day.month}月{day.day}日"


def _reminder_rule(entry: dict[str, Any]) -> ReminderRule:
    name = str(entry.get("id", "?"))
    unknown = sorted(set(entry) - {f.name for f in fields(ReminderRule)})
    if unknown:
        raise RuleError(f"reminders.yml: rule {name} has the unknown key {unknown[0]!r}; see the head of the file.")
    for key, allowed in (
        ("to", RECIPIENTS),
        ("anchor", ANCHORS),
        ("days", ("working", "calendar")),
        ("only", ("any", "visit")),
    ):
        _one_of("reminders.yml", name, key, entry.get(key), allowed)
    return ReminderRule(
        **{
            **entry,
            "kinds": tuple(entry["kinds"]),
            "at": time.fromisoformat(entry["at"]),
            "choices": tuple(Choice(**choice) for choice in entry.get("choices", ())),
        }
    )


def _one_of(file: str, entry: str, key: str, value: object, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise RuleError(f"{file}: {entry} has {key} {value!r}; expected one of {', '.join(allowed)}.")


def _read(path: Path) -> dict[str, Any]:
    raw = yaml.safe_load(path.read_text("utf-8"))
    if not isinstance(raw, dict):
        raise RuleError(f"{path.name}: expected a table at the top of the file; found {type(raw).__name__}.")
    return raw
