"""`shouwang replay`: what a change of rules would do to whom; applied only when a second person has approved it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.office import open_office

if TYPE_CHECKING:
    from actions.accounts import Staff
    from actions.office import Office
    from actions.replay.report import Replayed, Report

SHOWN = 20


def replay(
    before: Annotated[str | None, typer.Option("--from", metavar="PACK@DATE", help="The rules as they were.")] = None,
    after: Annotated[str | None, typer.Option("--to", metavar="PACK@DATE", help="The rules as they become.")] = None,
    source: Annotated[
        Path | None, typer.Option("--input", help="A list as for `screen`; without it the cases under way.")
    ] = None,
    target: Annotated[
        Path | None, typer.Option("--output", help="Every flip as .csv or .xlsx; counts by village beside it.")
    ] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Prepare the change for a second person's approval.")] = False,
    approve: Annotated[int | None, typer.Option(metavar="NUMBER", help="Approve a prepared change; apply it.")] = None,
    refuse: Annotated[int | None, typer.Option(metavar="NUMBER", help="Send a prepared change back.")] = None,
    pending: Annotated[bool, typer.Option("--pending", help="List the changes that wait.")] = False,
    name: Annotated[str | None, typer.Option("--user", help="Who prepares, approves or refuses.")] = None,
) -> None:
    """Judge cases or a list by two editions of the rules; tell who flips, by which clause. Nothing is changed."""
    if sum((approve is not None, refuse is not None, pending, bool(before or after))) != 1:
        raise typer.BadParameter("Give --from and --to, or one of --approve, --refuse and --pending.")
    with open_office() as office:
        if pending:
            _pending(office)
        elif approve is not None:
            _approve(office, _staff(office, name), approve)
        elif refuse is not None:
            _refuse(office, _staff(office, name), refuse)
        elif before is None or after is None:
            raise typer.BadParameter("--from and --to belong together: PACK@DATE each.")
        else:
            _replay(office, before, after, source, target, _staff(office, name) if apply or name else None, apply)


def _replay(
    office: Office, before: str, after: str, source: Path | None, target: Path | None, user: Staff | None, apply: bool
) -> None:
    from actions.lists.writing import check_target
    from actions.replay import changes, sources
    from actions.replay.judging import Comparison, Rules, check_in_force
    from actions.replay.report import Report, replay

    if apply and source is not None:
        raise typer.BadParameter("--apply is for cases; a list is only looked at.")
    today = office.clock.today()
    comparison = Comparison(Rules.read(office.library, before, today), Rules.read(office.library, after, today))
    if apply:
        check_in_force(comparison.after, today)
    if target is not None:
        check_target(target, [source] if source else [])
    report = Report(office.library, office.texts, comparison)

    if source is not None:
        with sources.listed(office.library, source) as households:
            found = replay(comparison, households)
    else:
        found = replay(comparison, sources.cases_under_way(office, comparison.before.pack.id, user))
    if target is not None:
        report.write_flips(found, target)
        report.write_counts(found, target.with_name(f"{target.stem}-counts{target.suffix}"))
    _tell(report, found, shown=target is None)
    if apply and user is not None:
        number = changes.prepare(office, user, report, found)
        typer.echo(
            office.texts.say(
                "replay.summary.prepared", number=number, cases=len(found.case_ids), flips=len(found.flipped)
            )
        )
    else:
        typer.echo(office.texts.say("replay.summary.untouched"))
    if found.problems:
        raise typer.Exit(1)


def _tell(report: Report, found: Replayed, shown: bool) -> None:
    for who, why in found.problems[:SHOWN]:
        typer.echo(f"{who}: {why}", err=True)
    typer.echo("\n".join(report.summary(found)))
    for line in report.flips(found)[:SHOWN] if shown else ():
        typer.echo(line)


def _pending(office: Office) -> None:
    from actions.clock import SHANGHAI
    from actions.replay import changes

    say = office.texts.say
    lines = changes.pending(office)
    for line in lines:
        typer.echo(
            say(
                "replay.summary.pending", number=line.number, before=line.before, after=line.after, cases=line.cases,
                name=line.by, day=line.at.astimezone(SHANGHAI).date(), status=say(f"replay.status.{line.status}"),
            )
        )  # fmt: skip
    if not lines:
        typer.echo(say("replay.summary.none_pending"))


def _approve(office: Office, user: Staff, number: int) -> None:
    from actions.replay.applying import approve

    say, done = office.texts.say, approve(office, user, number)
    typer.echo(say("replay.summary.applied", number=number, done=done.done, flipped=done.flipped, worse=done.worse))
    for key, count in (("skipped", done.skipped), ("differs", done.differs), ("left", done.left)):
        if count:
            typer.echo(say(f"replay.summary.{key}", count=count))


def _refuse(office: Office, user: Staff, number: int) -> None:
    from actions.replay import changes

    changes.refuse(office, user, number)
    typer.echo(office.texts.say("replay.summary.refused", number=number))


def _staff(office: Office, name: str | None) -> Staff:
    """Who does this: the name given, proven by the password from SHOUWANG_PASSWORD or the terminal."""
    from actions import accounts

    if name is None:
        raise typer.BadParameter("--user is missing: the name of the one who prepares, approves or refuses.")
    given = os.environ.get("SHOUWANG_PASSWORD")
    if not given and not sys.stdin.isatty():
        raise typer.BadParameter("No password: set SHOUWANG_PASSWORD or run the command in a terminal.")
    token = accounts.login(office, name, given or typer.prompt("Password", hide_input=True))
    found = accounts.session(office, token)
    accounts.logout(office, token)
    if found is None:
        raise accounts.LoginRefused(office.texts.say("accounts.wrong_login"))
    return found.user
