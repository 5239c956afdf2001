"""Backups of the whole office: where they lie, what is in them beside the tables, how many are kept."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from actions.clock import SHANGHAI
from bot.settings import Settings

if TYPE_CHECKING:
    from storage import Database, Manifest

OFFICE_FILE = "office.yml"


def path_for(settings: Settings, name: str = "shouwang") -> Path:
    """A new file in the folder of backups, named after the minute in Asia/Shanghai."""
    return settings.var / "backups" / f"{name}-{datetime.now(SHANGHAI):%Y%m%d-%H%M%S}.zip"


def write(settings: Settings, db: Database, path: Path) -> Manifest:
    """Tables and office file into `path`; the key is never in it."""
    files = {OFFICE_FILE: settings.office} if settings.office.is_file() else {}
    return db.backup(path, files)


def prune(folder: Path, keep: int) -> list[Path]:
    """Remove all but the newest `keep` backups that `path_for` named; those written before upgrades stay."""
    made = sorted(folder.glob("shouwang-[0-9]*.zip"), reverse=True)
    for old in made[keep:]:
        old.unlink()
    return made[keep:]


def put_office_file_back(settings: Settings, content: bytes) -> Path:
    """The office file of a backup; beside the one in force where there is one already. Returns where it was put."""
    place = settings.office
    if place.exists() and place.read_bytes() != content:
        place = place.with_name(f"{place.name}.restored")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    return place
