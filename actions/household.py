"""The household speaks again after its case is open: more information, a withdrawal, a word about a visit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from actions import casefile, notices, procedure, reminders, routing, rulebook, tasks
from actions.office import Office
from storage import UnitOfWork
from storage.models import Case, CaseStep, Fact

MAX_SAID = 4000  # code points kept of one addition
REASON_SHOWN = 200


def add_information(
    office: Office, uow: UnitOfWork, case: Case, text: str, inbound_id: int | None, facts: Mapping[str, Fact]
) -> None:
    """Add what the household says later: words and facts, a new verdict, a line to those who act.

    What somebody verified is not overwritten: the household's words stand beside it in the history.
    A returned case goes on from here; the days it waited for the household do not count.
    """
    said = text.strip()[:MAX_SAID]
    known = casefile.facts_of(uow, case)
    conflicts = False
    for fact_id, row in facts.items():
        if row.case_id == case.id:
            continue
        checked = known.get(fact_id)
        if checked is not None and checked.verified:
            conflicts = conflicts or checked.value != row.value
            if checked.value != row.value:
                _note_conflict(office, uow, case, row)
            continue
        uow.facts.state(_copied(row, case))
    text_kept = rulebook.say("history.information_added", text=said)
    casefile.note(office, uow, case, "information_added", text_kept, public=True)
    casefile.touch(case)
    casefile.reassess(office, uow, case)
    notice = "information_conflicts" if conflicts else "information_added"
    if case.status == casefile.RETURNED:
        _reopen(office, uow, case)
        notice = "information_after_return"
    if case.status in (casefile.WITHDRAWN, casefile.CLOSED):
        _said_after_end(office, uow, case)
    if case.status == casefile.OPEN:
        key = str(inbound_id) if inbound_id is not None else office.clock.now().isoformat()
        notices.about_case(office, uow, case, notice, key)
    uow.flush()


def _said_after_end(office: Office, uow: UnitOfWork, case: Case) -> None:
    """Nobody works on the case any more, so somebody is asked to look."""
    status = rulebook.say(f"status.{case.status}")
    tasks.open_task(
        office,
        uow,
        "person",
        key=f"said_after_end:{case.id}:{office.clock.today()}",
        area_id=case.routed_area_id,
        case_id=case.id,
        conversation_id=case.conversation_id,
        text=rulebook.say("tasks.said_after_end", receipt=case.receipt, status=status),
    )


def _copied(row: Fact, case: Case) -> Fact:
    return Fact(
        conversation_id=row.conversation_id, case_id=case.id, fact_id=row.fact_id, value=row.value,
        source=row.source, said_by=row.said_by, inbound_id=row.inbound_id, words=row.words, start=row.start,
        end=row.end, at=row.at, verified=row.verified,
    )  # fmt: skip


def _note_conflict(office: Office, uow: UnitOfWork, case: Case, row: Fact) -> None:
    spec = office.library.vocabulary.get(row.fact_id)
    text = rulebook.say("history.information_conflicts", fact=spec.zh if spec else row.fact_id)
    casefile.note(office, uow, case, "information_conflicts", text)


def _reopen(office: Office, uow: UnitOfWork, case: Case) -> None:
    """The household answered a returned case: the running step gets the waited days back."""
    since = date.fromisoformat(case.details["returned_on"])
    case.status = casefile.OPEN
    case.details = {k: v for k, v in case.details.items() if k not in ("returned_on", "returned_reason")}
    for row in procedure.running(uow, case):
        procedure.pause(row, since, office.clock.today())
    uow.flush()
    reminders.replan(office, uow, case)
    casefile.note(office, uow, case, "reopened", rulebook.say("history.reopened"), public=True)


def withdraw(office: Office, uow: UnitOfWork, case: Case, reason: str) -> None:
    """The household takes its case back: steps and reminders end, the history stays, a new one may be opened."""
    if case.status in (casefile.WITHDRAWN, casefile.CLOSED):
        return
    notices.about_case(office, uow, case, "withdrawn", "household")
    case.status, case.closed_at = casefile.WITHDRAWN, office.clock.now()
    case.dedup_key = casefile.released_key(case)
    procedure.cancel_open(procedure.steps(uow, case))
    uow.reminders.cancel(case.id)
    words = reason.strip()[:REASON_SHOWN]
    key = "history.withdrawn" if words else "history.withdrawn_no_reason"
    casefile.note(office, uow, case, "withdrawn", rulebook.say(key, reason=words), public=True)
    uow.audit.record("conversation", "case.withdraw", f"case:{case.id}")
    uow.flush()


def household_answer(office: Office, uow: UnitOfWork, case: Case, visited: bool) -> None:
    """«有人来您家核实了吗？»: yes is recorded on the card; no becomes a task one level above those who should come."""
    row = _visit_step(office, uow, case)
    step = row.step if row is not None else ""
    visits = {**case.details.get("visits", {}), step: visited}
    case.details = {**case.details, "visits": visits}
    kind = "visited_yes" if visited else "visited_no"
    casefile.note(office, uow, case, kind, rulebook.say(f"history.{kind}"), public=True)
    if not visited and case.status in (casefile.OPEN, casefile.RETURNED):
        _nobody_came(office, uow, case, row)
    uow.flush()


def _visit_step(office: Office, uow: UnitOfWork, case: Case) -> CaseStep | None:
    """The visit the question was about: the running one, else the last one begun."""
    begun = [row for row in procedure.steps(uow, case) if row.started_on is not None]
    visits = [row for row in begun if procedure.spec_of(office, case, row).visit] or begun
    running = [row for row in visits if row.status == procedure.DUE]
    found = running or visits
    return found[-1] if found else None


def _nobody_came(office: Office, uow: UnitOfWork, case: Case, row: CaseStep | None) -> None:
    level = row.level if row is not None else "village"
    step = procedure.spec_of(office, case, row).zh if row is not None else ""
    supervising = routing.above(uow, case, level)
    tasks.open_task(
        office,
        uow,
        "household_says_no",
        key=f"household_says_no:{case.id}:{row.step if row else ''}:{office.clock.today()}",
        area_id=supervising.area.id if supervising.area is not None else None,
        case_id=case.id,
        conversation_id=case.conversation_id,
        text=rulebook.say("tasks.household_says_no", receipt=case.receipt, step=step),
    )
