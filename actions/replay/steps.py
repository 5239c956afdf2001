"""The steps of a case whose document is replaced: what is done stays done, what runs is finished, the rest is new."""

from __future__ import annotations

from actions import casefile, procedure
from actions.office import Office
from storage import UnitOfWork
from storage.models import Case, CaseStep


def follow(office: Office, uow: UnitOfWork, case: Case) -> bool:
    """Bring the steps in line with the document that the case goes by now; False where they were so already.

    Steps that have not begun and are not in the new document are cancelled, its own further ones are written down. One
    that runs goes on until somebody records it. No check of the new document is left out.
    """
    known = procedure.specs(office, case)
    rows = {row.step: row for row in procedure.steps(uow, case)}
    same = list(rows) == list(known)
    past = [row for row in rows.values() if row.step not in known]
    for row in past:
        if row.status == procedure.WAITING:
            row.status = procedure.CANCELLED
    first = max((row.position for row in past), default=0)
    for position, (step, spec) in enumerate(known.items(), start=first + 1):
        row = rows.get(step) or uow.add(
            CaseStep(case_id=case.id, step=step, position=position, clause=spec.clause, level=spec.level)
        )
        row.position = position
        if row.status == procedure.WAITING:
            row.clause, row.level = spec.clause, spec.level
    uow.flush()
    if not procedure.running(uow, case) and case.status == casefile.OPEN:
        casefile.begin_steps(office, uow, case, office.clock.today())
    return not same
