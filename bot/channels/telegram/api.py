"""The Bot API: python-telegram-bot's `Bot` with our time-outs, and what its errors mean for a message on its way."""

from __future__ import annotations

import logging
import os
from collections.abc import Awaitable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from telegram import Bot
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from actions.outbox import RetryLater, Undeliverable

log = logging.getLogger(__name__)

CHANNEL = "telegram"
ALLOWED = ["message", "edited_message", "callback_query", "my_chat_member"]
RAW_UPDATES = "GetUpdates"
"""Asked for raw: what cannot be parsed must be kept as well and not stop all that follows. (Telegram reads names of
methods in any case; under the usual one the library would insist on parsing.)"""
LONG_POLL = 20  # seconds Telegram holds a getUpdates open
CONNECTIONS = 24  # at once: messages on their way, answers to buttons, the poll
CONNECT, READ, WRITE, POOL = 5.0, 10.0, 10.0, 15.0  # seconds; a provider that hangs is given up after READ
FILE_SECONDS = 60.0
TOKEN_REFUSED_PAUSE = 60.0
UNREACHABLE = ("chat not found", "user is deactivated", "peer_id_invalid", "user not found", "bot was kicked")

os.environ.setdefault("PTB_TIMEDELTA", "1")  # retry_after as the library will give it for good; else it warns each time


class Gone(Undeliverable):
    """The person blocked the bot, left Telegram, or never wrote: the whole chat is unreachable, not one message."""


class Api:
    """One bot at one Bot API."""

    def __init__(self, token: str, base: str) -> None:
        loopback = (urlsplit(base).hostname or "") in {"127.0.0.1", "localhost", "::1"}
        httpx_kwargs: dict[str, Any] = {"trust_env": not loopback}  # the office's proxy, never towards this machine
        self._request = HTTPXRequest(CONNECTIONS, READ, WRITE, CONNECT, POOL, httpx_kwargs=httpx_kwargs)
        base = base.rstrip("/")
        self.bot = Bot(token, f"{base}/bot", f"{base}/file/bot", self._request, self._request)
        self.id = int(head) if (head := token.partition(":")[0]).isdecimal() else None  # the bot's own user id

    async def introduce(self) -> None:
        """Whether Telegram knows the token. Raises TelegramError."""
        await self.bot.get_me()

    async def updates(self, offset: int | None) -> list[dict[str, Any]]:
        """Raw updates from `offset` on, waiting up to LONG_POLL s; asking confirms all before. Raises TelegramError."""
        asked = {"timeout": LONG_POLL, "limit": 100, "allowed_updates": ALLOWED}
        if offset is not None:
            asked["offset"] = offset
        found = await self.bot.do_api_request(RAW_UPDATES, api_kwargs=asked, read_timeout=LONG_POLL + READ)
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []

    async def file(self, reference: Mapping[str, Any]) -> bytes | None:
        """A photo or voice message as Telegram still holds it (up to 20 MB); None where it cannot be had now."""
        file_id = reference.get("file_id")
        if not isinstance(file_id, str):
            return None
        try:
            found = await self.bot.get_file(file_id)
            return bytes(await found.download_as_bytearray(read_timeout=FILE_SECONDS))
        except TelegramError as error:
            log.warning("fetching a file failed: %s", type(error).__name__)
            return None

    async def quietly(self, call: Awaitable[object]) -> bool:
        """Do something that may fail without harm (a button's answer, a keyboard taken away)."""
        try:
            await call
        except TelegramError as error:
            log.debug("a courtesy to Telegram failed: %s", type(error).__name__)
            return False
        return True

    async def close(self) -> None:
        await self._request.shutdown()


def meaning(error: TelegramError) -> Exception:
    """What the error means for the outbox: RetryLater, Gone, Undeliverable, or the error itself (a passing fault)."""
    if isinstance(error, RetryAfter):
        return RetryLater("429", seconds_of(error))
    if isinstance(error, Forbidden):
        return Gone("blocked")
    if isinstance(error, ChatMigrated):
        return Undeliverable("the group moved")
    if isinstance(error, BadRequest):
        known = next((words for words in UNREACHABLE if words in error.message.lower()), None)
        return Gone(known) if known else Undeliverable("refused as malformed")
    if isinstance(error, InvalidToken):
        return RetryLater("the token is refused", TOKEN_REFUSED_PAUSE)
    return error


def seconds_of(error: RetryAfter) -> float:
    asked = error.retry_after
    return asked.total_seconds() if isinstance(asked, timedelta) else float(asked)
