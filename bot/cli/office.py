"""The office for a command that works in it directly, closed again at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from actions.office import Office


@contextmanager
def open_office() -> Iterator[Office]:
    """The office of the settings in force, its tables up to date; logs only what is wrong."""
    from bot import logs, wiring
    from bot.settings import load_settings

    logs.configure("WARNING")
    office = wiring.build_office(load_settings())
    try:
        yield office
    finally:
        office.db.close()
