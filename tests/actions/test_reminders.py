"""Reminders: on time, to the right person, once, in the morning, and only while they still make sense."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path

import pytest

from actions import cases, desk, outbox, reminders, rulebook
from actions.clock import SHANGHAI
from storage import models
from tests.actions.bureau import Bureau

LONGKOU = {"code": "1101", "pack": "longkou-2021-1", "place": "龙口市东江镇毡王村"}


def new_lines(bureau: Bureau, name: str, before: int) -> list[str]:
    return bureau.told(name)[before:]


# the clock, who has heard what since the case was opened on Monday 23 November (the check is due on Monday 30)
TIMELINE = [
    ("2026-11-27 08:59", {}, "nothing yet"),
    ("2026-11-27 09:00", {"dongjiang": "提醒"}, "one working day before, not on Sunday"),
    ("2026-11-30 08:59", {}, ""),
    ("2026-11-30 09:00", {"dongjiang": "今天到期"}, "on the day"),
    ("2026-12-01 08:59", {}, ""),
    ("2026-12-01 09:00", {"longkou": "超期", "dongjiang": "超期"}, "overdue: the level above and those who act"),
    ("2026-12-01 10:00", {}, "the household is asked, see below"),
    ("2026-12-07 09:00", {"longkou": "长时间超期"}, "five working days overdue"),
]


def test_the_timeline_of_a_step_that_nobody_does(bureau: Bureau) -> None:
    receipt = bureau.apply(**LONGKOU, conversation="farmer")
    bureau.tick()
    seen = {name: len(bureau.told(name)) for name in ("dongjiang", "longkou", "zhanwang", "root")}
    for moment, expected, why in TIMELINE:
        bureau.go_to(moment)
        bureau.tick()
        heard = {name: bureau.told(name)[count:] for name, count in seen.items() if len(bureau.told(name)) > count}
        assert heard.keys() == expected.keys(), (moment, why, heard)
        for name, words in expected.items():
            (line,) = heard[name]
            assert line.startswith(words), (moment, line)
            assert receipt in line
            seen[name] += 1
    assert "5 个工作日" in bureau.told("longkou")[-1]
    assert bureau.heard("farmer") == [f"您的申请（单号 {receipt}）：有人来您家核实了吗？"]


def test_the_household_is_asked_after_the_visit_was_due_with_two_choices(bureau: Bureau) -> None:
    receipt = bureau.apply(**LONGKOU, conversation="farmer")
    bureau.go_to("2026-12-01 10:00")
    bureau.tick()
    with bureau.office.db.read() as uow:
        (reply,) = uow.replies.after("farmer", 0)
        assert [choice["value"] for choice in reply.choices] == ["有人来过了", "还没人来"]
        assert reply.author == "reminder"
        conversation = uow.conversations.get("farmer")
        assert conversation is not None
        assert conversation.state["visit_question"] == receipt


def test_where_no_days_are_given_the_household_is_asked_after_a_week(bureau: Bureau) -> None:
    bureau.apply(conversation="farmer")
    bureau.go_to("2026-11-30 09:59")
    bureau.tick()
    assert bureau.heard("farmer") == []
    bureau.go_to("2026-11-30 10:00")
    bureau.tick()
    assert "有人来您家核实了吗" in bureau.heard("farmer")[0]


def test_a_household_is_not_woken_at_night(bureau: Bureau) -> None:
    bureau.apply(conversation="farmer")
    bureau.go_to("2026-11-30 22:15")  # the scheduler stood still all day
    bureau.tick()
    assert bureau.heard("farmer") == []
    bureau.go_to("2026-12-01 07:59")
    bureau.tick()
    assert bureau.heard("farmer") == []
    bureau.go_to("2026-12-01 08:00")
    bureau.tick()
    assert len(bureau.heard("farmer")) == 1


NIGHT = [
    ("2026-11-23 20:29", "2026-11-23 20:29"),
    ("2026-11-23 20:30", "2026-11-24 08:00"),
    ("2026-11-23 23:59", "2026-11-24 08:00"),
    ("2026-11-24 00:00", "2026-11-24 08:00"),
    ("2026-11-24 07:59", "2026-11-24 08:00"),
    ("2026-11-24 08:00", "2026-11-24 08:00"),
]


@pytest.mark.parametrize(("now", "then"), NIGHT)
def test_quiet_hours_end_in_the_morning(now: str, then: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=SHANGHAI)
    expected = datetime.fromisoformat(then).replace(tzinfo=SHANGHAI)
    assert outbox.after_quiet(at, rulebook.reminder_book().quiet) == expected


@pytest.mark.parametrize("how", ["done", "withdrawn", "returned"])
def test_a_reminder_that_makes_no_sense_any_more_is_not_sent(bureau: Bureau, how: str) -> None:
    receipt = bureau.apply(**LONGKOU, conversation="farmer")
    bureau.later(hours=1)
    if how == "done":
        desk.record_step(bureau.office, bureau.user("dongjiang"), receipt, "household_check")
    elif how == "withdrawn":
        bureau.in_case(receipt, lambda uow, case: cases.withdraw(bureau.office, uow, case, ""))
    else:
        desk.return_case(bureau.office, bureau.user("dongjiang"), receipt, "请补上住院的单子")
    bureau.tick()
    before = len(bureau.told("dongjiang"))
    bureau.go_to("2026-12-08 12:00")
    bureau.tick()
    assert not any("期" in line or "提醒" in line for line in new_lines(bureau, "dongjiang", before))
    assert bureau.told("longkou") == []
    assert not any("有人来您家" in line for line in bureau.heard("farmer"))


def test_who_said_that_somebody_came_is_not_asked(bureau: Bureau) -> None:
    receipt = bureau.apply(**LONGKOU, conversation="farmer")
    bureau.in_case(receipt, lambda uow, case: cases.household_answer(bureau.office, uow, case, True))
    bureau.go_to("2026-12-01 12:00")
    bureau.tick()
    assert bureau.heard("farmer") == []


def test_after_a_standstill_everybody_gets_one_message_per_case(bureau: Bureau) -> None:
    receipts = [bureau.apply(**LONGKOU, conversation=f"farmer-{n}") for n in range(12)]
    bureau.tick()
    before = {name: len(bureau.told(name)) for name in ("dongjiang", "longkou")}
    bureau.go_to("2027-01-11 12:00")  # seven weeks without a tick
    bureau.tick()
    for name, count in before.items():
        lines = new_lines(bureau, name, count)
        assert len(lines) == len(receipts), name
        assert all(sum(receipt in line for line in lines) == 1 for receipt in receipts)
    assert all("长时间超期" in line for line in bureau.told("longkou"))
    assert all(len(bureau.heard(f"farmer-{n}")) == 1 for n in range(12))
    bureau.tick()
    assert len(bureau.told("longkou")) == len(receipts)


def test_a_repeated_reminder_comes_again_and_what_was_missed_is_not_made_up_for(bureau: Bureau) -> None:
    receipt = bureau.apply(**LONGKOU, conversation="farmer")
    for day in ("2026-12-01", "2026-12-30", "2026-12-31", "2027-01-05"):
        bureau.go_to(f"{day} 12:00")
        bureau.tick()
    lines = [line for line in bureau.told("dongjiang") if line.startswith("超期") and receipt in line]
    assert len(lines) == 3, "1 December, 30 December (late), and 5 January; not four for the weeks in between"


def test_a_household_hears_now_and_then_that_it_is_not_forgotten(bureau: Bureau) -> None:
    bureau.apply(conversation="farmer")
    for day in ("2026-11-30", "2026-12-13", "2027-01-02"):
        bureau.go_to(f"{day} 12:00")
        bureau.tick()
    heard = bureau.heard("farmer")
    assert ["还在办" in line for line in heard] == [False, True, True]


def test_a_rule_that_changed_holds_for_reminders_planned_before(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    bureau.apply(**LONGKOU)
    bureau.tick()
    book = rulebook.reminder_book()
    later = book.rules["before_due"].model_copy(update={"offset": 0, "at": book.rules["progress"].at})
    changed = book.model_copy(update={"rules": {**book.rules, "before_due": later}})
    monkeypatch.setattr(rulebook, "reminder_book", lambda: changed)
    before = len(bureau.told("dongjiang"))
    bureau.go_to("2026-11-27 09:00")
    assert reminders.tick(bureau.office).moved == 1
    bureau.tick()
    assert new_lines(bureau, "dongjiang", before) == []
    bureau.go_to("2026-11-30 10:00")
    bureau.tick()
    assert len(new_lines(bureau, "dongjiang", before)) == 1


def test_a_clock_set_back_sends_nothing_twice(bureau: Bureau) -> None:
    bureau.apply(**LONGKOU, conversation="farmer")
    for moment in ("2026-11-30 09:00", "2026-11-30 08:00", "2026-11-30 09:00"):
        bureau.go_to(moment)
        bureau.tick()
    assert sum(line.startswith("今天到期") for line in bureau.told("dongjiang")) == 1


def test_four_clocks_at_once_send_everything_once(contested: Bureau) -> None:
    receipts = [contested.apply(**LONGKOU, conversation=f"farmer-{n}") for n in range(12)]
    contested.tick()
    before = len(contested.told("longkou"))
    contested.go_to("2026-12-08 12:00")

    def tick(number: int) -> None:
        reminders.tick(contested.office)
        outbox.deliver_due(contested.office, f"clock-{number}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(tick, range(8)))
    outbox.deliver_due(contested.office, "last")
    lines = new_lines(contested, "longkou", before)
    assert len(lines) == len(receipts)
    assert all(len(contested.heard(f"farmer-{n}")) == 1 for n in range(12))


def test_one_broken_case_does_not_silence_the_others(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken = bureau.apply(**LONGKOU)
    receipt = bureau.apply(**LONGKOU)
    broken_id = bureau.case(broken).id
    plain = reminders._write

    def write(office, uow, case, round_):  # type: ignore[no-untyped-def]
        if case.id == broken_id:
            raise RuntimeError("broken")
        return plain(office, uow, case, round_)

    bureau.go_to("2026-11-30 09:00")
    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR):
        patch.setattr(reminders, "_write", write)
        bureau.tick()
    assert any(receipt in line and "今天到期" in line for line in bureau.told("dongjiang"))
    assert not any(broken in line and "今天到期" in line for line in bureau.told("dongjiang"))
    bureau.tick()
    assert any(broken in line and "今天到期" in line for line in bureau.told("dongjiang"))


def test_a_returned_case_gets_the_waited_days_back(bureau: Bureau) -> None:
    receipt = bureau.apply(**LONGKOU, conversation="farmer")
    bureau.go_to("2026-11-25 12:00")
    desk.return_case(bureau.office, bureau.user("dongjiang"), receipt, "请补上住院的单子")
    bureau.go_to("2026-12-01 12:00")
    bureau.in_case(receipt, lambda uow, case: cases.add_information(bureau.office, uow, case, "单子找到了", None, {}))
    assert bureau.steps(receipt)["household_check"] == ("due", "2026-12-04"), "four working days later than 30 November"
    bureau.go_to("2026-12-03 09:00")
    bureau.tick()
    assert bureau.told("dongjiang")[-1].startswith("提醒")
    bureau.go_to("2026-12-07 09:00")
    bureau.tick()
    assert bureau.told("longkou")[-1].startswith("超期")


def test_every_rule_is_planned_from_the_data(bureau: Bureau) -> None:
    receipt = bureau.apply(**LONGKOU)
    with bureau.office.db.read() as uow:
        planned = {r.rule: r.due_at.astimezone(SHANGHAI) for r in uow.reminders.of_case(bureau.case(receipt).id)}
    rules = rulebook.reminder_book().rules.values()
    assert planned.keys() == {rule.id for rule in rules if rule.during == "open"}
    assert planned["before_due"].date() == date(2026, 11, 27)
    assert planned["progress"].date() == date(2026, 12, 13)


def test_an_application_without_a_chat_is_not_asked_in_one(bureau: Bureau) -> None:
    receipt = bureau.apply(**LONGKOU)

    def by_phone(uow, case):  # type: ignore[no-untyped-def]
        case.conversation_id = None

    bureau.in_case(receipt, by_phone)
    bureau.go_to("2026-12-01 12:00")
    bureau.tick()
    with bureau.office.db.read() as uow:
        assert uow.find(models.OutboxMessage, status="dead") == []


EXAMPLES = [(rule, example) for rule in rulebook.reminder_book().rules.values() for example in rule.examples]


@pytest.mark.parametrize(("rule", "example"), EXAMPLES, ids=lambda value: getattr(value, "id", ""))
def test_a_rule_fires_when_its_examples_say(rule: rulebook.ReminderRule, example: rulebook.Example) -> None:
    row = models.CaseStep(
        case_id=1, step="s", position=1, clause="", level="town", started_on=example.started, due_on=example.due
    )
    at = reminders.first_time(rule, row, example.returned)
    assert (f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if at else None) == example.fires


def test_a_returned_case_is_not_forgotten(bureau: Bureau) -> None:
    receipt = bureau.apply(**LONGKOU, conversation="farmer")
    bureau.go_to("2026-11-25 12:00")
    desk.return_case(bureau.office, bureau.user("dongjiang"), receipt, "请补上住院的单子")
    bureau.tick()
    before = len(bureau.told("dongjiang"))
    bureau.go_to("2026-11-28 10:00")
    bureau.tick()
    assert "还等您补一点情况：请补上住院的单子。" in bureau.heard("farmer")[-1]
    bureau.go_to("2026-12-05 09:00")
    bureau.tick()
    assert ["还没有回话" in line for line in new_lines(bureau, "dongjiang", before)] == [True]
    bureau.in_case(receipt, lambda uow, case: cases.add_information(bureau.office, uow, case, "单子找到了", None, {}))
    heard = len(bureau.heard("farmer"))
    bureau.go_to("2026-12-07 12:00")
    bureau.tick()
    assert not any("还等您补" in line for line in bureau.heard("farmer")[heard:])


BROKEN = [
    ("rules: [{id: x}]", "rules.0"),
    ("rules: 5", "rules"),
    ("rules: [", "YAML"),
    ("- a\n- b", "whole file"),
]


@pytest.mark.parametrize(("text", "where"), BROKEN)
def test_a_broken_rule_file_is_told_in_one_sentence(tmp_path: Path, text: str, where: str) -> None:
    head = "" if text.startswith("-") else 'quiet_hours: {from: "20:00", to: "08:00"}\nvisit_words: [上门]\n'
    (tmp_path / "reminders.yml").write_text(head + text + "\n", "utf-8")
    with pytest.raises(rulebook.RuleError, match=where) as wrong:
        rulebook.reminder_book(tmp_path)
    assert str(wrong.value).startswith("reminders.yml")
    assert "\n" not in str(wrong.value)
