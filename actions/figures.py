"""The office's own figures (办公室参数): lines, days, telephone numbers, each from a day on, set by an administrator.

They stand in the database, so every process goes by them within LOOK_AGAIN_SECONDS; the office file stays the ground
they lie on. Every change says who made it and which paper it rests on, and is in the audit log; nothing is overwritten.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from actions import rulebook
from actions.contacts import Contacts, checked_contact
from actions.refusals import Invalid, NotAllowed, NotFound
from policy_kb import Library, OwnDays, OwnFigure, PolicyError
from storage import Database
from storage.models import OfficeSetting, User

if TYPE_CHECKING:
    from actions.office import Office

LOOK_AGAIN_SECONDS = 10.0
CONTACTS, PARAMETERS, STEP_DAYS = "contacts", "parameters", "step_days"  # the sections
DAY_KINDS = ("working", "calendar")
MAX_SOURCE = 300


@dataclass(frozen=True)
class Entry:
    """One entry in force. `key`: a contact's name, or PACK/FIGURE, or PACK/STEP; `by`: who set it."""

    number: int
    section: str
    key: str
    value: Any
    valid_from: date
    valid_to: date | None
    source: str
    by: str
    set_on: date


class OwnFigures:
    """What counts today: the office file's contacts and the library, with the entries of the database on top."""

    def __init__(
        self, base: Contacts | None = None, library: Library | None = None, db: Database | None = None
    ) -> None:
        self._base = base or Contacts()
        self._library, self._db = library, db
        self._lock = threading.Lock()
        self._mark: object = None
        self._contacts: Sequence[OfficeSetting] = ()
        self._looked = float("-inf")

    def contacts(self, on: date) -> Contacts:
        """Whom to call on a day."""
        self.look_again()
        set_now = {row.key: row.value for row in self._contacts if _covers(row, on)}  # the latest beginning comes last
        return replace(self._base, **set_now) if set_now else self._base

    def look_again(self, at_once: bool = False) -> None:
        """Read the entries anew where they have changed; looks at the database once in LOOK_AGAIN_SECONDS."""
        if self._db is None or self._library is None:
            return
        if not at_once and time.monotonic() - self._looked < LOOK_AGAIN_SECONDS:
            return
        with self._lock:
            self._looked = time.monotonic()
            with self._db.read() as uow:
                mark = uow.settings.mark()
                rows = uow.settings.in_force() if mark != self._mark else []
            if mark != self._mark:
                self._library.use_own(*_figures_and_days(rows))
                self._contacts = [row for row in rows if row.section == CONTACTS]
                self._mark = mark


def _covers(row: OfficeSetting, on: date) -> bool:
    return row.valid_from <= on and (row.valid_to is None or row.valid_to >= on)


def _figures_and_days(rows: Sequence[OfficeSetting]) -> tuple[list[OwnFigure], list[OwnDays]]:
    figures = [_figure(row) for row in rows if row.section == PARAMETERS]
    return figures, [_days(row) for row in rows if row.section == STEP_DAYS]


def _figure(row: OfficeSetting) -> OwnFigure:
    pack, _, name = row.key.partition("/")
    return OwnFigure(pack, name, float(row.value), row.valid_from, row.valid_to, row.source)


def _days(row: OfficeSetting) -> OwnDays:
    pack, _, step = row.key.partition("/")
    return OwnDays(pack, step, int(row.value["days"]), row.value["kind"])


# -- what an administrator does -----------------------------------------------------------------------------------


def entries(office: Office, user: User) -> tuple[Entry, ...]:
    """Everything in force, by section, key and first day. Raises NotAllowed."""
    _administrators_only(user)
    with office.db.read() as uow:
        names = {one.id: one.display_name or one.name for one in uow.users.all()}
        return tuple(_entry(row, names) for row in uow.settings.in_force())


def set_contact(office: Office, user: User, name: str, value: str, *, valid_from: date | None = None) -> None:
    """Set whom to call from a day on (today where none is given). Raises NotAllowed, Invalid."""
    _administrators_only(user)
    if name not in {one.name for one in fields(Contacts)}:
        raise Invalid(rulebook.say("refused.contact_unknown", name=name[:40]))
    _put(office, user, CONTACTS, name, checked_contact(name, value), valid_from, None, "")


def set_figure(
    office: Office, user: User, pack: str, name: str, value: float, *,
    valid_from: date, valid_to: date | None = None, source: str,
) -> None:  # fmt: skip
    """Set a line or threshold of a document for a period, with the paper it rests on. Raises NotAllowed, Invalid."""
    _administrators_only(user)
    if not source.strip():
        raise Invalid(rulebook.say("refused.source_missing"))
    _check(office, figure=OwnFigure(pack, name, value, valid_from, valid_to, source))
    _put(office, user, PARAMETERS, f"{pack}/{name}", value, valid_from, valid_to, source.strip()[:MAX_SOURCE])


def set_step_days(office: Office, user: User, pack: str, step: str, days: int, kind: str) -> None:
    """Set the office's own days for a step, from today. Cases under way keep theirs. Raises NotAllowed, Invalid."""
    _administrators_only(user)
    if kind not in DAY_KINDS:
        raise Invalid(rulebook.say("refused.day_kind", kind=kind[:20]))
    _check(office, days=OwnDays(pack, step, days, "working" if kind == "working" else "calendar"))
    _put(office, user, STEP_DAYS, f"{pack}/{step}", {"days": days, "kind": kind}, None, None, "")


def end_entry(office: Office, user: User, number: int) -> None:
    """Take an entry back: the office file and the document count again. Raises NotAllowed, NotFound."""
    _administrators_only(user)
    with office.db.begin() as uow:
        row = uow.settings.end(number, office.clock.now()) if 0 < number < 2**31 else None
        if row is None:
            raise NotFound(rulebook.say("refused.setting_unknown"))
        uow.audit.record(f"user:{user.id}", "setting.end", f"setting:{row.id}", section=row.section, key=row.key)
        uow.commit()
    office.own.look_again(at_once=True)


def _put(
    office: Office, user: User, section: str, key: str, value: Any,
    valid_from: date | None, valid_to: date | None, source: str,
) -> None:  # fmt: skip
    """Store the entry; the audit log says who, what and from when."""
    now, start = office.clock.now(), valid_from or office.clock.today()
    with office.db.begin() as uow:
        row = uow.settings.put(
            section, key[:160], value,
            valid_from=start, valid_to=valid_to, source=source, set_by=user.id, now=now,
        )  # fmt: skip
        uow.flush()
        uow.audit.record(
            f"user:{user.id}", "setting.put", f"setting:{row.id}", section=section, key=key[:160], valid_from=str(start)
        )
        uow.commit()
    office.own.look_again(at_once=True)


def _check(office: Office, figure: OwnFigure | None = None, days: OwnDays | None = None) -> None:
    try:
        office.library.check_own([figure] if figure else [], [days] if days else [])
    except PolicyError as error:
        raise Invalid(rulebook.say("refused.figure_wrong", why=str(error))) from error


def _administrators_only(user: User) -> None:
    if user.role != "admin":
        raise NotAllowed(rulebook.say("refused.admin_only"))


def _entry(row: OfficeSetting, names: dict[int, str]) -> Entry:
    by = names.get(row.set_by, "") if row.set_by is not None else ""
    return Entry(
        row.id, row.section, row.key, row.value, row.valid_from, row.valid_to, row.source, by, row.set_at.date()
    )
