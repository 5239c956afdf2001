"""Conversations and their leases: one message of one conversation is worked on at a time, by whichever process."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, select, update

from storage.models import Conversation, Reply
from storage.queries.base import Queries, expired


class Conversations(Queries):
    """People talking with the office."""

    def get(self, conversation_id: str, *, lock: bool = False) -> Conversation | None:
        """`lock`: nobody else changes the row before we commit."""
        return self.uow.get(Conversation, conversation_id, lock=lock)

    def open(self, conversation_id: str, channel: str, now: datetime) -> Conversation:
        """The conversation, made where there is none (a call that staff begin, for instance)."""
        row = Conversation(id=conversation_id, channel=channel, created_at=now, last_active_at=now)
        return self.uow.add_once(row, by="id")[0]

    def lease(self, conversation_id: str, owner: str, now: datetime, seconds: float) -> bool:
        """Take the conversation for `seconds`; False where somebody holds it, the same `owner` included.

        Commit at once: a lease that is not committed holds nobody off. Give each worker, not each process, a name.
        """
        return self._set_lease(
            conversation_id, owner, now + timedelta(seconds=seconds), expired(Conversation.lease_until, now)
        )

    def renew(self, conversation_id: str, owner: str, now: datetime, seconds: float) -> bool:
        """Hold on longer; False where the lease has gone to somebody else meanwhile."""
        until = now + timedelta(seconds=seconds)
        return self._set_lease(conversation_id, owner, until, Conversation.lease_owner == owner)

    def release(self, conversation_id: str, owner: str) -> bool:
        """Give the conversation back; False where `owner` did not hold it any more."""
        return self._set_lease(conversation_id, None, None, Conversation.lease_owner == owner)

    def _set_lease(self, conversation_id: str, owner: str | None, until: datetime | None, only_if: object) -> bool:
        changed = self._change(
            update(Conversation)
            .where(Conversation.id == conversation_id, only_if)  # type: ignore[arg-type]
            .values(lease_owner=owner, lease_until=until)
        )
        return changed == 1

    def quiet_since(self, moment: datetime, stages: tuple[str, ...], limit: int = 100) -> list[Conversation]:
        """Conversations in one of these stages in which nothing was said since `moment`, longest silence first."""
        return self._all(
            select(Conversation)
            .where(Conversation.last_active_at < moment, Conversation.stage.in_(stages))
            .order_by(Conversation.last_active_at)
            .limit(limit)
        )

    def taken_over(self, area_ids: list[int] | None = None) -> list[Conversation]:
        """Conversations a person has taken over; in these areas and unplaced ones, or in all."""
        query = select(Conversation).where(Conversation.human.is_(True)).order_by(Conversation.last_active_at.desc())
        if area_ids is not None:
            query = query.where(or_(Conversation.area_id.in_(area_ids), Conversation.area_id.is_(None)))
        return self._all(query)

    def forget(self, conversation: Conversation) -> None:
        """Empty the draft: words, facts outside cases, replies' words, place and state; cases stay."""
        self.uow.inbox.forget(conversation.id)
        conversation.state = {}
        conversation.place = conversation.area_id = conversation.pack_id = None
        self._change(
            update(Reply).where(Reply.conversation_id == conversation.id).values(text="", choices=[], details=[])
        )
