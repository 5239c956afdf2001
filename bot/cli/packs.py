"""`shouwang packs`: the policy documents that are loaded; `check` is part of `make check`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.assess import day_of

if TYPE_CHECKING:
    from policy_kb import Library

app = typer.Typer(help="The policy packs: list, show, check, make, compare.", no_args_is_help=True)


@app.command("list")
def list_packs() -> None:
    """One line a pack: id, document, number, date, version."""
    for pack in _library().packs.values():
        print(f"{pack.id}\t{pack.title}\t{pack.number}\t{pack.date}\tversion {pack.version}")


@app.command()
def show(
    pack: Annotated[str, typer.Argument(help="Id of the pack, as in `packs list`.")],
    sql: Annotated[bool, typer.Option("--sql", help="As a statement for a warehouse of your own.")] = False,
    dialect: Annotated[
        str, typer.Option(help="duckdb, postgres, spark, trino, clickhouse, mysql, oracle, hive.")
    ] = "duckdb",
    on: Annotated[str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="Day of the figures.")] = None,
) -> None:
    """What a pack says: categories, exclusions, parameters, procedure, measures, each with its clause."""
    from bot.cli.packview import render

    library = _library()
    if not sql:
        print(render(library.pack(pack)))
        return
    from bot import parts
    from bot.settings import load_settings

    day = parts.build_clock(load_settings()).today() if on is None else day_of(on)
    print(library.sql(pack, day, dialect))


@app.command()
def check(
    path: Annotated[
        Path | None, typer.Argument(help="A pack, or a folder of packs; without it all that is installed.")
    ] = None,
) -> None:
    """Look at every pack and try every example; all faults are listed, each with its place and the likeliest fix."""
    from bot import parts
    from bot.settings import load_settings

    packs, faults = parts.pack_faults(load_settings(), path)
    for fault in faults:
        typer.echo(fault, err=True)
    if faults:
        typer.echo(f"{len(faults)} fault{'s' * (len(faults) > 1)} found; a pack with any is refused whole.", err=True)
        raise typer.Exit(1)
    print(f"{len(packs)} packs are sound: {', '.join(packs)}" if len(packs) > 1 else f"{packs[0]} is sound.")


@app.command()
def schema(
    folder: Annotated[Path | None, typer.Argument(help="Where to write; by default policy_kb/schema.")] = None,
) -> None:
    """Write the JSON Schemas of a pack's files, by which editors complete and check them."""
    from bot import parts

    for path in parts.pack_schemas(_library(), folder):
        print(path)


@app.command()
def new(
    pack: Annotated[str, typer.Argument(metavar="ID", help="Small letters, digits and -, such as xinhe-2030-1.")],
    folder: Annotated[Path, typer.Option(help="Where the pack's own folder is made.")] = Path(),
) -> None:
    """Make a pack to be edited: small, made up, sound; what to change is marked 改."""
    from bot import parts

    made = parts.new_pack(pack, folder)
    print(f"{made} is there; change what is marked 改, then run: shouwang packs check {made}")


@app.command()
def diff(
    before: Annotated[str, typer.Argument(metavar="A", help="Id or folder; with @YYYY-MM-DD the figures of that day.")],
    after: Annotated[str, typer.Argument(metavar="B", help="The same.")],
) -> None:
    """What is different in B, in plain Chinese: who is meant, figures, exclusions, steps and days, help."""
    from bot import parts

    print("\n".join(parts.pack_differences(_library(), before, after)))


def _library() -> Library:
    from bot import parts
    from bot.settings import load_settings

    return parts.build_library(load_settings())
