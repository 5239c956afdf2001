"""Conversations and their leases: one message of one conversation is worked on at a time, by whichever process."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Update, bindparam, or_, select, update

from storage.models import Conversation, Reply
from storage.queries.base import Queries, expired, table_of

_TABLE = table_of(Conversation)
_THIS = _TABLE.c.id == bindparam("p_id")
_HELD: dict[str, BindParameter[Any]] = {"lease_owner": bindparam("p_owner"), "lease_until": bindparam("p_until")}
_LEASE = update(_TABLE).where(_THIS, expired(_TABLE.c.lease_until, bindparam("p_now"))).values(_HELD)
_RENEW = update(_TABLE).where(_THIS, _TABLE.c.lease_owner == bindparam("p_owner")).values(_HELD)
_RELEASE = update(_TABLE).where(_THIS, _TABLE.c.lease_owner == bindparam("p_owner"))
_RELEASE = _RELEASE.values(lease_owner=None, lease_until=None)


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
        return self._set_lease(_LEASE, conversation_id, owner, now + timedelta(seconds=seconds), p_now=now)

    def renew(self, conversation_id: str, owner: str, now: datetime, seconds: float) -> bool:
        """Hold on longer; False where the lease has gone to somebody else meanwhile."""
        return self._set_lease(_RENEW, conversation_id, owner, now + timedelta(seconds=seconds))

    def release(self, conversation_id: str, owner: str) -> bool:
        """Give the conversation back; False where `owner` did not hold it any more."""
        released = self._run(_RELEASE, p_id=conversation_id, p_owner=owner).rowcount == 1
        if released:
            self._learn(Conversation, conversation_id, lease_owner=None, lease_until=None)
        return released

    def _set_lease(
        self, statement: Update, conversation_id: str, owner: str, until: datetime, **values: datetime
    ) -> bool:
        got = self._run(statement, p_id=conversation_id, p_owner=owner, p_until=until, **values).rowcount == 1
        if got:
            self._learn(Conversation, conversation_id, lease_owner=owner, lease_until=until)
        return got

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
        """Empty the draft: words, facts outside cases, replies' words, place and state; cases stay, unless withdrawn
        also as what a household is found by."""
        self.uow.inbox.forget(conversation.id)
        self.uow.households.forget(conversation.id)
        conversation.household_id = None
        conversation.state = {}
        conversation.place = conversation.area_id = conversation.pack_id = None
        self._change(
            update(Reply).where(Reply.conversation_id == conversation.id).values(text="", choices=[], details=[])
        )
