"""The queue of tasks and the own inbox of a member of staff."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from actions import notices, routing, rulebook, tasks
from actions.casework import checked_text
from actions.office import Office
from actions.refusals import Invalid, Stale
from storage import StaleRow, UnitOfWork
from storage.models import Area, Case, Conversation, Notification, Task, User


@dataclass(frozen=True)
class TaskLine:
    """One task in the queue; `age_hours` since it was opened; `mine`: in this person's hands."""

    id: int
    kind: str
    kind_word: str
    urgent: bool
    text: str
    status: str
    area: str
    receipt: str | None
    conversation: str | None
    created_at: datetime
    age_hours: float
    taken_by: str | None
    mine: bool
    version: int


@dataclass(frozen=True)
class NotificationLine:
    id: int
    text: str
    at: datetime
    read_at: datetime | None
    receipt: str | None
    task: int | None
    urgent: bool = False


@dataclass(frozen=True)
class Counts:
    """The numbers in the menu: tasks that wait, urgent ones among them, unread lines."""

    tasks: int
    urgent: int
    notifications: int


def tasks_for(office: Office, user: User, status: str | tuple[str, ...] = ("open", "taken")) -> tuple[TaskLine, ...]:
    """The queue: urgent first, then oldest first."""
    with office.db.read() as uow:
        return tuple(_task_line(office, uow, user, task) for task in tasks.queue(uow, user, status))


def take_task(office: Office, user: User, task_id: int, *, version: int | None = None) -> TaskLine:
    """Take a task into one's hands. Raises Stale where a colleague has it."""
    return _on_task(office, user, version, lambda uow: tasks.take(office, uow, user, task_id))


def finish_task(office: Office, user: User, task_id: int, outcome: str, *, version: int | None = None) -> TaskLine:
    """Close a task with what came of it."""
    return _on_task(office, user, version, lambda uow: tasks.finish(office, uow, user, task_id, outcome))


def answer_task(office: Office, user: User, task_id: int, text: str) -> None:
    """Write to the person a task is about, in their conversation."""
    words = checked_text(text)
    if not words:
        raise Invalid(rulebook.say("refused.text_missing"))
    with office.db.begin() as uow:
        task = tasks.seen(uow, user, task_id)
        if task.conversation_id is None or uow.get(Conversation, task.conversation_id) is None:
            raise Invalid(rulebook.say("refused.no_conversation"))
        key = f"answer:{task.id}:{user.id}:{office.clock.now().isoformat()}:{uow.index(words)[:12]}"
        notices.to_conversation(office, uow, task.conversation_id, key, words, author="staff")
        uow.audit.record(f"user:{user.id}", "task.say", f"task:{task.id}")
        uow.commit()


def notifications_for(office: Office, user: User, unread_only: bool = False) -> tuple[NotificationLine, ...]:
    """The own inbox, newest first."""
    with office.db.read() as uow:
        rows = uow.notifications.of_user(user.id, unread_only=unread_only)
        return notification_lines(uow, user, rows)


def notification_lines(uow: UnitOfWork, user: User, rows: Sequence[Notification]) -> tuple[NotificationLine, ...]:
    """These rows of the person's inbox as they are shown."""
    receipts = {number: _receipt_seen(uow, user, number) for number in {row.case_id for row in rows}}
    return tuple(
        NotificationLine(row.id, row.text, row.at, row.read_at, receipts[row.case_id], row.task_id, row.urgent)
        for row in rows
    )


def counts_for(uow: UnitOfWork, user: User) -> Counts:
    """The numbers in this person's menu."""
    waiting = tasks.queue(uow, user)
    return Counts(len(waiting), sum(task.urgent for task in waiting), uow.notifications.unread_count(user.id))


def mark_read(office: Office, user: User, ids: tuple[int, ...] | None = None) -> int:
    """Mark these of the own lines (or all) as read; how many were unread."""
    with office.db.begin() as uow:
        ids = tuple(number for number in ids if 0 < number <= tasks.MAX_ID) if ids is not None else None
        changed = uow.notifications.mark_read(user.id, office.clock.now(), ids)
        uow.commit()
        return changed


def _on_task(office: Office, user: User, version: int | None, act: Callable[[UnitOfWork], object]) -> TaskLine:
    try:
        with office.db.begin() as uow:
            task = act(uow)
            assert isinstance(task, Task)
            if version is not None and task.version != version:
                raise Stale(rulebook.say("refused.stale"))
            uow.flush()
            found = _task_line(office, uow, user, task)
            uow.commit()
            return found
    except StaleRow as error:
        raise Stale(rulebook.say("refused.stale")) from error


def _task_line(office: Office, uow: UnitOfWork, user: User, task: Task) -> TaskLine:
    area = uow.get(Area, task.area_id) if task.area_id is not None else None
    holder = uow.get(User, task.taken_by) if task.taken_by is not None and task.status == "taken" else None
    waited = office.clock.now() - task.created_at
    return TaskLine(
        id=task.id,
        kind=task.kind,
        kind_word=rulebook.words().get("notices.task_kinds").get(task.kind, task.kind),
        urgent=task.urgent,
        text=task.text,
        status=task.status,
        area="".join(area.path.split("/")[-2:]) if area is not None else "",
        receipt=_receipt_seen(uow, user, task.case_id),
        conversation=task.conversation_id,
        created_at=task.created_at,
        age_hours=round(waited.total_seconds() / 3600, 1),
        taken_by=(holder.display_name or holder.name) if holder is not None else None,
        mine=holder is not None and holder.id == user.id,
        version=task.version,
    )


def _receipt_seen(uow: UnitOfWork, user: User, case_id: int | None) -> str | None:
    case = uow.get(Case, case_id) if case_id is not None else None
    return case.receipt if case is not None and routing.may_see(uow, user, case) else None
