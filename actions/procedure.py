"""The procedure (流程) of one case: its steps, which of them runs, and by when.

An application follows its policy document; a complaint follows the office's own steps (`rules/complaints.yml`).
A step begins when its predecessor is done, and its days count from the day after it began.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from actions import rulebook
from actions.office import Office
from actions.workdays import Deadline, deadline, workdays_between
from policy_kb import Pack, Step
from storage import UnitOfWork
from storage.models import Case, CaseStep

WAITING, DUE, DONE, SKIPPED, CANCELLED = "waiting", "due", "done", "skipped", "cancelled"
PAST = (DONE, SKIPPED)


@dataclass(frozen=True)
class StepSpec:
    """What a step is, whoever wrote it down. `days_source`: document, office or None (no days, no due date)."""

    id: str
    clause: str
    zh: str
    level: str
    after: str | None
    days: int | None
    day_kind: str
    days_source: str | None
    farmer_text: str
    cadre_text: str
    records: tuple[str, ...] = ()
    visit: bool = False
    may_skip: bool = False  # the document names a case in which it may be left out
    actor: str = ""
    tell_note: bool = False  # what the cadre writes is the answer, and the household reads it


def specs(office: Office, case: Case) -> dict[str, StepSpec]:
    """Step id → what it is, in order; empty for a pack that is no longer installed."""
    if case.kind == "complaint":
        return _complaint_specs(case.details.get("acting_level", "county"))
    pack = office.library.packs.get(case.pack_id)
    return {step.id: _from_pack(office, pack, step) for step in pack.procedure} if pack is not None else {}


def spec_of(office: Office, case: Case, row: CaseStep) -> StepSpec:
    """What this row's step is; from the row alone where the pack has changed since."""
    known = specs(office, case).get(row.step)
    return known or StepSpec(
        id=row.step, clause=row.clause, zh=row.step, level=row.level, after=None, days=None,
        day_kind="working", days_source=None, farmer_text="", cadre_text="",
    )  # fmt: skip


def plan(office: Office, uow: UnitOfWork, case: Case) -> list[CaseStep]:
    """Write the steps of a new case down, all waiting."""
    rows = [
        CaseStep(case_id=case.id, step=spec.id, position=position, clause=spec.clause, level=spec.level)
        for position, spec in enumerate(specs(office, case).values(), start=1)
    ]
    for row in rows:
        uow.add(row)
    uow.flush()
    return rows


def steps(uow: UnitOfWork, case: Case) -> list[CaseStep]:
    """The steps of a case in order."""
    return uow.find(CaseStep, case_id=case.id, order="position")


def running(uow: UnitOfWork, case: Case) -> list[CaseStep]:
    """The steps that run now, in order."""
    return [row for row in steps(uow, case) if row.status == DUE]


def advance(
    office: Office, uow: UnitOfWork, case: Case, on: date, facts: Mapping[str, object]
) -> tuple[list[CaseStep], list[CaseStep]]:
    """Begin every step whose predecessor is past: (begun, left out).

    `facts` are those on which a step may be left out; give only verified ones, since leaving a check out on
    somebody's bare word would be no check.
    """
    known = specs(office, case)
    rows = steps(uow, case)
    begun: list[CaseStep] = []
    left_out: list[CaseStep] = []
    past = {row.step for row in rows if row.status in PAST}
    for row in rows:
        spec = known.get(row.step) or spec_of(office, case, row)
        if row.status != WAITING or (spec.after in known and spec.after not in past):
            continue
        if may_leave_out(office, case, row.step, facts):
            row.status, row.done_on = SKIPPED, on
            past.add(row.step)
            left_out.append(row)
        else:
            begin(row, spec, on)
            begun.append(row)
    uow.flush()
    return begun, left_out


def begin(row: CaseStep, spec: StepSpec, on: date) -> None:
    """The step runs from `on`; its last day is counted from the day after."""
    row.status, row.started_on = DUE, on
    found = due_date(spec, on)
    row.due_on = found.due_on if found else None
    row.due_provisional = found.provisional if found else False


def due_date(spec: StepSpec, start: date) -> Deadline | None:
    """The last day, or None where neither the document nor the office gives days."""
    return deadline(start, spec.days, spec.day_kind) if spec.days is not None else None


def may_leave_out(office: Office, case: Case, step: str, facts: Mapping[str, object]) -> bool:
    """True when the document lets the step be left out and its condition certainly holds on these facts."""
    pack = office.library.packs.get(case.pack_id) if case.kind == "application" else None
    found = next((s for s in pack.procedure if s.id == step), None) if pack is not None else None
    if pack is None or found is None or found.skip_when is None:
        return False
    return office.library.holds(pack, found.skip_when, facts, on=office.clock.today()) is True


def pause(row: CaseStep, since: date, until: date) -> None:
    """Add the days on which the office waited for the household to the step's last day."""
    waited = workdays_between(since, until)
    if row.due_on is not None and waited > 0:
        later = deadline(row.due_on, waited)
        row.due_on, row.due_provisional = later.due_on, row.due_provisional or later.provisional


def cancel_open(rows: list[CaseStep]) -> None:
    """Nothing of the procedure is done any more."""
    for row in rows:
        if row.status in (WAITING, DUE):
            row.status = CANCELLED


def _from_pack(office: Office, pack: Pack, step: Step) -> StepSpec:
    days, kind, source = office.library.step_days(pack, step)
    said = f"{step.zh}{step.farmer_text}"
    return StepSpec(
        id=step.id,
        clause=step.clause,
        zh=step.zh,
        level=step.level,
        after=step.after,
        days=days,
        day_kind=kind or "working",
        days_source=source,
        farmer_text=step.farmer_text,
        cadre_text=step.cadre_text,
        records=tuple(step.records_needed),
        visit=any(word in said for word in rulebook.reminder_book().visit_words),
        may_skip=step.skip_when is not None,
        actor=step.actor,
    )


def _complaint_specs(level: str) -> dict[str, StepSpec]:
    book = rulebook.complaint_book()
    found: dict[str, StepSpec] = {}
    before: str | None = None
    for step in book.steps:
        found[step.step] = StepSpec(
            id=step.step, clause=book.clause, zh=step.zh, level=level, after=before, days=step.days,
            day_kind=step.kind, days_source="office", farmer_text=step.farmer, cadre_text=step.cadre,
            tell_note=step.tell_note,
        )  # fmt: skip
        before = step.step
    return found
