"""The office's own policy packs while the program runs: what is sound is served, what is not is told to people."""

from __future__ import annotations

import hashlib
import logging

from actions import rulebook, tasks
from actions.office import Office
from policy_kb.shelf import Looked, Shelf

log = logging.getLogger(__name__)
TOLD = 3  # faults that the task names; all stand in the log


def look_again(office: Office, shelf: Shelf) -> None:
    """Serve packs that were changed by hand; a refused one becomes a task for the administrators, once an edition."""
    looked = shelf.look_again(office.library)
    if looked is not None:
        tell(office, looked)


def tell(office: Office, looked: Looked) -> None:
    """Which own packs serve goes into the audit log, what is wrong with others into a task; nothing without any."""
    if not looked.served and not looked.faults:
        return
    for fault in looked.faults:
        log.error("own pack refused: %s", fault)
    with office.db.begin() as uow:
        uow.audit.record("system", "packs.served", "packs", packs=list(looked.served), refused=len(looked.faults))
        if looked.faults:
            told = "；".join(map(str, looked.faults[:TOLD]))
            edition = hashlib.sha256("\n".join(map(str, looked.faults)).encode()).hexdigest()[:16]
            tasks.open_task(
                office,
                uow,
                "pack_refused",
                key=f"pack_refused:{edition}",
                text=rulebook.say("tasks.pack_refused", count=len(looked.faults), told=told),
            )
        uow.commit()
