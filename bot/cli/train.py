"""`shouwang train`: the dialogue model, trained only when its sources changed."""

from __future__ import annotations

import sys


def train() -> None:
    """Train the dialogue model if none fits its sources."""
    from bot.rasa_link import ensure_model
    from bot.settings import load_settings

    ensure_model(load_settings(), progress=lambda line: print(line, file=sys.stderr, flush=True))
