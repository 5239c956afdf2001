"""The outbox: messages leave after commit, claimed by a lease, retried, and never forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import aliased

from storage.models import OutboxMessage
from storage.queries.base import Queries, expired
from storage.translate import translated

_ERROR_LENGTH = 500
TO_STAFF = "user:"  # so begins a recipient who is a member of staff


class Outbox(Queries):
    """Messages on their way out."""

    def put(self, message: OutboxMessage) -> tuple[OutboxMessage, bool]:
        """Store the message unless one with its key exists: (the stored one, whether it is new)."""
        return self.uow.add_once(message)

    def claim(
        self,
        now: datetime,
        owner: str,
        lease_seconds: float,
        limit: int = 20,
        channels: Sequence[str] | None = None,
        *,
        without: Sequence[str] = (),
        in_order: bool = False,
    ) -> list[OutboxMessage]:
        """Take due messages for `lease_seconds` and count an attempt on each. Commit, then send, then mark.

        No two workers get the same row while a lease lasts; a worker that dies gives its rows back by time.
        `channels`: only these; `without`: all but these, which have a deliverer of their own. `in_order`: of each
        conversation only the oldest message that waits, so that none overtakes another; to staff each message stands
        for itself.
        """
        due = (
            select(OutboxMessage.id)
            .where(
                OutboxMessage.status == "pending",
                OutboxMessage.next_at <= now,
                expired(OutboxMessage.lease_until, now),
            )
            .order_by(OutboxMessage.next_at, OutboxMessage.id)
            .limit(limit)
        )
        if channels is not None:
            due = due.where(OutboxMessage.channel.in_(channels))
        if without:
            due = due.where(OutboxMessage.channel.not_in(without))
        if in_order:
            due = due.where(or_(OutboxMessage.recipient.startswith(TO_STAFF), ~_earlier_waits()))
        self.uow.flush()
        chosen = self._all(due.with_for_update(skip_locked=True))
        if not chosen:
            return []
        claimed = (
            update(OutboxMessage)
            .where(OutboxMessage.id.in_(chosen))
            .values(
                lease_owner=owner,
                lease_until=now + timedelta(seconds=lease_seconds),
                attempts=OutboxMessage.attempts + 1,
            )
            .returning(OutboxMessage)
            .execution_options(synchronize_session=False, populate_existing=True)
        )
        with translated():
            rows = list(self.session.scalars(claimed))
        return sorted(rows, key=lambda row: (row.next_at, row.id))

    def mark_sent(self, message: OutboxMessage, now: datetime) -> bool:
        """It is out; False where it was marked before. True also where the lease ran out meanwhile: sent is sent."""
        return self._settle(message, None, status="sent", sent_at=now, last_error=None)

    def mark_failed(self, message: OutboxMessage, next_at: datetime, error: str = "", *, count: bool = True) -> bool:
        """Try again at `next_at`; False where somebody else holds the message now. `count=False`: a provider that
        asked for patience is no failed attempt."""
        attempts = OutboxMessage.attempts if count else OutboxMessage.attempts - 1
        return self._settle(
            message, message.lease_owner, next_at=next_at, last_error=error[:_ERROR_LENGTH], attempts=attempts
        )

    def mark_dead(self, message: OutboxMessage, error: str = "") -> bool:
        """No more tries: it stays in sight of staff as undeliverable."""
        return self._settle(message, message.lease_owner, status="dead", last_error=error[:_ERROR_LENGTH])

    def settle(self, message: OutboxMessage, status: str, why: str = "") -> bool:
        """It need not leave on its own: `merged` into a summary, or `dropped` as no longer this person's."""
        return self._settle(message, message.lease_owner, status=status, last_error=why[:_ERROR_LENGTH] or None)

    def _settle(self, message: OutboxMessage, owner: str | None, **values: object) -> bool:
        statement = update(OutboxMessage).where(OutboxMessage.id == message.id, OutboxMessage.status == "pending")
        if owner is not None:
            statement = statement.where(OutboxMessage.lease_owner == owner)
        changed = self._change(statement.values(lease_owner=None, lease_until=None, **values))
        return changed == 1

    def owners(self, channel: str) -> list[str]:
        """Who has messages of the channel on their way."""
        held = select(OutboxMessage.lease_owner).where(
            OutboxMessage.channel == channel, OutboxMessage.status == "pending", OutboxMessage.lease_owner.is_not(None)
        )
        return [owner for owner in self._all(held.distinct()) if owner]

    def release(self, channel: str, owner: str) -> int:
        """Free what a worker that is gone had claimed; how many messages."""
        mine = (OutboxMessage.channel == channel, OutboxMessage.status == "pending")
        freed = update(OutboxMessage).where(*mine, OutboxMessage.lease_owner == owner)
        return self._change(freed.values(lease_owner=None, lease_until=None))

    def revive(self, message_id: int, now: datetime) -> bool:
        """Give an undeliverable message a new chance, counted from the beginning."""
        statement = update(OutboxMessage).where(OutboxMessage.id == message_id, OutboxMessage.status == "dead")
        fresh = {"status": "pending", "attempts": 0, "next_at": now, "created_at": now, "last_error": None}
        return self._change(statement.values(**fresh)) == 1

    def given_up(self, channel: str, before: datetime, limit: int = 100) -> list[OutboxMessage]:
        """Messages of a channel that wait since before this moment and are in nobody's hands; locked."""
        query = select(OutboxMessage).where(
            OutboxMessage.status == "pending",
            OutboxMessage.channel == channel,
            OutboxMessage.created_at < before,
            OutboxMessage.lease_until.is_(None),
        )
        return self._all(self._for_update(query.order_by(OutboxMessage.id).limit(limit)))

    def dead(self, limit: int = 100) -> list[OutboxMessage]:
        return self.uow.find(OutboxMessage, status="dead", limit=limit)

    def for_recipient(self, channel: str, recipient: str) -> list[OutboxMessage]:
        return self.uow.find(OutboxMessage, channel=channel, recipient=recipient)

    def counts(self) -> dict[str, int]:
        """How many messages stand in each status."""
        query = select(OutboxMessage.status, func.count()).group_by(OutboxMessage.status)
        with translated():
            return {row[0]: row[1] for row in self.session.execute(query)}


def _earlier_waits() -> ColumnElement[bool]:
    """True where an earlier message to the same recipient has not left yet."""
    earlier = aliased(OutboxMessage)
    return (
        select(earlier.id)
        .where(
            earlier.status == "pending",
            earlier.channel == OutboxMessage.channel,
            earlier.recipient == OutboxMessage.recipient,
            earlier.id < OutboxMessage.id,
        )
        .exists()
    )
