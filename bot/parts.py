"""The parts that stand alone: the law, the reading of text and the clock, built without a database or a server.

`bot/wiring.py` puts them together with everything else; commands that work on lines use them directly and so start
in a moment.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from actions.clock import Clock
from bot.settings import Settings
from policy_kb import FactError, Library, load_library, read_incomes
from policy_kb.comparing import compare, edition
from policy_kb.coverage import coverage
from policy_kb.editors import FOLDER, write_schemas
from policy_kb.loading import check_folder, check_installed, pack_folders, read_folder
from policy_kb.mutation import mutate
from policy_kb.scaffolding import new_pack
from policy_kb.shelf import Shelf, own_folders

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from nlu import Extractor

__all__ = [
    "FactError",
    "build_clock",
    "build_extractor",
    "build_library",
    "build_shelf",
    "coverage",
    "new_pack",
    "pack_changes",
    "pack_differences",
    "pack_faults",
    "pack_schemas",
    "read_incomes",
    "train_tables",
]


def build_library(settings: Settings | None = None) -> Library:
    """The packs, the office's own among them, with its figures where `settings` name an office file that exists."""
    if settings is None:
        return load_library()
    return build_shelf(settings).load()


def build_shelf(settings: Settings) -> Shelf:
    """Where the office's own packs lie; sound editions are kept in the data folder."""
    return Shelf(settings.packs, settings.var / "packs-in-use", settings.office)


def build_extractor(library: Library) -> Extractor:
    """Reads text without an area table."""
    from nlu import Extractor, FactType

    types = {fact: FactType(spec.type.kind, tuple(spec.type.values)) for fact, spec in library.vocabulary.items()}
    return Extractor(types)


def build_clock(settings: Settings) -> Clock:
    """The office's clock; `SHOUWANG_NOW` makes it stand still."""
    return Clock.fixed(settings.now) if settings.now else Clock()


def pack_faults(settings: Settings, path: Path | None = None) -> tuple[list[str], list[str]]:
    """The packs that were looked at, and everything that is wrong in them, each with its place; examples are tried too.

    With `path` the packs of that folder, else facts, packs and office file as they are installed, and the office's own.
    """
    ids, faults = check_folder(path) if path else check_installed(settings.office)
    if path is None and own_folders(settings.packs):
        own, wrong = check_folder(settings.packs)
        ids, faults = [*ids, *own], (*faults, *wrong)
    return ids, [str(fault) for fault in faults]


def pack_changes(settings: Settings, path: Path | None = None) -> tuple[int, int, list[str]]:
    """How many small changes of the packs were tried against their examples, how many of these are marked as making no
    difference, and every change that no example notices. The packs must be sound.
    """
    library = build_library(settings)
    packs = [read_folder(folder, library) for folder in pack_folders(path)] if path else list(library.packs.values())
    outcomes = [mutate(library, pack) for pack in packs]
    faults = [str(fault) for outcome in outcomes for fault in sorted(outcome.faults)]
    return sum(one.tried for one in outcomes), sum(one.equivalent for one in outcomes), faults


def pack_schemas(library: Library, folder: Path | None = None) -> list[Path]:
    """Writes the JSON Schemas of a pack's files, by default over those that editors are pointed to."""
    return write_schemas(library.vocabulary, folder or FOLDER)


def pack_differences(library: Library, before: str, after: str) -> list[str]:
    """What differs between two packs (ids, folders, either with @DATE), as lines for people."""
    return compare(edition(before, library), edition(after, library), library)


def train_tables(say: Callable[[str], None]) -> None:
    """Train what reading learns from examples where no model fits them (minutes); the first text would, too."""
    from nlu import Extractor
    from nlu.every_table import make_every
    from nlu.needles_kept import keeper

    make_every(say)
    Extractor({}).load()
    with contextlib.suppress(OSError):  # then the patterns are looked at anew at each start
        keeper().save()
