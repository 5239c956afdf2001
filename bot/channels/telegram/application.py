"""The Telegram door as a whole: one bot, in as many processes as run.

Every process works on kept updates. One of them, by lease, also asks Telegram for updates and sends; when it ends or
dies another takes over.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging

from fastapi import APIRouter
from telegram.error import InvalidToken, TelegramError

from actions import leases
from actions.breaker import Breaker
from actions.chat import ChatDesk
from actions.office import Office
from bot.channels.telegram import webhook
from bot.channels.telegram.api import Api
from bot.channels.telegram.delivery import Delivery
from bot.channels.telegram.handling import Handler
from bot.channels.telegram.pace import Pace
from bot.channels.telegram.polling import Poller
from bot.channels.telegram.sender import Sender
from bot.channels.telegram.worker import Worker
from bot.settings import Settings

log = logging.getLogger(__name__)

LEASE = 20.0  # seconds without a sign of life after which another process takes over
RENEW = 4.0
ANNOUNCE_PAUSE = 10.0


class TelegramDoor:
    """Made by the wiring where a token is set: `router` to include, `start` and `stop` around the server's life."""

    def __init__(self, office: Office, chat: ChatDesk, settings: Settings) -> None:
        assert settings.telegram_token is not None  # the wiring looks
        token = settings.telegram_token.get_secret_value()
        self._office = office
        self._owner = leases.owner_name()
        self._base = settings.telegram_webhook_url
        self.api = Api(token, settings.telegram_api)
        self._job = f"telegram:{office.db.vault.index(f'telegram {token}')[:40]}"
        self._delivery = Delivery(office, Sender(office, self.api, Pace()), self._owner)
        self._worker = Worker(office, self._owner, Handler(office, chat, self.api).handle, self._delivery.wake)
        self._poller = Poller(office, self.api, self._worker.wake)
        given = settings.telegram_webhook_secret
        self._secret = webhook.secret_for(office, token, given.get_secret_value() if given else None)
        self._tasks: list[asyncio.Task[None]] = []

    def router(self) -> APIRouter | None:
        """The route Telegram calls, where it is told to call."""
        return webhook.webhook_router(self._office, self._secret, self._worker.wake) if self._base else None

    def health(self) -> str:
        """«ok», or what only the office can put right."""
        return self._poller.state

    @property
    def breaker(self) -> Breaker:
        """Whether Telegram is left alone for a while; it knows of something only where this process sends."""
        return self._delivery.breaker

    async def start(self) -> None:
        self._tasks = [asyncio.create_task(part) for part in (self._worker.run(), self._lead())]

    async def stop(self) -> None:
        """End in order: the job is free for another process at once."""
        await _end(self._tasks)
        await self.api.close()

    async def _lead(self) -> None:
        """Poll and send while we hold the lease; stand by while another process does."""
        leading: list[asyncio.Task[None]] = []
        try:
            while True:
                held = await self._hold()
                if held and not leading:
                    log.info("this process polls and sends for Telegram now")
                    fetching = self._announce() if self._base else self._poller.run()
                    leading = [asyncio.create_task(part) for part in (fetching, self._delivery.run())]
                elif not held and leading:
                    await _end(leading)
                    leading = []
                await asyncio.sleep(RENEW)
        finally:
            await _end(leading)
            with contextlib.suppress(Exception):  # the lease then runs out by itself
                await asyncio.to_thread(leases.give_up, self._office, self._job, self._owner)

    async def _hold(self) -> bool:
        try:
            return await asyncio.to_thread(leases.hold, self._office, self._job, self._owner, LEASE)
        except Exception as error:  # the database cannot serve now: nothing can be kept, so nothing is fetched
            log.warning("holding the lease failed: %s", type(error).__name__)
            return False

    async def _announce(self) -> None:
        """Tell Telegram where to call, until it has heard."""
        assert self._base is not None
        while True:
            try:
                await webhook.announce(self.api, self._base, self._secret)
            except TelegramError as error:
                log.warning("setting the webhook failed: %s", type(error).__name__)
                if isinstance(error, InvalidToken):
                    self._poller.state = "the token is refused by Telegram"
            else:
                self._poller.state = "ok"
                return
            await asyncio.sleep(ANNOUNCE_PAUSE)


async def _end(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
