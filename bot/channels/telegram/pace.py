"""How fast we may send (at most 25 messages a second, one a second to a chat), and when not to try at all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

OVERALL = 1 / 25  # seconds between two messages (Telegram: about 30 a second)
PER_CHAT = 1.0  # seconds between two messages of one chat (Telegram: "avoid more than one a second")
REMEMBERED = 2000  # chats; those whose turn is past are forgotten first


class Pace:
    """Tells each message how long to wait, so that neither limit is exceeded. For one event loop."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock, self._sleep = clock, sleep
        self._next = 0.0
        self._chats: dict[str, float] = {}

    async def turn(self, chat: str) -> None:
        """Wait for the chat's turn, then for everybody's."""
        now = self._clock()
        own = max(now, self._chats.get(chat, 0.0))
        self._chats[chat] = own + PER_CHAT
        self._forget(now)
        if own > now:
            await self._sleep(own - now)
        now = self._clock()
        mine = max(now, self._next)
        self._next = mine + OVERALL
        if mine > now:
            await self._sleep(mine - now)
        self._chats[chat] = max(self._chats.get(chat, 0.0), mine + PER_CHAT)

    def _forget(self, now: float) -> None:
        if len(self._chats) > REMEMBERED:
            self._chats = {chat: at for chat, at in self._chats.items() if at > now}


class Breaker:
    """Opens after FAILURES passing faults within WINDOW s; then one message at a time tries, ever less often."""

    FAILURES, WINDOW = 5, 60.0
    FIRST, LONGEST = 2.0, 30.0  # seconds between two probes

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failed: list[float] = []
        self._pause = 0.0
        self._probe_at = 0.0

    @property
    def open(self) -> bool:
        return self._pause > 0

    def may_send(self, wanted: int) -> int:
        """How many messages may be tried now."""
        if not self.open:
            return wanted
        now = self._clock()
        if now < self._probe_at:
            return 0
        self._probe_at = now + self._pause
        return min(wanted, 1)

    def succeeded(self) -> None:
        self._failed, self._pause, self._probe_at = [], 0.0, 0.0

    def failed(self) -> None:
        now = self._clock()
        self._failed = [at for at in self._failed if now - at < self.WINDOW] + [now]
        if self.open:
            self._pause = min(self._pause * 2, self.LONGEST)
            self._probe_at = now + self._pause
        elif len(self._failed) >= self.FAILURES:
            self._pause = self.FIRST
            self._probe_at = now + self._pause
