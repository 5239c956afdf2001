"""What an outside channel delivers (收件): a committed row before it is acknowledged, worked on in order of its chat.

An update that always fails is set aside after MAX_TRIES and becomes a task, so that neither its chat nor anybody else
waits for it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from actions import leases
from actions.clock import Clock
from actions.office import Office
from actions.pushed import conversation_of
from actions.speaking import speak
from actions.tasks import open_task
from storage import Unavailable

log = logging.getLogger(__name__)

LEASE_SECONDS = 30.0
MAX_TRIES = 5
FIRST_PAUSE = 0.5  # seconds before the second try, doubled each time
OUR_FAULT_PAUSE = 2.0
_LEASE_CLOCK = Clock()  # leases run on real time, also while SHOUWANG_NOW makes the office's clock stand still


@dataclass(frozen=True)
class Arrived:
    """One update as it came: the channel's own number, the chat it belongs to, and its body."""

    external_id: str
    chat: str
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Work:
    """A claimed update outside any transaction; `tries` counts this one."""

    id: int
    external_id: str
    chat: str
    body: Mapping[str, Any]
    tries: int


def keep(office: Office, channel: str, arrived: Iterable[Arrived]) -> int:
    """Commit updates; how many are new. Only after this may they be acknowledged. Raises Unavailable."""
    with office.db.begin() as uow:
        now = office.clock.now()
        new = sum(
            uow.updates.accept(channel, one.external_id, uow.index(f"{channel} {one.chat}"), one.body, now)
            for one in arrived
        )
        uow.commit()
        return new


def take(office: Office, channel: str, owner: str, limit: int) -> list[Work]:
    """The oldest waiting update of as many chats, held for LEASE_SECONDS."""
    with office.db.begin() as uow:
        rows = uow.updates.claim(channel, owner, _LEASE_CLOCK.now(), LEASE_SECONDS, limit)
        taken = [Work(row.id, row.external_id, row.chat, dict(row.body), row.attempts) for row in rows]
        uow.commit()
        return taken


def free_of_the_dead(office: Office, channel: str) -> int:
    """Updates held by processes of this machine that were killed are free at once; how many."""
    with office.db.begin() as uow:
        dead = [owner for owner in uow.updates.owners(channel) if leases.gone(owner)]
        freed = sum(uow.updates.release(channel, owner) for owner in dead)
        uow.commit()
        return freed


def done(office: Office, owner: str, work: Work) -> None:
    with office.db.begin() as uow:
        uow.updates.done(work.id, owner, office.clock.now())
        uow.commit()


def failed(office: Office, channel: str, owner: str, work: Work, fault: Exception) -> bool:
    """Try again soon, or set the update aside and ask a person to look; True where it was set aside."""
    now = _LEASE_CLOCK.now()
    log.warning("update %s failed: %s (try %s)", work.id, type(fault).__name__, work.tries)
    with office.db.begin() as uow:
        if isinstance(fault, Unavailable):
            uow.updates.failed(work.id, owner, now + timedelta(seconds=OUR_FAULT_PAUSE), "Unavailable", count=False)
        elif work.tries < MAX_TRIES:
            pause = FIRST_PAUSE * 2 ** (work.tries - 1)
            uow.updates.failed(work.id, owner, now + timedelta(seconds=pause), type(fault).__name__)
        elif uow.updates.set_aside(work.id, owner, office.clock.now(), type(fault).__name__):
            conv = uow.conversations.get(conversation_of(channel, work.chat))
            if conv is not None:
                speak(office, uow, conv, office.texts.say("telegram.not_read"))
            open_task(
                office,
                uow,
                "unanswered",
                key=f"update:{work.id}",
                area_id=conv.area_id if conv is not None else None,
                conversation_id=conv.id if conv is not None else None,
                text=office.texts.say("telegram.set_aside", number=work.external_id),
            )
            uow.commit()
            return True
        uow.commit()
        return False
