"""What of a colleague's inbox also leaves the house (分发): one purpose, once, by the ways the person wants.

Decided where the line is put into the inbox, in the same transaction; looked at again just before a copy leaves,
because people move, are disabled, or change their mind meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from actions import notices, routing
from actions.office import Office
from actions.quiet import after_quiet, off_the_hour
from actions.rulebook import QuietHours, telling_book
from storage import UnitOfWork
from storage.models import Case, Notification, OutboxMessage, StaffPreferences, Task, User

USER = "user:"  # how a recipient of an outside channel begins
TELEGRAM, WEBHOOK = "telegram", "webhook"
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Verdict:
    """Whether a copy may leave now: `until` (wait for that) or `dropped` (why it is not theirs any more)."""

    until: datetime | None = None
    dropped: str | None = None


GO = Verdict()


def recipient(user: User) -> str:
    return f"{USER}{user.id}"


def spread(office: Office, uow: UnitOfWork, user: User, line: Notification, outside: Collection[str]) -> None:
    """Write the copies of a new inbox line; `outside`: the channels that are switched on.

    Whoever has a daily digest gets only what is urgent at once.
    """
    wishes = uow.preferences.of(user.id)
    if wishes.digest and not line.urgent:
        return
    line.digested = True
    payload = {"case_id": line.case_id, "task_id": line.task_id, "urgent": line.urgent}
    for way in ways(uow, user, wishes, outside):
        notices.enqueue(
            office,
            uow,
            key=copy_key(line.key, way),
            channel=way,
            recipient=recipient(user),
            text=line.text,
            payload=payload,
            not_before=None if line.urgent else next_moment(office.clock.now(), user, wishes),
        )


def copy_key(key: str, way: str) -> str:
    """The key of the copy of a message for one channel: the same purpose never leaves twice by one way."""
    return f"{key[: 199 - len(way)]}:{way}"


def ways(uow: UnitOfWork, user: User, wishes: StaffPreferences, outside: Collection[str]) -> tuple[str, ...]:
    """By which of the channels that are switched on this person can be and wants to be told."""
    wanted = {TELEGRAM: wishes.telegram, WEBHOOK: wishes.webhook}
    return tuple(way for way in (TELEGRAM, WEBHOOK) if way in outside and wanted[way] and _reached(uow, user, way))


def _reached(uow: UnitOfWork, user: User, way: str) -> bool:
    return way != TELEGRAM or uow.links.active_of(user.id, TELEGRAM) is not None


def quiet_of(wishes: StaffPreferences) -> QuietHours:
    """The person's own quiet hours, else the office's."""
    if wishes.quiet_from is None or wishes.quiet_to is None:
        return telling_book().rules.quiet_hours
    return QuietHours.model_validate({"from": wishes.quiet_from, "to": wishes.quiet_to})


def next_moment(now: datetime, user: User, wishes: StaffPreferences) -> datetime:
    """Now, or when the quiet hours are over."""
    later = after_quiet(now, quiet_of(wishes))
    return off_the_hour(later, user.id) if later > now else now


def before_leaving(office: Office, uow: UnitOfWork, row: OutboxMessage) -> Verdict:
    """Look at a claimed copy once more, in the transaction of the claim."""
    user = uow.users.get(int(row.recipient.removeprefix(USER)))
    if user is None or user.disabled:
        return Verdict(dropped="the account is disabled")
    if not still_theirs(uow, user, row.payload.get("case_id"), row.payload.get("task_id")):
        return Verdict(dropped="the matter lies outside this person's area now")
    wishes = uow.preferences.of(user.id)
    if (row.channel == TELEGRAM and not wishes.telegram) or (row.channel == WEBHOOK and not wishes.webhook):
        return Verdict(dropped="the person switched this channel off")
    now = office.clock.now()
    if not row.payload.get("urgent") and (later := next_moment(now, user, wishes)) > now:
        return Verdict(until=later)
    if uow.deliveries.busy(row.channel, row.recipient, now - MINUTE, now) > telling_book().rules.at_most:
        return Verdict(until=now + MINUTE)
    return GO


def still_theirs(uow: UnitOfWork, user: User, case_id: int | None, task_id: int | None) -> bool:
    """Whether what a line is about is for this person's eyes as things stand."""
    case = uow.get(Case, case_id) if case_id is not None else None
    task = uow.get(Task, task_id) if task_id is not None else None
    if task is not None:
        about = uow.get(Case, task.case_id) if task.case_id is not None else None
        return uow.tasks.may_see(user, task) and (about is None or routing.may_read(user, about))
    return case is None or routing.may_see(uow, user, case)
