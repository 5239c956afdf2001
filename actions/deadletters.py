"""A message that will not leave any more becomes a task: nobody may believe it was read."""

from __future__ import annotations

from actions import fanout, rulebook, tasks
from actions.office import Office
from actions.rulebook import telling_book
from actions.speaking import PUSHED
from storage import UnitOfWork
from storage.models import Conversation, OutboxMessage, Task


def open_task(office: Office, uow: UnitOfWork, row: OutboxMessage) -> Task:
    """For a household: use another way. For a colleague outside: look after the address."""
    if row.recipient.startswith(fanout.USER):
        return _colleague(office, uow, row)
    conversation = uow.conversations.get(row.recipient) if row.channel in PUSHED else None
    if conversation is not None:
        return _household(office, uow, conversation)
    return tasks.for_dead_letter(office, uow, row)


def _household(office: Office, uow: UnitOfWork, conversation: Conversation) -> Task:
    """A household that its channel does not reach is called: one task a day, however many messages waited for it."""
    cases = uow.cases.of_conversation(conversation.id)
    case = cases[-1] if cases else None
    phone = _phone(conversation) or (case.phone if case is not None else None)
    receipt = case.receipt if case is not None else "—"
    return tasks.open_task(
        office,
        uow,
        "delivery_failed",
        key=f"unreachable:{conversation.id}:{office.clock.today()}",
        area_id=case.routed_area_id if case is not None else conversation.area_id,
        case_id=case.id if case is not None else None,
        conversation_id=conversation.id,
        text=rulebook.say("tasks.unreachable", receipt=receipt, phone=phone or rulebook.say("no_phone")),
    )


def _phone(conversation: Conversation) -> str | None:
    phone = (conversation.state.get("person") or {}).get("phone")
    return phone if isinstance(phone, str) else None


def _colleague(office: Office, uow: UnitOfWork, row: OutboxMessage) -> Task:
    """The line itself stands in the inbox of the workbench, so it is one task a day for the administrators."""
    book = telling_book()
    user = uow.users.get(int(row.recipient.removeprefix(fanout.USER)))
    why = (row.last_error or "").split(":", 1)[0]
    text = book.tasks["unreachable"].format(
        name=(user.display_name or user.name) if user else "—",
        channel=book.channels.get(row.channel, row.channel),
        why=book.why.get(why, book.why["other"]),
    )
    urgent = bool(row.payload.get("urgent"))
    key = f"unreachable:{row.channel}:{row.recipient}:{office.clock.today()}{':urgent' if urgent else ''}"
    return tasks.open_task(office, uow, "delivery_failed", key=key, text=text, urgent=urgent)


def channel_down(office: Office, uow: UnitOfWork, channel: str, minutes: int) -> Task:
    """A whole channel does not answer: once a day, for the administrators."""
    book = telling_book()
    text = book.tasks["channel_down"].format(channel=book.channels.get(channel, channel), minutes=minutes)
    key = f"channel_down:{channel}:{office.clock.today()}"
    return tasks.open_task(office, uow, "delivery_failed", key=key, text=text)
