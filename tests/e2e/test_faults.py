"""Kill -9 and hanging, in the middle of a conversation, with everything real: nothing is lost, nothing asked anew."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from tests.support.system import Answer, Core, SharedRasa, fresh

pytestmark = pytest.mark.rasa
LATER = "过一会儿就回您"


def begin(core: Core) -> tuple[str, Answer]:
    """A conversation that waits for the size of the household or another fact."""
    conversation = fresh()
    core.say(conversation, "您好")
    core.say(conversation, "同意")
    core.say(conversation, "老伴得了肝硬化，一年自己掏三万多")
    return conversation, core.say(conversation, "宁夏西吉县")


def test_a_message_to_a_dead_rasa_is_kept_told_at_once_and_answered_when_it_is_back(
    core: Core, shared_rasa: SharedRasa
) -> None:
    conversation, waiting = begin(core)
    assert shared_rasa.process.pid
    os.kill(shared_rasa.process.pid, signal.SIGKILL)
    started = time.monotonic()
    told = core.say(conversation, "不知道", message_id="m-dead")
    assert time.monotonic() - started < 5
    assert LATER in told.text
    assert (told.asks, told.stage) == (waiting.asks, waiting.stage)
    answered = core.wait_for_later(conversation, told.seq, seconds=90)
    assert answered.asks not in {None, waiting.asks}, "the answer was taken and the next question asked"
    again = core.say(conversation, "不知道", message_id="m-dead")
    assert again.asks == answered.asks
    assert core.later(conversation, answered.seq).replies == [], "sending it again had no second effect"


def test_a_hanging_rasa_is_not_waited_for_longer_than_four_seconds(core: Core, shared_rasa: SharedRasa) -> None:
    assert shared_rasa.process.wait_ready(90)
    conversation, waiting = begin(core)
    assert shared_rasa.process.pid
    os.kill(shared_rasa.process.pid, signal.SIGSTOP)
    try:
        started = time.monotonic()
        told = core.say(conversation, "不知道")
        took = time.monotonic() - started
    finally:
        os.kill(shared_rasa.process.pid, signal.SIGCONT)
    assert LATER in told.text
    assert took < 6
    answered = core.wait_for_later(conversation, told.seq, seconds=60)
    assert answered.asks not in {None, waiting.asks}


def test_messages_sent_while_rasa_is_down_are_all_answered_in_their_order(core: Core, shared_rasa: SharedRasa) -> None:
    assert shared_rasa.process.wait_ready(90)
    conversations = [fresh("queue") for _ in range(5)]
    for conversation in conversations:
        core.say(conversation, "您好")
    assert shared_rasa.process.pid
    os.kill(shared_rasa.process.pid, signal.SIGKILL)
    for conversation in conversations:
        core.say(conversation, "同意", message_id="first")
        core.say(conversation, "家里三口人，孩子得了白血病", message_id="second")
    assert shared_rasa.process.wait_ready(90)
    until = time.monotonic() + 60
    left = set(conversations)
    while left and time.monotonic() < until:
        left = {each for each in left if core.later(each).asks != "place"}
        time.sleep(0.5)
    assert not left, "consent first, then the story: each conversation has come to the question for the place"


def test_a_killed_core_goes_on_at_the_same_question_and_has_lost_no_acknowledged_message(core: Core) -> None:
    conversation, waiting = begin(core)
    core.kill9()
    core.start()
    asked_again = core.later(conversation)
    assert (asked_again.asks, asked_again.stage) == (waiting.asks, waiting.stage)
    said = "\n".join(reply["text"] for reply in asked_again.replies)
    assert "肝" in said or "大病" in said or "3万元" in said
    onward = core.say(conversation, "不知道")
    assert onward.asks not in {None, waiting.asks}


def test_a_core_killed_during_a_message_answers_it_after_its_restart(core: Core) -> None:
    """Twenty messages on their way when the power goes; each acknowledged one is there once, none twice."""
    conversations = [fresh("cut") for _ in range(20)]
    acknowledged: dict[str, Answer] = {}

    def send(conversation: str) -> None:
        try:
            acknowledged[conversation] = core.say(conversation, "您好", message_id="only")
        except Exception:  # the connection breaks with the core; such a message was never acknowledged
            return

    threads = [threading.Thread(target=send, args=(each,)) for each in conversations]
    for thread in threads:
        thread.start()
    time.sleep(0.15)
    core.kill9()
    for thread in threads:
        thread.join()
    core.start()
    for conversation, answer in acknowledged.items():
        assert core.later(conversation).seq >= answer.seq
    for conversation in conversations:
        told = core.say(conversation, "您好", message_id="only")
        told = told if told.asks else core.wait_for_later(conversation, told.seq)
        assert told.asks == "consent"
        whole = [reply["text"] for reply in core.later(conversation).replies if "您同意吗" in reply["text"]]
        assert len(whole) == 1, whole
