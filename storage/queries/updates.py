"""What outside channels delivered: a row before it is acknowledged, worked on in the order of its chat."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import aliased

from storage.guards import check_lengths
from storage.models import ChannelUpdate
from storage.queries.base import Queries, engine_insert, expired
from storage.translate import translated

_ERROR_LENGTH = 200


class Updates(Queries):
    """Updates of channels."""

    def accept(self, channel: str, external_id: str, chat: str, body: Mapping[str, Any], now: datetime) -> bool:
        """Keep an update once; False where it stands there already. The caller commits, then acknowledges."""
        row = ChannelUpdate(channel=channel, external_id=external_id, chat=chat, body=dict(body), received_at=now)
        check_lengths(row)
        values = {
            "channel": channel, "external_id": external_id, "chat": chat, "body": row.body, "received_at": now,
            "status": "received", "attempts": 0,
        }  # fmt: skip
        insert = engine_insert(self.session.get_bind().dialect.name, ChannelUpdate).values(values)
        with translated():
            stored = self.session.scalars(insert.on_conflict_do_nothing().returning(ChannelUpdate.id)).first()
        return stored is not None

    def claim(self, channel: str, owner: str, now: datetime, seconds: float, limit: int = 20) -> list[ChannelUpdate]:
        """Take the oldest waiting update of as many chats, for `seconds`, and count an attempt on each.

        A chat of which one update is held or waits for its next try has none to give: its order is kept. Commit at
        once. A worker that dies gives its updates back by time.
        """
        earlier = aliased(ChannelUpdate)
        first = ~(
            select(earlier.id)
            .where(
                earlier.channel == channel,
                earlier.chat == ChannelUpdate.chat,
                earlier.status == "received",
                earlier.id < ChannelUpdate.id,
            )
            .exists()
        )
        due = select(ChannelUpdate.id).where(
            ChannelUpdate.channel == channel,
            ChannelUpdate.status == "received",
            or_(ChannelUpdate.next_at.is_(None), ChannelUpdate.next_at <= now),
            expired(ChannelUpdate.lease_until, now),
            first,
        )
        chosen = self._all(due.order_by(ChannelUpdate.id).limit(limit).with_for_update(skip_locked=True))
        if not chosen:
            return []
        held = {"lease_owner": owner, "lease_until": now + timedelta(seconds=seconds)}
        claimed = (
            update(ChannelUpdate)
            .where(ChannelUpdate.id.in_(chosen))
            .values(**held, attempts=ChannelUpdate.attempts + 1)
            .returning(ChannelUpdate)
            .execution_options(synchronize_session=False, populate_existing=True)
        )
        with translated():
            return sorted(self.session.scalars(claimed), key=lambda row: row.id)

    def done(self, update_id: int, owner: str, now: datetime) -> bool:
        """It was worked on; its body goes, for what was said stands in the inbox. False where it is held no more."""
        return self._settle(update_id, owner, status="done", done_at=now, body={}, last_error=None)

    def failed(self, update_id: int, owner: str, next_at: datetime, error: str, *, count: bool = True) -> bool:
        """Try again at `next_at`. `count=False`: the fault was ours (the database cannot serve), not the update's."""
        attempts = ChannelUpdate.attempts if count else ChannelUpdate.attempts - 1
        return self._settle(update_id, owner, next_at=next_at, last_error=error[:_ERROR_LENGTH], attempts=attempts)

    def set_aside(self, update_id: int, owner: str, now: datetime, error: str) -> bool:
        """Give up: it stays, whole, in sight of staff, and the next update of its chat goes on."""
        return self._settle(update_id, owner, status="dead", done_at=now, last_error=error[:_ERROR_LENGTH])

    def _settle(self, update_id: int, owner: str, **values: Any) -> bool:
        mine = (
            ChannelUpdate.id == update_id, ChannelUpdate.status == "received", ChannelUpdate.lease_owner == owner,
        )  # fmt: skip
        statement = update(ChannelUpdate).where(*mine).values(lease_owner=None, lease_until=None, **values)
        return self._change(statement) == 1

    def owners(self, channel: str) -> list[str]:
        """Who holds updates of the channel."""
        held = select(ChannelUpdate.lease_owner).where(
            ChannelUpdate.channel == channel, ChannelUpdate.status == "received", ChannelUpdate.lease_owner.is_not(None)
        )
        return [owner for owner in self._all(held.distinct()) if owner]

    def release(self, channel: str, owner: str) -> int:
        """Free what a worker that is gone held; how many updates."""
        mine = (ChannelUpdate.channel == channel, ChannelUpdate.status == "received")
        freed = update(ChannelUpdate).where(*mine, ChannelUpdate.lease_owner == owner)
        return self._change(freed.values(lease_owner=None, lease_until=None))

    def waiting(self, channel: str) -> int:
        """How many updates wait to be worked on."""
        return self.uow.count(ChannelUpdate, channel=channel, status="received")

    def dead(self, channel: str, limit: int = 100) -> list[ChannelUpdate]:
        return self.uow.find(ChannelUpdate, channel=channel, status="dead", limit=limit)

    def counts(self, channel: str) -> dict[str, int]:
        """How many updates stand in each status."""
        query = select(ChannelUpdate.status, func.count()).where(ChannelUpdate.channel == channel)
        with translated():
            return {row[0]: row[1] for row in self.session.execute(query.group_by(ChannelUpdate.status))}
