"""`shouwang train`: the kinds of message and the dialogue model, trained only when their sources changed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.settings import Settings


def train() -> None:
    """Train the kinds of message and the dialogue model where none fits its sources."""
    from bot.settings import load_settings

    make_sure_of_the_model(load_settings())


def make_sure_of_the_model(settings: Settings) -> None:
    """Train where needed, telling the person who waits; raises TrainingFailed, RasaMissing."""
    from bot import parts
    from bot.rasa_link import ensure_model

    parts.train_tables(_say)
    ensure_model(settings, progress=_say)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
