"""What an outside gateway is told about one message (docs/webhook.md): the text, the colleague, the matter.

Name and phone are the colleague's own; of a household there is nothing but the receipt number.
"""

from __future__ import annotations

from typing import Any

from actions import digests, fanout
from actions.office import Office
from actions.outgoing import Outgoing, Undeliverable
from storage import UnitOfWork
from storage.models import Case, User

VERSION = 1
SUMMARIES = {"digest", "crowd"}


def body_of(office: Office, message: Outgoing) -> dict[str, Any]:
    """The body for one message to a member of staff; read in a transaction that is over when this returns.

    Raises Undeliverable where the account is gone.
    """
    number = message.recipient.removeprefix(fanout.USER)
    with office.db.read() as uow:
        user = uow.users.get(int(number)) if number.isascii() and number.isdigit() else None
        if user is None or user.disabled:
            raise Undeliverable("this member of staff has no account any more")
        return _body(office, uow, user, message)


def _body(office: Office, uow: UnitOfWork, user: User, message: Outgoing) -> dict[str, Any]:
    payload = message.payload
    case = uow.get(Case, payload["case_id"]) if payload.get("case_id") is not None else None
    task_id = payload.get("task_id")
    return {
        "version": VERSION,
        "purpose": _purpose(message.key),
        "urgent": bool(payload.get("urgent")),
        "text": message.text,
        "at": office.clock.now().isoformat(timespec="seconds"),
        "receiver": {"id": user.id, "name": user.display_name or user.name, "phone": user.phone},
        "receipt": case.receipt if case is not None else None,
        "task": task_id,
        "path": _path(case, task_id),
        "summary": payload.get("summary"),
    }


def _purpose(key: str) -> str:
    kind = key.split(":", 1)[0]
    return kind if kind in SUMMARIES else digests.kind_of(key)


def _path(case: Case | None, task_id: int | None) -> str:
    """Where in the workbench this is looked at; the gateway puts the office's own address in front."""
    if case is not None:
        return f"/office/cases/{case.receipt}"
    return f"/office/tasks/{task_id}" if task_id is not None else "/office/notifications"
