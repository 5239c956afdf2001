"""What every use case on a case shares: its facts, its verdicts, its history, and setting its steps going."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from actions import notices, phrases, procedure, reminders, rulebook
from actions.office import Office
from policy_kb import Assessment
from storage import UnitOfWork
from storage.models import Case, CaseEvent, CaseStep, Fact, Verdict

OPEN, RETURNED, WITHDRAWN, CLOSED = "open", "returned", "withdrawn", "closed"


def facts_of(uow: UnitOfWork, case: Case) -> dict[str, Fact]:
    """The statements in force, by fact id."""
    return uow.facts.current(case_id=case.id)


def values(rows: Mapping[str, Fact], verified_only: bool = False) -> dict[str, object]:
    """Fact id → value."""
    return {fact_id: row.value for fact_id, row in rows.items() if row.verified or not verified_only}


def note(
    office: Office, uow: UnitOfWork, case: Case, kind: str, text: str, *, by: int | None = None, public: bool = False
) -> None:
    """Add a line to the history of the case; `public`: the household may read it."""
    uow.add(CaseEvent(case_id=case.id, at=office.clock.now(), kind=kind, by_user_id=by, text=text, public=public))


def touch(case: Case) -> None:
    """Count a change to anything on the card, so that whoever still looks at the old card is told."""
    case.details = {**case.details, "changes": int(case.details.get("changes", 0)) + 1}


def snapshot(
    office: Office, uow: UnitOfWork, case: Case, assessment: Assessment, facts: Mapping[str, object]
) -> Verdict:
    """Keep the verdict as it was given, with pack id, version and hash, and the facts it stood on."""
    pack = office.library.pack(case.pack_id)
    case.outcome, case.category = assessment.outcome, assessment.category
    return uow.add(
        Verdict(
            case_id=case.id,
            conversation_id=case.conversation_id,
            pack_id=pack.id,
            pack_version=str(pack.version),
            pack_hash=pack.hash,
            on_date=office.clock.today(),
            facts=dict(facts),
            assessment=assessment.to_json(),
            at=office.clock.now(),
        )
    )


def reassess(office: Office, uow: UnitOfWork, case: Case, *, by: int | None = None, told: bool = True) -> bool:
    """A new verdict on the facts as they stand; True where outcome or category changed. Nobody is rejected by it:
    the case goes on whatever it says. `told`: a change goes into the history here, not by the caller."""
    if case.kind != "application" or case.pack_id not in office.library.packs:
        return False
    before = (case.outcome, case.category)
    facts = values(facts_of(uow, case))
    pack = office.library.pack(case.pack_id)
    assessment = office.library.assess(pack, facts, on=office.clock.today(), ask="any", place=case.place)
    snapshot(office, uow, case, assessment, facts)
    if (case.outcome, case.category) == before:
        return False
    if not told:
        return True
    text = rulebook.say("history.verdict_changed", verdict=phrases.verdict_words(office, case))
    note(office, uow, case, "verdict_changed", text, by=by)
    return True


def begin_steps(
    office: Office, uow: UnitOfWork, case: Case, on: date, *, by: int | None = None, announce: str = "step_started"
) -> list[CaseStep]:
    """Begin what can begin: history, reminders and the notice to those who act. Returns the steps begun."""
    verified = values(facts_of(uow, case), verified_only=True)
    begun, left_out = procedure.advance(office, uow, case, on, verified)
    for row in left_out:
        spec = procedure.spec_of(office, case, row)
        text = rulebook.say("history.step_skipped", step=spec.zh, clause=spec.clause)
        note(office, uow, case, "step_skipped", text, by=by, public=True)
    for row in begun:
        spec = procedure.spec_of(office, case, row)
        text = rulebook.say("history.step_started", step=spec.zh, due=phrases.due_words(row, "staff"))
        note(office, uow, case, "step_started", text, by=by)
        reminders.plan(office, uow, case, row)
        notices.to_responsible(office, uow, case, row, announce)
    return begun


def released_key(case: Case) -> str:
    """The key of a case that is over: the same matter may be opened anew."""
    return f"{case.dedup_key[:100]}#{case.id}"
