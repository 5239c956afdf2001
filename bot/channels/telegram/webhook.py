"""Being called by Telegram: 200 only after the update is committed, and never a 5xx for what a body holds."""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Callable

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from actions.office import Office
from bot.channels.telegram import intake
from bot.channels.telegram.api import ALLOWED, Api
from bot.web.inputs import parse_json
from bot.web.problems import Problem

log = logging.getLogger(__name__)

PATH = "/telegram/webhook"
HEADER = "x-telegram-bot-api-secret-token"
CONNECTIONS = 10  # Telegram calls with so many at once


def webhook_router(office: Office, secret: str, arrived: Callable[[], None]) -> APIRouter:
    """POST {PATH} for Telegram alone: the secret header, then a JSON object with an update_id.

    403 without the secret, 400 for a body that is none, 413 (the server's limit) for one too large, 503 while the
    database cannot serve: Telegram then calls again.
    """
    expected = secret.encode()
    router = APIRouter()

    @router.post(PATH, include_in_schema=False)
    async def take_in(request: Request) -> JSONResponse:
        shown = request.headers.get(HEADER, "").encode("utf-8", "replace")
        if not hmac.compare_digest(shown, expected):
            raise Problem(403, "forbidden")
        body = parse_json(await request.body())
        if intake.update_id(body) is None:
            raise Problem(400, "bad_request")
        await asyncio.to_thread(intake.keep, office, [body])
        arrived()
        return JSONResponse({"ok": True})

    return router


def secret_for(office: Office, token: str, given: str | None) -> str:
    """The secret that was set, or one made from the office's key and the token: the same in every process."""
    if given:
        return given
    with office.db.read() as uow:
        return uow.index(f"telegram webhook {token}")


async def announce(api: Api, base: str, secret: str) -> None:
    """Tell Telegram where to call; what waits there is kept. Raises TelegramError."""
    await api.introduce()
    await api.bot.set_webhook(
        f"{base}{PATH}",
        secret_token=secret,
        allowed_updates=ALLOWED,
        max_connections=CONNECTIONS,
        drop_pending_updates=False,
    )
