"""What every route needs, put on the application once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.requests import Request

from actions.chat import ChatDesk
from actions.office import Office
from bot.web.live import Hub


@dataclass(frozen=True)
class Web:
    """The office behind the pages; `health` gives part → "ok" or what is wrong with it."""

    office: Office
    chat: ChatDesk
    health: Callable[[], Mapping[str, str]]
    secure_cookies: bool
    live: Hub
    channels: tuple[str, ...] = ()  # providers outside that are switched on


def web(request: Request) -> Web:
    found = request.app.state.web
    assert isinstance(found, Web)
    return found
