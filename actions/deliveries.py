"""How messages leave (发送情况), for administrators: what waits, what fails, what was given up, and one more try."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from actions import fanout, rulebook, tasks
from actions.office import Office
from actions.refusals import NotAllowed, NotFound
from actions.rulebook import telling_book
from storage import UnitOfWork
from storage.models import Case, Conversation, OutboxMessage, User

DAY = timedelta(days=1)
SHOWN = 100


@dataclass(frozen=True)
class ChannelLine:
    """One channel: waiting, of them tried in vain before, given up, and sent within a day; `error`: what is in the
    way of one that waits, in words."""

    channel: str
    word: str
    pending: int
    retried: int
    dead: int
    sent: int
    oldest: datetime | None
    error: str | None


@dataclass(frozen=True)
class DeadLine:
    """A message that was given up; `receiver`: a colleague's name, or "" for a household."""

    id: int
    channel: str
    word: str
    receiver: str
    receipt: str | None
    created_at: datetime
    error: str


@dataclass(frozen=True)
class Overview:
    channels: tuple[ChannelLine, ...]
    dead: tuple[DeadLine, ...]


def overview(office: Office, user: User) -> Overview:
    """Every channel that has to do, and the newest messages that were given up. Raises NotAllowed."""
    _admins_only(user)
    with office.db.read() as uow:
        states = uow.deliveries.by_channel(office.clock.now() - DAY)
        channels = tuple(
            ChannelLine(
                s.channel, _word(s.channel), s.pending, s.retried, s.dead, s.sent, s.oldest, _said(s.error)
            )
            for s in states
        )  # fmt: skip
        return Overview(channels, tuple(_dead_line(uow, row) for row in uow.deliveries.dead(limit=SHOWN)))


def try_again(office: Office, user: User, message_id: int) -> None:
    """Give one message that was given up another day. Raises NotAllowed, NotFound."""
    _admins_only(user)
    with office.db.begin() as uow:
        known = 0 < message_id <= tasks.MAX_ID
        if not known or not uow.outbox.revive(message_id, office.clock.now()):
            raise NotFound(office.texts.say("deliveries.not_dead"))
        uow.audit.record(f"user:{user.id}", "delivery_retry", f"outbox:{message_id}")
        uow.commit()


def try_all_again(office: Office, user: User, channel: str) -> int:
    """Give every message of this channel that was given up another day; how many. Raises NotAllowed."""
    _admins_only(user)
    with office.db.begin() as uow:
        rows = uow.deliveries.dead(channel, limit=10_000)
        revived = sum(uow.outbox.revive(row.id, office.clock.now()) for row in rows)
        uow.audit.record(f"user:{user.id}", "delivery_retry_all", f"channel:{channel}"[:80], count=revived)
        uow.commit()
        return revived


def _admins_only(user: User) -> None:
    if user.role != "admin":
        raise NotAllowed(rulebook.say("refused.admin_only"))


def _word(channel: str) -> str:
    return telling_book().channels.get(channel, channel)


def _said(error: str | None) -> str | None:
    """What stood in the way, in words; a code stays a code."""
    if not error:
        return None
    code = "".join(c for c in error.partition("HTTP ")[2] if c.isdigit())
    fits = (words.say for words in telling_book().errors if words.has in error)
    return next(fits, "").format(code=code) or None


def _dead_line(uow: UnitOfWork, row: OutboxMessage) -> DeadLine:
    case_id = row.payload.get("case_id")
    case = uow.get(Case, case_id) if case_id is not None else None
    return DeadLine(
        id=row.id,
        channel=row.channel,
        word=_word(row.channel),
        receiver=_receiver(uow, row),
        receipt=case.receipt if case is not None else None,
        created_at=row.created_at,
        error=_said(row.last_error) or "",
    )


def _receiver(uow: UnitOfWork, row: OutboxMessage) -> str:
    if uow.get(Conversation, row.recipient) is not None:
        return ""
    number = row.recipient.removeprefix(fanout.USER)
    user = uow.users.get(int(number)) if number.isascii() and number.isdigit() else None
    return (user.display_name or user.name) if user is not None else ""
