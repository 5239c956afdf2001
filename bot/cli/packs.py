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
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Clause by clause: where it is encoded, or why it is not.")
    ] = False,
) -> None:
    """What a pack says: categories, exclusions, parameters, procedure, measures, each with its clause."""
    from bot import parts
    from bot.cli.packview import render, render_coverage
    from bot.settings import load_settings

    library = _library()
    if not sql:
        found = library.pack(pack)
        print((render_coverage if coverage else render)(found, parts.coverage(found)))
        return

    day = parts.build_clock(load_settings()).today() if on is None else day_of(on)
    print(library.sql(pack, day, dialect))


@app.command()
def check(
    path: Annotated[
        Path | None, typer.Argument(help="A pack, or a folder of packs; without it all that is installed.")
    ] = None,
    mutate: Annotated[
        bool,
        typer.Option("--mutate", help="Also change every comparison, connective and figure: do the examples notice?"),
    ] = False,
) -> None:
    """Look at every pack and try every example; all faults are listed, each with its place and the likeliest fix."""
    from bot import parts
    from bot.settings import load_settings

    settings = load_settings()
    packs, faults = parts.pack_faults(settings, path)
    _stop_at(faults, f"{len(faults)} fault{'s' * (len(faults) > 1)} found; a pack with any is refused whole.")
    print(f"{len(packs)} packs are sound: {', '.join(packs)}" if len(packs) > 1 else f"{packs[0]} is sound.")
    if mutate:
        tried, equivalent, unnoticed = parts.pack_changes(settings, path)
        _stop_at(unnoticed, f"{len(unnoticed)} of {tried} small changes unnoticed; add the examples that are named.")
        print(
            f"{tried} small changes tried: the examples notice {tried - equivalent}, {equivalent} make no difference."
        )


def _stop_at(faults: list[str], summary: str) -> None:
    """Tells the faults and ends with status 1, if there are any."""
    for fault in faults:
        typer.echo(fault, err=True)
    if faults:
        typer.echo(summary, err=True)
        raise typer.Exit(1)


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
