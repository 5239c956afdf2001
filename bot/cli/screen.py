"""`shouwang screen`: the rules of a pack over a whole list, one household a row."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.assess import day_of


def screen(
    pack: Annotated[str, typer.Option(help="Policy pack, as in `packs list`.")],
    target: Annotated[str, typer.Option("--output", help="Where the judged list goes (.csv, .parquet, .xlsx).")],
    source: Annotated[
        str | None, typer.Option("--input", help="List as CSV, Parquet or XLSX; with --database a table.")
    ] = None,
    database: Annotated[str | None, typer.Option(help="PostgreSQL address: --input and --output are tables.")] = None,
    on: Annotated[str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="Day of the verdict.")] = None,
    merging: Annotated[bool, typer.Option("--merge", help="Put departments' lists together (docs/lists.md).")] = False,
    lists: Annotated[
        list[str] | None, typer.Option("--list", metavar="[KIND=]FILE", help="With --merge: a list, CSV or XLSX.")
    ] = None,
    households: Annotated[
        Path | None, typer.Option(help="With --merge: the office's register, a row for each member.")
    ] = None,
    kinds: Annotated[Path | None, typer.Option("--list-kinds", help="With --merge: folder of own kinds.")] = None,
    month: Annotated[
        str | None, typer.Option(metavar="YYYY-MM", help="With --merge: month of lists whose name has none.")
    ] = None,
    remarks: Annotated[
        Path | None, typer.Option(help="With --merge: where rows that did not match are told (.csv, .xlsx).")
    ] = None,
    opening: Annotated[
        bool, typer.Option("--open", help="With --merge: open or add to cases of households at risk.")
    ] = False,
    only_certain: Annotated[
        bool, typer.Option("--only-certain", help="With --open: only where the document certainly fits.")
    ] = False,
) -> None:
    """Add outcome, category, possible, exclusions and unknown to every household of a list, or merge several lists."""
    if merging:
        from bot.cli.merge import MergeOptions, merge

        if source or database:
            raise typer.BadParameter("--merge takes its lists by --list; leave --input and --database out.")
        given = tuple(lists or ())
        merge(MergeOptions(pack, given, Path(target), households, kinds, month, remarks, on, opening, only_certain))
        return
    if source is None:
        raise typer.BadParameter("--input is missing: the list to be screened (or --merge with --list).")
    if lists or households or kinds or month or remarks or opening or only_certain:
        raise typer.BadParameter("--list, --households, --list-kinds, --month, --remarks and --open go with --merge.")
    from bot import parts
    from bot.settings import load_settings

    settings = load_settings()
    day = parts.build_clock(settings).today() if on is None else day_of(on)
    library = parts.build_library(settings)
    if database is not None:
        from actions.screening.database import screen_table

        result = screen_table(library, pack, day, database, source, target)
    else:
        from actions.screening import screen_file

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
