"""Telegram: a second door for households, and a way to tell staff. `TelegramDoor` is all that others need."""

from bot.channels.telegram.application import TelegramDoor

__all__ = ["TelegramDoor"]
