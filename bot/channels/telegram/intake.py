"""From raw updates to committed rows. Nothing here may fail for what an update holds: it is kept whatever it is."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from actions import updates
from actions.office import Office
from actions.updates import Arrived
from bot.channels.telegram.api import CHANNEL

MAX_ID = 2**63 - 1


def update_id(body: Mapping[str, Any]) -> int | None:
    """Telegram's number of the update; None where there is none one could use."""
    number = body.get("update_id")
    usable = isinstance(number, int) and not isinstance(number, bool) and 0 <= number <= MAX_ID
    return number if usable else None


def keep(office: Office, bodies: Iterable[Mapping[str, Any]]) -> int:
    """Commit the updates; how many are new. Raises Unavailable, and then none may be acknowledged."""
    found = [(update_id(body), _storable(body)) for body in bodies]
    return updates.keep(
        office,
        CHANNEL,
        [Arrived(str(number), _chat(body, number), body) for number, body in found if number is not None],
    )


def _storable(value: Any) -> Any:
    """The same JSON without numbers that are none: 1e999 is read as infinity, which no database keeps."""
    if isinstance(value, Mapping):
        return {name: _storable(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_storable(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _chat(body: Mapping[str, Any], number: int) -> str:
    """The chat whose order counts; an update without one stands alone and holds nobody up."""
    for kind in ("message", "edited_message", "callback_query", "my_chat_member"):
        part = body.get(kind)
        if isinstance(part, Mapping):
            inner = part.get("message") if kind == "callback_query" else part
            chat = inner.get("chat") if isinstance(inner, Mapping) else None
            chat = chat if isinstance(chat, Mapping) else part.get("from")  # a press on an inline message has no chat
            identity = chat.get("id") if isinstance(chat, Mapping) else None
            if isinstance(identity, int) and not isinstance(identity, bool):
                return str(identity)
    return f"update {number}"
