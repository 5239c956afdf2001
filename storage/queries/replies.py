"""What the office said, in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm.attributes import set_committed_value

from storage.models import Conversation, Reply
from storage.queries.base import Queries
from storage.translate import translated


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
        with translated():
            seq = self.session.scalar(
                update(Conversation)
                .where(Conversation.id == conversation.id)
                .values(last_seq=Conversation.last_seq + 1)
                .returning(Conversation.last_seq)
                .execution_options(synchronize_session=False)
            )
        if seq is None:
            raise ValueError(f"Conversation {conversation.id} is not stored yet; flush it before replying in it.")
        set_committed_value(conversation, "last_seq", seq)
        return seq

    def for_inbound(self, inbound_id: int) -> list[Reply]:
        """What answered this message, in order."""
        return self._all(select(Reply).where(Reply.inbound_id == inbound_id).order_by(Reply.seq))

    def after(self, conversation_id: str, seq: int = 0, limit: int = 500) -> list[Reply]:
        """What was said after `seq`, in order."""
        return self._all(
            select(Reply)
            .where(Reply.conversation_id == conversation_id, Reply.seq > seq)
            .order_by(Reply.seq)
            .limit(limit)
        )

    def last(self, conversation_id: str) -> Reply | None:
        return self._first(select(Reply).where(Reply.conversation_id == conversation_id).order_by(Reply.seq.desc()))
