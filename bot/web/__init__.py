"""The web doors: farmer's chat page, workbench of the staff, JSON API."""

from bot.web.app import create_app

__all__ = ["create_app"]
