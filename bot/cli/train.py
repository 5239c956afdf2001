"""`shouwang train`: the dialogue model, trained only when its sources changed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.settings import Settings


def train() -> None:
    """Train the dialogue model if none fits its sources."""
    from bot.settings import load_settings

    make_sure_of_the_model(load_settings())


def make_sure_of_the_model(settings: Settings) -> None:
    """Train where needed, telling the person who waits; raises TrainingFailed, RasaMissing."""
    from bot.rasa_link import ensure_model

    ensure_model(settings, progress=lambda line: print(line, file=sys.stderr, flush=True))
