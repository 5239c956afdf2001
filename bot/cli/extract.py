"""`shouwang extract`: text in, meaning out (JSON lines; shapes in the contract)."""

from __future__ import annotations

from typing import Any

import typer

from bot.cli import lines


def extract() -> None:
    """Read `{"id", "text", "asks"?}` lines from stdin and write what each text says, one JSON line each."""
    if lines.run(handler()):
        raise typer.Exit(1)


def handler() -> lines.Handler:
    """What answers one line."""
    from bot import parts

    extractor = parts.build_extractor(parts.build_library())

    def handle(line: dict[str, Any]) -> dict[str, Any]:
        text = lines.text_of(line, "text")
        asks = lines.optional_text(line, "asks")
        return extractor.extract(text, asks).to_json()

    return handle
