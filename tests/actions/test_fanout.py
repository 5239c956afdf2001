"""What leaves the house of a colleague's notices: by the ways the person wants, once, and not at night."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time

import pytest

from actions import courier, notices, outbox, preferences, tasks
from actions.clock import Clock
from actions.preferences import Wishes
from actions.refusals import Invalid
from storage import models
from tests.actions.bureau import FARMER, Bureau
from tests.actions.telling import Wired
from tests.support.receiver import receiving


@pytest.fixture
def wired(bureau: Bureau) -> Iterator[Wired]:
    with receiving() as receiver:
        yield Wired(bureau, receiver)


def link_telegram(bureau: Bureau, name: str, revoked: bool = False) -> None:
    user = bureau.user(name)
    with bureau.office.db.begin() as uow:
        uow.add(
            models.StaffLink(
                user_id=user.id, channel="telegram", address="4711", address_index=uow.index("4711"),
                linked_at=bureau.at, revoked_at=bureau.at if revoked else None,
            )
        )  # fmt: skip
        uow.commit()


def danger(bureau: Bureau, code: str = "0101") -> int:
    with bureau.office.db.begin() as uow:
        task = tasks.open_task(bureau.office, uow, "danger", key=f"danger:{bureau.at}", area_id=bureau.area(code))
        uow.commit()
        return task.id


def test_a_new_case_reaches_the_cadre_in_the_inbox_and_by_the_webhook(wired: Wired) -> None:
    preferences.set_phone(wired.bureau.office, "wang", "139 0000 0000", "test")
    receipt = wired.bureau.apply()
    wired.everything()
    (told,) = wired.bureau.told("wang")
    (said,) = wired.got("wang")
    assert said["text"] == told
    assert (said["purpose"], said["receipt"], said["urgent"]) == ("new_case", receipt, False)
    assert said["path"] == f"/office/cases/{receipt}"
    assert said["receiver"] == {"id": wired.bureau.user("wang").id, "name": "wang", "phone": "139 0000 0000"}
    assert wired.got("li") == []


def test_nothing_personal_of_the_household_leaves(wired: Wired) -> None:
    wired.bureau.apply(facts={"serious_illness": True})
    wired.everything()
    (post,) = wired.receiver.posts
    text = post.body.decode()
    assert FARMER.name not in text
    assert FARMER.phone not in text
    assert "大病" not in text


def test_one_purpose_is_one_message_however_often_the_clocks_tick(wired: Wired) -> None:
    wired.bureau.apply()
    for _ in range(3):
        wired.everything()
    assert len(wired.receiver.posts) == len(wired.bureau.told("wang")) == 1


def test_telegram_is_told_only_where_an_account_is_linked(bureau: Bureau) -> None:
    link_telegram(bureau, "wang")
    link_telegram(bureau, "li", revoked=True)
    bureau.apply("0101")
    bureau.apply("0102")
    outbox.deliver_inside(bureau.office, "w", ("telegram", "webhook"))
    with bureau.office.db.read() as uow:
        copies = {(row.channel, row.recipient) for row in uow.find(models.OutboxMessage) if "user:" in row.recipient}
        (one,) = uow.find(models.OutboxMessage, channel="telegram")
    wang, li = (f"user:{bureau.user(name).id}" for name in ("wang", "li"))
    assert copies == {("telegram", wang), ("webhook", wang), ("webhook", li)}
    assert set(one.payload) == {"case_id", "task_id", "urgent"}


def test_what_is_not_switched_on_gets_nothing(bureau: Bureau) -> None:
    link_telegram(bureau, "wang")
    bureau.apply()
    outbox.deliver_inside(bureau.office, "w")
    with bureau.office.db.read() as uow:
        assert {row.channel for row in uow.find(models.OutboxMessage)} <= {"staff", "conversation"}


def test_who_switched_the_webhook_off_is_told_in_the_inbox_alone(wired: Wired) -> None:
    wired.wants("wang", webhook=False)
    wired.bureau.apply()
    wired.everything()
    assert len(wired.bureau.told("wang")) == 1
    assert wired.receiver.posts == []


# clock, own quiet hours, when it leaves (None: at once)
NIGHTS = [
    ("2026-11-23 12:00", None, None),
    ("2026-11-23 21:00", None, "2026-11-24 07:30"),
    ("2026-11-24 02:00", None, "2026-11-24 07:30"),
    ("2026-11-23 21:00", (time(22, 0), time(6, 0)), None),
    ("2026-11-23 12:30", (time(12, 0), time(14, 15)), "2026-11-23 14:15"),
    ("2026-11-23 21:00", (time(0, 0), time(0, 0)), None),
    ("2026-12-31 23:59", None, "2027-01-01 07:30"),
]


@pytest.mark.parametrize(("clock", "own", "leaves"), NIGHTS)
def test_quiet_hours_hold_a_copy_back_until_they_are_over(
    wired: Wired, clock: str, own: tuple[time, time] | None, leaves: str | None
) -> None:
    if own:
        wired.wants("wang", quiet_from=own[0], quiet_to=own[1])
    wired.bureau.go_to(clock)
    wired.bureau.apply()
    wired.everything()
    assert len(wired.bureau.told("wang")) == 1, "the inbox of the workbench knows no night"
    if leaves is None:
        assert len(wired.got("wang")) == 1
        return
    assert wired.got("wang") == []
    wired.bureau.go_to(leaves)
    wired.bureau.later(seconds=-60)
    wired.send()
    assert wired.got("wang") == []
    wired.bureau.later(minutes=12)
    wired.send()
    assert len(wired.got("wang")) == 1


def test_urgent_danger_passes_through_the_night_and_through_a_digest(wired: Wired) -> None:
    wired.wants("wang", digest=True)
    wired.bureau.go_to("2026-11-24 02:00")
    number = danger(wired.bureau)
    wired.everything()
    (said,) = wired.got("wang")
    assert (said["urgent"], said["task"], said["path"]) == (True, number, f"/office/tasks/{number}")


def test_a_copy_that_failed_in_the_evening_does_not_come_at_night(wired: Wired) -> None:
    wired.bureau.go_to("2026-11-23 20:29")
    wired.receiver.answer = lambda number: (500, {})
    wired.bureau.apply()
    wired.everything()
    assert len(wired.receiver.posts) == 1
    wired.receiver.answer = lambda number: (200, {})
    wired.bureau.go_to("2026-11-23 23:00")
    assert wired.send().postponed == 1
    wired.bureau.go_to("2026-11-24 08:00")
    assert wired.send().sent == 1


def test_a_clock_that_goes_on_between_two_looks_holds_nothing_back(wired: Wired) -> None:
    """Seen with the real clock: "now" was read twice, and the second was later than the first, for ever."""

    def ticking() -> datetime:
        wired.bureau.later(microseconds=1)
        return wired.bureau.at

    wired.bureau.office = replace(wired.bureau.office, clock=Clock(read=ticking))
    wired.bureau.apply()
    wired.everything()
    assert len(wired.got("wang")) == 1


def test_who_was_disabled_meanwhile_gets_nothing(wired: Wired) -> None:
    wired.bureau.go_to("2026-11-23 21:00")
    wired.bureau.apply()
    wired.inside()
    change_user(wired.bureau, "wang", disabled=True)
    wired.bureau.go_to("2026-11-24 08:00")
    assert wired.send().dropped == 1
    assert wired.receiver.posts == []


def test_who_was_moved_meanwhile_gets_nothing_of_the_old_area(wired: Wired) -> None:
    wired.bureau.go_to("2026-11-23 21:00")
    wired.bureau.apply()
    wired.inside()
    change_user(wired.bureau, "wang", area_id=wired.bureau.area("0102"))
    wired.bureau.go_to("2026-11-24 08:00")
    assert wired.send().dropped == 1
    assert wired.receiver.posts == []


def test_who_was_moved_before_the_inbox_was_filled_is_not_told_and_somebody_else_is(wired: Wired) -> None:
    receipt = wired.bureau.apply()
    change_user(wired.bureau, "wang", area_id=wired.bureau.area("0102"))
    wired.everything()
    assert wired.bureau.told("wang") == []
    (task,) = wired.bureau.tasks("delivery_failed")
    assert task.case_id == wired.bureau.case(receipt).id


def test_the_copy_is_written_with_the_line_or_not_at_all(wired: Wired, monkeypatch: pytest.MonkeyPatch) -> None:
    wired.bureau.apply()

    def breaks(*args: object, **more: object) -> bool:
        raise ConnectionError("in the middle")

    with monkeypatch.context() as broken:
        broken.setattr(notices, "enqueue", breaks)
        assert wired.inside().retried == 1
    assert (wired.bureau.told("wang"), wired.rows()) == ([], [])
    wired.bureau.later(minutes=1)
    wired.everything()
    assert (len(wired.bureau.told("wang")), len(wired.got("wang"))) == (1, 1)


# -- settings -----------------------------------------------------------------------------------------------------


def change_user(bureau: Bureau, name: str, **values: object) -> None:
    with bureau.office.db.begin() as uow:
        user = uow.users.by_name(name)
        assert user is not None
        for column, value in values.items():
            setattr(user, column, value)
        uow.commit()


@pytest.mark.parametrize("phone", ["1234", "abc12345", "１３９００００００００", "1" * 16, "139<script>0000"])
def test_a_phone_that_is_none_is_refused(bureau: Bureau, phone: str) -> None:
    with pytest.raises(Invalid):
        preferences.save(bureau.office, bureau.user("wang"), Wishes(phone=phone))


def test_half_of_the_quiet_hours_is_refused(bureau: Bureau) -> None:
    with pytest.raises(Invalid):
        preferences.save(bureau.office, bureau.user("wang"), Wishes(quiet_from=time(22, 0)))


def test_settings_are_kept_and_noted_without_the_number(bureau: Bureau) -> None:
    wishes = Wishes(False, False, True, time(9, 15), time(22, 0), time(6, 0), "+86 139-0000 0000")
    assert preferences.save(bureau.office, bureau.user("wang"), wishes) == wishes
    assert preferences.wishes_of(bureau.office, bureau.user("wang")) == wishes
    assert preferences.wishes_of(bureau.office, bureau.user("li")) == Wishes()
    with bureau.office.db.read() as uow:
        (entry,) = uow.find(models.AuditEntry, action="preferences_changed")
    assert "139" not in str(entry.detail)


# -- a channel that carries its own messages (Telegram) ---------------------------------------------------------


def carried(bureau: Bureau) -> list[str]:
    """What Telegram's courier may send now."""
    return [message.text for message in courier.take(bureau.office, "telegram", "courier", 50)]


def test_the_courier_drops_what_is_no_longer_a_colleague_s_and_keeps_the_night(bureau: Bureau) -> None:
    link_telegram(bureau, "wang")
    bureau.go_to("2026-11-23 21:00")
    bureau.apply(matter=1)
    outbox.deliver_inside(bureau.office, "w", ("telegram",))
    assert carried(bureau) == []
    number = danger(bureau)
    outbox.deliver_inside(bureau.office, "w", ("telegram",))
    assert len(carried(bureau)) == 1, f"danger {number} passes through"
    change_user(bureau, "wang", area_id=bureau.area("0102"))
    bureau.go_to("2026-11-24 08:00")
    bureau.later(minutes=1)
    carried(bureau)
    with bureau.office.db.read() as uow:
        states = [row.status for row in uow.find(models.OutboxMessage, channel="telegram")]
    assert states[0] == "dropped"


def test_the_courier_sums_up_a_burst_to_one_colleague(bureau: Bureau) -> None:
    link_telegram(bureau, "wang")
    who = bureau.user("wang").id
    with bureau.office.db.begin() as uow:
        for n in range(40):
            notices.enqueue(
                bureau.office, uow, key=f"reminder:{n}:{who}:telegram", channel="telegram", recipient=f"user:{who}",
                text=f"提醒{n}", payload={"case_id": None, "task_id": None, "urgent": False},
            )  # fmt: skip
        uow.commit()
    (summary,) = carried(bureau)
    assert "40 条通知" in summary
