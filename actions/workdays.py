"""Working days in China: the published calendar with its make-up days (调休), and deadlines counted on it.

The State Council publishes each year's calendar around November of the year before. A year that is not published
yet is counted by plain weekdays (Monday to Friday), and whatever was counted that way is flagged provisional.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar

ONE_DAY = timedelta(days=1)
SATURDAY = 5
WORKING = "working"
CALENDAR = "calendar"
MAX_DAYS = 3660  # ten years: anything beyond is a typing error in a pack or office file


@dataclass(frozen=True)
class Deadline:
    """The last day of a period. `provisional`: some day of it was counted without that year's published calendar."""

    due_on: date
    provisional: bool = False


@lru_cache(maxsize=8192)
def day_kind(day: date) -> tuple[bool, bool]:
    """(is it a working day, is that provisional), provisional where the year's calendar is not published."""
    try:
        return bool(chinese_calendar.is_workday(day)), False
    except NotImplementedError:
        return day.weekday() < SATURDAY, True


def is_workday(day: date) -> bool:
    """Whether offices work on this day, make-up Saturdays and Sundays included."""
    return day_kind(day)[0]


def deadline(event: date, days: int, kind: str = WORKING) -> Deadline:
    """The last day of a period of `days` that starts the day after `event`.

    kind `working`: day 1 is the first working day after the event; kind `calendar`: every day counts.
    Nought days means the day of the event itself. Raises ValueError for a negative or absurd number or another kind.
    """
    if isinstance(days, bool) or not 0 <= days <= MAX_DAYS:
        raise ValueError(f"A period of {days!r} days was asked for; expected 0 to {MAX_DAYS}; correct the days.")
    if kind == CALENDAR:
        return Deadline(event + timedelta(days=days))
    if kind != WORKING:
        raise ValueError(
            f"Day kind {kind!r} is unknown; expected working or calendar; correct the pack or office file."
        )
    return _walk(event, days, ONE_DAY)


def workdays_before(day: date, count: int) -> Deadline:
    """The day that lies `count` working days before `day` (1: the last working day before it)."""
    return _walk(day, count, -ONE_DAY)


def workdays_between(start: date, end: date) -> int:
    """Working days after `start` up to and including `end`; negative when `end` lies before `start`."""
    if end < start:
        return -workdays_between(end, start)
    return sum(is_workday(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))


def _walk(day: date, count: int, step: timedelta) -> Deadline:
    provisional = False
    while count > 0:
        day += step
        working, unpublished = day_kind(day)
        provisional = provisional or unpublished
        count -= working
    return Deadline(day, provisional)
