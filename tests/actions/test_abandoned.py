"""Drafts left behind: a person looks after who told of a hardship and fell silent, once a matter."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from actions import abandoned, desk
from tests.actions.bureau import Bureau
from tests.support.front import STORY, Person, clock, open_front


@pytest.fixture
def front(bureau: Bureau) -> Bureau:
    return open_front(bureau)


def left(front: Bureau) -> list[str]:
    return [task.conversation_id or "" for task in front.tasks(abandoned.KIND)]


def test_after_a_day_of_silence_somebody_is_asked_to_ring(front: Bureau) -> None:
    Person(front, "farmer").tells()
    front.later(hours=23)
    clock(front)
    assert left(front) == []
    front.later(hours=1)
    assert clock(front).drafts == 1
    (task,) = front.tasks(abandoned.KIND)
    assert "家里有人生病" in task.text
    assert "王家村" in task.text
    assert task.area_id == front.area("0101")
    assert any("说到一半没有再来" in told for told in front.told("wang"))


SILENT = [  # what was said (words, act), is it found
    ([], False),
    ([("您好", "greet")], False),
    ([("您好", "greet"), ("同意", "affirm")], False),  # no hardship
    ([(STORY, "inform")], False),  # not agreed yet: nobody works on the words
    ([(STORY, "inform"), ("不同意", "deny")], False),
    ([(STORY, "inform"), ("同意", "affirm")], True),
    ([("您好", "greet"), ("同意", "affirm"), ("监测线是多少", "ask_policy")], False),
    ([("您好", "greet"), ("同意", "affirm"), ("我要投诉村支书吃拿卡要", "complain")], False),
    ([(STORY, "inform"), ("同意", "affirm"), ("重新来", "start_over")], False),
]


@pytest.mark.parametrize(("said", "found"), SILENT)
def test_only_a_hardship_that_was_told_with_consent_counts(
    front: Bureau, said: list[tuple[str, str]], found: bool
) -> None:
    farmer = Person(front, "farmer")
    for text, act in said:
        farmer.say(text, act)
    front.later(hours=25)
    clock(front)
    assert bool(left(front)) is found


def test_it_is_once_a_matter_whoever_comes_back_and_leaves_again(front: Bureau) -> None:
    farmer = Person(front, "farmer").tells()
    front.later(hours=25)
    clock(front)
    desk.finish_task(front.office, front.user("wang"), farmer.task(abandoned.KIND), "打过了")
    farmer.say("家里五口人")
    front.later(hours=25)
    assert clock(front).drafts == 0
    farmer.say("重新来", "start_over")
    farmer.say("孩子得了白血病")
    front.later(hours=25)
    assert clock(front).drafts == 1, "another matter is another task"


def test_where_somebody_rings_anyway_no_second_task_is_opened(front: Bureau) -> None:
    farmer = Person(front, "farmer").tells()
    number = farmer.wants_a_person()
    front.later(hours=25)
    assert clock(front).drafts == 0
    desk.finish_task(front.office, front.user("wang"), number, "打过了")
    assert clock(front).drafts == 1, "but when that is done and nothing was handed in, it is not forgotten"


def test_what_was_handed_in_is_not_abandoned_and_closes_its_task(front: Bureau) -> None:
    farmer = Person(front, "farmer").tells()
    front.later(hours=25)
    clock(front)
    assert len(left(front)) == 1
    for _ in range(25):
        asks, stage = farmer.stands
        if stage == "submitted":
            break
        answers = {"confirm_facts": "对，没错", "name": "马秀英", "phone": "13800001234", "confirm_submit": "交上去"}
        farmer.say(answers.get(asks or "", "不知道"), "dont_know" if asks not in answers else "affirm")
    assert farmer.stands[1] == "submitted"
    (task,) = front.tasks(abandoned.KIND)
    assert task.status == "done"
    assert "自己又来" in (task.outcome or "")
    front.later(hours=25)
    assert clock(front).drafts == 0


def test_long_forgotten_drafts_ring_nobody(front: Bureau) -> None:
    Person(front, "farmer").tells()
    front.later(days=31)
    assert clock(front).drafts == 0


def test_many_drafts_and_several_clocks_open_each_task_once(contested: Bureau) -> None:
    front = open_front(contested)
    names = [f"farmer-{number}" for number in range(12)]
    for name in names:
        Person(front, name).tells()
    front.later(hours=25)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: abandoned.sweep(front.office), range(3)))
    assert sorted(left(front)) == sorted(names)


def test_pages_of_drafts_are_all_seen(front: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(abandoned, "BATCH", 2)
    for number in range(5):
        person = Person(front, f"farmer-{number}")
        person.say("您好", "greet")
        person.say("同意", "affirm")
        if number in (1, 4):
            person.say(STORY)
    front.later(hours=25)
    assert clock(front).drafts == 2
