"""Messages that leave after commit (发件箱): claimed by a lease, retried with back-off, dead-lettered in sight.

A message is written in the transaction of what it tells about, with a key per recipient and purpose, so the same
thing is never told twice by us. Built-in channels (a conversation, a colleague's inbox) deliver into our own database
together with the mark "sent": exactly once. An outside provider is called between two transactions: at least once,
a double only where a crash falls between the provider's yes and our commit.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from actions import deadletters, rulebook
from actions.inside import built_in
from actions.office import Office
from actions.outgoing import (
    GIVE_UP_AFTER,
    LEASE_SECONDS,
    Delivered,
    LocalChannel,
    Outgoing,
    RemoteChannel,
    RetryLater,
    Undeliverable,
    retry_delay,
)
from actions.quiet import after_quiet
from storage import UnitOfWork
from storage.models import OutboxMessage

__all__ = [
    "GIVE_UP_AFTER",
    "LEASE_SECONDS",
    "Delivered",
    "LocalChannel",
    "Outgoing",
    "RemoteChannel",
    "RetryLater",
    "Round",
    "Undeliverable",
    "after_quiet",
    "deliver_due",
    "deliver_inside",
    "retry_delay",
]

log = logging.getLogger(__name__)


@dataclass
class Round:
    """One worker's round: who it is, and how it went."""

    office: Office
    owner: str
    done: Delivered = field(default_factory=Delivered)


def deliver_due(office: Office, owner: str, channels: Iterable[RemoteChannel] = (), *, limit: int = 100) -> Delivered:
    """Deliver what is due inside and outside, one after the other; the running office gives every channel outside a
    clock of its own (`outside.deliver_outside`), so that one that hangs holds nobody up."""
    from actions.outside import deliver_outside  # it needs what stands here

    outside = tuple(channels)
    done = deliver_inside(office, owner, [c.name for c in outside], limit=limit)
    for channel in outside:
        deliver_outside(office, owner, channel, limit=limit, done=done)
    return done


def deliver_inside(office: Office, owner: str, outside: Collection[str] = (), *, limit: int = 100) -> Delivered:
    """Deliver what stays in our database, as worker `owner` (a name of its own for every worker); several may run at
    once. `outside`: channels that are switched on and deliver elsewhere; what nobody serves fails in sight."""
    round_ = Round(office, owner)
    local = {channel.name: channel for channel in built_in(outside)}
    with office.db.begin() as uow:
        rows = uow.outbox.claim(office.clock.now(), owner, LEASE_SECONDS, limit, without=tuple(outside))
        taken = [outgoing(row) for row in rows]
        uow.commit()
    for message in taken:
        _deliver(round_, local.get(message.channel), message)
    return round_.done


def outgoing(row: OutboxMessage) -> Outgoing:
    """The claimed row as it is handed to a channel."""
    return Outgoing(row.id, row.key, row.channel, row.recipient, row.text, dict(row.payload), row.attempts)


def _deliver(round_: Round, channel: LocalChannel | None, message: Outgoing) -> None:
    """One transaction: still ours? deliver, mark. A colleague who took it over meanwhile finds it done."""
    office = round_.office
    with office.db.begin() as uow:
        row = still_mine(round_, uow, message)
        if row is None:
            return
        wait = quiet_wait(office, message)
        if wait is not None:
            postpone(round_, uow, row, wait)
            uow.commit()
            return
        try:
            if channel is None:
                raise RetryLater(f"no channel {message.channel} is switched on")
            channel.deliver(office, uow, message)
            uow.outbox.mark_sent(row, office.clock.now())
            uow.commit()
        except Exception as fault:
            uow.rollback()
            if not isinstance(fault, RetryLater | Undeliverable):
                log.warning("outbox %s: %s in channel %s", message.id, type(fault).__name__, message.channel)
            failed(round_, message, fault)
            return
        round_.done.sent += 1


def still_mine(round_: Round, uow: UnitOfWork, message: Outgoing) -> OutboxMessage | None:
    """The row, locked, while it waits and this worker holds it."""
    row = uow.get(OutboxMessage, message.id, lock=True)
    if row is None or row.status != "pending" or row.lease_owner != round_.owner:
        return None
    return row


def postpone(round_: Round, uow: UnitOfWork, row: OutboxMessage, until: datetime) -> None:
    """Put it back until then; that is no failed attempt."""
    uow.outbox.mark_failed(row, until, row.last_error or "", count=False)
    round_.done.postponed += 1


def failed(round_: Round, message: Outgoing, fault: Exception) -> None:
    """Note the failure and the next try; give up in sight of a person when it is permanent or lasts too long."""
    office = round_.office
    now = office.clock.now()
    seconds = fault.seconds if isinstance(fault, RetryLater) else None
    with office.db.begin() as uow:
        row = still_mine(round_, uow, message)
        if row is None:
            return
        reason = said_by(fault)[:300]
        if isinstance(fault, Undeliverable) or now - row.created_at > GIVE_UP_AFTER:
            give_up(round_, uow, row, reason)
        else:
            later = now + timedelta(seconds=retry_delay(row.attempts, seconds))
            uow.outbox.mark_failed(row, later, reason, count=seconds is None)
            round_.done.retried += 1
        uow.commit()


def said_by(fault: Exception) -> str:
    """What is kept of a fault: the words of a channel, of any other fault its class alone (it may quote a person)."""
    known = isinstance(fault, RetryLater | Undeliverable)
    return f"{type(fault).__name__}: {fault}" if known else type(fault).__name__


def give_up(round_: Round, uow: UnitOfWork, row: OutboxMessage, reason: str) -> None:
    """No more tries; a person gets a task."""
    uow.outbox.mark_dead(row, reason)
    deadletters.open_task(round_.office, uow, row)
    round_.done.dead += 1


def quiet_wait(office: Office, message: Outgoing) -> datetime | None:
    """When a message to a household may leave that waits for the morning, None for now."""
    if not message.payload.get("quiet"):
        return None
    now = office.clock.now()
    later = after_quiet(now, rulebook.reminder_book().quiet)
    return later if later > now else None
