"""Conversations of channels that must be sent what is said (Telegram): their names, addresses, buttons and waits.

A button is bound to one reply of one conversation. It counts while the question it belongs to is the last one; an old
one explains itself and the present question is shown again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from actions import notices, speaking
from actions.office import Office
from storage import UnitOfWork
from storage.models import Conversation, InboundMessage, Reply

ID_LENGTH = 32  # hex digits of the keyed hash of the address
LONG_WAIT = timedelta(minutes=10)  # after this we say sorry for the wait


@dataclass(frozen=True)
class Pressed:
    """What a button means now: `text` to be said in the conversation, or why not."""

    kind: str  # say | again (pressed before) | old
    text: str = ""


def conversation_of(channel: str, hashed: str) -> str:
    """The conversation of an address, whose keyed hash stands in `ChannelUpdate.chat`."""
    return f"{channel}:{hashed[:ID_LENGTH]}"


def open_conversation(office: Office, channel: str, hashed: str, address: str) -> str:
    """The conversation with this address, made where there is none; a channel given up is alive again."""
    name = conversation_of(channel, hashed)
    with office.db.begin() as uow:
        conv = uow.conversations.open(name, channel, office.clock.now())
        if conv.address != address:
            conv.address = address
        uow.commit()
        return name


def address_of(office: Office, conversation: str) -> str | None:
    """Where to send what is said; None where the person cannot be reached there (any more)."""
    with office.db.read() as uow:
        conv = uow.conversations.get(conversation)
        return conv.address if conv is not None else None


def lost(office: Office, conversation: str) -> None:
    """The person blocked us or is gone: nothing more is sent until they write again."""
    with office.db.begin() as uow:
        conv = uow.conversations.get(conversation, lock=True)
        if conv is not None and conv.address is not None:
            conv.address = None
            uow.audit.record("system", "channel.lost", f"conversation:{conversation[:40]}")
        uow.commit()


# -- saying something beside the turn ---------------------------------------------------------------------------


def say_once(office: Office, conversation: str, channel: str, external_id: str, *keys: str) -> None:
    """Say these texts ahead of the answer to a message, unless that message has come before."""
    with office.db.begin() as uow:
        conv = uow.conversations.get(conversation)
        known = uow.find(InboundMessage, conversation_id=conversation, external_id=external_id, channel=channel)
        if conv is None or known:
            return
        for key in keys:
            speaking.speak(office, uow, conv, office.texts.say(key))
        uow.commit()


def send_beside(office: Office, conversation: str, occasion: str, text: str) -> None:
    """Send text that is no part of the conversation (the words of a clause that stand in it already), once."""
    with office.db.begin() as uow:
        conv = uow.conversations.get(conversation)
        if conv is not None:
            notices.enqueue(
                office, uow, key=f"{occasion}:{conv.id}", channel=conv.channel, recipient=conv.id, text=text
            )
        uow.commit()


def kept_waiting(office: Office, conversation: str, sent_at: datetime) -> bool:
    """Whether a message has waited long and nothing has been said in the conversation since it was sent."""
    if office.clock.now() - sent_at < LONG_WAIT:
        return False
    with office.db.read() as uow:
        last = uow.replies.last(conversation)
        return last is None or last.at < sent_at


# -- buttons ----------------------------------------------------------------------------------------------------


def press(office: Office, conversation: str, seq: int, number: int) -> Pressed:
    """What choice `number` of reply `seq` means at this moment."""
    with office.db.read() as uow:
        conv = uow.conversations.get(conversation)
        reply = _reply(uow, conversation, seq)
        if conv is None or reply is None or number >= len(reply.choices):
            return Pressed("old")
        if uow.find(InboundMessage, conversation_id=conversation, external_id=press_id(seq)):
            return Pressed("again")
        return Pressed("say", reply.choices[number]["value"]) if _is_current(uow, reply) else Pressed("old")


def press_id(seq: int) -> str:
    """The external id of the message a button becomes: a second press of any button of the reply is the same one."""
    return f"press:{seq}"


def details(office: Office, conversation: str, seq: int, number: int) -> str | None:
    """The text behind a «看出处» of reply `seq`."""
    with office.db.read() as uow:
        reply = _reply(uow, conversation, seq)
        if reply is None or number >= len(reply.details):
            return None
        return reply.details[number]["text"]


def show_again(office: Office, conversation: str, occasion: str) -> bool:
    """Send the present question once more, with its buttons; False where nothing is asked."""
    with office.db.begin() as uow:
        conv = uow.conversations.get(conversation)
        asked = _question(uow, conv) if conv is not None else None
        if conv is None or asked is None:
            return False
        speaking.push(office, uow, conv, asked, again=occasion)
        uow.commit()
        return True


def _reply(uow: UnitOfWork, conversation: str, seq: int) -> Reply | None:
    found = uow.replies.after(conversation, seq - 1, limit=1) if seq > 0 else []
    return found[0] if found and found[0].seq == seq else None


def _is_current(uow: UnitOfWork, reply: Reply) -> bool:
    """The reply belongs to the last turn, or was said after it (a reminder, a question about a photo)."""
    turn = uow.inbox.last_turn(reply.conversation_id)
    if turn is None:
        return True
    if reply.inbound_id is not None:
        return reply.inbound_id >= turn.id
    answers = uow.replies.for_inbound(turn.id)
    return not answers or reply.seq > answers[-1].seq


def _question(uow: UnitOfWork, conv: Conversation) -> Reply | None:
    """The last reply of the last turn that offers something to choose, else the very last one."""
    turn = uow.inbox.last_turn(conv.id)
    answers = uow.replies.for_inbound(turn.id) if turn is not None else []
    offering = [reply for reply in answers if reply.choices]
    found = offering or answers
    return found[-1] if found else None
