"""How fast we may send (at most 25 messages a second, one a second to a chat)."""

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
