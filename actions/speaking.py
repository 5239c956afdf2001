"""Speaking into a conversation: the reply is written down, and pushed where the person's channel does not ask for it.

A web page asks for what is new; Telegram has to be sent it. Whoever says something in a conversation says it here, in
the transaction of what it tells about, and it leaves after commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from actions import masking, notices
from actions.office import Office
from storage import UnitOfWork
from storage.models import Conversation, Reply

PUSHED = frozenset({"telegram"})  # channels in which what is said must be sent


def speak(
    office: Office,
    uow: UnitOfWork,
    conversation: Conversation,
    text: str,
    choices: Iterable[Mapping[str, str]] = (),
    *,
    inbound_id: int | None = None,
    author: str = "assistant",
    details: Iterable[Mapping[str, str]] = (),
    now: datetime | None = None,
) -> Reply:
    """Add a reply, and enqueue it for a pushed channel once per number.

    `choices`: {title, value}; `details`: {title, text}, one tap away; `author`: assistant, staff or reminder. An ID
    number never goes out over somebody else's servers: in a pushed channel it is masked.
    """
    pushed = conversation.channel in PUSHED
    said = masking.id_numbers(text) if pushed else text
    reply = uow.replies.add(
        conversation, said, choices, inbound_id=inbound_id, author=author, details=details, now=now
        or office.clock.now(),
    )  # fmt: skip
    if pushed:
        push(office, uow, conversation, reply)
    return reply


def push(office: Office, uow: UnitOfWork, conversation: Conversation, reply: Reply, again: str = "") -> bool:
    """Send the reply through the conversation's channel; `again` names the occasion on which it is shown once more."""
    return notices.enqueue(
        office,
        uow,
        key=f"reply:{conversation.id}:{reply.seq}{f':{again}' if again else ''}",
        channel=conversation.channel,
        recipient=conversation.id,
        text=reply.text,
        payload={
            "seq": reply.seq,
            "choices": [choice["title"] for choice in reply.choices],
            "details": [detail["title"] for detail in reply.details],
            "author": reply.author,
        },
    )
