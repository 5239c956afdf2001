"""What can be done to a case by one press of a button: accept it, record the visit, give it back.

The permissions are those of `casework`; a button carries the version of the card it stood under.
"""

from __future__ import annotations

from dataclasses import dataclass

from actions import casefile, procedure, routing, rulebook
from actions.cardviews import CaseCard
from actions.casework import changing, committed, record_step
from actions.office import Office
from actions.refusals import Invalid, NotFound, Stale
from storage import UnitOfWork
from storage.models import Case, CaseStep, User


@dataclass(frozen=True)
class CaseActions:
    """What this person may do to the case now; `step` is the running step's title, "" where none runs."""

    receipt: str
    version: int
    step: str = ""
    accept: bool = False
    visit: bool = False
    give_back: bool = False


def actions_on(office: Office, user: User, case_id: int) -> CaseActions | None:
    """What the buttons under a notice may be; None where the case is not for this person's eyes."""
    with office.db.read() as uow:
        case = uow.cases.get(case_id)
        if case is None or not routing.may_see(uow, user, case):
            return None
        row = _running(uow, user, case)
        if row is None:
            return CaseActions(case.receipt, case.version)
        spec = procedure.spec_of(office, case, row)
        taken = row.step in case.details.get("accepted", {})
        return CaseActions(case.receipt, case.version, spec.zh, not taken, spec.visit and not spec.tell_note, True)


def accept_case(office: Office, user: User, receipt: str, *, version: int | None = None) -> CaseCard:
    """«我来办»: the history says who has the running step in hand. Raises what `casework` raises."""
    with changing(office, user, receipt, version) as (uow, case):
        row = _running(uow, user, case)
        if row is None:
            raise Invalid(rulebook.say("refused.nothing_to_do"))
        title = procedure.spec_of(office, case, row).zh
        case.details = {**case.details, "accepted": {**case.details.get("accepted", {}), row.step: user.id}}
        casefile.note(office, uow, case, "accepted", rulebook.say("history.accepted", step=title), by=user.id)
        uow.audit.record(f"user:{user.id}", "case.accept", f"case:{case.id}", step=row.step)
        return committed(office, uow, user, case)


def record_visit(office: Office, user: User, receipt: str, *, version: int | None = None) -> str:
    """Record the running visit as done today; returns its title. Raises what `casework` raises."""
    with office.db.read() as uow:
        case = uow.cases.seen_by_receipt(user, receipt)
        if case is not None and version is not None and case.version != version:
            raise Stale(rulebook.say("refused.stale"))
        row = _running(uow, user, case) if case is not None else None
        if case is None or row is None or not procedure.spec_of(office, case, row).visit:
            raise Invalid(rulebook.say("refused.nothing_to_do"))
        step, title = row.step, procedure.spec_of(office, case, row).zh
    record_step(office, user, receipt, step, version=version)
    return title


def receipt_of(office: Office, user: User, case_id: int) -> str:
    """The receipt number of a case this person may see. Raises NotFound."""
    found = actions_on(office, user, case_id)
    if found is None:
        raise NotFound(rulebook.say("refused.not_found"))
    return found.receipt


def check_version(office: Office, user: User, case_id: int, version: int) -> None:
    """Before a reason is asked for: raises NotFound, Stale, or Invalid where nothing is to be given back."""
    found = actions_on(office, user, case_id)
    if found is None:
        raise NotFound(rulebook.say("refused.not_found"))
    if found.version != version:
        raise Stale(rulebook.say("refused.stale"))
    if not found.give_back:
        raise Invalid(rulebook.say("refused.nothing_to_do"))


def handled_by(office: Office, case_id: int) -> User | None:
    """Who changed the case last; None where it was not a member of staff."""
    with office.db.read() as uow:
        events = uow.cases.events(case_id)
        return uow.users.get(events[-1].by_user_id) if events and events[-1].by_user_id is not None else None


def _running(uow: UnitOfWork, user: User, case: Case) -> CaseStep | None:
    """The first running step this person may act on."""
    if case.status != casefile.OPEN:
        return None
    return next((row for row in procedure.running(uow, case) if routing.may_act(uow, user, case, row.level)), None)
