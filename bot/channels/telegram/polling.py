"""Fetching updates: the offset moves, and with it Telegram forgets, only after the rows are committed.

python-telegram-bot's own Updater acknowledges before its handlers have run; a kill then loses what it had fetched.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from actions.office import Office
from bot.channels.telegram import intake
from bot.channels.telegram.api import Api, seconds_of

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds after a failure, doubled each time
CONFLICT_PAUSE = 5.0  # somebody outside our database polls with the same token


class Poller:
    """Polls as long as it is let run (by the holder of the lease); `arrived()` is called when there is work.

    `state`: "ok" or what is wrong, for the health report; a network that fails for a while is not wrong with us.
    """

    def __init__(self, office: Office, api: Api, arrived: Callable[[], None]) -> None:
        self._office, self._api, self._arrived = office, api, arrived
        self._offset: int | None = None
        self._pause = FIRST_PAUSE
        self.state = "ok"

    async def run(self) -> None:
        """Until cancelled."""
        await self._retrying(self._leave_webhook)
        while True:
            await self._retrying(self._round)

    async def _leave_webhook(self) -> None:
        """While a webhook is set Telegram gives nothing to a poller; what waits there is kept."""
        await self._api.introduce()
        await self._api.bot.delete_webhook(drop_pending_updates=False)

    async def _round(self) -> None:
        found = await self._api.updates(self._offset)
        if not found:
            return
        await asyncio.to_thread(intake.keep, self._office, found)  # committed, and only then the offset moves
        self._offset = _after(found, self._offset)
        self._arrived()

    async def _retrying(self, work: Callable[[], Any]) -> None:
        while True:
            try:
                await work()
            except (TelegramError, Exception) as error:
                await asyncio.sleep(self._judge(error))
            else:
                self._pause, self.state = FIRST_PAUSE, "ok"
                return

    def _judge(self, error: Exception) -> float:
        """Note what is wrong, without the words of the error (they may name the token); the pause in seconds."""
        log.warning("asking Telegram for updates failed: %s", type(error).__name__)
        if isinstance(error, RetryAfter):
            return seconds_of(error)
        if isinstance(error, Conflict):
            return CONFLICT_PAUSE
        self.state = "the token is refused by Telegram" if isinstance(error, InvalidToken) else self.state
        pause, self._pause = self._pause, min(self._pause * 2, LONGEST_PAUSE)
        return pause


def _after(found: list[dict[str, Any]], offset: int | None) -> int | None:
    numbers = [number for body in found if (number := intake.update_id(body)) is not None]
    return max(numbers) + 1 if numbers else offset
