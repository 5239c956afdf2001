"""`shouwang ask`: a question about policy, answered from the packs (JSON lines; shapes in the contract)."""

from __future__ import annotations

from typing import Any

import typer

from bot.cli import lines


def ask() -> None:
    """Read `{"id", "text", "place"?}` lines from stdin and write an answer with its clauses, one JSON line each."""
    from bot import parts
    from bot.settings import load_settings

    settings = load_settings()
    library = parts.build_library(settings)
    today = parts.build_clock(settings).today()

    def handle(line: dict[str, Any]) -> dict[str, Any]:
        text = lines.text_of(line, "text")
        pack = library.pack_for_place(lines.optional_text(line, "place"))
        found = library.answer(pack, text, today)
        citations = [{"pack": citation.pack, "clause": citation.clause} for citation in found.citations]
        return {"answerable": found.answerable, "pack": pack.id, "answer": found.answer, "citations": citations}

    if lines.run(handle):
        raise typer.Exit(1)
