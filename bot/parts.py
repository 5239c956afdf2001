"""The parts that stand alone: the law, the reading of text and the clock, built without a database or a server.

`bot/wiring.py` puts them together with everything else; commands that work on lines use them directly and so start
in a moment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from actions.clock import Clock
from bot.settings import Settings
from policy_kb import FactError, Library, PackError, load_library
from policy_kb.trials import try_examples

if TYPE_CHECKING:
    from collections.abc import Callable

    from nlu import Extractor

__all__ = ["FactError", "build_clock", "build_extractor", "build_library", "pack_faults", "train_kinds"]


def build_library(settings: Settings | None = None) -> Library:
    """The packs, with the office's own figures where `settings` name an office file that exists."""
    office = settings.office if settings else None
    return load_library(office if office and office.exists() else None)


def build_extractor(library: Library) -> Extractor:
    """Reads text without an area table."""
    from nlu import Extractor, FactType

    types = {fact: FactType(spec.type.kind, tuple(spec.type.values)) for fact, spec in library.vocabulary.items()}
    return Extractor(types)


def build_clock(settings: Settings) -> Clock:
    """The office's clock; `SHOUWANG_NOW` makes it stand still."""
    return Clock.fixed(settings.now) if settings.now else Clock()


def pack_faults(settings: Settings) -> list[str]:
    """Everything that is wrong with facts, packs or office file, each with its place; their examples are tried too."""
    try:
        library = build_library(settings)
    except PackError as error:
        return [str(error)]
    return [str(fault) for pack in library.packs.values() for fault in try_examples(library, pack)]


def train_kinds(say: Callable[[str], None]) -> None:
    """Train the kinds of message where no model fits the examples (some seconds); the first text read would, too."""
    from nlu.kind_model import MODELS, ensure_tables

    ensure_tables(MODELS, say)
