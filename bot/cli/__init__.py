"""`shouwang`: every command of the program, one file a group. Nothing heavy is imported before a command runs."""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """The entry point of the command `shouwang`."""
    from bot.cli.app import main as run

    run()
