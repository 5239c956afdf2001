"""How outside messages fare: per person, so that nobody is flooded, and per channel, for those who watch over it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from storage.models import OutboxMessage
from storage.queries.base import Queries, expired
from storage.translate import translated

SUMMARY = "crowd:"  # how the key of a summary begins


@dataclass(frozen=True)
class ChannelState:
    """One channel: how many messages wait, of them tried before, given up; sent since the moment asked for."""

    channel: str
    pending: int
    retried: int
    dead: int
    sent: int
    oldest: datetime | None  # the longest waiting
    error: str | None  # what was in the way of it last


class Deliveries(Queries):
    """Looks at the outbox from the side of people and channels."""

    def crowds(self, channel: str, now: datetime) -> list[tuple[str, int]]:
        """(recipient, how many) of members of staff for whom more than one message is due now on this channel."""
        number = func.count()
        query = select(OutboxMessage.recipient, number).where(*self._due(channel, now))
        query = query.where(OutboxMessage.recipient.startswith("user:"))
        with translated():
            rows = self.session.execute(query.group_by(OutboxMessage.recipient).having(number > 1))
            return [(row[0], row[1]) for row in rows]

    def due_of(self, channel: str, recipient: str, now: datetime) -> list[OutboxMessage]:
        """What is due for one recipient and in nobody's hands, oldest first; locked."""
        query = select(OutboxMessage).where(*self._due(channel, now), OutboxMessage.recipient == recipient)
        return self._all(self._for_update(query.order_by(OutboxMessage.id)))

    def waiting_summary(self, channel: str, recipient: str) -> OutboxMessage | None:
        """A summary for this person that has not left and is in nobody's hands; locked."""
        query = select(OutboxMessage).where(
            OutboxMessage.status == "pending",
            OutboxMessage.channel == channel,
            OutboxMessage.recipient == recipient,
            OutboxMessage.key.startswith(SUMMARY),
            OutboxMessage.lease_until.is_(None),
        )
        return self._first(self._for_update(query.order_by(OutboxMessage.id.desc())))

    def busy(self, channel: str, recipient: str, since: datetime, now: datetime) -> int:
        """How many messages this person got on the channel since then, with those on their way at this moment."""
        sent = and_(OutboxMessage.status == "sent", OutboxMessage.sent_at > since)
        going = and_(OutboxMessage.status == "pending", OutboxMessage.lease_until > now)
        query = select(func.count()).where(
            OutboxMessage.recipient == recipient, OutboxMessage.channel == channel, or_(sent, going)
        )
        with translated():
            return self.session.scalar(query) or 0

    def by_channel(self, since: datetime) -> list[ChannelState]:
        """Every channel that has something waiting or given up, or sent something since then."""
        pending, dead = OutboxMessage.status == "pending", OutboxMessage.status == "dead"
        sent = and_(OutboxMessage.status == "sent", OutboxMessage.sent_at > since)
        query = (
            select(
                OutboxMessage.channel,
                _count(pending),
                _count(and_(pending, OutboxMessage.last_error != "")),
                _count(dead),
                _count(sent),
                func.min(case((pending, OutboxMessage.created_at))),
            )
            .where(or_(OutboxMessage.status.in_(("pending", "dead")), sent))
            .group_by(OutboxMessage.channel)
            .order_by(OutboxMessage.channel)
        )
        with translated():
            rows = list(self.session.execute(query))
        return [ChannelState(r[0], r[1], r[2], r[3], r[4], r[5], self._last_error(r[0])) for r in rows]

    def _last_error(self, channel: str) -> str | None:
        query = select(OutboxMessage.last_error).where(
            OutboxMessage.channel == channel, OutboxMessage.status == "pending", OutboxMessage.last_error != ""
        )
        return self._first(query.order_by(OutboxMessage.next_at.desc()))

    def dead(self, channel: str | None = None, limit: int = 100) -> list[OutboxMessage]:
        """What was given up, newest first."""
        query = select(OutboxMessage).where(OutboxMessage.status == "dead")
        if channel is not None:
            query = query.where(OutboxMessage.channel == channel)
        return self._all(query.order_by(OutboxMessage.id.desc()).limit(limit))

    def _due(self, channel: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
        return (
            OutboxMessage.status == "pending",
            OutboxMessage.channel == channel,
            OutboxMessage.next_at <= now,
            expired(OutboxMessage.lease_until, now),
        )


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))
