"""Tasks: one per matter, danger first, nobody works on one twice at once."""

from __future__ import annotations

import pytest

from actions import desk, tasks
from actions.refusals import Invalid, NotFound, Stale
from tests.actions.bureau import Bureau


def open_one(bureau: Bureau, key: str = "k", kind: str = "person", code: str | None = "0101", **more: object) -> int:
    with bureau.office.db.begin() as uow:
        task = tasks.open_task(
            bureau.office, uow, kind, key=key, area_id=bureau.area(code) if code else None, text="请回电话", **more
        )  # type: ignore[arg-type]
        uow.commit()
        return task.id


def test_one_matter_is_one_task(bureau: Bureau) -> None:
    assert open_one(bureau) == open_one(bureau)
    bureau.tick()
    assert bureau.told("wang") == ["新待办：请回电话。"]


def test_danger_is_urgent_and_stands_first(bureau: Bureau) -> None:
    open_one(bureau, "a")
    bureau.later(hours=3)
    danger = open_one(bureau, "b", "danger")
    queue = desk.tasks_for(bureau.office, bureau.user("wang"))
    assert queue[0].id == danger
    assert [(task.urgent, task.age_hours) for task in queue] == [(True, 0.0), (False, 3.0)]
    bureau.tick()
    assert "急！新待办：有人说到眼前有危险，请马上看。" in bureau.told("wang")


@pytest.mark.parametrize(
    ("code", "hears"), [("0101", ["wang"]), ("0103", ["xinglong"]), ("0201", ["xiji", "hotline"]), ("37", ["root"])]
)
def test_the_nearest_people_hear_of_it(bureau: Bureau, code: str, hears: list[str]) -> None:
    open_one(bureau, code=code)
    bureau.tick()
    heard = [name for name in ("wang", "xinglong", "xiji", "hotline", "longkou", "root") if bureau.told(name)]
    assert heard == hears


def test_what_one_has_taken_another_is_told_about(bureau: Bureau) -> None:
    number = open_one(bureau)
    mine = desk.take_task(bureau.office, bureau.user("wang"), number)
    assert (mine.taken_by, mine.mine) == ("wang", True)
    with pytest.raises(Stale, match="wang 正在办"):
        desk.take_task(bureau.office, bureau.user("xinglong"), number)
    with pytest.raises(Stale):
        desk.finish_task(bureau.office, bureau.user("xinglong"), number, "打过了")
    bureau.later(hours=5)
    assert desk.take_task(bureau.office, bureau.user("xinglong"), number).taken_by == "xinglong"


def test_a_task_is_finished_with_what_came_of_it(bureau: Bureau) -> None:
    number = open_one(bureau)
    with pytest.raises(Invalid, match="怎么样"):
        desk.finish_task(bureau.office, bureau.user("wang"), number, "  ")
    done = desk.finish_task(bureau.office, bureau.user("wang"), number, "打通了，明天上门")
    assert done.status == "done"
    assert desk.tasks_for(bureau.office, bureau.user("wang")) == ()
    with pytest.raises(Invalid, match="已经办完"):
        desk.finish_task(bureau.office, bureau.user("wang"), number, "再来")


def test_another_areas_task_is_not_there(bureau: Bureau) -> None:
    number = open_one(bureau)
    for name in ("li", "zhanwang", "longkou"):
        assert desk.tasks_for(bureau.office, bureau.user(name)) == ()
        with pytest.raises(NotFound):
            desk.take_task(bureau.office, bureau.user(name), number)
    with pytest.raises(NotFound):
        desk.take_task(bureau.office, bureau.user("root"), 999)


def test_a_call_back_out_of_a_complaint_does_not_ring_in_the_village(bureau: Bureau) -> None:
    bureau.complain("village", conversation="angry")
    number = open_one(bureau, conversation_id="angry")
    assert desk.tasks_for(bureau.office, bureau.user("wang")) == ()
    assert number in [task.id for task in desk.tasks_for(bureau.office, bureau.user("xinglong"))]


def test_not_even_before_the_complaint_is_sent(bureau: Bureau) -> None:
    name = bureau.conversation("telling")
    with bureau.office.db.begin() as uow:
        conversation = uow.conversations.get(name)
        assert conversation is not None
        conversation.state = {"kind": "complaint", "complaint": {"topic": "fund_misuse", "against_level": "town"}}
        uow.commit()
    open_one(bureau, conversation_id=name)
    assert desk.tasks_for(bureau.office, bureau.user("wang")) == ()
    assert desk.tasks_for(bureau.office, bureau.user("xinglong")) == ()
    assert len(desk.tasks_for(bureau.office, bureau.user("xiji"))) == 1


def test_an_answer_to_a_task_reaches_the_person(bureau: Bureau) -> None:
    name = bureau.conversation("farmer")
    number = open_one(bureau, conversation_id=name)
    desk.answer_task(bureau.office, bureau.user("wang"), number, "我下午给您打电话")
    bureau.tick()
    assert bureau.heard(name) == ["我下午给您打电话"]
