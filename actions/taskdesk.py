"""The queue of tasks and the own inbox of a member of staff: each function is one thing somebody does at the desk."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from actions import handover, hourwords, rulebook, taskhold, tasks, taskviews, taskwork
from actions.accounts import find_area
from actions.appointments import offered
from actions.casework import checked_text
from actions.office import Office
from actions.refusals import Invalid, Stale
from actions.taskrules import task_book
from actions.taskviews import TaskLine
from storage import StaleRow, UnitOfWork
from storage.models import Notification, Task, User

MINE, OPEN, APPOINTMENTS, ALL = "mine", "open", "appointments", "all"
SHOWN: Mapping[str, Callable[[TaskLine], bool]] = {
    MINE: lambda task: task.mine,
    OPEN: lambda task: task.taken_by is None and (task.due_at is None or task.colour != "green"),
    APPOINTMENTS: lambda task: task.due_at is not None,
    ALL: lambda task: True,
}


@dataclass(frozen=True)
class TaskQueue:
    """The queue under one filter (a key of SHOWN); `totals`: how many lines each filter has."""

    lines: tuple[TaskLine, ...]
    totals: Mapping[str, int]


@dataclass(frozen=True)
class Offer:
    """A time to try again: as it is said, and the moment itself."""

    words: str
    at: datetime


@dataclass(frozen=True)
class OutcomeChoice:
    """How a call may have ended; `again`: needs a time to try again; `ends`: closes the task."""

    id: str
    zh: str
    again: bool
    ends: bool


@dataclass(frozen=True)
class Helps:
    """What lies ready at the desk: outcomes of calls, times to try again, sentences to send."""

    outcomes: tuple[OutcomeChoice, ...]
    again: tuple[Offer, ...]
    quick_replies: tuple[str, ...]


@dataclass(frozen=True)
class NotificationLine:
    id: int
    text: str
    at: datetime
    read_at: datetime | None
    receipt: str | None
    task: int | None
    urgent: bool = False


def tasks_for(office: Office, user: User, status: str | tuple[str, ...] = ("open", "taken")) -> tuple[TaskLine, ...]:
    """The queue: urgent first, then by due time or age."""
    with office.db.read() as uow:
        lines = [taskviews.line(office, uow, user, task) for task in tasks.queue(uow, user, status)]
    return tuple(sorted(lines, key=_pressing))


def queue_for(office: Office, user: User, show: str = ALL) -> TaskQueue:
    """The queue under a filter, with the numbers of all filters."""
    lines = tasks_for(office, user)
    totals = {name: sum(map(fits, lines)) for name, fits in SHOWN.items()}
    return TaskQueue(tuple(filter(SHOWN.get(show, SHOWN[ALL]), lines)), totals)


def task_for(office: Office, user: User, task_id: int) -> TaskLine:
    """One task, done ones included. Raises NotFound."""
    with office.db.read() as uow:
        return taskviews.line(office, uow, user, tasks.seen(uow, user, task_id, lock=False))


def helps(office: Office) -> Helps:
    """What lies ready at the desk."""
    book, now = task_book(), office.clock.now()
    again = tuple(Offer(hourwords.moment(office.texts, slot.begins, now), slot.begins) for slot in offered(office, now))
    outcomes = tuple(OutcomeChoice(one.id, one.zh, one.again, one.ends) for one in book.outcomes)
    return Helps(outcomes, again, book.quick_replies)


def take_task(office: Office, user: User, task_id: int) -> TaskLine:
    """Take a task into one's hands, or renew it there. Raises Stale where a colleague has it."""
    return _on_task(office, user, task_id, None, lambda uow, task: taskhold.take(office, uow, user, task))


def renew_task(office: Office, user: User, task_id: int) -> TaskLine:
    """A sign of life: task and conversation stay in these hands. Raises Stale."""
    return _on_task(office, user, task_id, None, lambda uow, task: handover.renew(office, uow, user, task))


def release_task(office: Office, user: User, task_id: int, *, version: int | None = None) -> TaskLine:
    """Give a task back to the queue."""
    return _on_task(office, user, task_id, version, lambda uow, task: taskwork.release(office, uow, user, task))


def finish_task(office: Office, user: User, task_id: int, outcome: str, *, version: int | None = None) -> TaskLine:
    """Close a task with what came of it."""
    words = checked_text(outcome)
    return _on_task(office, user, task_id, version, lambda uow, task: taskwork.finish(office, uow, user, task, words))


def log_call(
    office: Office, user: User, task_id: int, outcome: str, note: str = "", again: datetime | None = None,
    *, version: int | None = None,
) -> TaskLine:  # fmt: skip
    """Write down how a call ended; one that tries again becomes an appointment at `again`."""
    words = checked_text(note)

    def log(uow: UnitOfWork, task: Task) -> None:
        taskwork.log_call(office, uow, user, task, outcome, words, again)

    return _on_task(office, user, task_id, version, log)


def transfer_task(
    office: Office, user: User, task_id: int, to: str, note: str, *, version: int | None = None
) -> TaskLine:
    """Give a task to a colleague (login or shown name) or to the people of an area (code, path or name), with a note.

    What the answer holds is what this person may still see of it.
    """
    words = checked_text(note)
    if not to.strip():
        raise Invalid(rulebook.say("refused.transfer_nowhere"))

    with office.db.read() as reading:
        colleague = _colleague(reading, to.strip())
    area_id = find_area(office, to) if colleague is None else 0

    def give(uow: UnitOfWork, task: Task) -> None:
        if colleague is not None:
            taskwork.give_to(office, uow, user, task, colleague, words)
            return
        area = uow.areas.get(area_id)
        assert area is not None  # found a moment ago; areas are never deleted
        taskwork.move_to(office, uow, user, task, area, words)

    return _on_task(office, user, task_id, version, give)


def join_conversation(office: Office, user: User, task_id: int) -> TaskLine:
    """Take over the conversation: the assistant keeps quiet while this person gives signs of life."""
    return _on_task(office, user, task_id, None, lambda uow, task: handover.join(office, uow, user, task))


def hand_back(office: Office, user: User, task_id: int) -> TaskLine:
    """End one's part of the conversation: the assistant goes on with the question that was pending."""

    def back(uow: UnitOfWork, task: Task) -> None:
        if not handover.hand_back(office, uow, user, task):
            raise Stale(rulebook.say("refused.conversation_gone"))

    return _on_task(office, user, task_id, None, back)


def answer_task(
    office: Office, user: User, task_id: int, text: str, *, nonce: str = "", hand_back: bool = False
) -> TaskLine:
    """Say something to the person a task is about, in their conversation, which is then in one's hands.

    `nonce`: made by the page, so that pressing twice says it once; `hand_back`: and the assistant goes on.
    """
    words = checked_text(text)
    if not words:
        raise Invalid(rulebook.say("refused.text_missing"))

    def answer(uow: UnitOfWork, task: Task) -> None:
        said = handover.say(office, uow, user, task, words, nonce or secrets.token_hex(12))
        if hand_back and said:
            handover.hand_back(office, uow, user, task)

    return _on_task(office, user, task_id, None, answer)


def notifications_for(office: Office, user: User, unread_only: bool = False) -> tuple[NotificationLine, ...]:
    """The own inbox, newest first."""
    with office.db.read() as uow:
        rows = uow.notifications.of_user(user.id, unread_only=unread_only)
        return notification_lines(uow, user, rows)


def notification_lines(uow: UnitOfWork, user: User, rows: Sequence[Notification]) -> tuple[NotificationLine, ...]:
    """These rows of the person's inbox as they are shown."""
    receipts = {number: taskviews.receipt_seen(uow, user, number) for number in {row.case_id for row in rows}}
    return tuple(
        NotificationLine(row.id, row.text, row.at, row.read_at, receipts[row.case_id], row.task_id, row.urgent)
        for row in rows
    )


def mark_read(office: Office, user: User, ids: tuple[int, ...] | None = None) -> int:
    """Mark these of the own lines (or all) as read; how many were unread."""
    with office.db.begin() as uow:
        ids = tuple(number for number in ids if 0 < number <= tasks.MAX_ID) if ids is not None else None
        changed = uow.notifications.mark_read(user.id, office.clock.now(), ids)
        uow.commit()
        return changed


def _pressing(line: TaskLine) -> tuple[bool, datetime, int]:
    """Urgent ones first; then what is due or has waited longest."""
    return (not line.urgent, line.due_at or line.created_at, line.id)


def _on_task(
    office: Office, user: User, task_id: int, version: int | None, act: Callable[[UnitOfWork, Task], object]
) -> TaskLine:
    """One transaction on a task this person sees and nobody has changed since `version`."""
    try:
        with office.db.begin() as uow:
            task = tasks.seen(uow, user, task_id)
            if version is not None and task.version != version:
                _explain_staleness(office, uow, user, task)
            act(uow, task)
            uow.flush()
            found = taskviews.line(office, uow, user, task)
            uow.commit()
            return found
    except StaleRow as error:
        raise Stale(rulebook.say("refused.stale")) from error


def _explain_staleness(office: Office, uow: UnitOfWork, user: User, task: Task) -> None:
    """The page is old. Who has the task now says more than that; one that is still one's own may go on."""
    if taskhold.check_free(office, uow, user, task) != user.id:
        raise Stale(rulebook.say("refused.stale"))


def _colleague(uow: UnitOfWork, name: str) -> User | None:
    """The active colleague with this login or, where it is one alone, this shown name."""
    found = uow.users.by_name(name)
    if found is None:
        shown = uow.find(User, display_name=name, disabled=False, limit=2)
        found = shown[0] if len(shown) == 1 else None
    return found if found is not None and not found.disabled else None
