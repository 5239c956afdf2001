"""Drafts left behind (说到一半没有再来): who told of a hardship and fell silent is rung by a person, once a matter."""

from __future__ import annotations

from datetime import datetime, timedelta

from actions import tasks
from actions.draft import Draft
from actions.office import Office
from actions.taskrules import task_book
from storage import UnitOfWork
from storage.models import Conversation

KIND = "abandoned"
BATCH = 100


def sweep(office: Office) -> int:
    """Open the task of every draft that has been silent for long enough; how many. Several may sweep at once.

    Who refused consent is left alone, and so is who has not agreed yet: nobody works on their words. Where somebody
    is about to ring anyway, no second task is opened.
    """
    opened, after = 0, None
    while True:
        with office.db.begin() as uow:
            found = _silent(office, uow, after)
            opened += sum(_open(office, uow, conversation) for conversation in found)
            uow.commit()
        if len(found) < BATCH:
            return opened
        after = (found[-1].last_active_at, found[-1].id)


def _silent(office: Office, uow: UnitOfWork, after: tuple[datetime, str] | None) -> list[Conversation]:
    rule, now = task_book().abandoned, office.clock.now()
    return uow.conversations.fallen_silent(
        now - timedelta(days=rule.forget_days),
        now - timedelta(hours=rule.silent_hours),
        stages=rule.stages,
        channels=rule.channels,
        kind=KIND,
        after=after,
        limit=BATCH,
    )


def _open(office: Office, uow: UnitOfWork, conversation: Conversation) -> bool:
    draft = Draft.model_validate(conversation.state or {})
    if not left_behind(draft) or uow.tasks.open_in(conversation.id):
        return False
    key = f"{KIND}:{conversation.id}:{draft.matter}"
    if uow.tasks.by_key(key) is not None:
        return False
    texts = office.texts
    names = texts.get("hardships")
    text = texts.say(
        f"tasks.{KIND}",
        hardships="、".join(str(names.get(one, one)) for one in draft.hardships),
        phone=draft.person.phone or texts.say("tasks.phone_unknown"),
        place=conversation.place or texts.say("tasks.place_unknown"),
    )
    tasks.open_task(
        office, uow, KIND, key=key, area_id=conversation.area_id, conversation_id=conversation.id, text=text
    )
    return True


def left_behind(draft: Draft) -> bool:
    """Whether a hardship of an application was told that has not been handed in."""
    return draft.kind == "application" and bool(draft.hardships)
