"""Conversations and their leases: one message of one conversation is worked on at a time, by whichever process."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Update, bindparam, exists, func, or_, select, update

from storage.models import Conversation, InboundMessage, Reply, Task
from storage.queries.base import Queries, expired, table_of
from storage.translate import translated

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

    def fallen_silent(
        self,
        since: datetime,
        until: datetime,
        *,
        stages: Sequence[str],
        channels: Sequence[str],
        kind: str,
        after: tuple[datetime, str] | None = None,
        limit: int = 100,
    ) -> list[Conversation]:
        """Conversations with consent whose last word fell between `since` and `until`, in these stages, for which no
        task of `kind` was opened after it; longest silence first. `after`: (last_active_at, id) to go on from."""
        told = exists().where(
            Task.conversation_id == Conversation.id, Task.kind == kind, Task.created_at >= Conversation.last_active_at
        )
        query = select(Conversation).where(
            Conversation.last_active_at.between(since, until),
            Conversation.stage.in_(stages),
            Conversation.channel.in_(channels),
            Conversation.consent_at.is_not(None),
            ~told,
        )
        if after is not None:
            moment, last = after
            same = (Conversation.last_active_at == moment) & (Conversation.id > last)
            query = query.where((Conversation.last_active_at > moment) | same)
        return self._all(query.order_by(Conversation.last_active_at, Conversation.id).limit(limit))

    def held_past(self, now: datetime, limit: int = 100) -> list[Conversation]:
        """Conversations that a person holds without a sign of life; locked for this transaction."""
        query = select(Conversation).where(Conversation.human.is_(True), Conversation.human_until <= now)
        return self._all(self._for_update(query.order_by(Conversation.human_until).limit(limit)))

    def unanswered_since(self, conversation_id: str) -> datetime | None:
        """When the person first wrote after the last word of a member of staff; None where nobody waits."""
        last = select(func.max(Reply.at)).where(Reply.conversation_id == conversation_id, Reply.author == "staff")
        wrote = select(func.min(InboundMessage.received_at)).where(
            InboundMessage.conversation_id == conversation_id,
            InboundMessage.status != "deleted",
            or_(last.scalar_subquery().is_(None), InboundMessage.received_at > last.scalar_subquery()),
        )
        with translated():
            found: datetime | None = self.session.scalar(wrote)
        return found

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
        self.uow.attachments.forget(conversation.id)
        conversation.state = {}
        conversation.place = conversation.area_id = conversation.pack_id = None
        self._change(
            update(Reply).where(Reply.conversation_id == conversation.id).values(text="", choices=[], details=[])
        )
