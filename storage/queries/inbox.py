"""The inbox: a message is a row before anybody says it has arrived, and stays one until it is answered."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from storage.guards import check_lengths
from storage.models import Conversation, Fact, InboundMessage
from storage.queries.base import Queries, engine_insert, expired, table_of
from storage.translate import translated

_OPENED = ("id", "channel", "stage", "state", "last_seq", "human", "created_at", "last_active_at")
_ARRIVED = (
    "channel",
    "conversation_id",
    "external_id",
    "text",
    "received_at",
    "status",
    "attempts",
    "late_notice",
    "origin_index",
)
_KNOWN = select(InboundMessage).where(
    InboundMessage.channel == bindparam("p_channel"),
    InboundMessage.conversation_id == bindparam("p_conversation"),
    InboundMessage.external_id == bindparam("p_external"),
)
_MESSAGES = table_of(InboundMessage)
_MORE = (
    select(_MESSAGES.c.id)
    .where(
        _MESSAGES.c.conversation_id == bindparam("p_conversation"),
        _MESSAGES.c.status == "received",
        _MESSAGES.c.id != bindparam("p_besides"),
    )
    .limit(1)
)
_ANSWER = (
    update(_MESSAGES)
    .where(_MESSAGES.c.id == bindparam("p_id"), _MESSAGES.c.status == "received")
    .values(
        {"status": "answered", "answered_at": bindparam("p_now")}
        | {
            name: func.coalesce(bindparam(f"p_{name}"), _MESSAGES.c[name])
            for name in ("act", "asks", "stage", "receipt")
        }
    )
)


class Inbox(Queries):
    """Messages from people."""

    def accept(
        self, channel: str, conversation_id: str, external_id: str, text: str, now: datetime, origin: str | None = None
    ) -> tuple[InboundMessage, bool]:
        """The stored message and whether it is new; the conversation is made where there is none.

        Unique by channel, conversation and external id: a message that comes again is the row that stands there,
        with the text it came with first. The caller commits, then acknowledges. `origin`: the sender's network address,
        kept as a keyed hash until the message is answered.
        """
        conversation = Conversation(id=conversation_id, channel=channel, created_at=now, last_active_at=now)
        message = InboundMessage(
            channel=channel, conversation_id=conversation_id, external_id=external_id, text=text, received_at=now
        )
        message.origin_index = self.uow.index(f"origin {origin}") if origin else None
        check_lengths(conversation)
        check_lengths(message)
        open_conversation, store_message = _inserts(self.session.get_bind().dialect.name)
        opened = {name: getattr(conversation, name) for name in _OPENED}
        arrived = {name: getattr(message, name) for name in _ARRIVED}
        self._run(open_conversation, **opened)
        self._learn(Conversation, conversation_id, last_active_at=now)
        with translated():
            stored = self.session.scalars(store_message, arrived).first()
        if stored is not None:
            return stored, True
        (known,) = self._rows(_KNOWN, p_channel=channel, p_conversation=conversation_id, p_external=external_id)
        return known, False

    def get(self, inbound_id: int, *, lock: bool = False) -> InboundMessage | None:
        return self.uow.get(InboundMessage, inbound_id, lock=lock)

    def pending(self, limit: int = 100, *, free_at: datetime | None = None) -> list[InboundMessage]:
        """The oldest unanswered message of each conversation, oldest first.

        `free_at`: leave out conversations that somebody holds a lease on at that moment.
        """
        oldest = (
            select(func.min(InboundMessage.id))
            .where(InboundMessage.status == "received")
            .group_by(InboundMessage.conversation_id)
        )
        query = select(InboundMessage).where(InboundMessage.id.in_(oldest)).order_by(InboundMessage.id)
        if free_at is not None:
            query = query.join(Conversation).where(expired(Conversation.lease_until, free_at))
        return self._all(query.limit(limit))

    def pending_of(self, conversation_id: str) -> list[InboundMessage]:
        """The unanswered messages of one conversation, oldest first."""
        return self._all(
            select(InboundMessage)
            .where(InboundMessage.conversation_id == conversation_id, InboundMessage.status == "received")
            .order_by(InboundMessage.id)
        )

    def more_waiting(self, conversation_id: str, besides: int) -> bool:
        """Whether the conversation has an unanswered message other than this one."""
        return self._run(_MORE, p_conversation=conversation_id, p_besides=besides).first() is not None

    def claim_next(self, owner: str, now: datetime, seconds: float) -> InboundMessage | None:
        """Lease the conversation of the oldest unanswered message nobody is working on, count an attempt, return it."""
        for message in self.pending(20, free_at=now):
            if self.uow.conversations.lease(message.conversation_id, owner, now, seconds):
                message.attempts += 1
                self.uow.flush()
                return message
        return None

    def backlog(self) -> int:
        """How many messages wait for an answer."""
        return self.uow.count(InboundMessage, status="received")

    def mark_answered(
        self,
        message: InboundMessage,
        now: datetime,
        *,
        act: str | None = None,
        asks: str | None = None,
        stage: str | None = None,
        receipt: str | None = None,
    ) -> bool:
        """Note the answer, once: False where the message was answered before (then undo what this turn did)."""
        noted = {"act": act, "asks": asks, "stage": stage, "receipt": receipt}
        self.uow.flush()
        done = self._run(_ANSWER, p_id=message.id, p_now=now, **{f"p_{name}": value for name, value in noted.items()})
        if done.rowcount != 1:
            self.session.refresh(message)
            return False
        noted = {name: value for name, value in noted.items() if value is not None}
        self._learn(InboundMessage, message.id, status="answered", answered_at=now, **noted)
        return True

    def last_turn(self, conversation_id: str) -> InboundMessage | None:
        """The latest message that was answered by a turn; what was only kept (a photo) does not count."""
        return self._first(
            select(InboundMessage)
            .where(
                InboundMessage.conversation_id == conversation_id,
                InboundMessage.status == "answered",
                InboundMessage.act.is_not(None),
            )
            .order_by(InboundMessage.id.desc())
        )

    def mark_dead(self, message: InboundMessage) -> None:
        """Give up on a message that can never be answered; it stays in sight of staff."""
        message.status = "dead"

    def dead(self, limit: int = 100) -> list[InboundMessage]:
        return self.uow.find(InboundMessage, status="dead", limit=limit)

    def of_conversation(self, conversation_id: str) -> list[InboundMessage]:
        """Everything said in a conversation, in order, without what was deleted."""
        return self._all(
            select(InboundMessage)
            .where(InboundMessage.conversation_id == conversation_id, InboundMessage.status != "deleted")
            .order_by(InboundMessage.id)
        )

    def texts(self, conversation_id: str) -> list[str]:
        """The words of `of_conversation`."""
        return [message.text for message in self.of_conversation(conversation_id)]

    def forget(self, conversation_id: str, before: datetime | None = None) -> int:
        """Delete what was said (consent refused or withdrawn): the words go, that there was a message stays.

        Facts stated in it and not yet part of a case go too. Returns the number of messages.
        """
        self.uow.flush()
        with translated():
            self.session.execute(delete(Fact).where(Fact.conversation_id == conversation_id, Fact.case_id.is_(None)))
            changed = self.session.execute(
                update(InboundMessage)
                .where(
                    InboundMessage.conversation_id == conversation_id,
                    InboundMessage.status != "deleted",
                    InboundMessage.received_at < before if before else InboundMessage.id > 0,
                )
                .values(text="", status="deleted")
                .execution_options(synchronize_session="fetch")
            )
        return int(changed.rowcount)  # type: ignore[attr-defined]


@cache
def _inserts(dialect: str) -> tuple[Any, Any]:
    """Open a conversation or note its activity; store a message unless it stands there already."""
    opening = engine_insert(dialect, table_of(Conversation))
    opening = opening.on_conflict_do_update(
        index_elements=["id"], set_={"last_active_at": opening.excluded.last_active_at}
    )
    return opening, engine_insert(dialect, InboundMessage).on_conflict_do_nothing().returning(InboundMessage)
