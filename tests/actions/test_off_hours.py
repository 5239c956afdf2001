"""Asking for a person out of hours: an honest answer, a choice of times, and danger that waits for nobody's desk."""

from __future__ import annotations

from datetime import datetime

import pytest

from actions.clock import SHANGHAI
from actions.hours import Hours
from tests.actions.bureau import Bureau
from tests.support.front import Person, open_front

EVENING, LUNCH, MORNING = "2026-11-23 20:00", "2026-11-23 12:30", "2026-11-23 10:00"


@pytest.fixture
def front(bureau: Bureau) -> Bureau:
    return open_front(bureau)


ANSWERS = [  # now, what is said
    (EVENING, "现在下班了，明天上午8点半以后给您回电话"),
    (LUNCH, "现在是午休时间，今天下午2点以后给您回电话"),
    ("2026-11-23 06:00", "现在还没上班，今天上午8点半以后给您回电话"),
    ("2026-11-28 10:00", "今天不上班，后天上午8点半以后给您回电话"),
    ("2026-09-30 18:00", "现在下班了，下周四上午8点半以后给您回电话"),  # over the National Day
    (MORNING, "工作日上午8点半到12点、下午2点到5点半"),
]


@pytest.mark.parametrize(("now", "says"), ANSWERS)
def test_who_asks_for_a_person_hears_when_that_will_be(front: Bureau, now: str, says: str) -> None:
    front.go_to(now)
    farmer = Person(front, "farmer")
    said = "\n".join(farmer.say("找人工", "want_person"))
    assert says in said
    assert farmer.stands == ("phone", "handoff")
    assert farmer.task()


def test_a_time_is_chosen_by_its_button_and_the_interview_goes_on(front: Bureau) -> None:
    farmer = Person(front, "farmer").tells()
    stood, asked = farmer.stands, farmer.heard()[-1]
    front.go_to(EVENING)
    farmer.say("找人工", "want_person")
    said = "\n".join(farmer.say("13800001234"))
    assert "电话记下了" in said
    slots = farmer.choices()[:-1]
    assert slots == ["明天上午8点半到12点", "明天下午2点到5点半", "后天上午8点半到12点"]
    said_after = farmer.say(slots[1])
    assert said_after == ["好，明天下午2点到5点半给您打电话，请把电话带在身边。", asked]
    assert farmer.stands == stood
    (task,) = front.tasks("person")
    assert task.due_at == datetime(2026, 11, 24, 14, 0, tzinfo=SHANGHAI)
    assert "13800001234" in task.text
    assert "找人工" in task.text, "the words of the request stay, not the button's"


CHOICES = [  # what is typed, when the call is due (None: as soon as the office opens)
    ("明天下午", "2026-11-24 14:00"),
    ("后天上午吧", "2026-11-25 08:30"),
    ("什么时候都行", None),
    ("那明天上午可以", "2026-11-24 08:30"),
]


@pytest.mark.parametrize(("typed", "due"), CHOICES)
def test_a_time_may_be_typed(front: Bureau, typed: str, due: str | None) -> None:
    front.go_to(EVENING)
    farmer = Person(front, "farmer").tells()
    farmer.wants_a_person()
    farmer.say(typed)
    (task,) = front.tasks("person")
    assert task.due_at == (datetime.fromisoformat(due).replace(tzinfo=SHANGHAI) if due else None)
    assert farmer.stands[1] == "interview"


def test_who_chooses_no_time_and_tells_on_is_not_held_up(front: Bureau) -> None:
    front.go_to(EVENING)
    farmer = Person(front, "farmer").tells()
    asks = farmer.stands[0]
    farmer.wants_a_person()
    farmer.say("我家五口人")
    assert farmer.stands[1] == "interview"
    assert farmer.stands[0] is not None
    with front.office.db.read() as uow:
        assert uow.facts.current(conversation_id="farmer")["household_size"].value == 5
    assert asks is not None
    assert front.tasks("person")[0].due_at is None
    farmer.say("明天下午2点到5点半")
    assert front.tasks("person")[0].due_at is None, "a time that is offered no more is no appointment"


def test_a_number_known_already_is_not_asked_for_again(front: Bureau) -> None:
    front.go_to(EVENING)
    farmer = Person(front, "farmer").tells()
    farmer.say("我的电话是13800001234")
    said = farmer.say("找人工", "want_person")
    assert "明天上午8点半以后" in said[0]
    assert farmer.choices()[0] == "明天上午8点半到12点"


def test_without_a_telephone_the_answer_comes_into_the_conversation(front: Bureau) -> None:
    front.go_to(EVENING)
    farmer = Person(front, "farmer").tells()
    farmer.say("找人工", "want_person")
    said = "\n".join(farmer.say("没有电话"))
    assert "明天上午8点半以后工作人员会直接在这里回您" in said


def test_before_consent_it_goes_the_same_way_and_consent_is_asked_then(front: Bureau) -> None:
    front.go_to(EVENING)
    farmer = Person(front, "farmer")
    farmer.wants_a_person()
    farmer.say("明天上午8点半到12点")
    assert farmer.stands == ("consent", "consent")
    assert front.tasks("person")[0].due_at is not None


def test_danger_is_never_put_off(front: Bureau) -> None:
    front.go_to(EVENING)
    farmer = Person(front, "farmer")
    said = "\n".join(farmer.say("我不想活了"))
    assert "工作人员不一定马上看得到，先打上面的电话" in said
    assert "明天" not in said
    (task,) = front.tasks("danger")
    assert (task.urgent, task.due_at) == (True, None)
    asked = "\n".join(farmer.say("找人工", "want_person"))
    given = "\n".join(farmer.say("13800001234"))
    for said in (asked, given):
        assert "加急" in said
        assert "明天" not in said
        assert "上午" not in said
    assert [(task.urgent, task.due_at) for task in front.tasks("person")] == [(True, None)]
    front.tick()
    assert any("急" in told for told in front.told("root"))


def test_five_requests_are_one_call_and_a_new_one_after_it_is_done_is_another(front: Bureau) -> None:
    from actions import desk

    farmer = Person(front, "farmer").tells()
    for _ in range(5):
        number = farmer.wants_a_person()
    assert len(front.tasks("person")) == 1
    desk.finish_task(front.office, front.user("wang"), number, "打过了")
    assert farmer.wants_a_person() != number
    assert [task.status for task in front.tasks("person")] == ["done", "open"]


def test_an_office_without_hours_makes_no_promise_about_tomorrow(bureau: Bureau) -> None:
    front = open_front(bureau, Hours())
    front.go_to(EVENING)
    said = "\n".join(Person(front, "farmer").say("找人工", "want_person"))
    assert "上班时间里" in said
    assert "明天" not in said
