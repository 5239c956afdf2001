"""What the page of the office's figures shows: everything in force today, whose it is, and since when."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from actions import figures
from actions.figures import CONTACTS, Entry
from actions.office import Office
from policy_kb import Pack
from storage.models import User


@dataclass(frozen=True)
class ContactLine:
    name: str
    value: str
    own: bool  # set on the page, not by the office file


@dataclass(frozen=True)
class FigureLine:
    """One line or threshold today. `unit` as in the facts table; `origin`: document, interpretation or office."""

    name: str
    zh: str
    value: float
    spoken: str
    unit: str
    origin: str
    stale: bool
    source: str
    clause: str


@dataclass(frozen=True)
class StepLine:
    """Days of one step: the document's, the office's, or none."""

    step: str
    zh: str
    clause: str
    days: int | None
    kind: str | None
    whose: str | None


@dataclass(frozen=True)
class PackFigures:
    pack: str
    title: str
    figures: tuple[FigureLine, ...]
    steps: tuple[StepLine, ...]


@dataclass(frozen=True)
class Overview:
    contacts: tuple[ContactLine, ...]
    packs: tuple[PackFigures, ...]
    entries: tuple[Entry, ...]


def overview(office: Office, user: User) -> Overview:
    """All figures of the office as they stand today. Raises NotAllowed."""
    entries = figures.entries(office, user)
    office.own.look_again(at_once=True)
    set_here = {entry.key for entry in entries if entry.section == CONTACTS}
    contacts = asdict(office.contacts)
    return Overview(
        tuple(ContactLine(name, value, name in set_here) for name, value in contacts.items()),
        tuple(_pack(office, pack) for pack in office.library.packs.values()),
        entries,
    )


def _pack(office: Office, pack: Pack) -> PackFigures:
    today = office.library.figures(pack, office.clock.today())
    steps = []
    for step in (*pack.procedure, *pack.exit.steps):
        days, kind, whose = office.library.step_days(pack, step)
        steps.append(StepLine(step.id, step.zh, step.clause, days, kind, whose))
    lines = tuple(
        FigureLine(f.name, f.zh, f.value, f.spoken, f.unit, f.origin, f.stale, f.source, f.clause)
        for f in today.values()
    )
    return PackFigures(pack.id, pack.title, lines, tuple(steps))
