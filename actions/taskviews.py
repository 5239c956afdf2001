"""A task as staff see it in the queue: how long it has waited, its colour with a word, in whose hands it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from actions import hourwords, routing, taskhold, tasks
from actions.office import Office
from actions.taskrules import Colour, task_book
from storage import UnitOfWork
from storage.models import Area, Case, Conversation, Task, User


@dataclass(frozen=True)
class Age:
    """How long a task has waited. `hours`: by the clock of its kind; `word`: as people say it."""

    hours: float
    word: str
    colour: Colour
    colour_word: str


@dataclass(frozen=True)
class TaskLine:
    """One task in the queue.

    `age_hours`: since it was opened, by the clock on the wall; `age`, `colour`, `colour_word`: by the clock of its
    kind, for an appointment by its time. `taken_by`, `taken_until`: whose it is at this moment and until when without
    a sign of life; `mine`: in this person's hands. `held_by`, `held_until`: who is talking in its conversation;
    `holding`: this person; `waits_since`: the person there has had no answer of staff since then. `log`: what was
    done, oldest first. `others`: further open tasks of the same conversation.
    """

    id: int
    kind: str
    kind_word: str
    urgent: bool
    text: str
    status: str
    area: str
    receipt: str | None
    conversation: str | None
    channel: str | None
    created_at: datetime
    age_hours: float
    age: str
    colour: Colour
    colour_word: str
    due_at: datetime | None
    due_word: str | None
    taken_by: str | None
    taken_until: datetime | None
    mine: bool
    held_by: str | None
    held_until: datetime | None
    holding: bool
    waits_since: datetime | None
    log: tuple[str, ...]
    others: tuple[int, ...]
    version: int


def age_of(office: Office, task: Task) -> Age:
    """How long the task has waited and what colour that is; an appointment goes by its time."""
    book, now = task_book(), office.clock.now()
    rule = book.waiting(task.kind, task.urgent)
    by_office = rule.clock == "office" and office.hours.known
    waited = office.hours.open_between(task.created_at, now) if by_office else now - task.created_at
    word = _said(waited)
    if by_office and waited >= timedelta(hours=1):
        word = book.ages.office.format(age=word)
    if task.due_at is not None and not task.urgent:
        colour = _appointment(task.due_at, now)
        return Age(_hours(waited), word, colour, book.appointment.colours[colour])
    colour = rule.colour(waited)
    words = book.urgent_colours if task.urgent else book.colours
    return Age(_hours(waited), word, colour, words[colour])


def _appointment(due: datetime, now: datetime) -> Colour:
    book = task_book().appointment
    if now < due - timedelta(minutes=book.soon):
        return "green"
    return "amber" if now < due + timedelta(minutes=book.late) else "red"


def _said(waited: timedelta) -> str:
    ages = task_book().ages
    minutes = int(waited.total_seconds() // 60)
    if minutes < 60:
        return ages.minutes.format(count=max(minutes, 0))
    if minutes < 48 * 60:
        return ages.hours.format(count=minutes // 60)
    return ages.days.format(count=minutes // (24 * 60))


def _hours(waited: timedelta) -> float:
    return round(waited.total_seconds() / 3600, 1)


def line(office: Office, uow: UnitOfWork, user: User, task: Task) -> TaskLine:
    """The task for this person's eyes."""
    now = office.clock.now()
    age = age_of(office, task)
    area = uow.get(Area, task.area_id) if task.area_id is not None else None
    holder = taskhold.in_hands_of(task, now)
    conversation = uow.conversations.get(task.conversation_id) if task.conversation_id is not None else None
    talking = taskhold.talks_with(conversation, now) if conversation is not None else None
    return TaskLine(
        id=task.id,
        kind=task.kind,
        kind_word=tasks.kind_word(task),
        urgent=task.urgent,
        text=task.text,
        status=task.status if holder is not None or task.status == "done" else "open",
        area="".join(area.path.split("/")[-2:]) if area is not None else "",
        receipt=receipt_seen(uow, user, task.case_id),
        conversation=task.conversation_id,
        channel=conversation.channel if conversation is not None else None,
        created_at=task.created_at,
        age_hours=_hours(now - task.created_at),
        age=age.word,
        colour=age.colour,
        colour_word=age.colour_word,
        due_at=task.due_at,
        due_word=_due_word(office, task.due_at, now),
        taken_by=_name(uow, holder),
        taken_until=taskhold.lapses_at(task) if holder is not None else None,
        mine=holder == user.id,
        held_by=_name(uow, talking),
        held_until=conversation.human_until if conversation is not None and talking is not None else None,
        holding=talking == user.id,
        waits_since=_waits(uow, conversation) if talking is not None else None,
        log=tuple((task.outcome or "").splitlines()),
        others=_others(uow, user, task) if holder == user.id else (),
        version=task.version,
    )


def _due_word(office: Office, due: datetime | None, now: datetime) -> str | None:
    if due is None:
        return None
    return task_book().appointment.words.format(when=hourwords.moment(office.texts, due, now))


def _name(uow: UnitOfWork, user_id: int | None) -> str | None:
    return tasks.shown_name(uow.get(User, user_id)) if user_id is not None else None


def _waits(uow: UnitOfWork, conversation: Conversation | None) -> datetime | None:
    return uow.conversations.unanswered_since(conversation.id) if conversation is not None else None


def _others(uow: UnitOfWork, user: User, task: Task) -> tuple[int, ...]:
    found = uow.tasks.open_in(task.conversation_id) if task.conversation_id is not None else []
    return tuple(other.id for other in found if other.id != task.id and tasks.knows(uow, user, other))


def receipt_seen(uow: UnitOfWork, user: User, case_id: int | None) -> str | None:
    """The receipt of a case that is for this person's eyes."""
    case = uow.get(Case, case_id) if case_id is not None else None
    return case.receipt if case is not None and routing.may_see(uow, user, case) else None
