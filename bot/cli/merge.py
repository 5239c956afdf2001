"""`shouwang screen --merge`: departments' monthly lists put together, judged, and on wish made cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.assess import day_of

if TYPE_CHECKING:
    from actions.lists.merging import ListFile
    from actions.lists.remarks import Remark
    from actions.office import Office

SHOWN = 20
FAULTS = frozenset({"misfit", "lost_digits", "id_wrong", "bad_cell"})


@dataclass(frozen=True)
class MergeOptions:
    """What was asked for on the command line."""

    pack: str
    lists: tuple[str, ...]
    target: Path
    households: Path | None = None
    kinds: Path | None = None
    month: str | None = None
    remarks: Path | None = None
    on: str | None = None
    opening: bool = False
    only_certain: bool = False


def merge(options: MergeOptions) -> None:
    """Merge, judge, write; with `opening` also open cases. Ends with status 1 where something was wrong in a list."""
    from bot.cli.office import open_office

    _check(options)
    with open_office() as office:  # its own figures count, whether cases are opened or not
        day = office.clock.today() if options.on is None else day_of(options.on)
        _merge(options, office, day)


def _check(options: MergeOptions) -> None:
    if not options.lists:
        raise typer.BadParameter("--merge needs lists: give each as --list FILE or --list KIND=FILE.")
    if options.opening and options.households is None:
        raise typer.BadParameter("--open needs --households: without the register a person is no household.")
    if options.opening and options.on is not None:
        raise typer.BadParameter("--open judges as of today; leave --date out.")


def _merge(options: MergeOptions, office: Office, day: date) -> None:
    from actions.lists import judging, kinds, merging, opening, report, writing

    library, texts = office.library, office.texts
    files = [_list_file(given) for given in options.lists]
    remarks_to = options.remarks or options.target.with_name(f"{options.target.stem}-remarks.csv")
    sources = [file.path for file in files] + ([options.households] if options.households else [])
    for target in (options.target, remarks_to):
        writing.check_target(target, sources)
    known = kinds.load_kinds(library, options.kinds)
    month = day_of(f"{options.month}-01") if options.month else None
    merged = merging.Merger(library, known, options.households, day).merge(files, month)
    judged = judging.judge(library, options.pack, day, merged.homes)
    remarks = report.all_remarks(library, texts, merged)
    report.write_homes(library, texts, judged, options.target)
    report.write_remarks(texts, remarks, remarks_to)
    _tell([f"{r.list} 第{r.row}行：{r.say(texts)}" for r in remarks], str(remarks_to))
    typer.echo("\n".join(report.summary(library, texts, options.pack, merged, judged, len(remarks))))
    failed = 0
    if options.opening:
        done = opening.open_cases(office, options.pack, judged, options.only_certain)
        failed = len(done.failed)
        for number, why in done.failed:
            typer.echo(texts.say("lists.summary.failed", number=number, why=why), err=True)
        typer.echo(
            texts.say(
                "lists.summary.opened", new=len(done.new), updated=len(done.updated), same=done.same, failed=failed
            )
        )
    if failed or any(one.fault for one in merged.lists) or any(_is_fault(remark) for remark in remarks):
        raise typer.Exit(1)


def _list_file(given: str) -> ListFile:
    """FILE, or KIND=FILE where no file of the whole name is there."""
    from actions.lists.merging import ListFile

    kind, equals, path = given.partition("=")
    return ListFile(Path(path), kind) if equals and not Path(given).exists() else ListFile(Path(given))


def _is_fault(remark: Remark) -> bool:
    return remark.code in FAULTS


def _tell(lines: list[str], where: str) -> None:
    for line in lines[:SHOWN]:
        typer.echo(line, err=True)
    if len(lines) > SHOWN:
        typer.echo(f"… 还有 {len(lines) - SHOWN} 行，都在 {where} 里。", err=True)
