"""Tasks (待办): what a person must do. One task per matter; danger is urgent; nobody works on it twice at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from actions import notices, routing, rulebook
from actions.office import Office
from actions.places import chain
from actions.refusals import Invalid, NotFound, Stale
from storage import UnitOfWork
from storage.models import Area, Case, OutboxMessage, Task, User

URGENT = frozenset({"danger"})
TAKEN_FOR = timedelta(hours=4)  # then anybody may take it over: the taker may have gone home
MAX_OUTCOME = 2000
MAX_ID = 2**31 - 1  # what a key column holds on either engine


def open_task(
    office: Office,
    uow: UnitOfWork,
    kind: str,
    *,
    key: str,
    urgent: bool = False,
    area_id: int | None = None,
    case_id: int | None = None,
    conversation_id: str | None = None,
    text: str = "",
    due_at: datetime | None = None,
) -> Task:
    """Open a task, once per `key`; the people of the area are told, of the area above where nobody is.

    `due_at`: an appointment; None: as soon as somebody can.
    """
    area_id, case_id = routing.past_complaint(uow, conversation_id, area_id, case_id)
    task, new = uow.tasks.open_once(
        Task(
            key=key[:120],
            kind=kind,
            urgent=urgent or kind in URGENT,
            area_id=area_id,
            case_id=case_id,
            conversation_id=conversation_id,
            text=text,
            created_at=office.clock.now(),
            due_at=due_at,
        )
    )
    if new:
        notices.to_staff(office, uow, people_for(uow, task), f"task:{task.id}", _line(task), task=task)
    return task


def people_for(uow: UnitOfWork, task: Task) -> tuple[User, ...]:
    """Who hears of a task: staff of its area, else of the next area up, at last the administrators.

    What has no place is told to the administrators and to every county.
    """
    case = uow.get(Case, task.case_id) if task.case_id is not None else None
    if task.area_id is None:
        counties = [u for area in uow.find(Area, level="county") for u in uow.users.in_area(area.id)]
        told = {u.id: u for u in (*counties, *routing.administrators(uow, case)) if _knows(uow, u, task, case)}
        return tuple(told.values())
    for area in chain(uow, uow.get(Area, task.area_id) if task.area_id is not None else None):
        found = [u for u in uow.users.in_area(area.id, roles=("cadre", "operator")) if _knows(uow, u, task, case)]
        if found:
            return tuple(found)
    return routing.administrators(uow, case)


def for_dead_letter(office: Office, uow: UnitOfWork, row: OutboxMessage) -> Task:
    """A message that will not leave any more becomes a task: nobody may believe it was read."""
    case_id = row.payload.get("case_id")
    case = uow.get(Case, case_id) if case_id is not None else None
    household = row.channel != notices.STAFF
    words = "tasks.delivery_failed" if household else "staff.dead_letter"
    return open_task(
        office,
        uow,
        "delivery_failed",
        key=f"delivery_failed:{row.id}",
        area_id=case.routed_area_id if case else None,
        case_id=case.id if case else None,
        conversation_id=case.conversation_id if case and household else None,
        text=rulebook.say(words, receipt=case.receipt if case else "—"),
    )


def queue(uow: UnitOfWork, user: User, status: str | Sequence[str] = ("open", "taken")) -> list[Task]:
    """What waits for this person's area and below: urgent first, then oldest first."""
    found = uow.tasks.visible_to(user, status=status)
    return [task for task in found if task.case_id is None or routing.may_read(user, _case_of(uow, task))]


def _case_of(uow: UnitOfWork, task: Task) -> Case:
    case = uow.get(Case, task.case_id or 0)
    assert case is not None  # a task's case is never deleted
    return case


def take(office: Office, uow: UnitOfWork, user: User, task_id: int) -> Task:
    """Put the task into this person's hands. Raises NotFound, Stale where a colleague has it, Invalid when done."""
    task = seen(uow, user, task_id)
    now = office.clock.now()
    if task.status == "done":
        raise Invalid(rulebook.say("refused.task_done"))
    mine = task.taken_by == user.id
    if task.status == "taken" and not mine and task.taken_at is not None and now < task.taken_at + TAKEN_FOR:
        holder = uow.get(User, task.taken_by or 0)
        raise Stale(rulebook.say("refused.task_taken", name=_shown_name(holder)))
    uow.tasks.take(task, user, now)
    uow.audit.record(f"user:{user.id}", "task.take", f"task:{task.id}")
    return task


def finish(office: Office, uow: UnitOfWork, user: User, task_id: int, outcome: str) -> Task:
    """Close the task with what came of it. Raises NotFound, Stale, Invalid."""
    if not outcome.strip():
        raise Invalid(rulebook.say("refused.outcome_missing"))
    task = take(office, uow, user, task_id)
    uow.tasks.finish(task, user, office.clock.now(), outcome.strip()[:MAX_OUTCOME])
    uow.audit.record(f"user:{user.id}", "task.finish", f"task:{task.id}")
    return task


def seen(uow: UnitOfWork, user: User, task_id: int) -> Task:
    """The task, if it is for this person's eyes; locked until commit. Raises NotFound."""
    task = uow.tasks.get(task_id, lock=True) if 0 < task_id <= MAX_ID else None
    case = uow.get(Case, task.case_id) if task is not None and task.case_id is not None else None
    if task is None or not _knows(uow, user, task, case):
        raise NotFound(rulebook.say("refused.task_unknown"))
    return task


def _knows(uow: UnitOfWork, user: User, task: Task, case: Case | None) -> bool:
    return uow.tasks.may_see(user, task) and (case is None or routing.may_read(user, case))


def _line(task: Task) -> str:
    """What a colleague reads in the inbox: the kind and no word of the person."""
    kind = rulebook.words().get("notices.task_kinds").get(task.kind, task.kind)
    return rulebook.say("staff.task_urgent" if task.urgent else "staff.task", kind=kind)


def _shown_name(user: User | None) -> str:
    return (user.display_name or user.name) if user is not None else "—"
