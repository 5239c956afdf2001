"""Who is told what (通知): every notice is written with what it tells about, and leaves after commit.

The words are data (`rules/notices.yml`). To staff: receipt number, place, step and day, nothing personal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from actions import phrases, procedure, routing, rulebook
from actions.office import Office
from storage import UnitOfWork
from storage.models import Case, CaseStep, OutboxMessage, Task, User

CONVERSATION, STAFF = "conversation", "staff"  # the built-in channels


def enqueue(
    office: Office,
    uow: UnitOfWork,
    *,
    key: str,
    channel: str,
    recipient: str,
    text: str,
    payload: Mapping[str, Any] | None = None,
    not_before: datetime | None = None,
) -> bool:
    """Write a message down to leave after commit; False when one with this key was written before."""
    now = office.clock.now()
    row = OutboxMessage(
        key=key,
        channel=channel,
        recipient=recipient,
        text=text,
        payload=dict(payload or {}),
        next_at=max(now, not_before or now),
        created_at=now,
    )
    return uow.outbox.put(row)[1]


def to_staff(
    office: Office, uow: UnitOfWork, users: Iterable[User], key: str, text: str,
    *, case: Case | None = None, task: Task | None = None,
) -> int:  # fmt: skip
    """The same line to each of these people, once per `key`; how many lines are new.

    Urgent where the task is; the copies that leave the house are made when the line is put into the inbox.
    """
    payload = {
        "case_id": case.id if case else None,
        "task_id": task.id if task else None,
        "urgent": task.urgent if task else False,
    }
    return sum(
        enqueue(office, uow, key=f"{key}:{user.id}", channel=STAFF, recipient=str(user.id), text=text, payload=payload)
        for user in users
    )


def to_household(
    office: Office, uow: UnitOfWork, case: Case, key: str, text: str,
    *, choices: Sequence[Mapping[str, str]] = (), author: str = "assistant", quiet: bool = False,
    visit_question: bool = False,
) -> bool:  # fmt: skip
    """A message into the household's conversation; False where there is none or it was written before.

    `quiet`: it waits for the morning. `visit_question`: the next answer is about a visit.
    """
    if case.conversation_id is None:
        return False
    payload = {
        "case_id": case.id,
        "receipt": case.receipt,
        "choices": [dict(choice) for choice in choices],
        "author": author,
        "quiet": quiet,
        "visit_question": case.receipt if visit_question else None,
    }
    return enqueue(
        office, uow, key=key, channel=CONVERSATION, recipient=case.conversation_id, text=text, payload=payload
    )


def to_conversation(
    office: Office, uow: UnitOfWork, conversation_id: str, key: str, text: str, author: str = "staff"
) -> bool:
    """A message into a conversation that need not have a case."""
    payload = {"author": author}
    return enqueue(office, uow, key=key, channel=CONVERSATION, recipient=conversation_id, text=text, payload=payload)


def to_responsible(office: Office, uow: UnitOfWork, case: Case, row: CaseStep, notice: str) -> None:
    """Tell those who act on this step; the queue above them where nobody does."""
    acting = routing.responsible(uow, case, row.level)
    text = rulebook.say(f"staff.{notice}", **_fields(office, uow, case, row))
    to_staff(office, uow, acting.users, f"{notice}:{case.id}:{row.step}:{row.started_on}", text, case=case)


def about_case(office: Office, uow: UnitOfWork, case: Case, notice: str, key: str) -> None:
    """Tell those who act on the running step that something happened to the case."""
    rows = procedure.running(uow, case) or procedure.steps(uow, case)[:1]
    for row in rows:
        acting = routing.responsible(uow, case, row.level)
        text = rulebook.say(f"staff.{notice}", **_fields(office, uow, case, row))
        to_staff(office, uow, acting.users, f"{notice}:{case.id}:{key}", text, case=case)


def step_done(
    office: Office, uow: UnitOfWork, case: Case, done: CaseStep, begun: Sequence[CaseStep], note: str = ""
) -> None:
    """The household hears which step is done and what comes next."""
    step = procedure.spec_of(office, case, done).zh
    if begun:
        spec = procedure.spec_of(office, case, begun[0])
        following = rulebook.say(
            "household.next",
            farmer=phrases.open_end(spec.farmer_text or spec.zh),
            due=phrases.due_words(begun[0], "plain"),
        )
        text = rulebook.say("household.step_done", receipt=case.receipt, step=step, next=following)
    elif procedure.running(uow, case):
        text = rulebook.say("household.step_done", receipt=case.receipt, step=step, next="")
    else:
        text = rulebook.say("household.step_done_last", receipt=case.receipt)
    if note:
        text = f"{text}\n{note}"
    to_household(office, uow, case, f"step_done:{case.id}:{done.step}", text)


def _fields(office: Office, uow: UnitOfWork, case: Case, row: CaseStep) -> dict[str, str]:
    topic = rulebook.complaint_book().topics.get(case.complaint_topic or "")
    return {
        "receipt": case.receipt,
        "place": phrases.short_place(uow, case),
        "step": procedure.spec_of(office, case, row).zh,
        "due": phrases.due_words(row, "staff"),
        "verdict": phrases.verdict_words(office, case),
        "topic": topic.zh if topic else "",
    }
