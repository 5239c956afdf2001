"""In whose hands a task and a conversation are: a lease that its holder renews by working, and that lapses.

The lease runs on the office's clock. Once it has run out anybody may take over; nobody's task waits for somebody
who went home.
"""

from __future__ import annotations

from datetime import datetime

from actions import notices, rulebook, tasks
from actions.clock import SHANGHAI
from actions.office import Office
from actions.refusals import Invalid, Stale
from actions.taskrules import task_book
from storage import UnitOfWork
from storage.models import Conversation, Task, User


def in_hands_of(task: Task, now: datetime) -> int | None:
    """The id of who has the task at this moment; None where it is free, its time having run out included."""
    if task.status != "taken" or (lapses_at(task) or now) <= now:
        return None
    return task.taken_by


def lapses_at(task: Task) -> datetime | None:
    """When the task may be taken over."""
    if task.taken_until is not None or task.taken_at is None:
        return task.taken_until
    return task.taken_at + task_book().waiting(task.kind, task.urgent).held_for


def check_free(office: Office, uow: UnitOfWork, user: User, task: Task) -> int | None:
    """Who has the task: nobody (None) or this person. Raises Stale where a colleague has it, Invalid when it is
    done."""
    now = office.clock.now()
    if task.status == "done":
        raise Invalid(rulebook.say("refused.task_done"))
    holder = in_hands_of(task, now)
    if holder is not None and holder != user.id:
        raise Stale(_held(uow, "task_taken", holder, lapses_at(task) or now))
    return holder


def take(office: Office, uow: UnitOfWork, user: User, task: Task) -> None:
    """Put the task into this person's hands, or renew it there. Raises Stale where a colleague has it, Invalid when
    it is done."""
    now = office.clock.now()
    holder = check_free(office, uow, user, task)
    uow.tasks.take(task, user.id, now, now + task_book().waiting(task.kind, task.urgent).held_for)
    if holder is None:
        uow.audit.record(f"user:{user.id}", "task.take", f"task:{task.id}")


def talks_with(conversation: Conversation, now: datetime) -> int | None:
    """The id of who holds the conversation at this moment."""
    held = conversation.human and (conversation.human_until is None or now < conversation.human_until)
    return conversation.human_by if held else None


def is_held(conversation: Conversation, now: datetime) -> bool:
    """Whether a person speaks here and the assistant keeps quiet."""
    return conversation.human and (conversation.human_until is None or now < conversation.human_until)


def ensure_free(office: Office, uow: UnitOfWork, user: User, conversation: Conversation) -> None:
    """Raises Stale where a colleague is talking with this person at the moment."""
    now = office.clock.now()
    holder = talks_with(conversation, now)
    if holder is not None and holder != user.id:
        raise Stale(_held(uow, "conversation_held", holder, conversation.human_until or now))


def hold(office: Office, conversation: Conversation, user_id: int) -> None:
    """The conversation is in this person's hands for a while; every sign of life renews it."""
    conversation.human, conversation.human_by = True, user_id
    conversation.human_until = office.clock.now() + task_book().held_for


def let_go(conversation: Conversation) -> None:
    """The conversation is the assistant's again."""
    conversation.human, conversation.human_by, conversation.human_until = False, None, None


def reopen_after(office: Office, uow: UnitOfWork, conversation: Conversation, user_id: int | None) -> None:
    """Whoever held the conversation fell silent: what they had of it goes back to the queue, and people are told."""
    for task in uow.tasks.open_in(conversation.id):
        if task.status == "taken" and task.taken_by == user_id:
            put_back(office, uow, task)


def put_back(office: Office, uow: UnitOfWork, task: Task) -> None:
    """Back to the queue; the people of its area hear that it waits again."""
    uow.tasks.release(task)
    text = rulebook.say("staff.task_again", kind=tasks.kind_word(task))
    key = f"task:{task.id}:again:{office.clock.now().isoformat()}"
    notices.to_staff(office, uow, tasks.people_for(uow, task), key, text, task=task)


def _held(uow: UnitOfWork, text: str, holder: int, until: datetime) -> str:
    local = until.astimezone(SHANGHAI)
    return rulebook.say(f"refused.{text}", name=tasks.shown_name(uow.get(User, holder)), until=f"{local:%H:%M}")
