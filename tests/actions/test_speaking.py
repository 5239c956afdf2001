"""What is said in a conversation is pushed where its channel wants that, once, and never with an ID number in it."""

from __future__ import annotations

import pytest

from actions import notices, outbox
from actions.speaking import speak
from storage import models
from tests.actions.bureau import Bureau

ID_NUMBER = "640422197803151234"


def conversation(bureau: Bureau, name: str, channel: str) -> str:
    with bureau.office.db.begin() as uow:
        uow.conversations.open(name, channel, bureau.at)
        uow.commit()
    return name


def say(bureau: Bureau, name: str, text: str, choices: list[dict[str, str]] | None = None) -> models.Reply:
    with bureau.office.db.begin() as uow:
        conv = uow.conversations.get(name)
        assert conv is not None
        reply = speak(bureau.office, uow, conv, text, choices or ())
        uow.commit()
        return reply


def pushed(bureau: Bureau) -> list[models.OutboxMessage]:
    with bureau.office.db.read() as uow:
        return uow.find(models.OutboxMessage, channel="telegram")


@pytest.mark.parametrize(("channel", "messages"), [("web", 0), ("terminal", 0), ("phone", 0), ("telegram", 1)])
def test_only_a_channel_that_does_not_ask_for_news_is_pushed(bureau: Bureau, channel: str, messages: int) -> None:
    reply = say(bureau, conversation(bureau, "talk", channel), "家里几口人？")
    assert (reply.seq, bureau.heard("talk")) == (1, ["家里几口人？"])
    assert len(pushed(bureau)) == messages


def test_the_message_carries_what_its_buttons_need(bureau: Bureau) -> None:
    talk = conversation(bureau, "telegram:abc", "telegram")
    say(bureau, talk, "您同意吗？", [{"title": "同意", "value": "同意"}])
    (row,) = pushed(bureau)
    assert (row.key, row.recipient, row.text) == ("reply:telegram:abc:1", talk, "您同意吗？")
    assert row.payload == {"seq": 1, "choices": ["同意"], "details": [], "author": "assistant"}


def test_what_was_not_committed_is_not_pushed(bureau: Bureau) -> None:
    talk = conversation(bureau, "telegram:abc", "telegram")
    with bureau.office.db.begin() as uow:
        conv = uow.conversations.get(talk)
        assert conv is not None
        speak(bureau.office, uow, conv, "您好")
    assert pushed(bureau) == []


def test_an_id_number_does_not_go_out_over_other_peoples_servers(bureau: Bureau) -> None:
    talk = conversation(bureau, "telegram:abc", "telegram")
    reply = say(bureau, talk, f"您的号码{ID_NUMBER}记下了")
    (row,) = pushed(bureau)
    assert ID_NUMBER not in reply.text + row.text
    assert ID_NUMBER in say(bureau, conversation(bureau, "web-1", "web"), f"您的号码{ID_NUMBER}记下了").text


def test_what_staff_and_reminders_say_into_a_conversation_is_pushed_too(bureau: Bureau) -> None:
    talk = conversation(bureau, "telegram:abc", "telegram")
    with bureau.office.db.begin() as uow:
        notices.to_conversation(bureau.office, uow, talk, "answer:1", "明天上午到您家")
        uow.commit()
    outbox.deliver_due(bureau.office, "w")
    (row,) = pushed(bureau)
    assert (row.text, row.payload["author"]) == ("明天上午到您家", "staff")
