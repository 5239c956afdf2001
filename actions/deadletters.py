"""A message that will not leave any more becomes a task: nobody may believe it was read."""

from __future__ import annotations

from actions import fanout, tasks
from actions.office import Office
from actions.rulebook import telling_book
from storage import UnitOfWork
from storage.models import OutboxMessage, Task


def open_task(office: Office, uow: UnitOfWork, row: OutboxMessage) -> Task:
    """For a household: use another way. For a colleague outside: look after the address; the line itself stands in
    the inbox of the workbench, so it is one task a day for the administrators and not one a message."""
    if not row.recipient.startswith(fanout.USER):
        return tasks.for_dead_letter(office, uow, row)
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
