"""The daily digest: one message a day in office time, built once, told to nobody who has nothing to read."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import time

import pytest

from actions import desk, digests
from tests.actions.bureau import Bureau
from tests.actions.telling import WAYS, Wired
from tests.support.receiver import receiving


@pytest.fixture
def wired(bureau: Bureau) -> Iterator[Wired]:
    with receiving() as receiver:
        yield Wired(bureau, receiver)


@pytest.fixture
def wang(wired: Wired) -> Wired:
    """The cadre of 王家村 wants one message a day; it is Monday noon."""
    wired.wants("wang", digest=True)
    return wired


def test_many_notices_become_one_message_with_counts_and_the_most_pressing(wang: Wired) -> None:
    late = wang.bureau.apply(matter=1)
    wang.bureau.apply(matter=2)
    wang.everything()
    assert len(wang.bureau.told("wang")) == 2
    assert wang.got("wang") == []
    wang.bureau.go_to("2026-11-24 08:09")
    wang.everything()
    assert wang.got("wang") == []
    wang.bureau.go_to("2026-11-24 08:10")
    wang.everything()
    (said,) = wang.got("wang")
    assert said["purpose"] == "digest"
    assert said["text"].startswith("11月24日汇总：您有 2 条没看的通知：新申请 2 条。")
    assert (said["summary"]["count"], said["summary"]["kinds"]) == (2, {"new_case": 2})
    assert late not in said["text"], "nothing presses yet"


def test_the_digest_names_the_most_pressing_first(wired: Wired) -> None:
    wired.wants("xinglong", digest=True)
    overdue = wired.bureau.complain("village")
    wired.inside()
    wired.bureau.go_to("2026-12-15 08:00")
    soon = wired.bureau.complain("village", own_words="修路的钱没有公示。")
    wired.inside()
    wired.bureau.go_to("2026-12-15 08:10")
    wired.everything()
    said = wired.got("xinglong")[-1]
    assert (said["summary"]["kinds"], said["summary"]["receipts"]) == ({"new_complaint": 2}, [overdue, soon])
    assert f"最急的：{overdue}（超期" in said["text"]


def test_a_day_without_unread_lines_is_skipped(wang: Wired) -> None:
    wang.bureau.apply()
    wang.everything()
    desk.mark_read(wang.bureau.office, wang.bureau.user("wang"))
    wang.bureau.go_to("2026-11-24 09:00")
    assert wang.digest() == 0
    wang.send()
    assert wang.receiver.posts == []


def test_a_line_stands_in_one_digest_only(wang: Wired) -> None:
    wang.bureau.apply(matter=1)
    wang.everything()
    for day in (24, 25, 26):
        wang.bureau.go_to(f"2026-11-{day} 09:00")
        wang.everything()
    assert len(wang.got("wang")) == 1


def test_after_days_of_standstill_there_is_one_digest_for_all_of_them(wang: Wired) -> None:
    wang.bureau.apply(matter=1)
    wang.inside()
    wang.bureau.go_to("2026-11-27 15:00")
    wang.everything()
    wang.everything()
    (said,) = wang.got("wang")
    assert said["text"].startswith("11月27日汇总")
    wang.bureau.apply(matter=2)
    wang.everything()
    wang.bureau.go_to("2026-11-28 08:10")
    wang.everything()
    assert [said["summary"]["count"] for said in wang.got("wang")] == [1, 1]


def test_a_standstill_over_the_time_of_the_digest_makes_it_late_not_lost(wang: Wired) -> None:
    wang.bureau.apply()
    wang.inside()
    wang.bureau.go_to("2026-11-25 02:00")  # Tuesday's digest was missed, it is night
    assert wang.digest() == 1
    wang.send()
    assert wang.receiver.posts == []
    wang.bureau.go_to("2026-11-25 08:00")
    wang.send()
    assert len(wang.got("wang")) == 1
    wang.bureau.go_to("2026-11-25 08:10")
    assert wang.digest() == 0, "nothing is new since"


# own time, clock (Shanghai) of the tick, the day whose digest it is
MIDNIGHTS = [
    (time(23, 50), "2026-11-23 23:49", None),
    (time(23, 50), "2026-11-23 23:50", "11月23日"),
    (time(0, 5), "2026-11-24 00:04", None),
    (time(0, 5), "2026-11-24 00:05", "11月24日"),
    (time(7, 59), "2026-11-24 07:59", "11月24日"),  # still the day before in London
    (time(8, 1), "2026-11-24 08:00", None),
]


@pytest.mark.parametrize(("at", "clock", "day"), MIDNIGHTS)
def test_days_are_those_of_shanghai(wired: Wired, at: time, clock: str, day: str | None) -> None:
    wired.wants("wang", digest=True, digest_at=at, quiet_from=time(3), quiet_to=time(3))
    wired.bureau.apply()
    wired.inside()
    wired.bureau.go_to(clock)
    assert wired.digest() == (day is not None)
    if day is not None:
        wired.send()
        assert wired.got("wang")[0]["text"].startswith(f"{day}汇总")


def test_a_clock_that_goes_back_makes_no_second_digest(wang: Wired) -> None:
    wang.bureau.apply(matter=1)
    wang.inside()
    wang.bureau.go_to("2026-11-24 08:10")
    assert wang.digest() == 1
    wang.bureau.apply(matter=2)
    wang.inside()
    wang.bureau.go_to("2026-11-24 07:10")
    assert wang.digest() == 0
    wang.bureau.go_to("2026-11-24 08:15")
    assert wang.digest() == 0


def test_two_schedulers_at_once_build_one_digest(contested: Bureau) -> None:
    with receiving() as receiver:
        wired = Wired(contested, receiver)
        for name in ("wang", "li", "xinglong"):
            wired.wants(name, digest=True)
        for matter in range(3):
            contested.apply("0101", matter=matter + 1)
            contested.apply("0102", matter=matter + 1)
        wired.inside()
        contested.go_to("2026-11-24 08:10")
        with ThreadPoolExecutor(4) as pool:
            built = sum(pool.map(lambda _: digests.tick(contested.office, WAYS), range(8)))
        assert built == 2, "the town has nothing to read yet"
        wired.send()
        assert [said["summary"]["count"] for said in (*wired.got("wang"), *wired.got("li"))] == [3, 3]


def test_who_begins_with_a_digest_begins_with_an_empty_one(wired: Wired) -> None:
    wired.wants("wang", webhook=False)
    wired.bureau.apply(matter=1)
    wired.inside()
    wired.wants("wang", digest=True)
    wired.bureau.apply(matter=2)
    wired.inside()
    wired.bureau.go_to("2026-11-24 09:00")
    wired.everything()
    (said,) = wired.got("wang")
    assert said["summary"]["count"] == 1


def test_who_ends_the_digest_gets_what_had_gathered(wang: Wired) -> None:
    wang.bureau.apply()
    wang.everything()
    wang.wants("wang", digest=False)
    wang.everything()
    (said,) = wang.got("wang")
    assert said["summary"]["count"] == 1


def test_nobody_who_left_gets_a_digest(wang: Wired) -> None:
    wang.bureau.apply()
    wang.inside()
    with wang.bureau.office.db.begin() as uow:
        user = uow.users.by_name("wang")
        assert user is not None
        user.disabled = True
        uow.commit()
    wang.bureau.go_to("2026-11-24 09:00")
    assert wang.digest() == 0


def test_a_digest_on_the_hour_is_spread_over_some_minutes(wired: Wired) -> None:
    wired.bureau.go_to("2026-11-23 21:00")
    wired.wants("wang", digest=True, digest_at=time(21, 30), quiet_from=time(21), quiet_to=time(7, 30))
    wired.bureau.apply()
    wired.inside()
    wired.bureau.go_to("2026-11-23 21:30")
    assert wired.digest() == 1
    (row,) = wired.rows()
    local = row.next_at.astimezone(wired.bureau.at.tzinfo)
    assert (local.hour, local.minute in range(31, 40)) == (7, True)
