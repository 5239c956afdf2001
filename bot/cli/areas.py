"""`shouwang areas`: the office's own table of places."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.office import open_office

app = typer.Typer(help="The office's areas: import, list.", no_args_is_help=True)


@app.command("import")
def import_file(file: Annotated[Path, typer.Argument(help="CSV with code,name,level,parent_code.")]) -> None:
    """Add or rename areas from a CSV file; a wrong line is named and the others go on (status 1 then)."""
    from actions import places

    rows = places.read_csv(file.read_bytes())
    with open_office() as office, office.db.begin() as uow:
        report = places.import_areas(uow, rows)
        uow.commit()
    for error in report.errors:
        typer.echo(f"{file.name}, line {error.row}: {error.message}", err=True)
    print(f"{report.added} areas added, {report.changed} changed, {len(report.errors)} lines not taken.")
    if report.errors:
        raise typer.Exit(1)


@app.command("list")
def list_areas() -> None:
    """One line an area: code, level, path."""
    with open_office() as office, office.db.read() as uow:
        for area in uow.areas.all():
            print(f"{area.code}\t{area.level}\t{area.path}")
