"""A bureau in which people also talk: the real reader, office hours, and turns whose act is given with the words."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace

from actions import queueclock
from actions.hours import Hours
from actions.reading import Reader
from actions.turn import run_turn
from storage import models
from tests.actions.bureau import Bureau

HOURS = Hours.from_section({"working_days": ["08:30-12:00", "14:00-17:30"]})
STORY = "我家在宁夏西吉县兴隆镇王家村，老伴得了肝硬化，一年自己掏三万多"


def open_front(bureau: Bureau, hours: Hours = HOURS) -> Bureau:
    """Give the bureau ears and office hours; it is the same bureau, on a Monday morning."""
    reader = Reader(bureau.office.library, bureau.office.db)
    bureau.office = replace(bureau.office, extractor=reader, hours=hours)
    bureau.go_to("2026-11-23 10:00")
    return bureau


@dataclass
class Person:
    """One person writing; `say` gives what the office answered at once."""

    bureau: Bureau
    name: str
    channel: str = "web"

    def say(self, text: str, act: str = "inform") -> list[str]:
        office = self.bureau.office
        self.bureau.later(seconds=1)
        with office.db.begin() as uow:
            message, _ = uow.inbox.accept(self.channel, self.name, uuid.uuid4().hex, text, office.clock.now())
            uow.flush()
            number = message.id
            uow.commit()
        run_turn(office, number, act)
        with office.db.read() as uow:
            return [reply.text for reply in uow.replies.for_inbound(number)]

    @property
    def conversation(self) -> models.Conversation:
        with self.bureau.office.db.read() as uow:
            found = uow.conversations.get(self.name)
            assert found is not None
            return found

    @property
    def stands(self) -> tuple[str | None, str]:
        """What is asked, and the stage."""
        return self.conversation.asks, self.conversation.stage

    def heard(self) -> list[str]:
        return self.bureau.heard(self.name)

    def said_by(self, author: str) -> list[str]:
        with self.bureau.office.db.read() as uow:
            return [reply.text for reply in uow.replies.after(self.name, 0) if reply.author == author]

    def choices(self) -> list[str]:
        """The buttons under the last reply."""
        with self.bureau.office.db.read() as uow:
            last = uow.replies.last(self.name)
            return [choice["value"] for choice in last.choices] if last is not None else []

    def tells(self) -> Person:
        """Agrees and tells a hardship; a fact about the household is asked now."""
        self.say("您好", "greet")
        self.say("同意", "affirm")
        self.say(STORY)
        return self

    def wants_a_person(self) -> int:
        """Asks for a person and leaves a number; the id of the task."""
        self.say("找人工", "want_person")
        self.say("13800001234")
        return self.task()

    def task(self, kind: str = "person") -> int:
        """The task of this conversation opened last."""
        return [task for task in self.bureau.tasks(kind) if task.conversation_id == self.name][-1].id


def clock(bureau: Bureau) -> queueclock.Ticked:
    """What the scheduler does for the queue, then for reminders and the outbox."""
    ticked = queueclock.tick(bureau.office)
    bureau.tick()
    return ticked
