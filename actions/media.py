"""Photos, voice messages, documents, places, contacts: not understood, never lost.

Each is kept with what the channel needs to fetch it again, stands as a line in the conversation that staff read, is
answered kindly, and calls a person where somebody must look or listen. The present question is shown again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from actions import masking, pushed, speaking
from actions.office import Office
from actions.tasks import open_task
from storage import UnitOfWork
from storage.models import Conversation

LOOKED_AT = frozenset({"photo", "video", "document"})  # by a person, once the household has agreed that we keep things
JUST_NOW = timedelta(minutes=1)
LISTENED_TO = frozenset({"voice"})  # somebody who speaks instead of typing may not be able to type


@dataclass(frozen=True)
class Item:
    """One thing that came; `note`: what is told of it in the line (a file's name, a length); `phone`: a contact's."""

    kind: str  # photo | voice | video | document | location | contact | sticker | other
    reference: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    phone: str | None = None


def keep(office: Office, conversation: str, channel: str, external_id: str, item: Item, *, asked_again: bool) -> bool:
    """Keep the item and answer it; False where it has come before. `asked_again`: show the pending question after it
    (a caption is answered as a message of its own and does that by itself)."""
    now = office.clock.now()
    texts = office.texts
    with office.db.begin() as uow:
        line = texts.say(f"telegram.lines.{item.kind}") + item.note
        message, new = uow.inbox.accept(channel, conversation, external_id, line, now)
        if not new:
            return False
        uow.flush()
        message.status, message.answered_at = "answered", now
        conv = uow.conversations.get(conversation)
        assert conv is not None  # accept made it
        uow.attachments.keep(conversation, message.id, _stored(item.kind), item.reference, now)
        choices = _offer(office, item)
        answer = texts.say(f"telegram.media.{item.kind}")
        again = _said_just_now(uow, conv, answer, now) and not choices  # an album: ten photos are answered once
        if not again:
            speaking.speak(office, uow, conv, answer, choices, inbound_id=message.id, now=now)
        _call_a_person(office, uow, conv, item)
        uow.commit()
    if asked_again and not choices and not again:
        pushed.show_again(office, conversation, f"m{message.id}")
    return True


def keep_correction(office: Office, conversation: str, channel: str, external_id: str, text: str) -> bool:
    """An edited message: the new words are kept for the person beside the old ones, and nothing is undone by them."""
    now = office.clock.now()
    with office.db.begin() as uow:
        line = office.texts.say("telegram.edited_line", text=text)
        message, new = uow.inbox.accept(channel, conversation, external_id, line, now)
        if not new:
            return False
        uow.flush()
        message.status, message.answered_at = "answered", now
        conv = uow.conversations.get(conversation, lock=True)
        assert conv is not None
        speaking.speak(office, uow, conv, office.texts.say("telegram.edited"), inbound_id=message.id, now=now)
        told = "held" if conv.consent_at is None else "story"  # deleted on refusal; part of the case's own words
        conv.state = {**conv.state, told: [*conv.state.get(told, []), message.id]}
        if conv.consent_at is not None and uow.cases.of_conversation(conversation):
            _open(office, uow, conv, line[:300])
        uow.commit()
    pushed.show_again(office, conversation, f"m{message.id}")
    return True


def forget(uow: UnitOfWork, conversation: str) -> None:
    """The household did not agree: what it sent goes, that it sent something stays."""
    for attachment in uow.attachments.of_conversation(conversation):
        message = uow.inbox.get(attachment.inbound_id)
        if message is not None:
            message.text, message.status = "", "deleted"
    uow.flush()
    uow.attachments.forget(conversation)


def _said_just_now(uow: UnitOfWork, conv: Conversation, answer: str, now: datetime) -> bool:
    last = uow.replies.last(conv.id)
    return last is not None and last.text == answer and now - last.at < JUST_NOW


def _stored(kind: str) -> str:
    return "other" if kind == "sticker" else kind


def _offer(office: Office, item: Item) -> list[dict[str, str]]:
    """A contact's number becomes a phone to call only by being chosen."""
    if not item.phone:
        return []
    return [{"title": office.texts.say("telegram.use_number", phone=masking.phone(item.phone)), "value": item.phone}]


def _call_a_person(office: Office, uow: UnitOfWork, conv: Conversation, item: Item) -> None:
    agreed = conv.consent_at is not None
    if item.kind in LISTENED_TO or (agreed and item.kind in LOOKED_AT):
        what = office.texts.say(f"telegram.lines.{item.kind}").strip("【】")
        _open(office, uow, conv, office.texts.say("telegram.media_task", what=what))


def _open(office: Office, uow: UnitOfWork, conv: Conversation, text: str) -> None:
    """One task a day for a conversation, however many photos come."""
    open_task(
        office,
        uow,
        "media",
        key=f"media:{conv.id}:{office.clock.today()}",
        area_id=conv.area_id,
        conversation_id=conv.id,
        text=text,
    )
