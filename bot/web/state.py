"""What every route needs, put on the application once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from actions.chat import ChatDesk
from actions.office import Office
from bot.web.live import Hub


@dataclass(frozen=True)
class Web:
    """The office behind the pages; `health` gives part → "ok" or what is wrong with it; `files` fetches what a channel
    still holds by its reference (None: it cannot be had now)."""

    office: Office
    chat: ChatDesk
    health: Callable[[], Mapping[str, str]]
    secure_cookies: bool
    live: Hub
    channels: tuple[str, ...] = ()  # providers outside that are switched on
    files: Callable[[Mapping[str, Any]], Awaitable[bytes | None]] | None = None


async def web(request: Request) -> Web:
    """A dependency; `async`, or each request would go through a thread for it."""
    found = request.app.state.web
    assert isinstance(found, Web)
    return found
