"""A conversation as it was held: what the person wrote and what the office said, in order."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from actions import masking, routing
from actions.office import Office
from storage import UnitOfWork, models


@dataclass(frozen=True)
class Line:
    """One message. `author` is person, assistant, staff or reminder; `seq` is the reply's number (0 for the person)."""

    author: str
    text: str
    at: datetime | None
    seq: int = 0
    inbound_id: int | None = None
    choices: list[dict[str, str]] = field(default_factory=list)
    details: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Transcript:
    """The lines, oldest first, and where the conversation stands; `waiting`: a message has no answer yet."""

    lines: list[Line] = field(default_factory=list)
    stage: str = "opening"
    asks: str | None = None
    last_seq: int = 0
    receipt: str | None = None
    waiting: bool = False
    channel: str | None = None


def transcript(office: Office, conversation: str) -> Transcript:
    """The whole conversation; an unknown one is empty. Texts deleted on refusal are gone."""
    with office.db.read() as uow:
        found = read_transcript(uow, conversation)
    return replace(found, lines=_without_id_numbers(found.lines))  # whoever borrows the phone may look over it


def _without_id_numbers(lines: list[Line]) -> list[Line]:
    return [replace(line, text=masking.id_numbers(line.text)) for line in lines]


def read_transcript(uow: UnitOfWork, conversation: str) -> Transcript:
    conv = uow.conversations.get(conversation)
    if conv is None:
        return Transcript()
    said = [m for m in uow.inbox.of_conversation(conversation) if m.status != "deleted"]
    replies = uow.replies.after(conversation, 0)
    receipt = conv.state.get("receipt")
    return Transcript(
        lines=_in_order(said, replies),
        stage=conv.stage,
        asks=conv.asks,
        last_seq=max((r.seq for r in replies), default=0),
        receipt=receipt if isinstance(receipt, str) else None,
        waiting=any(m.status == "received" for m in said),
        channel=conv.channel,
    )


def _in_order(said: list[models.InboundMessage], replies: list[models.Reply]) -> list[Line]:
    """By time; at the same instant a message stands before its own replies, and replies by number.

    A reply never moves before an earlier-numbered one: clocks may step back, numbers do not.
    """
    words = sorted(said, key=lambda m: m.id)
    lines: list[Line] = []
    position = 0
    for reply in sorted(replies, key=lambda r: r.seq):
        while position < len(words) and _came_first(words[position], reply):
            lines.append(_word(words[position]))
            position += 1
        lines.append(_reply(reply))
    return lines + [_word(m) for m in words[position:]]


def _came_first(message: models.InboundMessage, reply: models.Reply) -> bool:
    if reply.inbound_id is not None:
        return message.id <= reply.inbound_id
    return message.received_at <= reply.at


def _word(m: models.InboundMessage) -> Line:
    return Line("person", m.text, m.received_at, inbound_id=m.id)


def _reply(r: models.Reply) -> Line:
    return Line(r.author, r.text, r.at, r.seq, r.inbound_id, list(r.choices), list(r.details))


def channel_of(office: Office, conversation: str) -> str | None:
    """web, terminal, telegram or phone; None for a conversation that has not begun."""
    with office.db.read() as uow:
        conv = uow.conversations.get(conversation)
        return conv.channel if conv else None


def staff_view(office: Office, user: models.User, conversation: str, subject: str, *, after: int = 0) -> list[Line]:
    """The conversation for a member of staff who has `subject` ("task:ID") on the desk; the look is in the audit log
    (once: a page that asks again for what is new says `after` > 0 and is not logged anew).

    Empty where a complaint was told in it that is not for these eyes.
    """
    with office.db.begin() as uow:
        conv = uow.conversations.get(conversation)
        if conv is None or hidden_from(uow, user, conv):
            return []
        if not after:
            uow.audit.record(f"user:{user.id}", "conversation.view", subject)
        lines = _without_id_numbers(read_transcript(uow, conversation).lines)
        uow.commit()
        return lines


def hidden_from(uow: UnitOfWork, user: models.User, conversation: models.Conversation) -> bool:
    """Whether a complaint told in the conversation is not for these eyes, sent in already or just being told."""
    if user.role == routing.ADMIN:
        return False
    complaints = [c for c in uow.cases.of_conversation(conversation.id) if c.kind == "complaint"]
    if not all(routing.may_see(uow, user, c) for c in complaints):
        return True
    telling = conversation.state.get("kind") == "complaint" and (not complaints or conversation.stage == "complaint")
    return telling and (bool(complaints) or not _stands_above(uow, user, conversation))


def _stands_above(uow: UnitOfWork, user: models.User, conversation: models.Conversation) -> bool:
    """Whether a complaint that is still being told passes this person by, as it will when it is sent in."""
    acting, _ = routing.past_complaint(uow, conversation.id, conversation.area_id, None)
    if acting is None or user.area_id is None or not uow.areas.contains(user.area_id, acting):
        return False
    return not routing.is_named(user, "".join(uow.inbox.texts(conversation.id)))
