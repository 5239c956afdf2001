"""Working on a task: calls and how they ended, appointments, giving it to somebody else, giving it back, the end.

What was done stands in the task as lines, oldest first; whoever takes it over reads them.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from actions import casefile, handover, hourwords, notices, routing, rulebook, taskhold, tasks
from actions.clock import SHANGHAI
from actions.office import Office
from actions.refusals import Invalid, NotAllowed, Stale
from actions.speaking import speak
from actions.taskrules import Outcome, task_book
from actions.transcript import hidden_from
from storage import UnitOfWork
from storage.models import Area, Case, Conversation, Task, User

MAX_LOG = 8000
FARTHEST = timedelta(days=31)  # a call farther away than this is a new matter


def finish(office: Office, uow: UnitOfWork, user: User, task: Task, outcome: str) -> None:
    """Close the task with what came of it; a conversation still held goes back to the assistant. Raises Stale,
    Invalid."""
    if not outcome:
        raise Invalid(rulebook.say("refused.outcome_missing"))
    taskhold.take(office, uow, user, task)
    handover.hand_back(office, uow, user, task)
    note(office, task, "finish", name=tasks.shown_name(user), note=outcome)
    uow.tasks.finish(task, user, office.clock.now(), task.outcome or "")
    uow.audit.record(f"user:{user.id}", "task.finish", f"task:{task.id}")


def release(office: Office, uow: UnitOfWork, user: User, task: Task) -> None:
    """Back to the queue; a conversation still held goes back to the assistant. Raises Stale where it is not theirs."""
    _require_mine(office, user, task)
    handover.hand_back(office, uow, user, task)
    taskhold.put_back(office, uow, task)
    uow.audit.record(f"user:{user.id}", "task.release", f"task:{task.id}")


def log_call(
    office: Office, uow: UnitOfWork, user: User, task: Task, code: str, words: str = "", again: datetime | None = None
) -> None:
    """Write down how a call ended (`code`: an outcome of rules/tasks.yml). One that tries again goes back to the
    queue as an appointment; one that ends it closes the task. Raises Stale, Invalid."""
    outcome = task_book().outcome(code)
    if outcome is None:
        raise Invalid(rulebook.say("refused.outcome_unknown", code=code[:24]))
    when = _checked_time(office, outcome, again)
    taskhold.take(office, uow, user, task)
    note(office, task, "call", name=tasks.shown_name(user), outcome=outcome.zh, again=when, note=words)
    _note_in_case(office, uow, user, task, outcome)
    uow.audit.record(f"user:{user.id}", "task.call", f"task:{task.id}", outcome=outcome.id)
    _tell(office, uow, task, outcome, when)
    if outcome.ends:
        handover.hand_back(office, uow, user, task)
        uow.tasks.finish(task, user, office.clock.now(), task.outcome or "")
    elif when is not None:
        handover.hand_back(office, uow, user, task)
        task.due_at = when
        uow.tasks.release(task)


def give_to(office: Office, uow: UnitOfWork, user: User, task: Task, to: User, words: str) -> None:
    """Put the task into a colleague's hands, with a note; they are told. Raises Stale, Invalid, NotAllowed."""
    taskhold.check_free(office, uow, user, task)
    if to.id == user.id and taskhold.in_hands_of(task, office.clock.now()) == user.id:
        raise Invalid(rulebook.say("refused.transfer_self"))
    if to.disabled or not tasks.knows(uow, to, task):
        raise NotAllowed(rulebook.say("refused.transfer_unseen", name=tasks.shown_name(to)))
    held = uow.conversations.get(task.conversation_id, lock=True) if task.conversation_id is not None else None
    if held is not None and not hidden_from(uow, to, held):
        handover.pass_on(office, held, user, to)
    else:
        handover.hand_back(office, uow, user, task)
    now = office.clock.now()
    note(office, task, "transfer", name=tasks.shown_name(user), to=tasks.shown_name(to), note=words)
    uow.tasks.take(task, to.id, now, now + task_book().waiting(task.kind, task.urgent).held_for)
    text = rulebook.say("staff.task_for_you", kind=tasks.kind_word(task))
    notices.to_staff(office, uow, [to], f"task:{task.id}:to:{now.isoformat()}", text, task=task)
    uow.audit.record(f"user:{user.id}", "task.transfer", f"task:{task.id}", to=to.id)


def move_to(office: Office, uow: UnitOfWork, user: User, task: Task, area: Area, words: str) -> None:
    """Give the task to the people of another area, with a note; they are told. Raises Stale, NotAllowed.

    Only within one's own area or up from it; a complaint in the conversation keeps it from those complained about.
    """
    taskhold.check_free(office, uow, user, task)
    _check_way(uow, user, task, area)
    handover.hand_back(office, uow, user, task)
    note(office, task, "transfer", name=tasks.shown_name(user), to=area.name, note=words)
    task.area_id = area.id
    uow.flush()
    taskhold.put_back(office, uow, task)
    uow.audit.record(f"user:{user.id}", "task.transfer", f"task:{task.id}", area=area.id)


def note(office: Office, task: Task, kind: str, *, note: str, again: datetime | None = None, **values: str) -> None:
    """Add a line to what was done; the oldest lines go where it grows beyond all measure."""
    now = office.clock.now()
    local = now.astimezone(SHANGHAI)
    values["at"] = f"{local.month}月{local.day}日{local:%H:%M}"
    if kind == "call":
        said = rulebook.say("log.again", when=hourwords.moment(office.texts, again, now)) if again else ""
        values |= {"again": said, "note": rulebook.say("log.note", note=note) if note else ""}
    else:
        values["note"] = note
    lines = [*(task.outcome or "").splitlines(), *rulebook.say(f"log.{kind}", **values).splitlines()]
    while len("\n".join(lines)) > MAX_LOG and len(lines) > 1:
        lines.pop(0)
    task.outcome = "\n".join(lines)


def _checked_time(office: Office, outcome: Outcome, again: datetime | None) -> datetime | None:
    if not outcome.again:
        return None
    if again is None:
        raise Invalid(rulebook.say("refused.again_missing"))
    now = office.clock.now()
    if not now < again <= now + FARTHEST:
        raise Invalid(rulebook.say("refused.again_wrong"))
    return again.astimezone(UTC)


def _tell(office: Office, uow: UnitOfWork, task: Task, outcome: Outcome, when: datetime | None) -> None:
    """What the person reads of a call that did not reach them; nothing where they have no conversation with us."""
    conversation = uow.conversations.get(task.conversation_id) if task.conversation_id is not None else None
    if outcome.tell is None or conversation is None or conversation.channel == "phone":
        return
    now = office.clock.now()
    said = hourwords.moment(office.texts, when, now) if when is not None else ""
    speak(office, uow, conversation, outcome.tell.format(when=said), author="staff", now=now)


def _note_in_case(office: Office, uow: UnitOfWork, user: User, task: Task, outcome: Outcome) -> None:
    case = uow.get(Case, task.case_id) if task.case_id is not None else None
    if case is not None:
        casefile.note(office, uow, case, "called", rulebook.say("history.called", outcome=outcome.zh), by=user.id)


def _require_mine(office: Office, user: User, task: Task) -> None:
    if taskhold.in_hands_of(task, office.clock.now()) != user.id:
        raise Stale(rulebook.say("refused.task_not_yours"))


def _check_way(uow: UnitOfWork, user: User, task: Task, area: Area) -> None:
    mine = user.area_id
    near = mine is not None and (uow.areas.contains(mine, area.id) or uow.areas.contains(area.id, mine))
    if user.role != routing.ADMIN and not near:
        raise NotAllowed(rulebook.say("refused.transfer_far"))
    case = uow.get(Case, task.case_id) if task.case_id is not None else None
    conversation = uow.conversations.get(task.conversation_id) if task.conversation_id is not None else None
    if _about_them(uow, case, conversation, area):
        raise NotAllowed(rulebook.say("refused.transfer_complaint"))


def _about_them(uow: UnitOfWork, case: Case | None, conversation: Conversation | None, area: Area) -> bool:
    """Whether a complaint in this matter is about the area or one that it lies in."""
    found = uow.cases.of_conversation(conversation.id) if conversation is not None else []
    for one in [*found, *([case] if case is not None else [])]:
        if one.bypassed_area_id is not None and uow.areas.contains(one.bypassed_area_id, area.id):
            return True
        if one.kind == "complaint" and one.details.get("against_level") == "county" and one.routed_area_id is None:
            return True
    if conversation is None or conversation.state.get("kind") != "complaint" or found:
        return False
    lifted, _ = routing.past_complaint(uow, conversation.id, area.id, None)
    return lifted != area.id
