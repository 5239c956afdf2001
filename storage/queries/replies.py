"""What the office said, in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm.attributes import set_committed_value

from storage.models import Conversation, Reply
from storage.queries.base import Queries, table_of
from storage.translate import translated

_CONVERSATIONS = table_of(Conversation)
_NEXT_SEQ = (
    update(_CONVERSATIONS)
    .where(_CONVERSATIONS.c.id == bindparam("p_id"))
    .values(last_seq=_CONVERSATIONS.c.last_seq + 1)
    .returning(_CONVERSATIONS.c.last_seq)
)
_FOR_INBOUND = select(Reply).where(Reply.inbound_id == bindparam("p_inbound")).order_by(Reply.seq)
_AFTER = (
    select(Reply)
    .where(Reply.conversation_id == bindparam("p_id"), Reply.seq > bindparam("p_seq"))
    .order_by(Reply.seq)
    .limit(bindparam("p_limit"))
)


class Replies(Queries):
    """Messages to people within the conversation."""

    def add(
        self,
        conversation: Conversation,
        text: str,
        choices: Iterable[Mapping[str, str]] = (),
        inbound_id: int | None = None,
        author: str = "assistant",
        details: Iterable[Mapping[str, str]] | None = None,
        *,
        now: datetime | None = None,
    ) -> Reply:
        """Append a reply; its `seq` is the next of the conversation, also when two processes speak at once.

        `choices`: {title, value}; `details`: {title, text}; `author`: assistant, staff or reminder.
        """
        reply = Reply(
            conversation_id=conversation.id,
            seq=self._next_seq(conversation),
            inbound_id=inbound_id,
            author=author,
            text=text,
            choices=[dict(choice) for choice in choices],
            details=[dict(detail) for detail in details or ()],
            at=now or self.uow.now(),
        )
        return self.uow.add(reply)

    def _next_seq(self, conversation: Conversation) -> int:
        if conversation in self.session.new:
            self.uow.flush()
        with self.session.no_autoflush:  # what is pending besides goes out in one go on commit
            seq = self._run(_NEXT_SEQ, p_id=conversation.id).scalar()
        if seq is None:
            raise ValueError(f"Conversation {conversation.id} is not stored yet; flush it before replying in it.")
        set_committed_value(conversation, "last_seq", seq)
        return int(seq)

    def for_inbound(self, inbound_id: int) -> list[Reply]:
        """What answered this message, in order."""
        return self._rows(_FOR_INBOUND, p_inbound=inbound_id)

    def after(self, conversation_id: str, seq: int = 0, limit: int = 500) -> list[Reply]:
        """What was said after `seq`, in order."""
        return self._rows(_AFTER, p_id=conversation_id, p_seq=seq, p_limit=limit)

    def last_answer(self, conversation_id: str, inbound_id: int) -> int:
        """Number of the last reply that answered this message or an earlier one, 0 where there is none: who asks has
        certainly been given it."""
        query = select(func.max(Reply.seq)).where(Reply.conversation_id == conversation_id)
        with translated():
            return self.session.scalar(query.where(Reply.inbound_id <= inbound_id)) or 0

    def last(self, conversation_id: str) -> Reply | None:
        return self._first(select(Reply).where(Reply.conversation_id == conversation_id).order_by(Reply.seq.desc()))
