"""One conversation, one message at a time: the lease on a conversation, in the database for all processes."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass
from datetime import datetime

from actions.clock import Clock
from storage import Database, UnitOfWork

LEASE_SECONDS = 15
_LEASE_CLOCK = Clock()  # leases run on real time, also while SHOUWANG_NOW makes the office's clock stand still


@dataclass(frozen=True)
class Held:
    """A conversation leased under a name of its own: the messages to answer (id, text), and what it waits for."""

    owner: str
    waiting: list[tuple[int, str]]
    asks: str | None


class Holding:
    """Takes conversations up and gives them back. `actions.turn` gives one back with its last message."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def now(self) -> datetime:
        """The moment by which leases run out."""
        return _LEASE_CLOCK.now()

    def hold(self, uow: UnitOfWork, conversation: str, up_to: int | None) -> Held | None:
        """Lease the conversation within this transaction (its messages up to this one); None where somebody has it."""
        owner = uuid.uuid4().hex  # of this hold alone, so that nobody gives back what another has taken up since
        if not uow.conversations.lease(conversation, owner, self.now(), LEASE_SECONDS):
            return None
        conv = uow.conversations.get(conversation)
        rows = uow.inbox.pending_of(conversation)
        waiting = [(row.id, row.text) for row in rows if up_to is None or row.id <= up_to]
        return Held(owner, waiting, conv.asks if conv else None)

    async def take_up(self, conversation: str, up_to: int | None) -> Held:
        """Hold the conversation as soon as nobody else does."""
        while (held := await asyncio.to_thread(self._try, conversation, up_to)) is None:
            await asyncio.sleep(0.05)
        return held

    def _try(self, conversation: str, up_to: int | None) -> Held | None:
        with self._db.begin() as uow:
            held = self.hold(uow, conversation, up_to)
            uow.commit()
            return held

    def release(self, conversation: str, held: Held) -> None:
        """Give it back, if it is still this hold that has it."""
        with self._db.begin() as uow:
            uow.conversations.release(conversation, held.owner)
            uow.commit()
