"""The outbox of Telegram: takes what is due, keeps a few messages on their way at once, and says how each went."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from telegram.error import TelegramError

from actions import courier
from actions.breaker import Breaker
from actions.office import Office
from actions.outgoing import Outgoing, RetryLater, Undeliverable
from bot.channels.telegram.api import CHANNEL
from bot.channels.telegram.sender import Sender

log = logging.getLogger(__name__)

AT_ONCE = 16  # messages on their way
LAST_SECONDS = 3.0  # for what is on its way when the program ends
FIRST_PROBE = 2.0  # seconds after which a Telegram that is down is tried again
LOOK_EVERY = 0.5  # seconds; what another process wrote is noticed by looking


class Delivery:
    """One for each token, in the process that holds its lease: only so do the limits hold."""

    def __init__(self, office: Office, sender: Sender, owner: str, breaker: Breaker | None = None) -> None:
        self._office, self._sender, self._owner = office, sender, owner
        self.breaker = breaker or Breaker(first=FIRST_PROBE)
        self._running: set[asyncio.Task[None]] = set()
        self._news = asyncio.Event()

    def wake(self) -> None:
        """There may be something to send."""
        self._news.set()

    async def run(self) -> None:
        """Until cancelled; what is on its way then may arrive, what does not is given back."""
        await self._note(courier.free_of_the_dead, self._office, CHANNEL)
        try:
            while True:
                self._news.clear()
                try:
                    taken = await self._take()
                except Exception as error:  # the database cannot serve now: nothing is lost, look again
                    log.warning("taking messages failed: %s", type(error).__name__)
                    taken = 0
                if not taken:
                    await self._wait()
        finally:
            if self._running:
                await asyncio.wait(self._running, timeout=LAST_SECONDS)
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
        room = self._room()
        if room <= 0:
            return 0
        taken = await asyncio.to_thread(courier.take, self._office, CHANNEL, self._owner, room)
        for message in taken:
            task = asyncio.create_task(self._one(message))
            self._running.add(task)
            task.add_done_callback(self._finished)
        return len(taken)

    def _room(self) -> int:
        """How many messages may be taken; a probe goes alone."""
        if self.breaker.down_for is not None and self._running:
            return 0
        return min(self.breaker.room(), AT_ONCE - len(self._running))

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._news.set()

    async def _one(self, message: Outgoing) -> None:
        try:
            await self._sender.send(message)
        except asyncio.CancelledError:
            await asyncio.shield(asyncio.to_thread(courier.give_back, self._office, self._owner, [message]))
            raise
        except Exception as fault:
            self._judge(fault)
            await self._note(courier.not_sent, self._office, self._owner, message, fault)
            return
        self.breaker.succeeded()
        await self._note(courier.sent, self._office, message)

    async def _note(self, how: Callable[..., object], *values: object) -> None:
        try:
            await asyncio.to_thread(how, *values)
        except Exception as error:  # the lease runs out and the message is sent again: a double, never a loss
            log.warning("noting a delivery failed: %s", type(error).__name__)

    def _judge(self, fault: Exception) -> None:
        if isinstance(fault, RetryLater | Undeliverable):
            self.breaker.succeeded()  # Telegram answered
        elif isinstance(fault, TelegramError):
            self.breaker.failed()
