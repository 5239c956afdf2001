"""Photos, voice messages, documents and places that came with messages: kept for a person to look at."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete

from storage.models import Attachment
from storage.queries.base import Queries
from storage.translate import translated


class Attachments(Queries):
    """What came with messages."""

    def keep(
        self, conversation_id: str, inbound_id: int, kind: str, reference: Mapping[str, Any], now: datetime
    ) -> Attachment:
        """`reference`: what the channel needs to fetch it again, or the place itself."""
        row = Attachment(
            conversation_id=conversation_id, inbound_id=inbound_id, kind=kind, reference=dict(reference), at=now
        )
        return self.uow.add(row)

    def of_conversation(self, conversation_id: str) -> list[Attachment]:
        return self.uow.find(Attachment, conversation_id=conversation_id)

    def forget(self, conversation_id: str) -> None:
        """Delete them all (consent refused or withdrawn)."""
        with translated():
            self.session.execute(delete(Attachment).where(Attachment.conversation_id == conversation_id))
