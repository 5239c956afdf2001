"""`shouwang case RECEIPT`: one case as JSON, for the administrator of the machine."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from bot.cli.office import open_office


class UnknownReceipt(Exception):
    """No case has this receipt number."""


def case(receipt: Annotated[str, typer.Argument(help="Receipt number, with or without hyphens.")]) -> None:
    """Print one case as JSON; an unknown receipt ends in one sentence and status 1."""
    from actions import cases

    with open_office() as office, office.db.read() as uow:
        found = cases.case_json(office, uow, receipt)
    if found is None:
        raise UnknownReceipt(f"There is no case with the receipt number {receipt}; expected YYMMDD-NNN-NNN.")
    print(json.dumps(found, ensure_ascii=False))
