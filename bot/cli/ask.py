"""`shouwang ask`: a question about policy, answered from the packs (JSON lines; shapes in the contract)."""

from __future__ import annotations

from typing import Any

import typer

from bot.cli import lines


def ask() -> None:
    """Read `{"id", "text", "place"?}` lines from stdin and write an answer with its clauses, one JSON line each.

    A place that the question names itself comes before `place`.
    """
    from bot import parts
    from bot.settings import load_settings

    settings = load_settings()
    library = parts.build_library(settings)
    today = parts.build_clock(settings).today()

    def handle(line: dict[str, Any]) -> dict[str, Any]:
        text = lines.text_of(line, "text")
        found = library.ask(text, today, lines.optional_text(line, "place"))
        citations = [{"pack": citation.pack, "clause": citation.clause} for citation in found.citations]
        return {"answerable": found.answerable, "pack": found.pack, "answer": found.answer, "citations": citations}

    if lines.run(handle):
        raise typer.Exit(1)
