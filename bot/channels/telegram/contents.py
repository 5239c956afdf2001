"""What a message holds beside words: its kind, what is needed to fetch it again, and what may be told of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from telegram import Message

from actions.media import Item
from bot.web.inputs import clean

MAX_NAME = 60
_PHONE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
FILES: tuple[tuple[str, Callable[[Message], Any]], ...] = (
    ("photo", lambda m: m.photo[-1] if m.photo else None),  # the largest
    ("voice", lambda m: m.voice or m.audio),
    ("video", lambda m: m.video or m.video_note or m.animation),
    ("document", lambda m: m.document),
    ("sticker", lambda m: m.sticker),
)


def item_of(message: Message) -> Item | None:
    """The one thing beside words that the message brings; None where there is none."""
    for kind, look in FILES:
        file = look(message)
        if file is not None:
            return Item(kind, _reference(file), _note(kind, file))
    if message.location is not None:
        place = {"latitude": message.location.latitude, "longitude": message.location.longitude}
        return Item("location", place)
    if message.contact is not None:
        return Item("contact", {"phone": message.contact.phone_number}, phone=_phone(message.contact.phone_number))
    return None


def is_talk(message: Message) -> bool:
    """Whether a person sent this to be read (a poll, a dice …), not Telegram itself about the chat (a pinned line)."""
    return message.effective_attachment is not None or bool(message.text or message.caption)


def _reference(file: Any) -> dict[str, Any]:
    told = {
        name: getattr(file, name, None)
        for name in ("file_id", "file_unique_id", "file_size", "mime_type", "file_name", "width", "height")
    }
    return {name: value for name, value in told.items() if isinstance(value, str | int)}


def _note(kind: str, file: Any) -> str:
    name = getattr(file, "file_name", None)
    return clean(name)[:MAX_NAME] if kind == "document" and isinstance(name, str) else ""


def _phone(written: str) -> str | None:
    found = _PHONE.fullmatch(re.sub(r"[\s-]", "", written))
    return found[1] if found else None
