"""Messages that leave after commit (发件箱): claimed by a lease, retried with back-off, dead-lettered in sight.

A message is written in the transaction of what it tells about, with a key per recipient and purpose, so the same
thing is never told twice by us. Built-in channels (a conversation, a colleague's inbox) deliver into our own database
together with the mark "sent": exactly once. An outside provider is called between two transactions: at least once,
a double only where a crash falls between the provider's yes and our commit.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from actions import rulebook, tasks
from actions.clock import SHANGHAI
from actions.notices import CONVERSATION, STAFF
from actions.office import Office
from actions.rulebook import QuietHours
from actions.speaking import speak
from storage import UnitOfWork
from storage.models import Conversation, Notification, OutboxMessage, User

log = logging.getLogger(__name__)

LEASE_SECONDS = 60
FIRST_RETRY = 10.0  # seconds; doubles with every failure
LONGEST_RETRY = 300.0  # a provider that comes back after an hour is served again within five minutes
GIVE_UP_AFTER = timedelta(hours=24)
BUSY_RETRY = 2.0  # a conversation that is being answered at this moment
CONVERSATION_LEASE = 5.0


class RetryLater(Exception):
    """Not now; `seconds` is the provider's own wish, or None for the ordinary back-off."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds


class Undeliverable(Exception):
    """Never (blocked, unknown recipient): no retry, a person is asked to use another way."""


@dataclass(frozen=True)
class Outgoing:
    """A claimed message outside any transaction."""

    id: int
    key: str
    channel: str
    recipient: str
    text: str
    payload: Mapping[str, Any]
    attempts: int


class RemoteChannel(Protocol):
    """A provider outside: called with no transaction open. Raises RetryLater or Undeliverable; anything else is
    taken for a passing fault. One file under bot/channels makes one."""

    name: str

    def send(self, message: Outgoing) -> None: ...


class LocalChannel(Protocol):
    """A recipient inside our database: delivered in the same transaction as the mark "sent"."""

    name: str

    def deliver(self, office: Office, uow: UnitOfWork, message: Outgoing) -> None: ...


@dataclass
class Delivered:
    """How one round went."""

    sent: int = 0
    retried: int = 0
    dead: int = 0
    postponed: int = 0


# -- delivery ---------------------------------------------------------------------------------------------------


class ConversationChannel:
    """Writes the message into its conversation, as a reply with choices."""

    name = CONVERSATION

    def deliver(self, office: Office, uow: UnitOfWork, message: Outgoing) -> None:
        now = office.clock.now()
        owner = f"outbox:{message.id}"
        if uow.get(Conversation, message.recipient) is None:
            raise Undeliverable("the conversation does not exist")
        # A turn that runs at this moment would write its own state over ours: it goes first.
        if not uow.conversations.lease(message.recipient, owner, now, CONVERSATION_LEASE):
            raise RetryLater("the conversation is being answered", BUSY_RETRY)
        conversation = uow.get(Conversation, message.recipient, lock=True)
        assert conversation is not None
        payload = message.payload
        author = payload.get("author", "reminder")
        speak(office, uow, conversation, message.text, payload.get("choices", []), author=author, now=now)
        if payload.get("visit_question"):
            conversation.state = {**conversation.state, "visit_question": payload["visit_question"]}
        uow.flush()
        uow.conversations.release(message.recipient, owner)


class StaffChannel:
    """Puts the message into a colleague's inbox in the workbench."""

    name = STAFF

    def deliver(self, office: Office, uow: UnitOfWork, message: Outgoing) -> None:
        user = uow.get(User, int(message.recipient))
        if user is None or user.disabled:
            raise Undeliverable("this member of staff has no account any more")
        row = Notification(
            key=message.key[:200],
            user_id=user.id,
            case_id=message.payload.get("case_id"),
            task_id=message.payload.get("task_id"),
            text=message.text,
            at=office.clock.now(),
        )
        uow.add_once(row)


BUILT_IN: tuple[LocalChannel, ...] = (ConversationChannel(), StaffChannel())


@dataclass
class _Round:
    office: Office
    owner: str
    local: dict[str, LocalChannel]
    remote: dict[str, RemoteChannel]
    done: Delivered = field(default_factory=Delivered)


def deliver_due(
    office: Office,
    owner: str,
    channels: Iterable[RemoteChannel] = (),
    *,
    limit: int = 100,
    without: Sequence[str] = (),
) -> Delivered:
    """Deliver what is due, as worker `owner` (a name of its own for every worker); several may run at once.

    `without`: channels that carry their messages themselves (`actions/courier.py`).
    """
    round_ = _Round(office, owner, {c.name: c for c in BUILT_IN}, {c.name: c for c in channels})
    for message in _claim(office, owner, limit, without):
        if message.channel in round_.local:
            _deliver_inside(round_, message)
        else:
            _deliver_outside(round_, message)
    return round_.done


def _claim(office: Office, owner: str, limit: int, without: Sequence[str]) -> list[Outgoing]:
    with office.db.begin() as uow:
        rows = uow.outbox.claim(office.clock.now(), owner, LEASE_SECONDS, limit, without=without)
        taken = [outgoing(row) for row in rows]
        uow.commit()
        return taken


def outgoing(row: OutboxMessage) -> Outgoing:
    """The claimed row as it is handed to a channel."""
    return Outgoing(row.id, row.key, row.channel, row.recipient, row.text, dict(row.payload), row.attempts)


def _deliver_inside(round_: _Round, message: Outgoing) -> None:
    """One transaction: still ours? deliver, mark. A colleague who took it over meanwhile finds it done."""
    office = round_.office
    with office.db.begin() as uow:
        row = _still_mine(round_, uow, message)
        if row is None:
            return
        wait = quiet_wait(office, message)
        if wait is not None:
            _postpone(round_, uow, row, wait)
            return
        try:
            round_.local[message.channel].deliver(office, uow, message)
        except RetryLater as later:
            uow.rollback()
            _failed(round_, message, later, later.seconds)
            return
        except Undeliverable as reason:
            uow.rollback()
            _failed(round_, message, reason, None, permanent=True)
            return
        except Exception as fault:
            uow.rollback()
            log.warning("outbox %s: %s in channel %s", message.id, type(fault).__name__, message.channel)
            _failed(round_, message, fault, None)
            return
        uow.outbox.mark_sent(row, office.clock.now())
        uow.commit()
        round_.done.sent += 1


def _deliver_outside(round_: _Round, message: Outgoing) -> None:
    channel = round_.remote.get(message.channel)
    wait = quiet_wait(round_.office, message)
    if wait is not None:
        with round_.office.db.begin() as uow:
            row = _still_mine(round_, uow, message)
            if row is not None:
                _postpone(round_, uow, row, wait)
        return
    try:
        if channel is None:
            raise RetryLater(f"no channel {message.channel} is switched on")
        channel.send(message)
    except RetryLater as later:
        _failed(round_, message, later, later.seconds)
        return
    except Undeliverable as reason:
        _failed(round_, message, reason, None, permanent=True)
        return
    except Exception as fault:  # a provider may fail in any way: the message stays and is tried again
        log.warning("outbox %s: %s in channel %s", message.id, type(fault).__name__, message.channel)
        _failed(round_, message, fault, None)
        return
    with round_.office.db.begin() as uow:
        row = uow.get(OutboxMessage, message.id, lock=True)
        if row is not None:
            uow.outbox.mark_sent(row, round_.office.clock.now())
        uow.commit()
    round_.done.sent += 1


def _still_mine(round_: _Round, uow: UnitOfWork, message: Outgoing) -> OutboxMessage | None:
    row = uow.get(OutboxMessage, message.id, lock=True)
    if row is None or row.status != "pending" or row.lease_owner != round_.owner:
        return None
    return row


def _postpone(round_: _Round, uow: UnitOfWork, row: OutboxMessage, until: datetime) -> None:
    uow.outbox.mark_failed(row, until, "", count=False)
    uow.commit()
    round_.done.postponed += 1


def _failed(
    round_: _Round, message: Outgoing, fault: Exception, seconds: float | None, permanent: bool = False
) -> None:
    """Note the failure and the next try; give up in sight of a person when it is permanent or lasts too long."""
    office = round_.office
    now = office.clock.now()
    with office.db.begin() as uow:
        row = _still_mine(round_, uow, message)
        if row is None:
            return
        reason = f"{type(fault).__name__}: {fault}"[:300]
        if permanent or now - row.created_at > GIVE_UP_AFTER:
            uow.outbox.mark_dead(row, reason)
            tasks.for_dead_letter(office, uow, row)
            round_.done.dead += 1
        else:
            later = now + timedelta(seconds=retry_delay(row.attempts, seconds))
            uow.outbox.mark_failed(row, later, reason, count=seconds is None)
            round_.done.retried += 1
        uow.commit()


def retry_delay(attempts: int, asked: float | None = None) -> float:
    """Seconds until the next try: what the provider asked for, else doubling up to LONGEST_RETRY."""
    if asked is not None:
        return max(asked, 1.0)
    return float(min(FIRST_RETRY * 2 ** min(attempts, 10), LONGEST_RETRY))


# -- quiet hours ------------------------------------------------------------------------------------------------


def after_quiet(moment: datetime, quiet: QuietHours) -> datetime:
    """The moment itself, or the end of the quiet hours it falls into."""
    local = moment.astimezone(SHANGHAI)
    clock = local.time()
    morning = local.replace(hour=quiet.end.hour, minute=quiet.end.minute, second=0, microsecond=0)
    if quiet.start <= quiet.end:
        return morning if quiet.start <= clock < quiet.end else moment
    if clock < quiet.end:
        return morning
    return morning + timedelta(days=1) if clock >= quiet.start else moment


def quiet_wait(office: Office, message: Outgoing) -> datetime | None:
    """When the message may leave, if quiet hours hold it back now."""
    if not message.payload.get("quiet"):
        return None
    now = office.clock.now()
    later = after_quiet(now, rulebook.reminder_book().quiet)
    return later if later > now else None
