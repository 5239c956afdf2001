"""`python -m bot.rasa_link.train`: train the assistant if no model fits the sources, and say which one fits."""

from __future__ import annotations

import sys

from bot.rasa_link.environment import RasaMissing
from bot.rasa_link.model import TrainingFailed, ensure_model


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")


def main() -> int:
    try:
        model = ensure_model(progress=_tell)
    except (TrainingFailed, RasaMissing) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{model}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
