"""Working on kept updates: chats at once, within a chat one after the other, in every process that runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from actions import updates
from actions.office import Office
from actions.updates import Work
from bot.channels.telegram.api import CHANNEL

log = logging.getLogger(__name__)

AT_ONCE = 8  # chats
LOOK_EVERY = 0.5  # seconds; what another process kept, and what waits for its next try, is noticed by looking
GIVE_UP_SECONDS = updates.LEASE_SECONDS - 5  # before the lease runs out and another takes the update


class Worker:
    """Claims updates and has `handle` work on each; `worked()` is called after each."""

    def __init__(
        self, office: Office, owner: str, handle: Callable[[Work], Awaitable[None]], worked: Callable[[], None]
    ) -> None:
        self._office, self._owner, self._handle, self._worked = office, owner, handle, worked
        self._running: set[asyncio.Task[None]] = set()
        self._news = asyncio.Event()

    def wake(self) -> None:
        """There may be work."""
        self._news.set()

    async def run(self) -> None:
        """Until cancelled; what was begun comes to its end or is claimed again when its lease is over."""
        await self._note(updates.free_of_the_dead, self._office, CHANNEL)
        try:
            while True:
                self._news.clear()
                if not await self._take():
                    await self._wait()
        finally:
            for task in self._running:
                task.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(LOOK_EVERY):
                await self._news.wait()
        except TimeoutError:
            pass

    async def _take(self) -> int:
        room = AT_ONCE - len(self._running)
        if room <= 0:
            return 0
        try:
            taken = await asyncio.to_thread(updates.take, self._office, CHANNEL, self._owner, room)
        except Exception as error:  # the database cannot serve now: the updates stay, look again
            log.warning("taking updates failed: %s", type(error).__name__)
            return 0
        for work in taken:
            task = asyncio.create_task(self._one(work))
            self._running.add(task)
            task.add_done_callback(self._finished)
        return len(taken)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._news.set()

    async def _one(self, work: Work) -> None:
        try:
            async with asyncio.timeout(GIVE_UP_SECONDS):
                await self._handle(work)
        except Exception as fault:  # whatever it was: tried again, and set aside when it always fails
            await self._note(updates.failed, self._office, CHANNEL, self._owner, work, fault)
        else:
            await self._note(updates.done, self._office, self._owner, work)
        self._worked()

    async def _note(self, how: Callable[..., object], *values: object) -> None:
        try:
            await asyncio.to_thread(how, *values)
        except Exception as error:  # its lease runs out and it is worked on again, which has no second effect
            log.warning("noting an update failed: %s", type(error).__name__)
