"""`shouwang assess`: facts in, verdict out (JSON lines; shapes in the contract)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

import typer

from bot.cli import lines


class Asked(StrEnum):
    """To whom the next question may go."""

    APPLICANT = "applicant"
    CADRE = "cadre"
    DEPARTMENT = "department"
    ANY = "any"


def assess(
    pack: Annotated[str | None, typer.Option(help="Policy pack; without it the line's `place` picks one.")] = None,
    on: Annotated[str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="Day of the verdict.")] = None,
    ask: Annotated[Asked, typer.Option(help="Whom the next question may be put to.")] = Asked.APPLICANT,
    explain: Annotated[bool, typer.Option(help="Add the proof as a tree and what would have to be different.")] = False,
) -> None:
    """Read `{"id", "facts", "place"?, "asked"?, "incomes"?}` lines from stdin; write a verdict for each as a line."""
    day = None if on is None else day_of(on)
    if lines.run(handler(pack, day, ask, explain)):
        raise typer.Exit(1)


def handler(pack: str | None, day: date | None, ask: Asked, explain: bool = False) -> lines.Handler:
    """What answers one line; without a day: today. Raises NoSuchPack."""
    from bot import parts
    from bot.settings import load_settings

    settings = load_settings()
    library = parts.build_library(settings)
    fixed = None if pack is None else library.pack(pack)
    on = day or parts.build_clock(settings).today()

    def handle(line: dict[str, Any]) -> dict[str, Any]:
        facts = lines.object_of(line, "facts")
        asked = lines.texts_of(line, "asked")
        place = lines.optional_text(line, "place")
        chosen = fixed or library.pack_for_place(place)
        try:
            incomes = parts.read_incomes(line.get("incomes"))
            verdict = library.assess(chosen, facts, on, ask.value, asked, place, incomes)
        except parts.FactError as error:
            raise lines.BadLine(error.message, error.fact) from None
        said = {"pack": chosen.id} | verdict.to_json()
        if explain:
            said["explanation"] = library.explain(chosen, facts, on, place).to_json()
            said["differences"] = [one.to_json() for one in library.differences(chosen, facts, on, place)]
        return said

    return handle


def day_of(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no date; expected YYYY-MM-DD, for example 2021-03-15.") from None
