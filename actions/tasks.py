"""Tasks (待办): what a person must do. One task per matter; danger is urgent; the nearest people hear of it.

Taking a task and working on it stands in `taskhold.py` and `taskwork.py`, talking with its person in `handover.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from actions import notices, routing, rulebook
from actions.office import Office
from actions.places import chain
from actions.refusals import NotFound
from storage import UnitOfWork
from storage.models import Area, Case, Conversation, OutboxMessage, Task, User

URGENT = frozenset({"danger"})
PERSON = "person"  # the kind of task that asks somebody to ring or to answer
TOLD_STAFF = "user:"  # so begins the recipient of an outside channel that belongs to a member of staff
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
        told = {u.id: u for u in (*counties, *routing.administrators(uow, case)) if knows(uow, u, task)}
        return tuple(told.values())
    for area in chain(uow, uow.get(Area, task.area_id) if task.area_id is not None else None):
        found = [u for u in uow.users.in_area(area.id, roles=("cadre", "operator")) if knows(uow, u, task)]
        if found:
            return tuple(found)
    return routing.administrators(uow, case)


def ask_for_person(
    office: Office, uow: UnitOfWork, conversation: Conversation, text: str, *, key: str, urgent: bool = False
) -> Task:
    """The task of a person who wants to be rung or answered: the one that is open, with what was said last, or a
    new one under `key`. Whoever asks five times is rung once."""
    uow.flush()
    waiting = uow.tasks.open_in(conversation.id, PERSON)
    if waiting and waiting[-1].case_id is None:
        waiting[-1].text = text
        waiting[-1].urgent = waiting[-1].urgent or urgent
        return waiting[-1]
    return open_task(
        office, uow, PERSON, key=f"{PERSON}:{conversation.id}:{key}", urgent=urgent, area_id=conversation.area_id,
        conversation_id=conversation.id, text=text,
    )  # fmt: skip


def for_dead_letter(office: Office, uow: UnitOfWork, row: OutboxMessage) -> Task:
    """A message that will not leave any more becomes a task: nobody may believe it was read."""
    case_id = row.payload.get("case_id")
    case = uow.get(Case, case_id) if case_id is not None else None
    conversation = _household_of(uow, row, case)
    words = "tasks.delivery_failed" if conversation is not None else "staff.dead_letter"
    area_id = case.routed_area_id if case is not None else conversation.area_id if conversation is not None else None
    return open_task(
        office,
        uow,
        "delivery_failed",
        key=f"delivery_failed:{row.id}",
        area_id=area_id,
        case_id=case.id if case else None,
        conversation_id=conversation.id if conversation is not None else None,
        text=rulebook.say(words, receipt=case.receipt if case else "—"),
    )


def _household_of(uow: UnitOfWork, row: OutboxMessage, case: Case | None) -> Conversation | None:
    """The conversation a message was meant for; None for one to a member of staff."""
    if row.channel == notices.STAFF or row.recipient.startswith(TOLD_STAFF):
        return None
    meant = uow.conversations.get(row.recipient)
    if meant is None and case is not None and case.conversation_id is not None:
        meant = uow.conversations.get(case.conversation_id)
    return meant


def for_stuck_reminder(office: Office, uow: UnitOfWork, case: Case, since: datetime) -> Task:
    """A reminder that could not be sent since `since`: a person does by hand what it would have done."""
    return open_task(
        office,
        uow,
        "reminder_failed",
        key=f"reminder_failed:{case.id}:{since.isoformat()}",
        area_id=case.routed_area_id,
        case_id=case.id,
        text=rulebook.say("tasks.reminder_failed", receipt=case.receipt),
    )


def no_longer_needed(office: Office, uow: UnitOfWork, conversation_id: str, kind: str) -> None:
    """What a task was opened for has come about by itself: it is done, with one sentence."""
    for task in uow.tasks.open_in(conversation_id, kind):
        task.status, task.done_at, task.taken_until = "done", office.clock.now(), None
        task.outcome = rulebook.say(f"tasks.by_itself_{kind}")


def lift(uow: UnitOfWork, conversation_id: str) -> None:
    """A complaint is being told in this conversation: what waits there goes past the level complained about."""
    for task in uow.tasks.open_in(conversation_id):
        lifted = routing.past_complaint(uow, conversation_id, task.area_id, task.case_id)
        if lifted != (task.area_id, task.case_id):
            task.area_id, task.case_id = lifted
            uow.tasks.release(task)


def queue(uow: UnitOfWork, user: User, status: str | Sequence[str] = ("open", "taken")) -> list[Task]:
    """What waits for this person's area and below, and what was given into these hands: urgent first, then oldest."""
    return [task for task in uow.tasks.visible_to(user, status=status) if _may_read(uow, user, task)]


def seen(uow: UnitOfWork, user: User, task_id: int, *, lock: bool = True) -> Task:
    """The task, if it is for this person's eyes. Raises NotFound.

    `lock`: nobody else changes it or its conversation before we commit; the conversation first, as in a turn.
    """
    task = uow.tasks.get(task_id) if 0 < task_id <= MAX_ID else None
    if task is not None and lock:
        if task.conversation_id is not None:
            uow.conversations.get(task.conversation_id, lock=True)
        task = uow.tasks.get(task_id, lock=True)
    if task is None or not knows(uow, user, task):
        raise NotFound(rulebook.say("refused.task_unknown"))
    return task


def knows(uow: UnitOfWork, user: User, task: Task) -> bool:
    """Whether a task is for this person's eyes."""
    return uow.tasks.may_see(user, task) and _may_read(uow, user, task)


def _may_read(uow: UnitOfWork, user: User, task: Task) -> bool:
    """What areas cannot tell: a complaint that names this person, or one about a county nobody knows yet."""
    case = uow.get(Case, task.case_id) if task.case_id is not None else None
    if case is not None:
        return routing.may_read(user, case)
    if task.area_id is not None or task.conversation_id is None or user.role == routing.ADMIN:
        return True
    conversation = uow.conversations.get(task.conversation_id)
    if conversation is None or conversation.state.get("kind") != "complaint":
        return True
    return routing.level_of(conversation.state.get("complaint") or {}) != "county"


def _line(task: Task) -> str:
    """What a colleague reads in the inbox: the kind and no word of the person."""
    return rulebook.say("staff.task_urgent" if task.urgent else "staff.task", kind=kind_word(task))


def kind_word(task: Task) -> str:
    """The kind as staff call it."""
    return str(rulebook.words().get("notices.task_kinds").get(task.kind, task.kind))


def shown_name(user: User | None) -> str:
    return (user.display_name or user.name) if user is not None else "—"
