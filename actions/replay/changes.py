"""A change set (变更): what a replay found, prepared by one person, approved by another before any case is touched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from actions import routing
from actions.office import Office
from actions.refusals import Invalid, NotAllowed, NotFound
from actions.replay.judging import Rules, check_in_force
from actions.replay.report import Replayed, Report
from policy_kb import PolicyError
from storage import UnitOfWork
from storage.models import Area, ChangeSet, User

PREPARED, APPLYING, APPLIED, REFUSED = "prepared", "applying", "applied", "refused"
COUNTY_AND_ABOVE = ("county", "city", "province")
MAX_ID = 2**31 - 1


@dataclass(frozen=True)
class ChangeLine:
    """A change set as it is listed."""

    number: int
    before: str
    after: str
    cases: int
    by: str
    at: datetime
    status: str


def prepare(office: Office, user: User, report: Report, found: Replayed) -> int:
    """Keep what the replay found as a change set, for another person to approve; returns its number.

    Raises NotAllowed, Invalid, and PolicyError where the newer edition is not in force today.
    """
    before, after = report.comparison.before, report.comparison.after
    check_in_force(after, office.clock.today())
    if not found.case_ids:
        raise Invalid(office.texts.say("replay.refuse.nothing", pack=before.pack.id))
    with office.db.begin() as uow:
        _check_rights(office, uow, user)
        change = uow.add(
            ChangeSet(
                from_pack=before.pack.id,
                from_hash=before.pack.hash,
                from_date=before.day,
                to_pack=after.pack.id,
                to_hash=after.pack.hash,
                to_date=after.day,
                figures=after.figures_hash(),
                case_ids=list(found.case_ids),
                flips={
                    str(one.household.case_id): [
                        list(one.flip.before),
                        list(one.flip.after),
                        "；".join(map(report.cause, one.flip.causes)),
                    ]
                    for one in found.flipped
                },
                prepared_by=user.id,
                prepared_at=office.clock.now(),
            )
        )
        uow.flush()
        uow.audit.record(f"user:{user.id}", "replay.prepare", f"change:{change.id}", **_detail(change))
        uow.commit()
        return change.id


def begin(office: Office, user: User, number: int) -> ChangeSet:
    """The second person says yes: the change set may be applied from now on, and goes on where it once stopped.

    Raises NotFound, NotAllowed, Invalid; then nothing has changed.
    """
    with office.db.begin() as uow:
        change = _waiting(office, uow, user, number, (PREPARED, APPLYING))
        if change.prepared_by == user.id:
            raise NotAllowed(office.texts.say("replay.refuse.same_person", number=number, name=user.name))
        if len(uow.cases.seen_among(user, change.case_ids)) < len(change.case_ids):
            raise NotAllowed(office.texts.say("replay.refuse.unseen", number=number, name=user.name))
        _check_unchanged(office, change)
        if change.status == PREPARED:
            change.status, change.decided_by, change.decided_at = APPLYING, user.id, office.clock.now()
            uow.audit.record(f"user:{user.id}", "replay.approve", f"change:{number}", **_detail(change))
        uow.commit()
        return change


def finish(office: Office, user: User, number: int, **counts: int) -> None:
    """Every case of it has been looked at."""
    with office.db.begin() as uow:
        change = uow.get(ChangeSet, number, lock=True)
        if change is not None and change.status == APPLYING:
            change.status = APPLIED
            uow.audit.record(f"user:{user.id}", "replay.apply", f"change:{number}", **counts)
        uow.commit()


def refuse(office: Office, user: User, number: int) -> None:
    """Nothing comes of it; the one who prepared it may say so, too. Raises NotFound, NotAllowed, Invalid."""
    with office.db.begin() as uow:
        change = _waiting(office, uow, user, number, (PREPARED,))
        change.status, change.decided_by, change.decided_at = REFUSED, user.id, office.clock.now()
        uow.audit.record(f"user:{user.id}", "replay.refuse", f"change:{number}")
        uow.commit()


def pending(office: Office) -> Sequence[ChangeLine]:
    """What waits for a second person, oldest first."""
    with office.db.read() as uow:
        found = [row for status in (PREPARED, APPLYING) for row in uow.find(ChangeSet, status=status)]
        return [
            ChangeLine(
                row.id, f"{row.from_pack}@{row.from_date}", f"{row.to_pack}@{row.to_date}", len(row.case_ids),
                _name(uow, row.prepared_by), row.prepared_at, row.status,
            )
            for row in sorted(found, key=lambda row: row.id)
        ]  # fmt: skip


def names_of(office: Office, change: ChangeSet) -> tuple[str, str]:
    """Who prepared it and who approved it."""
    with office.db.read() as uow:
        return _name(uow, change.prepared_by), _name(uow, change.decided_by)


def _name(uow: UnitOfWork, user_id: int | None) -> str:
    user = uow.get(User, user_id) if user_id is not None else None
    return (user.display_name or user.name) if user is not None else "—"


def _waiting(office: Office, uow: UnitOfWork, user: User, number: int, statuses: Sequence[str]) -> ChangeSet:
    _check_rights(office, uow, user)
    change = uow.get(ChangeSet, number, lock=True) if 0 < number <= MAX_ID else None
    if change is None:
        raise NotFound(office.texts.say("replay.refuse.unknown", number=number))
    if change.status not in statuses:
        status = office.texts.say(f"replay.status.{change.status}")
        raise Invalid(office.texts.say("replay.refuse.decided", number=number, status=status))
    return change


def _check_rights(office: Office, uow: UnitOfWork, user: User) -> None:
    """Administrators, and cadres of a county or above."""
    known = uow.get(User, user.id, fresh=True)
    area = uow.get(Area, known.area_id) if known is not None and known.area_id is not None else None
    county = area is not None and area.level in COUNTY_AND_ABOVE
    if known is None or known.disabled or not (known.role == routing.ADMIN or (known.role == routing.CADRE and county)):
        raise NotAllowed(office.texts.say("replay.refuse.rights", name=user.name))


def _check_unchanged(office: Office, change: ChangeSet) -> None:
    """What was approved is what is done: the document and the figures are those of the report."""
    pack = office.library.packs.get(change.to_pack)
    changed = Invalid(office.texts.say("replay.refuse.changed", number=change.id))
    if pack is None or pack.hash != change.to_hash:
        raise changed
    rules = Rules(office.library, pack, change.to_date)
    try:
        check_in_force(rules, office.clock.today())
    except PolicyError:
        raise changed from None
    if rules.figures_hash() != change.figures:
        raise changed


def _detail(change: ChangeSet) -> dict[str, object]:
    return {
        "before": f"{change.from_pack}@{change.from_date}",
        "after": f"{change.to_pack}@{change.to_date}",
        "cases": len(change.case_ids),
        "flips": len(change.flips),
    }
