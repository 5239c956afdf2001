"""Deadlines are counted the way an office counts them: on the published calendar, make-up days included."""

from __future__ import annotations

import random
from datetime import date, timedelta
from functools import cache

import chinese_calendar
import pytest

from actions import workdays
from actions.workdays import Deadline, deadline

# event, days, kind, due, provisional, why
EXAMPLES = [
    ("2026-11-20", 5, "working", "2026-11-27", False, "a plain Friday: Monday is day 1, the next Friday day 5"),
    ("2026-11-21", 1, "working", "2026-11-23", False, "an event on a Saturday starts on Monday"),
    ("2026-10-09", 1, "working", "2026-10-10", False, "Saturday 2026-10-10 is worked to make up for the holiday"),
    ("2026-10-09", 2, "working", "2026-10-12", False, "the Sunday after it is free again"),
    ("2026-09-30", 5, "working", "2026-10-13", False, "the holiday of 1 to 7 October does not count, the 10th does"),
    ("2026-12-30", 1, "working", "2026-12-31", False, "still inside the published year"),
    ("2026-12-30", 3, "working", "2027-01-04", True, "2027 is not published: weekdays, and flagged"),
    ("2026-12-30", 3, "calendar", "2027-01-02", False, "calendar days need no calendar"),
    ("2026-11-20", 5, "calendar", "2026-11-25", False, "a village notice of five days"),
    ("2026-11-21", 0, "working", "2026-11-21", False, "nought days is the day itself"),
    ("2026-02-13", 3, "working", "2026-02-25", False, "Spring Festival, with Saturday 14 February worked"),
]


@pytest.mark.parametrize(("event", "days", "kind", "due", "provisional", "why"), EXAMPLES)
def test_a_deadline_counts_from_the_day_after_the_event(event, days, kind, due, provisional, why):
    found = deadline(date.fromisoformat(event), days, kind)
    assert found == Deadline(date.fromisoformat(due), provisional), why


@cache
def is_free(day: date) -> bool:
    if day.year > 2026:
        return day.isoweekday() > 5
    holiday, _ = chinese_calendar.get_holiday_detail(day)
    return holiday


def slow_oracle(event: date, days: int) -> date:
    """Writes the whole calendar down, crosses the free days out, and points at the n-th one left."""
    span = [event + timedelta(days=n) for n in range(1, 3 * days + 40)]
    left = [day for day in span if not is_free(day)]
    return left[days - 1]


def test_ten_thousand_random_deadlines_agree_with_the_slow_way():
    rng = random.Random(20261121)
    first = date(2024, 1, 1).toordinal()
    last = date(2027, 6, 30).toordinal()
    wrong = []
    for _ in range(10_000):
        event, days = date.fromordinal(rng.randint(first, last)), rng.randint(1, 30)
        if deadline(event, days).due_on != slow_oracle(event, days):
            wrong.append((event, days))
    assert wrong == []


def test_what_reaches_into_an_unpublished_year_is_flagged_and_nothing_else_is():
    for event, days in [(date(2026, 12, 1), 10), (date(2026, 12, 28), 10), (date(2027, 3, 1), 1)]:
        found = deadline(event, days)
        assert found.provisional == (found.due_on.year > 2026)


def test_walking_back_from_a_deadline_lands_on_a_working_day():
    assert workdays.workdays_before(date(2026, 10, 12), 1).due_on == date(2026, 10, 10)
    assert workdays.workdays_before(date(2026, 11, 23), 1).due_on == date(2026, 11, 20)


def test_counting_between_days_is_the_inverse_of_a_deadline():
    rng = random.Random(7)
    for _ in range(500):
        event, days = date(2025, 1, 1) + timedelta(days=rng.randint(0, 800)), rng.randint(1, 25)
        due = deadline(event, days).due_on
        assert workdays.workdays_between(event, due) == days
        assert workdays.workdays_between(due, event) == -days


@pytest.mark.parametrize(("days", "kind"), [(-1, "working"), (True, "working"), (10_000, "calendar"), (3, "weeks")])
def test_an_impossible_period_is_refused_in_one_sentence(days, kind):
    with pytest.raises(ValueError, match="expected"):
        deadline(date(2026, 11, 21), days, kind)
