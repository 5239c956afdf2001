"""A message whose turn always fails: set aside for a person, and nobody else waits for it."""

from __future__ import annotations

import pytest

from actions import chat, desk
from actions.chat import ChatDesk, TurnFailed
from actions.turn import run_turn
from tests.actions.bureau import Bureau
from tests.support.front import open_front

POISON = "毒"


class Acts:
    """Runs every turn but that of one message."""

    def __init__(self, bureau: Bureau) -> None:
        self.bureau = bureau

    async def decide(self, inbound_id: int, conversation: str, text: str, asks: str | None) -> None:
        if text == POISON:
            raise TurnFailed("always")
        run_turn(self.bureau.office, inbound_id, "inform")


@pytest.fixture
def front(bureau: Bureau) -> Bureau:
    return open_front(bureau)


async def test_scenario_07_a_poison_message_becomes_a_task_after_five_tries_and_holds_up_nobody(front: Bureau) -> None:
    work = ChatDesk(front.office, Acts(front))
    await work.converse("sound", "您好")
    await work.converse("sick", POISON)
    assert (await work.converse("sound", "在吗")).asks == "consent", "the next one is answered at once"
    for _ in range(chat.MAX_ATTEMPTS):
        assert front.tasks("unanswered") == []
        await work.replay_pending()
    (line,) = desk.tasks_for(front.office, front.user("root"))
    assert (line.kind_word, line.conversation) == ("有一条话没能答上", "sick")
    assert (await work.converse("sick", "您好")).asks == "consent", "later messages of the same person are answered"
    desk.answer_task(front.office, front.user("root"), line.id, "您那条话我看到了", hand_back=True)
    said = work.later("sick", 0)
    assert [reply.text for reply in said.replies if reply.author == "staff"] == ["您那条话我看到了"]
    assert said.asks == "consent"
