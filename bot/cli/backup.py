"""`shouwang backup` and `shouwang restore`: everything the office remembers, in one file, and back again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def backup(
    file: Annotated[
        Path | None, typer.Argument(help="Where to; by default a file named after the minute in var/backups.")
    ] = None,
    keep: Annotated[
        int | None, typer.Option(min=1, help="Remove all but this many of the files that this command named itself.")
    ] = None,
) -> None:
    """Write a backup while everything runs; the key is not in it, keep a copy of the key file elsewhere."""
    from bot import backups, logs, wiring
    from bot.settings import load_settings

    settings = load_settings()
    logs.configure("WARNING")
    path = file or backups.path_for(settings)
    db = wiring.closed_database(settings)
    try:
        manifest = backups.write(settings, db, path)
    finally:
        db.close()
    print(f"{path}: {manifest.total} rows, {path.stat().st_size / 1e6:.1f} MB, tables of revision {manifest.revision}.")
    print(f"It cannot be read without the key file {settings.key_file}: keep a copy of that in another place.")
    for old in backups.prune(path.parent, keep) if keep else ():
        print(f"removed {old.name}")


def restore(file: Annotated[Path, typer.Argument(help="A backup that `shouwang backup` wrote.")]) -> None:
    """Read a backup into an empty database (SHOUWANG_DATABASE_URL or SHOUWANG_VAR name it); all of it or nothing."""
    from bot import backups, logs, wiring
    from bot.settings import load_settings

    settings = load_settings()
    logs.configure("WARNING")
    manifest, office_file = wiring.restore(settings, file)
    counted = manifest.rows
    print(
        f"Read back {manifest.total} rows as of {manifest.made_at}: {counted['cases']} cases, "
        f"{counted['conversations']} conversations, {counted['users']} members of staff."
    )
    if office_file is not None:
        place = backups.put_office_file_back(settings, office_file)
        print(f"The office file is at {place}.")
