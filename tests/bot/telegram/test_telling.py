"""Notices of the workbench reach a linked colleague on Telegram: as the colleague wants it, with its buttons, once."""

from __future__ import annotations

from datetime import UTC, datetime

from actions import notices, outages, outbox, preferences
from actions.breaker import Breaker
from actions.clock import Clock
from actions.preferences import Wishes
from storage import models
from tests.bot.telegram.conftest import Running, cases
from tests.bot.telegram.test_staff import case_of, linked, user

OUTSIDE = ("telegram",)
NIGHT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # 23:00 in Shanghai


def tell(running: Running, name: str, receipt: str, *, number: int = 1, urgent: bool = False) -> None:
    """So many new lines for the inbox, put there by the clock that delivers inside."""
    case_id = case_of(running, receipt).id
    payload = {"case_id": case_id, "task_id": None, "urgent": urgent}
    recipient = str(user(running, name).id)
    with running.office.db.begin() as uow:
        for n in range(number):
            notices.enqueue(
                running.office, uow, key=f"new_case:{case_id}:{n}", channel=notices.STAFF, recipient=recipient,
                text=f"新申请 {receipt}", payload=payload,
            )  # fmt: skip
        uow.commit()
    outbox.deliver_inside(running.office, "clock", OUTSIDE)


def copies(running: Running) -> list[models.OutboxMessage]:
    rows = running.rows(models.OutboxMessage, channel="telegram")
    return [row for row in rows if row.recipient.startswith("user:")]


async def test_a_line_of_the_inbox_is_told_in_the_linked_chat_with_its_buttons(running: Running) -> None:
    receipt = cases(running.office).apply()
    wang = await linked(running, "wang", 7001)
    tell(running, "wang", receipt)
    notice = await running.hears(wang, f"新申请 {receipt}")
    assert notice.titles == ["我来办", "已经入户", "退回补充"]
    assert {row.payload["case_id"] for row in copies(running)} == {case_of(running, receipt).id}


async def test_who_has_no_link_or_wants_no_telegram_gets_the_line_in_the_workbench_alone(running: Running) -> None:
    receipt = cases(running.office).apply()
    await linked(running, "wang", 7001)
    preferences.save(running.office, user(running, "wang"), Wishes(telegram=False), OUTSIDE)
    tell(running, "wang", receipt)
    tell(running, "xinglong", receipt)
    assert copies(running) == []
    assert len(running.rows(models.Notification)) == 2


async def test_quiet_hours_hold_a_copy_back_and_danger_passes(running: Running) -> None:
    receipt = cases(running.office).apply()
    wang = await linked(running, "wang", 7001)
    preferences.save(running.office, user(running, "wang"), Wishes(), OUTSIDE)
    await running.quiet()
    object.__setattr__(running.office, "clock", Clock(read=lambda: NIGHT))
    tell(running, "wang", receipt)
    (waiting,) = copies(running)
    assert (waiting.status, waiting.next_at.date()) == ("pending", NIGHT.date())
    assert waiting.next_at > NIGHT
    with running.office.db.begin() as uow:
        row = uow.get(models.OutboxMessage, waiting.id)
        assert row is not None
        row.key, row.payload, row.next_at = "urgent", {**row.payload, "urgent": True}, NIGHT
        uow.commit()
    await running.hears(wang, f"新申请 {receipt}")


async def test_a_flood_for_one_colleague_becomes_one_summary(running: Running) -> None:
    receipt = cases(running.office).apply()
    wang = await linked(running, "wang", 7001)
    running.door.breaker.pause(2)  # everything is due at once, as after the night
    tell(running, "wang", receipt, number=25)
    await running.hears(wang, "一下子来了 26 条通知")  # with the one that the application itself made
    await running.quiet()
    states = [row.status for row in copies(running)]
    assert (states.count("merged"), states.count("sent")) == (26, 1)


async def test_a_telegram_that_is_down_for_ten_minutes_is_a_task_for_the_administrators(running: Running) -> None:
    at = [1000.0]
    breaker = Breaker(clock=lambda: at[0])
    for _ in range(breaker.failures):
        breaker.failed()
    outages.watch(running.office, "clock", "telegram", breaker)
    assert running.rows(models.Task, kind="delivery_failed") == []
    at[0] += 660
    for _ in range(2):
        outages.watch(running.office, "clock", "telegram", breaker)
    (task,) = running.rows(models.Task, kind="delivery_failed")
    assert "Telegram已经连不上11分钟" in task.text
