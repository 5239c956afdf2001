"""The office's areas (地区表) for administrators: look them through, take in a file, first only checked if wished."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from actions import places, rulebook
from actions.office import Office
from actions.places import RowError
from actions.refusals import Invalid, NotAllowed
from storage import BadValue
from storage.models import User

SHOWN = 200


@dataclass(frozen=True)
class AreaLine:
    code: str
    name: str
    level: str
    path: str


@dataclass(frozen=True)
class AreaPlan:
    """What a file does: areas made and changed, lines that were not taken (`row` counts from 2), areas by level now."""

    added: int
    changed: int
    errors: tuple[RowError, ...]
    levels: dict[str, int]
    stored: bool


def find(office: Office, words: str = "") -> tuple[AreaLine, ...]:
    """Areas whose full name holds every word, the shortest names first."""
    with office.db.read() as uow:
        found = uow.areas.search(words[:80], limit=SHOWN)
        return tuple(AreaLine(area.code, area.name, area.level, area.path) for area in found)


def levels(office: Office) -> dict[str, int]:
    """How many areas there are of each level."""
    with office.db.read() as uow:
        return dict(Counter(area.level for area in uow.areas.all()))


def take_in(office: Office, user: User, data: bytes, dry_run: bool = False) -> AreaPlan:
    """Add or change areas from a CSV file; wrong lines are named and the others taken. `dry_run`: only tell.

    Raises NotAllowed, and Invalid where the file is no such table at all; then nothing changes.
    """
    if user.role != "admin":
        raise NotAllowed(rulebook.say("refused.admin_only"))
    rows = _rows(data)
    with office.db.begin() as uow:
        try:
            report = places.import_areas(uow, rows)
        except BadValue as error:
            raise Invalid(rulebook.say("refused.areas_wrong", why=str(error))) from error
        plan = AreaPlan(
            report.added, report.changed, report.errors, dict(Counter(a.level for a in uow.areas.all())), not dry_run
        )
        if not dry_run:
            uow.audit.record(f"user:{user.id}", "areas.import", "areas", added=plan.added, changed=plan.changed)
            uow.commit()
    return plan


def _rows(data: bytes) -> list[dict[str, str]]:
    if data.startswith(b"PK"):
        raise Invalid(rulebook.say("refused.areas_xlsx"))
    try:
        rows = places.read_csv(data)
    except ValueError as error:
        raise Invalid(rulebook.say("refused.areas_file")) from error
    if not rows:
        raise Invalid(rulebook.say("refused.areas_empty"))
    return rows
