"""Hand-over: a member of staff speaks in the person's own conversation, then the assistant goes on where it stood."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from actions import desk
from actions.refusals import Invalid, NotAllowed, NotFound, Refusal, Stale
from actions.taskrules import task_book
from actions.transcript import staff_view
from tests.actions.bureau import Bureau
from tests.support.front import Person, clock, open_front

ONCE = "已经转给工作人员了"
HELLO = "您好，我是镇上的周敏"
SORRY = "这会儿工作人员没能接着回您"
GOES_ON = "我们接着说"


@pytest.fixture
def front(bureau: Bureau) -> Bureau:
    return open_front(bureau)


@pytest.fixture
def farmer(front: Bureau) -> Person:
    return Person(front, "farmer").tells()


def hold(front: Bureau, farmer: Person, name: str = "wang") -> int:
    number = farmer.wants_a_person()
    desk.answer_task(front.office, front.user(name), number, HELLO)
    return number


def test_while_a_person_speaks_the_assistant_keeps_quiet_and_keeps_everything(front: Bureau, farmer: Person) -> None:
    stood = farmer.stands
    number = hold(front, farmer)
    assert farmer.heard()[-1] == HELLO, "what staff say is there at once"
    answers = [farmer.say(words) for words in ("你好你好", "我老伴的病能管不", "五口人")]
    assert [len(said) for said in answers] == [1, 0, 0]
    assert ONCE in answers[0][0]
    lines = staff_view(front.office, front.user("wang"), "farmer", f"task:{number}")
    assert [line.text for line in lines if line.author == "person"][-3:] == ["你好你好", "我老伴的病能管不", "五口人"]
    assert farmer.stands == stood


def test_afterwards_the_assistant_goes_on_exactly_where_the_interview_stood(front: Bureau, farmer: Person) -> None:
    asked, stood = farmer.heard()[-1], farmer.stands
    assert stood[1] == "interview"
    number = hold(front, farmer)
    farmer.say("能管不")
    before = len(farmer.heard())
    line = desk.hand_back(front.office, front.user("wang"), number)
    assert not line.holding
    said = farmer.heard()[before:]
    assert GOES_ON in said[0]
    assert said[1:] == [asked]
    assert farmer.stands == stood
    farmer.say("不知道", "dont_know")
    assert farmer.stands[0] not in (None, stood[0]), "the answer counts and the next question comes"


STANDS = [  # how far the person had come, what is asked afterwards
    ([("您好", "greet")], "consent"),
    ([("您好", "greet"), ("同意", "affirm")], "problem"),
    ([("您好", "greet"), ("同意", "affirm"), ("老伴得了肝硬化", "inform")], "place"),
]


@pytest.mark.parametrize(("turns", "asks"), STANDS)
def test_wherever_it_stood_it_goes_on_there(front: Bureau, turns: list[tuple[str, str]], asks: str) -> None:
    farmer = Person(front, "farmer")
    for text, act in turns:
        farmer.say(text, act)
    assert farmer.stands[0] == asks
    number = hold(front, farmer, "root")
    farmer.say("嗯")
    desk.hand_back(front.office, front.user("root"), number)
    assert farmer.stands[0] == asks
    assert GOES_ON in "\n".join(farmer.heard())


def test_after_everything_was_handed_in_nothing_is_asked(front: Bureau) -> None:
    front.apply(conversation="farmer")
    farmer = Person(front, "farmer")
    with front.office.db.begin() as uow:
        conversation = uow.conversations.get("farmer")
        assert conversation is not None
        conversation.stage, conversation.consent_at = "submitted", front.office.clock.now()
        uow.commit()
    number = hold(front, farmer, "root")
    desk.hand_back(front.office, front.user("root"), number)
    assert "还有什么要问、要补的" in farmer.heard()[-1]
    assert farmer.stands == (None, "submitted")


def test_finishing_the_task_gives_the_conversation_back(front: Bureau, farmer: Person) -> None:
    number = hold(front, farmer)
    done = desk.finish_task(front.office, front.user("wang"), number, "说清楚了")
    assert (done.status, done.log) == ("done", ("11月23日10:00 wang：说清楚了",))
    assert not farmer.conversation.human
    assert any(GOES_ON in said for said in farmer.heard())


def test_a_message_pressed_twice_is_said_once(front: Bureau, farmer: Person) -> None:
    number = farmer.wants_a_person()
    for _ in range(2):
        desk.answer_task(front.office, front.user("wang"), number, HELLO, nonce="n1")
    desk.answer_task(front.office, front.user("wang"), number, HELLO, nonce="n2")
    assert farmer.said_by("staff") == [HELLO] * 2


def test_said_and_handed_back_in_one(front: Bureau, farmer: Person) -> None:
    number = farmer.wants_a_person()
    line = desk.answer_task(front.office, front.user("wang"), number, HELLO, hand_back=True)
    assert (line.mine, line.holding) == (True, False)
    assert farmer.heard()[-3] == HELLO
    assert GOES_ON in farmer.heard()[-2]


# -- silence ------------------------------------------------------------------------------------------------------


def test_scenario_06_who_waited_in_vain_hears_sorry_once_and_the_task_is_open_again(
    front: Bureau, farmer: Person
) -> None:
    asked, stood = farmer.heard()[-1], farmer.stands
    number = hold(front, farmer)
    front.tick()
    for words in ("在吗", "有人吗", "我等着呢"):
        farmer.say(words)
    front.later(minutes=task_book().hold)
    before = len(farmer.heard())
    assert clock(front).conversations == 1
    said = farmer.heard()[before:]
    assert SORRY in said[0]
    assert said[1:] == [asked]
    assert farmer.stands == stood
    (line,) = [task for task in desk.tasks_for(front.office, front.user("wang")) if task.id == number]
    assert (line.status, line.taken_by, line.held_by) == ("open", None, None)
    assert any("又空出来了" in told for told in front.told("wang"))
    assert clock(front).conversations == 0, "it is said once"


def test_the_next_message_finds_out_too_when_the_clock_has_not_ticked(front: Bureau, farmer: Person) -> None:
    asks = farmer.stands[0]
    number = hold(front, farmer)
    front.later(minutes=task_book().hold)
    answer = farmer.say("不知道", "dont_know")
    assert SORRY in answer[0]
    assert farmer.stands[0] not in (None, asks), "and the message is answered"
    assert desk.task_for(front.office, front.user("wang"), number).taken_by is None
    assert clock(front).conversations == 0


def test_where_staff_had_the_last_word_it_simply_goes_on(front: Bureau, farmer: Person) -> None:
    number = hold(front, farmer)
    farmer.say("那我等着")
    front.later(minutes=1)
    desk.answer_task(front.office, front.user("wang"), number, "好，我查好了回您")
    front.later(minutes=task_book().hold)
    before = len(farmer.heard())
    clock(front)
    said = "\n".join(farmer.heard()[before:])
    assert GOES_ON in said
    assert SORRY not in said
    assert desk.task_for(front.office, front.user("wang"), number).mine, "the task stays as long as its own time runs"


def test_every_sign_of_life_keeps_conversation_and_task(front: Bureau, farmer: Person) -> None:
    number = hold(front, farmer)
    for _ in range(8):
        front.later(minutes=task_book().hold - 1)
        desk.renew_task(front.office, front.user("wang"), number)
        assert clock(front) == type(clock(front))(0, 0, 0)
    line = desk.task_for(front.office, front.user("wang"), number)
    assert (line.mine, line.holding) == (True, True)


def test_a_task_lapses_too_and_goes_to_whoever_comes(front: Bureau, farmer: Person) -> None:
    number = farmer.wants_a_person()
    desk.take_task(front.office, front.user("wang"), number)
    front.later(minutes=task_book().waiting("person", False).lease)
    assert desk.task_for(front.office, front.user("xinglong"), number).status == "open", "before the clock ticks"
    assert desk.take_task(front.office, front.user("xinglong"), number).mine
    with pytest.raises(Stale):
        desk.renew_task(front.office, front.user("wang"), number)
    front.later(minutes=task_book().waiting("person", False).lease)
    assert clock(front).tasks == 1
    assert front.tasks("person")[0].status == "open"


# -- danger -------------------------------------------------------------------------------------------------------


def test_words_of_danger_are_answered_even_while_a_person_speaks(front: Bureau, farmer: Person) -> None:
    hold(front, farmer)
    stood = farmer.stands
    said = farmer.say("我不想活了")
    assert len(said) == 1
    assert "110" in said[0]
    assert farmer.stands == stood
    assert front.tasks("danger")[0].urgent
    assert farmer.say("我听着呢") != ["我听着呢"]


def test_after_danger_silence_of_staff_is_no_questionnaire(front: Bureau, farmer: Person) -> None:
    farmer.say("我不想活了")
    number = farmer.task("danger")
    desk.answer_task(front.office, front.user("wang"), number, HELLO)
    farmer.say("嗯")
    front.later(minutes=task_book().hold)
    before = len(farmer.heard())
    clock(front)
    (said,) = farmer.heard()[before:]
    assert "110" in said
    assert farmer.stands[1] == "handoff"


# -- two people at once, permissions ----------------------------------------------------------------------------------


def test_of_two_who_speak_one_holds_and_the_other_hears_who(front: Bureau, farmer: Person) -> None:
    number = hold(front, farmer)
    with pytest.raises(Stale, match="wang 正在跟他（她）说话，到 10:15"):
        desk.answer_task(front.office, front.user("xinglong"), number, "我来")
    farmer.say("我不想活了")
    other = farmer.task("danger")
    with pytest.raises(Stale, match="wang 正在跟他（她）说话，到 10:15"):
        desk.answer_task(front.office, front.user("xinglong"), other, "我来")
    assert farmer.said_by("staff") == [HELLO]
    with pytest.raises(Stale):
        desk.hand_back(front.office, front.user("xinglong"), number)


def test_of_two_takers_at_once_one_wins_and_the_other_gets_one_sentence(contested: Bureau) -> None:
    front = open_front(contested)
    outcomes = []
    for round_ in range(5):
        farmer = Person(front, f"farmer-{round_}").tells()
        number = farmer.wants_a_person()

        def answer(name: str, number: int = number) -> str:
            try:
                desk.answer_task(front.office, front.user(name), number, f"我是{name}")
            except Refusal as refused:
                return type(refused).__name__
            return "said"

        with ThreadPoolExecutor(4) as pool:
            outcomes.append(sorted(pool.map(answer, ["wang", "xinglong", "xiji", "root"])))
        assert len(farmer.said_by("staff")) == 1
        assert farmer.conversation.human_by == front.tasks("person")[round_].taken_by
    assert outcomes == [["Stale", "Stale", "Stale", "said"]] * 5


def test_a_message_a_hand_back_and_the_clock_at_once_lose_nothing(contested: Bureau) -> None:
    """Whoever comes first, every word is kept and the assistant goes on once."""
    front = open_front(contested)
    for round_ in range(4):
        farmer = Person(front, f"farmer-{round_}").tells()
        number = hold(front, farmer)
        front.later(minutes=1)

        def back(number: int = number) -> None:
            desk.hand_back(front.office, front.user("wang"), number)

        def write(farmer: Person = farmer) -> None:
            farmer.say("不知道", "dont_know")

        with ThreadPoolExecutor(3) as pool:
            for done in [pool.submit(back), pool.submit(write), pool.submit(clock, front)]:
                done.result()
        assert not farmer.conversation.human
        assert sum(GOES_ON in said for said in farmer.heard()) == 1
        with front.office.db.read() as uow:
            assert uow.inbox.texts(farmer.name)[-1] == "不知道"
            numbers = [reply.seq for reply in uow.replies.after(farmer.name, 0)]
        assert numbers == list(range(1, len(numbers) + 1))


def test_several_clocks_take_a_conversation_back_once(contested: Bureau) -> None:
    front = open_front(contested)
    farmer = Person(front, "farmer").tells()
    hold(front, farmer)
    farmer.say("在吗")
    front.later(hours=2)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: clock(front), range(4)))
    assert sum(SORRY in said for said in farmer.heard()) == 1


@pytest.mark.parametrize("name", ["li", "zhanwang", "longkou"])
def test_nobody_speaks_in_a_conversation_of_another_area(front: Bureau, farmer: Person, name: str) -> None:
    number = farmer.wants_a_person()
    acts = [
        lambda: desk.answer_task(front.office, front.user(name), number, "我来"),
        lambda: desk.join_conversation(front.office, front.user(name), number),
        lambda: desk.hand_back(front.office, front.user(name), number),
        lambda: desk.renew_task(front.office, front.user(name), number),
        lambda: desk.release_task(front.office, front.user(name), number),
        lambda: desk.log_call(front.office, front.user(name), number, "reached"),
        lambda: desk.transfer_task(front.office, front.user(name), number, "wang", ""),
        lambda: desk.task_for(front.office, front.user(name), number),
    ]
    for act in acts:
        with pytest.raises(NotFound):
            act()
    assert not farmer.conversation.human


def test_a_task_without_a_conversation_cannot_be_answered_there(front: Bureau) -> None:
    from actions.tasks import open_task

    with front.office.db.begin() as uow:
        number = open_task(front.office, uow, "person", key="k", area_id=front.area("0101")).id
        uow.commit()
    with pytest.raises(Invalid, match="没有聊天"):
        desk.answer_task(front.office, front.user("wang"), number, "我来")


# -- complaints ---------------------------------------------------------------------------------------------------

COMPLAINT = "我要投诉村干部，村支书把低保给了自己亲戚"


def test_a_complaint_told_later_takes_the_task_out_of_the_hands_it_is_about(front: Bureau, farmer: Person) -> None:
    number = farmer.wants_a_person()
    desk.take_task(front.office, front.user("wang"), number)
    farmer.say(COMPLAINT, "complain")
    farmer.say("先投诉", "complain")
    with pytest.raises(NotFound):
        desk.task_for(front.office, front.user("wang"), number)
    line = desk.task_for(front.office, front.user("xinglong"), number)
    assert line.taken_by is None
    assert staff_view(front.office, front.user("wang"), "farmer", "x") == []
    assert staff_view(front.office, front.user("xinglong"), "farmer", "x") != []


def test_a_complaint_told_to_the_face_goes_past_it_at_once(front: Bureau, farmer: Person) -> None:
    number = hold(front, farmer)
    said = "\n".join(farmer.say(COMPLAINT, "complain"))
    assert "不经过刚才跟您说话的工作人员" in said
    assert not farmer.conversation.human
    farmer.say("先投诉", "complain")
    with pytest.raises(Refusal):
        desk.answer_task(front.office, front.user("wang"), number, "你说谁呢")
    assert farmer.said_by("staff") == [HELLO]


def test_a_conversation_with_a_complaint_about_them_is_not_spoken_in(front: Bureau) -> None:
    front.complain("village", conversation="farmer")
    farmer = Person(front, "farmer")
    farmer.say("您好", "greet")
    with front.office.db.begin() as uow:
        from storage import models

        task = models.Task(
            key="k", kind="person", conversation_id="farmer", area_id=front.area("0101"), created_at=front.at
        )
        uow.add(task)
        uow.flush()
        number = task.id
        uow.commit()
    with pytest.raises(NotAllowed, match="反映问题"):
        desk.answer_task(front.office, front.user("wang"), number, "我来")
    desk.answer_task(front.office, front.user("xinglong"), number, "我来")


# -- the person's own channel -------------------------------------------------------------------------------------


def test_in_telegram_what_staff_say_and_the_question_afterwards_are_pushed(front: Bureau) -> None:
    farmer = Person(front, "telegram:f1", channel="telegram").tells()
    asked = farmer.heard()[-1]
    number = hold(front, farmer)
    farmer.say("能管不")
    desk.hand_back(front.office, front.user("wang"), number)
    with front.office.db.read() as uow:
        pushed = [row.text for row in uow.outbox.for_recipient("telegram", "telegram:f1") if row.status == "pending"]
    assert pushed == farmer.heard(), "every word of ours, each once, in its order"
    assert HELLO in pushed
    assert GOES_ON in pushed[-2]
    assert pushed[-1] == asked
