"""Working on tasks: age and colour, calls and appointments, passing on, giving back; failures that become tasks."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from actions import desk, notices, outbox, reminders, rulebook, tasks
from actions.clock import SHANGHAI
from actions.desk import SHOWN, TaskLine
from actions.refusals import Invalid, NotAllowed, NotFound, Stale
from actions.rulebook import RuleError
from actions.taskrules import task_book
from storage import models
from tests.actions.bureau import Bureau
from tests.support.front import Person, clock, open_front


@pytest.fixture
def front(bureau: Bureau) -> Bureau:
    return open_front(bureau)


def opened(front: Bureau, kind: str = "person", code: str = "0101", key: str = "k", **more: Any) -> int:
    with front.office.db.begin() as uow:
        task = tasks.open_task(front.office, uow, kind, key=key, area_id=front.area(code), text="请回电话", **more)
        uow.flush()
        uow.commit()
        return task.id


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def look(front: Bureau, number: int, name: str = "wang") -> TaskLine:
    return desk.task_for(front.office, front.user(name), number)


# -- age and colour ---------------------------------------------------------------------------------------------------

AGES = [  # kind, opened, looked at, colour, what is said
    ("person", "2026-11-23 10:00", "2026-11-23 10:30", "green", "等了30分钟"),
    ("person", "2026-11-23 10:00", "2026-11-23 11:00", "amber", "上班时间里等了1小时"),
    ("person", "2026-11-23 11:30", "2026-11-23 14:15", "green", "等了45分钟"),  # lunch does not count
    ("person", "2026-11-23 17:20", "2026-11-24 08:40", "green", "等了20分钟"),  # the night does not count
    ("person", "2026-11-27 17:00", "2026-11-30 12:00", "red", "上班时间里等了4小时"),  # the weekend does not count
    ("danger", "2026-11-23 17:20", "2026-11-23 17:24", "green", "等了4分钟"),
    ("danger", "2026-11-23 23:00", "2026-11-23 23:05", "amber", "等了5分钟"),  # danger counts at night
    ("danger", "2026-11-27 23:00", "2026-11-30 08:00", "red", "等了2天"),
    ("abandoned", "2026-11-23 09:00", "2026-11-23 15:00", "green", "上班时间里等了4小时"),
    ("made_up_kind", "2026-11-23 09:00", "2026-11-23 17:30", "amber", "上班时间里等了6小时"),
]


@pytest.mark.parametrize(("kind", "opens", "looks", "colour", "said"), AGES)
def test_age_is_counted_by_the_clock_of_its_kind(
    front: Bureau, kind: str, opens: str, looks: str, colour: str, said: str
) -> None:
    front.go_to(opens)
    number = opened(front, kind)
    front.go_to(looks)
    line = look(front, number)
    assert (line.colour, line.age) == (colour, said)
    words = task_book().urgent_colours if kind == "danger" else task_book().colours
    assert line.colour_word == words[line.colour]


DUE = [
    ("13:00", "green", "约好了"),
    ("13:45", "amber", "到时候了"),
    ("14:14", "amber", "到时候了"),
    ("14:15", "red", "约的时间过了"),
]


@pytest.mark.parametrize(("now", "colour", "word"), DUE)
def test_an_appointment_goes_by_its_time(front: Bureau, now: str, colour: str, word: str) -> None:
    number = opened(front, due_at=at("2026-11-23 14:00"))
    front.go_to(f"2026-11-23 {now}")
    line = look(front, number)
    assert (line.colour, line.colour_word, line.due_word) == (colour, word, "约在今天下午2点")


def test_the_queue_is_sorted_by_urgency_then_by_time_and_filters_count(front: Bureau) -> None:
    late = opened(front, key="late", due_at=at("2026-11-24 09:00"))
    first = opened(front, key="first")
    front.later(minutes=5)
    second = opened(front, key="second")
    danger = opened(front, "danger", key="danger")
    desk.take_task(front.office, front.user("wang"), second)
    wang = front.user("wang")
    assert [line.id for line in desk.queue_for(front.office, wang).lines] == [danger, first, second, late]
    shown = {name: [line.id for line in desk.queue_for(front.office, wang, name).lines] for name in SHOWN}
    assert shown["mine"] == [second]
    assert shown["open"] == [danger, first], "what is in hands and what is not due yet wait for nobody"
    assert shown["appointments"] == [late]
    assert desk.queue_for(front.office, wang).totals == {name: len(found) for name, found in shown.items()}
    counts = desk.counts_for(front.office, wang)
    assert (counts.tasks, counts.urgent) == (4, 1)
    front.go_to("2026-11-24 09:00")
    clock(front)
    assert late in [line.id for line in desk.queue_for(front.office, wang, "open").lines]


# -- calls ------------------------------------------------------------------------------------------------------------


def test_nobody_answered_makes_an_appointment_and_tells_the_person(front: Bureau) -> None:
    farmer = Person(front, "farmer").tells()
    number = farmer.wants_a_person()
    again = at("2026-11-23 15:00")
    line = desk.log_call(front.office, front.user("wang"), number, "no_answer", "响了很久", again)
    assert (line.status, line.taken_by, line.due_at) == ("open", None, again)
    assert line.log == ("11月23日10:00 wang：没人接，约今天下午3点再打。响了很久",)
    assert farmer.said_by("staff") == ["刚才给您打电话没人接，今天下午3点再给您打。"]
    front.later(minutes=20)
    done = desk.log_call(front.office, front.user("xinglong"), number, "reached")
    assert done.status == "done"
    assert len(done.log) == 2


OUTCOMES = [(one.id, one.ends, one.again) for one in task_book().outcomes]


@pytest.mark.parametrize(("code", "ends", "again"), OUTCOMES)
def test_every_outcome_does_what_its_entry_says(front: Bureau, code: str, ends: bool, again: bool) -> None:
    number = opened(front)
    wang = front.user("wang")
    if again:
        with pytest.raises(Invalid, match="什么时候再打"):
            desk.log_call(front.office, wang, number, code)
    line = desk.log_call(front.office, wang, number, code, again=at("2026-11-24 09:00") if again else None)
    assert line.status == ("done" if ends else "open" if again else "taken")
    assert (line.due_at is not None) is again


WRONG_TIMES = ["2026-11-23 09:59", "2026-11-23 10:00", "2026-12-25 10:00", "9999-12-31 23:59", "0001-01-01 00:00"]


@pytest.mark.parametrize("when", WRONG_TIMES)
def test_a_call_is_not_put_off_into_the_past_or_out_of_sight(front: Bureau, when: str) -> None:
    number = opened(front)
    with pytest.raises(Invalid, match="在现在以后"):
        desk.log_call(front.office, front.user("wang"), number, "busy", again=at(when))
    assert look(front, number).log == ()


def test_an_outcome_that_is_not_on_the_list_is_refused(front: Bureau) -> None:
    with pytest.raises(Invalid, match="没有“xyz”"):
        desk.log_call(front.office, front.user("wang"), opened(front), "xyz")


def test_a_call_about_a_case_stands_in_its_history(front: Bureau) -> None:
    receipt = front.apply()
    number = opened(front, case_id=front.case(receipt).id)
    desk.log_call(front.office, front.user("wang"), number, "reached", "说好了")
    assert "打过电话：打通了，办好了" in front.history(receipt)


def test_times_to_try_again_are_office_hours(front: Bureau) -> None:
    front.go_to("2026-11-27 16:50")
    assert [offer.words for offer in desk.helps(front.office).again] == [
        "下周一上午8点半", "下周一下午2点", "下周二上午8点半",
    ]  # fmt: skip


# -- passing on ---------------------------------------------------------------------------------------------------


def test_a_colleague_gets_it_into_the_hands_with_a_note_and_is_told(front: Bureau) -> None:
    number = opened(front)
    line = desk.transfer_task(front.office, front.user("wang"), number, "xinglong", "他要问低保，您熟")
    assert (line.taken_by, line.mine) == ("xinglong", False)
    assert look(front, number, "xinglong").mine
    assert line.log[-1] == "11月23日10:00 wang 转给xinglong：他要问低保，您熟"
    front.tick()
    assert any("转给您" in told for told in front.told("xinglong"))
    with pytest.raises(Stale):
        desk.transfer_task(front.office, front.user("wang"), number, "wang", "还是我来")


def test_the_conversation_goes_along_without_a_word_of_the_assistant(front: Bureau) -> None:
    farmer = Person(front, "farmer").tells()
    number = farmer.wants_a_person()
    desk.answer_task(front.office, front.user("wang"), number, "您好")
    before = farmer.heard()
    desk.transfer_task(front.office, front.user("wang"), number, "xinglong", "请接着说")
    assert farmer.heard() == before
    assert look(front, number, "xinglong").holding
    desk.answer_task(front.office, front.user("xinglong"), number, "我是镇上的")


def test_the_people_of_another_area_get_it_into_their_queue(front: Bureau) -> None:
    number = opened(front, code="01")
    line = desk.transfer_task(front.office, front.user("xinglong"), number, "0102", "是李家村的")
    assert line.taken_by is None
    front.tick()
    assert front.told("li")
    assert look(front, number, "li").log[-1].endswith("转给李家村：是李家村的")
    with pytest.raises(NotFound):
        look(front, number, "wang")


NOWHERE = [  # to whom, why not
    ("", Invalid, "写清楚转给"),
    ("nobody-of-ours", Invalid, "nobody-of-ours"),
    ("li", NotAllowed, "看不到"),
    ("0102", NotAllowed, "只能转给"),
    ("1101", NotAllowed, "只能转给"),
]


@pytest.mark.parametrize(("to", "kind", "says"), NOWHERE)
def test_it_is_not_given_to_who_may_not_have_it(front: Bureau, to: str, kind: type[Exception], says: str) -> None:
    number = opened(front)
    with pytest.raises(kind, match=says):
        desk.transfer_task(front.office, front.user("wang"), number, to, "x")
    assert look(front, number).taken_by is None


def test_what_one_has_cannot_be_given_to_oneself_nor_by_another(front: Bureau) -> None:
    number = opened(front)
    desk.take_task(front.office, front.user("wang"), number)
    with pytest.raises(Invalid, match="本来就在您手上"):
        desk.transfer_task(front.office, front.user("wang"), number, "wang", "x")
    with pytest.raises(Stale, match="wang 正在办"):
        desk.transfer_task(front.office, front.user("xinglong"), number, "xiji", "x")


def test_a_task_with_a_complaint_is_not_sent_down_to_those_it_is_about(front: Bureau) -> None:
    front.complain("village", conversation="angry")
    number = opened(front, conversation_id="angry")
    for name in ("xinglong", "root"):
        with pytest.raises(NotAllowed, match=r"反映问题|看不到"):
            desk.transfer_task(front.office, front.user(name), number, "0101", "你们自己看")
        with pytest.raises(NotAllowed, match="看不到"):
            desk.transfer_task(front.office, front.user(name), number, "wang", "你自己看")


def test_given_back_it_waits_for_anybody_and_people_are_told_again(front: Bureau) -> None:
    number = opened(front)
    with pytest.raises(Stale, match="不在您手上"):
        desk.release_task(front.office, front.user("wang"), number)
    desk.take_task(front.office, front.user("wang"), number)
    assert desk.release_task(front.office, front.user("wang"), number).taken_by is None
    front.tick()
    assert front.told("wang")[-1] == "待办又空出来了：请回电话，请接着办。"


def test_a_page_from_before_others_worked_is_refused_and_ones_own_is_not(front: Bureau) -> None:
    number = opened(front)
    old = look(front, number).version
    desk.take_task(front.office, front.user("wang"), number)
    desk.renew_task(front.office, front.user("wang"), number)
    desk.log_call(front.office, front.user("wang"), number, "wrong_number", version=old)
    desk.release_task(front.office, front.user("wang"), number, version=old)
    with pytest.raises(Stale, match="别人已经改过"):
        desk.finish_task(front.office, front.user("xinglong"), number, "办完", version=old)


# -- what fails becomes a task ------------------------------------------------------------------------------------


def test_scenario_43_a_reminder_that_cannot_be_sent_is_a_task_within_half_an_hour(
    front: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = front.apply(code="1101", pack="longkou-2021-1")
    front.go_to("2026-11-26 09:00")
    until = front.at + timedelta(days=14)

    def broken(*_: object) -> None:
        raise RuntimeError("the rule cannot be read")

    monkeypatch.setattr(reminders, "_fire", broken)
    while not front.tasks("reminder_failed") and front.at < until:
        front.later(minutes=10)
        front.tick()
    (task,) = front.tasks("reminder_failed")
    with front.office.db.read() as uow:
        first = min(r.due_at for r in uow.reminders.of_case(front.case(receipt).id))
    assert front.at - first <= timedelta(minutes=40)
    assert receipt in task.text
    front.later(minutes=10)
    front.tick()
    assert len(front.tasks("reminder_failed")) == 1
    monkeypatch.undo()
    front.tick()
    assert [line.kind_word for line in desk.tasks_for(front.office, front.user("zhanwang"))] == ["提醒没能发出去"]


LETTERS = [  # channel, recipient, whose conversation the task is about
    ("conversation", "farmer", "farmer"),
    ("telegram", "farmer", "farmer"),
    ("telegram", "user:1", None),
    ("webhook", "user:1", None),
    ("staff", "1", None),
]


@pytest.mark.parametrize(("channel", "recipient", "conversation"), LETTERS)
def test_a_message_that_never_arrives_is_a_task_about_whom_it_was_for(
    front: Bureau, channel: str, recipient: str, conversation: str | None
) -> None:
    front.conversation("farmer")
    with front.office.db.begin() as uow:
        notices.enqueue(front.office, uow, key="k", channel=channel, recipient=recipient, text="x")
        row = uow.find(models.OutboxMessage)[0]
        tasks.for_dead_letter(front.office, uow, row)
        uow.commit()
    (task,) = front.tasks("delivery_failed")
    assert task.conversation_id == conversation


def test_a_message_for_the_farmers_own_channel_becomes_a_task_when_it_is_blocked(front: Bureau) -> None:
    class Blocked:
        name = "telegram"

        def send(self, message: outbox.Outgoing) -> None:
            raise outbox.Undeliverable("blocked")

    front.conversation("farmer")
    with front.office.db.begin() as uow:
        notices.enqueue(front.office, uow, key="k", channel="telegram", recipient="farmer", text="x")
        uow.commit()
    outbox.deliver_due(front.office, "w", [Blocked()])
    assert [task.conversation_id for task in front.tasks("delivery_failed")] == ["farmer"]


# -- the rules are data -------------------------------------------------------------------------------------------

BROKEN = [
    ("amber: 60,   red: 240", "amber: 300,  red: 240", "amber"),
    ("  other:  ", "  others: ", "other"),
    ("ends: true}", "ends: true, again: true}", "ends"),
    ("clock: office", "clock: moon", "clock"),
    ("hold: 15", "hold: 0", "hold"),
    ("silent_hours: 24", "silent_hours: soon", "silent_hours"),
]


@pytest.mark.parametrize(("right", "wrong", "names"), BROKEN)
def test_a_wrong_rule_is_named_with_its_place(tmp_path: Path, right: str, wrong: str, names: str) -> None:
    text = (rulebook.FOLDER / "tasks.yml").read_text("utf-8")
    assert right in text
    (tmp_path / "tasks.yml").write_text(text.replace(right, wrong), "utf-8")
    with pytest.raises(RuleError, match=rf"tasks\.yml.*{names}"):
        task_book(tmp_path)


def test_every_kind_with_a_rule_has_a_name() -> None:
    named = rulebook.words().get("notices.task_kinds")
    assert set(task_book().kinds) - {"other"} <= set(named)
