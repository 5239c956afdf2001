"""Staff on Telegram: linked by a one-time code, told of cases, acting by buttons under the same permissions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from actions import acceptance, casework, linking, notices
from actions.accounts import Staff
from storage import models
from tests.bot.telegram.conftest import Running, cases
from tests.support.telegram_api import Sent, Someone


def user(running: Running, name: str) -> Staff:
    with running.office.db.read() as uow:
        found = uow.users.by_name(name)
        assert found is not None
        return found


async def linked(running: Running, name: str, number: int) -> Someone:
    person = running.api.person(number, name)
    person.say(f"/start {linking.offer(running.office, user(running, name))}")
    await running.hears(person, "绑好了")
    return person


def notify(running: Running, name: str, receipt: str, key: str = "k") -> None:
    """As the fan-out of notices does for somebody who has a link."""
    with running.office.db.begin() as uow:
        case = uow.cases.by_receipt(receipt)
        assert case is not None
        recipient = f"user:{user(running, name).id}"
        payload = {"case_id": case.id, "task_id": None, "urgent": False}
        text = f"新申请 {receipt}（兴隆镇王家村）"
        notices.enqueue(
            running.office,
            uow,
            key=f"{key}:{name}",
            channel="telegram",
            recipient=recipient,
            text=text,
            payload=payload,
        )
        uow.commit()


async def told(running: Running, person: Someone, name: str, receipt: str, key: str = "k") -> Sent:
    notify(running, name, receipt, key)
    found: Sent = await running.hears(person, f"新申请 {receipt}")
    return found


def case_of(running: Running, receipt: str) -> models.Case:
    with running.office.db.read() as uow:
        found = uow.cases.by_receipt(receipt)
        assert found is not None
        return found


def steps(running: Running, receipt: str) -> dict[str, str]:
    rows = running.rows(models.CaseStep, case_id=case_of(running, receipt).id)
    return {row.step: row.status for row in rows}


# -- linking ------------------------------------------------------------------------------------------------------


async def test_a_code_links_once_and_unlink_ends_it(running: Running) -> None:
    wang = await linked(running, "wang", 7001)
    assert "wang同志" in wang.heard[-1].text
    assert linking.is_linked(running.office, user(running, "wang"), "telegram")
    wang.say("/unlink")
    await running.hears(wang, "已经解绑")
    assert not linking.is_linked(running.office, user(running, "wang"), "telegram")
    assert running.rows(models.Conversation) == [], "a colleague's chat is no household's conversation"


async def test_a_code_of_somebody_else_that_is_used_or_old_links_nobody(running: Running) -> None:
    code = linking.offer(running.office, user(running, "wang"))
    first, second = running.api.person(7001), running.api.person(7002)
    first.say(f"/start {code}")
    await running.hears(first, "绑好了")
    second.say(f"/start {code}")
    await running.hears(second, "绑定码不对")
    with running.office.db.begin() as uow:
        now = running.office.clock.now()
        uow.links.issue(user(running, "li").id, "OLDCQDE2", now - timedelta(minutes=11), now - timedelta(minutes=1))
        uow.commit()
    second.say("/start OLDCQDE2")
    await running.until(lambda: len(second.heard) == 2)
    assert "绑定码不对" in second.heard[-1].text


async def test_guessing_codes_is_stopped_and_written_in_the_audit_log(running: Running) -> None:
    code = linking.offer(running.office, user(running, "wang"))
    thief = running.api.person(7009)
    for number in range(linking.MAX_WRONG):
        thief.say(f"/start AAAAAAA{number + 2}")
    thief.say(f"/start {code}")  # even the right one, now
    await running.hears(thief, "试的次数太多")
    assert not linking.is_linked(running.office, user(running, "wang"), "telegram")
    assert len(running.rows(models.AuditEntry, action="link.wrong")) == linking.MAX_WRONG
    honest = running.api.person(7001)
    honest.say(f"/start {code}")
    await running.hears(honest, "绑好了")


async def test_free_words_of_a_linked_colleague_are_no_application(running: Running) -> None:
    wang = await linked(running, "wang", 7001)
    wang.say("今天去了三户")
    await running.hears(wang, "只能点按钮办事")
    assert running.rows(models.InboundMessage) == []


# -- notices and buttons ------------------------------------------------------------------------------------------


async def test_a_notice_carries_the_buttons_of_what_this_person_may_do(running: Running) -> None:
    receipt = cases(running.office).apply()
    people = {name: await linked(running, name, 7001 + n) for n, name in enumerate(("wang", "hotline", "root"))}
    for name in people:
        notify(running, name, receipt)
    for person in people.values():
        await running.hears(person, receipt)
    titles = {name: person.heard[-1].titles for name, person in people.items()}
    everything = ["我来办", "已经入户", "退回补充"]
    assert titles == {"wang": everything, "hotline": [], "root": everything}


async def test_accept_then_record_the_visit_by_two_presses(running: Running) -> None:
    receipt = cases(running.office).apply()
    wang = await linked(running, "wang", 7001)
    notice = await told(running, wang, "wang", receipt)
    wang.press("我来办", notice)
    await running.hears(wang, "由您来办")
    await running.until(lambda: notice.titles == ["已经入户", "退回补充"], why="fresh buttons under the notice")
    wang.press("已经入户", notice)
    await running.hears(wang, "办完了，群众能看到进度")
    assert steps(running, receipt)["household_visit"] == "done"
    with running.office.db.read() as uow:
        events = {event.kind: event.by_user_id for event in uow.cases.events(case_of(running, receipt).id)}
    assert events["accepted"] == events["step_done"] == user(running, "wang").id
    actions = {entry.action for entry in running.rows(models.AuditEntry)}
    assert {"case.accept", "case.step"} <= actions


async def test_giving_back_asks_for_the_reason_and_the_household_reads_it(running: Running, farmer: Someone) -> None:
    receipt = cases(running.office).apply()
    wang = await linked(running, "wang", 7001)
    notice = await told(running, wang, "wang", receipt)
    wang.press("退回补充", notice)
    question = await running.hears(wang, f"退回 {receipt}")
    assert question.asks_reply
    assert case_of(running, receipt).status == "open"
    wang.say("请把诊断书拍照发来", reply_to_message=running.api.as_message(question))
    await running.hears(wang, "已经退回")
    assert case_of(running, receipt).status == "returned"
    assert case_of(running, receipt).details["returned_reason"] == "请把诊断书拍照发来"


async def test_a_reason_without_our_question_or_with_a_forged_one_returns_nothing(running: Running) -> None:
    receipt = cases(running.office).apply()
    wang = await linked(running, "wang", 7001)
    forged = wang.message(text=f"退回 {receipt}（卡片第 1 版）：还差什么？")
    wang.say("不给办", reply_to_message=forged)
    await running.hears(wang, "只能点按钮办事")
    assert case_of(running, receipt).status == "open"


async def test_scenario_23_who_comes_second_reads_who_was_first(running: Running) -> None:
    receipt = cases(running.office).apply()
    wang, town = await linked(running, "wang", 7001), await linked(running, "xinglong", 7002)
    first, second = await told(running, wang, "wang", receipt), await told(running, town, "xinglong", receipt)
    old = second.data("已经入户")
    wang.press("已经入户", first)
    await running.hears(wang, "办完了")
    town.press_data(old, second)
    await running.until(lambda: len(running.api.answered) == 2)
    assert "已由wang同志办过" in running.api.answered[-1]["text"]
    wang.press_data(old, first)
    await running.until(lambda: len(running.api.answered) == 3)
    assert "您已经办过了" in running.api.answered[-1]["text"]
    done = [event for event in running.rows(models.CaseEvent) if event.kind == "step_done"]
    assert len(done) == 1


@pytest.mark.parametrize("name", ["li", "hotline", "zhanwang"])
async def test_a_press_that_this_person_may_not_do_changes_nothing(running: Running, name: str) -> None:
    receipt = cases(running.office).apply()
    case = case_of(running, receipt)
    other = await linked(running, name, 7003)
    for op in "avr":
        other.press_data(f"s1:{op}:{case.id}:{case.version}", other.heard[-1])
    await running.until(lambda: len(running.api.answered) == 3)
    await running.quiet()
    assert case_of(running, receipt).version == case.version
    assert all(answer.get("text") for answer in running.api.answered)


async def test_a_press_from_a_chat_that_is_linked_no_more_or_of_a_disabled_account_changes_nothing(
    running: Running,
) -> None:
    receipt = cases(running.office).apply()
    wang = await linked(running, "wang", 7001)
    notice = await told(running, wang, "wang", receipt)
    data = notice.data("已经入户")
    with running.office.db.begin() as uow:
        row = uow.users.by_name("wang")
        assert row is not None
        row.disabled = True
        uow.commit()
    wang.press_data(data, notice)
    await running.until(lambda: running.api.answered)
    assert "现在不能办事" in running.api.answered[-1]["text"]
    assert steps(running, receipt)["household_visit"] == "due"


async def test_a_complaint_about_the_village_never_reaches_the_village_nor_has_buttons_for_it(running: Running) -> None:
    receipt = cases(running.office).complain("village", "0101")
    wang = await linked(running, "wang", 7001)
    assert acceptance.actions_on(running.office, user(running, "wang"), case_of(running, receipt).id) is None
    notify(running, "wang", receipt)
    await running.until(lambda: running.rows(models.OutboxMessage, status="dropped"))
    assert not [one for one in wang.heard if receipt in one.text]


async def test_nothing_is_sent_to_who_never_linked_and_a_revoked_link_is_a_task(running: Running) -> None:
    receipt = cases(running.office).apply()
    notify(running, "li", receipt)
    await running.quiet()
    assert running.api.sent == []
    assert running.rows(models.Task, kind="delivery_failed") == []
    wang = await linked(running, "wang", 7001)
    running.api.blocked.add(wang.number)
    notify(running, "wang", receipt)
    await running.quiet()
    assert not linking.is_linked(running.office, user(running, "wang"), "telegram")
    assert len(running.rows(models.Task, kind="delivery_failed")) == 1


def test_accepting_twice_says_so_and_a_closed_case_has_nothing_to_accept(running: Running) -> None:
    receipt = cases(running.office).apply()
    wang = user(running, "wang")
    case = acceptance.accept_case(running.office, wang, receipt)
    may = acceptance.actions_on(running.office, wang, case_of(running, receipt).id)
    assert may is not None
    assert (may.accept, may.visit, may.give_back, may.version) == (False, True, True, case.version)
    casework.return_case(running.office, wang, receipt, "请补充")
    may = acceptance.actions_on(running.office, wang, case_of(running, receipt).id)
    assert may is not None
    assert {may.accept, may.visit, may.give_back} == {False}
