"""Photos, voice messages and the like that came with messages, for the member of staff who has the task on the desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from actions import tasks
from actions.office import Office
from actions.refusals import NotFound
from actions.transcript import staff_view
from storage.models import User


@dataclass(frozen=True)
class Kept:
    """One thing that was kept; `reference`: what its channel needs to fetch it, or the place itself."""

    id: int
    kind: str
    word: str
    at: datetime
    reference: Mapping[str, Any]


def kept_for(office: Office, user: User, task_id: int) -> list[Kept]:
    """What came in the conversation of this task, oldest first; the look is in the audit log. Raises NotFound.

    Empty where the conversation is not for these eyes.
    """
    with office.db.begin() as uow:
        conversation = tasks.seen(uow, user, task_id).conversation_id
    if conversation is None or not staff_view(office, user, conversation, f"task:{task_id}"):
        return []
    with office.db.read() as uow:
        rows = uow.attachments.of_conversation(conversation)
    words = office.texts.get("telegram.lines")
    return [Kept(row.id, row.kind, str(words[row.kind]), row.at, dict(row.reference)) for row in rows]


def one_of(office: Office, user: User, task_id: int, kept_id: int) -> Kept:
    """One of them, with the look in the audit log. Raises NotFound."""
    found = next((kept for kept in kept_for(office, user, task_id) if kept.id == kept_id), None)
    if found is None:
        raise NotFound(office.texts.say("telegram.kept_unknown"))
    with office.db.begin() as uow:
        uow.audit.record(f"user:{user.id}", "attachment.view", f"attachment:{kept_id}")
        uow.commit()
    return found
