"""Office hours (上班时间): when somebody is there, set by the office in the `hours` section of its office file.

Working days follow the Chinese calendar with its make-up days; a lunch break is the gap between two windows. An office
that has set nothing makes no claim: it counts as always open, and nobody is told that it is closed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import chinese_calendar
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from actions.clock import SHANGHAI
from actions.workdays import ONE_DAY, is_workday

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOOK_AHEAD = 40  # days; the longest closure of an office (New Year with leave around it) is shorter
LONGEST_COUNT = 400  # days; older than this nobody counts in office hours any more

Window = tuple[time, time]
Windows = tuple[Window, ...]


class HoursError(ValueError):
    """The `hours` section says something that cannot be; one sentence with the file, the place and what to write."""


class HoursFile(BaseModel):
    """The section as it is written; every window is «08:30-12:00», Asia/Shanghai."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    working_days: Windows = ()
    week: dict[str, Windows] = Field(default_factory=dict)
    holidays: Windows = ()
    dates: dict[date, Windows] = Field(default_factory=dict)

    @field_validator("working_days", "holidays", mode="before")
    @classmethod
    def _windows(cls, given: object) -> Windows:
        return read_windows(given)

    @field_validator("week", "dates", mode="before")
    @classmethod
    def _windows_by_key(cls, given: object) -> object:
        if not isinstance(given, Mapping):
            raise ValueError("expected one line for each day, like sat: [09:00-12:00]")
        return {key: read_windows(windows) for key, windows in given.items()}

    @field_validator("week")
    @classmethod
    def _weekdays(cls, given: dict[str, Windows]) -> dict[str, Windows]:
        wrong = next((key for key in given if key not in WEEKDAYS), None)
        if wrong is not None:
            raise ValueError(f"{wrong!r} is no weekday; expected one of {', '.join(WEEKDAYS)}")
        return given


@dataclass(frozen=True)
class Hours:
    """The windows of every day. `known` is False where the office has set none."""

    working_days: Windows = ()
    week: Mapping[str, Windows] = field(default_factory=dict)
    holidays: Windows = ()
    dates: Mapping[date, Windows] = field(default_factory=dict)

    @classmethod
    def from_section(cls, section: Mapping[str, Any] | None, name: str = "office.yml") -> Hours:
        """The section as read from YAML (None: nothing set). Raises HoursError."""
        try:
            return cls(**dict(HoursFile.model_validate(section or {})))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(["hours", *(str(part) for part in first["loc"])])
            message = str(first["msg"]).removeprefix("Value error, ")
            raise HoursError(f"{name}: {where}: {message}; correct it and start again.") from None

    @classmethod
    def from_office_file(cls, path: Path | None) -> Hours:
        """Read the `hours` section of the office file; without file or section nothing is set. Raises HoursError."""
        if path is None or not path.exists():
            return cls()
        return cls.from_section((yaml.safe_load(path.read_text("utf-8")) or {}).get("hours"), path.name)

    @property
    def known(self) -> bool:
        return bool(self.working_days or self.holidays or any(self.week.values()) or any(self.dates.values()))

    def of(self, day: date) -> Windows:
        """The windows of a day, earliest first; none where the office is closed."""
        if day in self.dates:
            return self.dates[day]
        named = self.week.get(WEEKDAYS[day.weekday()])
        if is_workday(day):
            made_up = day.weekday() >= WEEKDAYS.index("sat")
            return self.working_days if named is None or made_up else named
        if is_public_holiday(day):
            return self.holidays
        return named or ()

    def is_open(self, moment: datetime) -> bool:
        """Whether somebody is there; always True where nothing is set."""
        local = moment.astimezone(SHANGHAI)
        return not self.known or any(start <= local.time() < end for start, end in self.of(local.date()))

    def windows_after(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The windows that begin after the moment, in order, as far as one looks ahead."""
        local = moment.astimezone(SHANGHAI)
        for number in range(LOOK_AHEAD):
            day = local.date() + timedelta(days=number)
            for start, end in self.of(day):
                if (begin := _at(day, start)) > local:
                    yield begin, _at(day, end)

    def next_opening(self, moment: datetime) -> datetime | None:
        """The moment itself while the office is open, else when it opens next; None where that is out of sight."""
        if self.is_open(moment):
            return moment
        return next((begin for begin, _ in self.windows_after(moment)), None)

    def open_between(self, start: datetime, end: datetime) -> timedelta:
        """How much office time lies between two moments; plain time where nothing is set or they lie far apart."""
        if not self.known or end - start > timedelta(days=LONGEST_COUNT):
            return max(end - start, timedelta())
        first, last = start.astimezone(SHANGHAI), end.astimezone(SHANGHAI)
        total, day = timedelta(), first.date()
        while day <= last.date():
            for opens, closes in self.of(day):
                total += max(min(_at(day, closes), last) - max(_at(day, opens), first), timedelta())
            day += ONE_DAY
        return total


def is_public_holiday(day: date) -> bool:
    """Whether the day is off for a holiday rather than for the weekend; False in a year not published yet."""
    try:
        off, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return False
    return bool(off and name)


def read_windows(given: object) -> Windows:
    """Windows from «08:30-12:00» lines; raises ValueError for one that ends before it begins or overlaps."""
    if not isinstance(given, list | tuple):
        raise ValueError("expected a list of windows like [08:30-12:00, 14:00-17:30]")
    found = tuple(sorted(_window(one) for one in given))
    for (_, end), (start, _) in pairwise(found):
        if start < end:
            raise ValueError(f"two windows overlap at {start:%H:%M}; let one end before the next begins")
    return found


def _window(given: object) -> Window:
    parts = given.replace("：", ":").replace("—", "-").replace("–", "-").split("-") if isinstance(given, str) else []
    try:
        start, end = (time.fromisoformat(part.strip().zfill(5)) for part in parts)
    except ValueError:
        raise ValueError(f"found {given!r}, which is no window like 08:30-12:00") from None
    if start >= end:
        raise ValueError(f"the window {given} ends before it begins; a night shift is written as two days' windows")
    return start, end


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, SHANGHAI)
