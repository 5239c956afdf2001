"""One conversation, one message at a time: who holds it, and when it is given back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from actions.chat import ActSourceDown, ChatDesk, ForeignConversation
from actions.office import Office
from actions.turn import run_turn
from storage import models
from tests.support.desk import make_office

NAME = "a-conversation-of-the-web-that-is-long"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    url = request.getfixturevalue("postgres_schema") if request.param == "postgres" else None
    made = make_office(tmp_path, url=url)
    yield made
    made.db.close()


@dataclass
class Watching:
    """Answers every message and notes who held the conversation before and after; `down` like a dead act server."""

    office: Office
    down: bool = False
    seen: list[tuple[bool, bool]] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)

    def held(self) -> bool:
        with self.office.db.read() as uow:
            conv = uow.conversations.get(NAME)
            return conv is not None and conv.lease_owner is not None

    async def decide(self, inbound_id: int, conversation: str, text: str, asks: str | None) -> None:
        if self.down:
            raise ActSourceDown("nobody there")
        before = self.held()
        await asyncio.sleep(0.02)  # long enough for a second message to want the conversation too
        run_turn(self.office, inbound_id, "inform")
        self.answered.append(text)
        self.seen.append((before, self.held()))


async def test_a_turn_holds_the_conversation_and_gives_it_back_with_its_answer(office: Office) -> None:
    acts = Watching(office)
    await ChatDesk(office, acts).converse(NAME, "你好")
    assert acts.seen == [(True, False)]


async def test_it_is_held_until_the_last_message_that_waited_is_answered(office: Office) -> None:
    acts = Watching(office, down=True)
    desk = ChatDesk(office, acts)
    for text in ("一", "二"):
        await desk.converse(NAME, text)
    assert not acts.held(), "what nobody answers is held by nobody"

    acts.down = False
    await desk.converse(NAME, "三")

    assert acts.answered == ["一", "二", "三"]
    assert acts.seen == [(True, True), (True, True), (True, False)]


async def test_messages_at_the_same_moment_are_answered_one_after_the_other(office: Office) -> None:
    acts = Watching(office)
    desks = [ChatDesk(office, acts), ChatDesk(office, acts)]
    texts = [f"第{n}句" for n in range(6)]

    answers = await asyncio.gather(*(desks[n % 2].converse(NAME, text) for n, text in enumerate(texts)))

    assert sorted(acts.answered) == sorted(texts)
    assert all(answer.replies for answer in answers)
    assert all(before for before, _ in acts.seen)
    assert not acts.held()


async def test_danger_is_answered_while_others_wait_and_leaves_nothing_held(office: Office) -> None:
    acts = Watching(office, down=True)
    desk = ChatDesk(office, acts)
    await desk.converse(NAME, "家里四口人")

    answer = await desk.converse(NAME, "我不想活了")

    assert answer.replies
    assert not acts.held()
    with office.db.read() as uow:
        assert [row.text for row in uow.inbox.pending_of(NAME)] == ["家里四口人"]


async def test_a_conversation_of_another_channel_takes_no_message_of_a_stranger(office: Office) -> None:
    desk = ChatDesk(office, Watching(office))
    await desk.converse(NAME, "你好", channel="terminal")

    with pytest.raises(ForeignConversation):
        await desk.converse(NAME, "我要撤回", own_only=True)

    with office.db.read() as uow:
        assert uow.count(models.InboundMessage) == 1
