"""`shouwang case RECEIPT`: one case as JSON, for the administrator of the machine."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from bot.cli.office import open_office


def case(receipt: Annotated[str, typer.Argument(help="Receipt number, with or without hyphens.")]) -> None:
    """Print one case as JSON; an unknown receipt ends in one sentence and status 1."""
    from actions import cases

    with open_office() as office, office.db.read() as uow:
        found = cases.case_json(office, uow, receipt)
    print(json.dumps(found, ensure_ascii=False))
