"""A whole office in a temporary folder, and a way to talk with it turn by turn without a dialogue-act server."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from actions.chat import ChatAnswer, ChatDesk
from actions.clock import Clock
from actions.office import Office
from actions.reading import Reader
from actions.turn import run_turn
from policy_kb import Library, load_library
from storage import Database, Vault

NOON = "2026-11-23T12:00:00+08:00"  # a Monday


@cache
def real_packs() -> Library:
    """The five packs as they are in the repository, read once."""
    return load_library(None)


def make_office(folder: Path, now: str = NOON, url: str | None = None) -> Office:
    """An office of its own with the real packs, an empty database and a clock that stands still."""
    db = Database(url or f"sqlite:///{folder / 'office.sqlite3'}", Vault.open(folder / "key"))
    db.migrate()
    library = real_packs()
    return Office(db, library, Reader(library, db), Clock.fixed(now))


class GivenActs:
    """An act source for tests: the act is given with each message instead of being learned."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.act = "inform"

    async def decide(self, inbound_id: int, conversation: str, text: str, asks: str | None) -> None:
        run_turn(self.office, inbound_id, self.act)


@dataclass
class Talking:
    """One conversation. `say` answers as the chat would and keeps what came back."""

    office: Office
    conversation: str = field(default_factory=lambda: uuid.uuid4().hex)
    address: str | None = None
    answers: list[ChatAnswer] = field(default_factory=list)

    async def say(self, text: str, act: str = "inform", message_id: str | None = None) -> ChatAnswer:
        acts = GivenActs(self.office)
        acts.act = act
        answer = await ChatDesk(self.office, acts).converse(self.conversation, text, message_id, origin=self.address)
        self.answers.append(answer)
        return answer

    @property
    def last(self) -> ChatAnswer:
        return self.answers[-1]

    @property
    def text(self) -> str:
        """Everything the last answer says."""
        return "\n".join(reply.text for reply in self.last.replies)

    def facts(self) -> dict[str, object]:
        with self.office.db.read() as uow:
            return {key: row.value for key, row in uow.facts.current(conversation_id=self.conversation).items()}
