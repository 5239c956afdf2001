"""`shouwang screen`: the rules of a pack over a whole list, one household a row."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.assess import day_of


def screen(
    pack: Annotated[str, typer.Option(help="Policy pack, as in `packs list`.")],
    source: Annotated[str, typer.Option("--input", help="List as CSV, Parquet or XLSX; with --database a table.")],
    target: Annotated[str, typer.Option("--output", help="Where the judged list goes (.csv, .parquet, .xlsx).")],
    database: Annotated[str | None, typer.Option(help="PostgreSQL address: --input and --output are tables.")] = None,
    on: Annotated[str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="Day of the verdict.")] = None,
) -> None:
    """Add outcome, category, possible, exclusions and unknown to every household of a list."""
    from actions.screening import screen_file, screen_table
    from bot import parts
    from bot.settings import load_settings

    settings = load_settings()
    day = parts.build_clock(settings).today() if on is None else day_of(on)
    library = parts.build_library(settings)
    if database is not None:
        result = screen_table(library, pack, day, database, source, target)
    else:
        result = screen_file(library, pack, day, Path(source), Path(target), progress=sys.stderr.isatty())
    for hint in result.hints:
        typer.echo(hint, err=True)
    for finding in result.findings:
        column = f", column {finding.column}" if finding.column else ""
        typer.echo(f"row {finding.row}{column}: {finding.message}", err=True)
    counts = ", ".join(f"{name or 'not judged'} {count}" for name, count in result.counts.items())
    typer.echo(f"{result.rows} households: {counts}", err=True)
    if result.bad_rows:
        typer.echo(f"{result.bad_rows} rows could not be judged; their column `problem` says why.", err=True)
        raise typer.Exit(1)
