"""Office hours: windows of a day, holidays and make-up days, the next opening, waiting counted in office time."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml

import policy_kb
from actions import hourwords
from actions.clock import SHANGHAI
from actions.hours import Hours, HoursError
from actions.texts import Texts
from policy_kb import load_library

TEXTS = Texts.load()
HOURS = Hours.from_section(
    {
        "working_days": ["08:30-12:00", "14:00-17:30"],
        "week": {"fri": ["08:30-12:00"], "sat": ["09:00-11:00"]},
        "holidays": ["10:00-11:00"],
        "dates": yaml.safe_load("{2026-11-24: [], 2026-11-29: [09:00-10:00]}"),
    }
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


DAYS = [  # day, its windows
    ("2026-11-23", ["08:30", "14:00"]),  # Monday
    ("2026-11-24", []),  # closed by date
    ("2026-11-27", ["08:30"]),  # Friday
    ("2026-11-28", ["09:00"]),  # Saturday
    ("2026-11-29", ["09:00"]),  # Sunday, opened by date
    ("2026-12-06", []),  # Sunday
    ("2026-10-10", ["08:30", "14:00"]),  # Saturday worked for the National Day
    ("2026-10-02", ["10:00"]),  # Friday of the National Day
    ("2026-10-03", ["10:00"]),  # Saturday of the National Day: the holiday wins over the weekday
    ("2031-01-01", ["08:30", "14:00"]),  # Wednesday of a year whose calendar is not out
]


@pytest.mark.parametrize(("day", "begins"), DAYS)
def test_every_day_has_its_windows(day: str, begins: list[str]) -> None:
    assert [f"{start:%H:%M}" for start, _ in HOURS.of(at(day).date())] == begins


MOMENTS = [  # now, open?, why not, when next
    ("2026-11-23 09:00", True, None, None),
    ("2026-11-23 12:00", False, "现在是午休时间", "今天下午2点以后"),
    ("2026-11-23 13:59", False, "现在是午休时间", "今天下午2点以后"),
    ("2026-11-23 07:00", False, "现在还没上班", "今天上午8点半以后"),
    ("2026-11-23 17:30", False, "现在下班了", "后天上午8点半以后"),  # Tuesday is closed
    ("2026-11-25 23:30", False, "现在下班了", "明天上午8点半以后"),
    ("2026-11-24 10:00", False, "今天不上班", "明天上午8点半以后"),
    ("2026-11-27 15:00", False, "现在下班了", "明天上午9点以后"),
    ("2026-12-06 12:00", False, "今天不上班", "明天上午8点半以后"),
    ("2026-12-05 12:00", False, "现在下班了", "后天上午8点半以后"),
    ("2026-09-30 18:00", False, "现在下班了", "明天上午10点以后"),
]


@pytest.mark.parametrize(("now", "is_open", "why", "when"), MOMENTS)
def test_the_answer_out_of_hours_is_honest(now: str, is_open: bool, why: str | None, when: str | None) -> None:
    moment = at(now)
    assert HOURS.is_open(moment) is is_open
    opens = HOURS.next_opening(moment)
    assert opens is not None
    if is_open:
        assert opens == moment
        return
    assert hourwords.why_closed(TEXTS, HOURS, moment) == why
    assert hourwords.after(TEXTS, opens, moment) == when


WAITS = [  # from, to, office minutes
    ("2026-11-23 09:00", "2026-11-23 10:00", 60),
    ("2026-11-23 11:30", "2026-11-23 14:30", 60),
    ("2026-11-23 17:00", "2026-11-25 09:00", 60),  # the night and a closed day do not count
    ("2026-11-27 11:30", "2026-11-28 09:30", 60),
    ("2026-11-23 03:00", "2026-11-23 05:00", 0),
    ("2026-11-23 10:00", "2026-11-23 09:00", 0),
    (
        "2026-09-30 17:00",
        "2026-10-09 09:00",
        30 + 7 * 60 + 7 * 60 + 30,
    ),  # the National Day with its hour of duty a day, then Thursday
]


@pytest.mark.parametrize(("start", "end", "minutes"), WAITS)
def test_waiting_is_counted_in_office_time(start: str, end: str, minutes: int) -> None:
    assert HOURS.open_between(at(start), at(end)) == timedelta(minutes=minutes)


def test_office_time_agrees_with_counting_minute_by_minute() -> None:
    start = at("2026-11-20 07:13")
    for hours in (1, 7, 30, 100, 240):
        end = start + timedelta(hours=hours)
        slow = sum(HOURS.is_open(start + timedelta(minutes=n)) for n in range(hours * 60))
        assert HOURS.open_between(start, end) == timedelta(minutes=slow)


def test_an_office_that_sets_nothing_claims_nothing() -> None:
    hours = Hours()
    night = at("2026-11-23 03:00")
    assert hours.is_open(night)
    assert hours.next_opening(night) == night
    assert hours.open_between(night, night + timedelta(hours=2)) == timedelta(hours=2)
    assert hourwords.usual(TEXTS, hours) == ""


def test_an_office_that_never_opens_again_is_found_out() -> None:
    hours = Hours.from_section({"dates": yaml.safe_load("{2026-11-23: [09:00-10:00]}")})
    assert hours.next_opening(at("2026-11-23 11:00")) is None


WRONG = [  # section, what the sentence names
    ({"working_days": "08:30-12:00"}, "hours.working_days"),
    ({"working_days": ["8.30-12"]}, "8.30-12"),
    ({"working_days": ["12:00-08:30"]}, "ends before it begins"),
    ({"working_days": ["08:30-12:00", "11:00-13:00"]}, "overlap"),
    ({"working_days": ["08:30-12:00-13:00"]}, "no window"),
    ({"working_days": [830]}, "830"),
    ({"week": {"monday": ["08:30-12:00"]}}, "monday"),
    ({"week": ["08:30-12:00"]}, "hours.week"),
    ({"dates": {"2026-13-01": []}}, "hours.dates"),
    ({"lunch": ["12:00-14:00"]}, "hours.lunch"),
    ({"holidays": None}, "hours.holidays"),
    (["08:30-12:00"], "hours"),
]


@pytest.mark.parametrize(("section", "names"), WRONG)
def test_a_wrong_section_is_one_sentence_with_its_place(section: object, names: str) -> None:
    with pytest.raises(HoursError) as refused:
        Hours.from_section(section)  # type: ignore[arg-type]
    assert names in str(refused.value)
    assert str(refused.value).startswith("office.yml: hours")


def test_the_example_is_read_by_both_rooms(tmp_path: Path) -> None:
    example = Path(policy_kb.__file__).parent / "office.example.yml"
    hours = Hours.from_office_file(example)
    assert hourwords.usual(TEXTS, hours) == "工作日上午8点半到12点、下午2点到5点半"
    load_library(example)
    assert Hours.from_office_file(tmp_path / "none.yml") == Hours.from_office_file(None) == Hours()


SPOKEN = [
    ("2026-11-23 00:30", "凌晨0点半"),
    ("2026-11-23 08:05", "上午8点05分"),
    ("2026-11-23 12:30", "中午12点半"),
    ("2026-11-23 13:00", "下午1点"),
    ("2026-11-23 19:00", "晚上7点"),
]


@pytest.mark.parametrize(("moment", "said"), SPOKEN)
def test_times_are_said_as_people_say_them(moment: str, said: str) -> None:
    assert hourwords.clock(TEXTS, at(moment).time()) == said


DAYS_SAID = [  # from Monday 2026-11-23
    ("2026-11-23", "今天"), ("2026-11-24", "明天"), ("2026-11-25", "后天"), ("2026-11-27", "周五"),
    ("2026-11-30", "下周一"), ("2026-12-06", "下周日"), ("2026-12-07", "12月7日"), ("2026-11-22", "11月22日"),
]  # fmt: skip


@pytest.mark.parametrize(("day", "said"), DAYS_SAID)
def test_days_are_said_by_their_nearness(day: str, said: str) -> None:
    assert hourwords.day(TEXTS, at(day).date(), at("2026-11-23").date()) == said
