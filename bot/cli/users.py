"""`shouwang users`: the staff who may sign in."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from typing import Annotated

import typer

from bot.cli.office import open_office

app = typer.Typer(help="Members of staff: add, list, disable, enable, reset-password, link.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="Name to sign in with.")]


class Role(StrEnum):
    OPERATOR = "operator"
    CADRE = "cadre"
    ADMIN = "admin"


@app.command()
def add(
    name: Name,
    role: Annotated[Role, typer.Option(help="What the person may do.")],
    area: Annotated[str | None, typer.Option(help="Name or path of the area the person works for.")] = None,
    display_name: Annotated[str, typer.Option(help="Name shown to colleagues.")] = "",
) -> None:
    """Add a member of staff; the password comes from the terminal or from SHOUWANG_PASSWORD."""
    from actions import accounts

    password = _password()
    with open_office() as office:
        accounts.add_user(office, name, password, role.value, area, display_name)
    print(f"{name} can sign in now as {role.value}{f' for {area}' if area else ''}.")


@app.command("list")
def list_users() -> None:
    """One line a person: name, role, area, state."""
    from actions import accounts

    with open_office() as office:
        for user, area in accounts.list_users(office):
            print(f"{user.name}\t{user.role}\t{area or '-'}\t{'disabled' if user.disabled else 'active'}")


@app.command()
def disable(name: Name) -> None:
    """Take somebody's access away at once."""
    _set_disabled(name, True)


@app.command()
def enable(name: Name) -> None:
    """Give somebody's access back."""
    _set_disabled(name, False)


@app.command("reset-password")
def reset_password(name: Name) -> None:
    """Set a new password; every open session of the person ends."""
    from actions import accounts

    password = _password()
    with open_office() as office:
        accounts.reset_password(office, name, password)
    print(f"{name} has a new password.")


@app.command()
def link(name: Name) -> None:
    """Make a one-time code with which the person links a Telegram account; hand it over in person."""
    from actions import linking

    with open_office() as office:
        code = linking.offer_to(office, name)
    print(f"{name} sends this to the bot within {linking.MINUTES} minutes, once: /start {code}")


def _set_disabled(name: str, disabled: bool) -> None:
    from actions import accounts

    with open_office() as office:
        accounts.set_disabled(office, name, disabled)
    print(f"{name} is {'disabled' if disabled else 'active again'}.")


def _password() -> str:
    given = os.environ.get("SHOUWANG_PASSWORD")
    if given:
        return given
    if not sys.stdin.isatty():
        raise typer.BadParameter("No password: set SHOUWANG_PASSWORD or run the command in a terminal.")
    password: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password
