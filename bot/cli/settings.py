"""`shouwang settings`: every setting, its value in force and its meaning; secrets masked."""

from __future__ import annotations

from typing import Annotated

import typer


def settings(
    plain: Annotated[bool, typer.Option("--plain", help="NAME=VALUE lines instead of a table.")] = False,
) -> None:
    """Print every setting: environment variable, value in force, meaning; secrets are masked."""
    from rich.console import Console
    from rich.table import Table

    from bot.settings import load_settings, table

    rows = table(load_settings())
    if plain:
        for name, value, _ in rows:
            print(f"{name}={value}")
        return
    grid = Table("environment variable", "value in force", "meaning")
    for row in rows:
        grid.add_row(*row)
    Console(width=None if Console().is_terminal else 200).print(grid)
