"""What leaves for Telegram: within its limits, in order, never lost, and never in the way of anybody else."""

from __future__ import annotations

import asyncio
import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions import courier, leases, pushed, speaking
from actions.clock import Clock
from actions.office import Office
from actions.outbox import Outgoing, RetryLater, Undeliverable
from bot.channels.telegram import keyboards, pace
from bot.channels.telegram.pace import OVERALL, PER_CHAT, Pace
from bot.channels.telegram.sender import MAX_TEXT, parts_of
from storage import models
from tests.bot.telegram.conftest import Running


def hashed(running: Running, chat: int) -> str:
    with running.office.db.read() as uow:
        return uow.index(f"telegram {chat}")


def say(running: Running, chat: int, *texts: str) -> str:
    """Say these things in the conversation with this chat; returns its id."""
    name = pushed.open_conversation(running.office, "telegram", hashed(running, chat), str(chat))
    with running.office.db.begin() as uow:
        conv = uow.conversations.get(name)
        assert conv is not None
        for text in texts:
            speaking.speak(running.office, uow, conv, text)
        uow.commit()
    return name


def statuses(running: Running) -> dict[str, int]:
    with running.office.db.read() as uow:
        return uow.outbox.counts()


# -- limits -------------------------------------------------------------------------------------------------------


async def test_scenario_12_a_provider_that_asks_for_patience_loses_nothing(running: Running) -> None:
    """120 messages against a provider that takes 10 a second and answers 429 beyond: 120 delivered, none twice."""
    running.api.limit = 10
    for chat in range(120):
        say(running, 9000 + chat, f"第{chat}条")
    await running.until(lambda: statuses(running).get("sent") == 120, seconds=120, why="120 delivered")
    assert sorted(one.text for one in running.api.sent) == sorted(f"第{chat}条" for chat in range(120))
    assert ("sendMessage", 429) in running.api.refused
    assert statuses(running) == {"sent": 120}


async def test_scenario_12_a_429_of_one_chat_does_not_hold_up_the_others(running: Running) -> None:
    running.api.chat_retry_after[9001] = 3
    say(running, 9001, "慢", "慢二")
    say(running, 9002, "快")
    await running.until(lambda: running.api.to(9002))
    assert running.api.to(9001) == []
    await running.until(lambda: len(running.api.to(9001)) == 2)
    assert [one.text for one in running.api.to(9001)] == ["慢", "慢二"], "in order, after the pause"


class Time:
    """A clock that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


async def test_scenario_13_one_chat_gets_at_most_one_message_a_second() -> None:
    time = Time()
    own, sent = Pace(time, time.sleep), []
    for _ in range(20):
        await own.turn("one")
        sent.append(time())
    assert min(b - a for a, b in itertools.pairwise(sent)) >= PER_CHAT - 1e-9


async def test_all_chats_together_get_at_most_25_messages_a_second() -> None:
    time = Time()
    own, sent = Pace(time, time.sleep), []
    for chat in range(120):
        await own.turn(str(chat))
        sent.append(time())
    assert min(b - a for a, b in itertools.pairwise(sent)) >= OVERALL - 1e-9
    assert sent[-1] - sent[0] == pytest.approx(119 * OVERALL)


async def test_a_burst_to_one_chat_arrives_in_order_a_second_apart(running: Running) -> None:
    say(running, 9001, *[f"第{n}句" for n in range(4)])
    await running.until(lambda: len(running.api.to(9001)) == 4)
    sent = running.api.to(9001)
    assert [one.text for one in sent] == [f"第{n}句" for n in range(4)]
    assert min(b.at - a.at for a, b in itertools.pairwise(sent)) > 0.9


# -- faults of the provider ---------------------------------------------------------------------------------------


async def test_scenario_14_after_an_outage_everything_is_delivered(running: Running) -> None:
    """500 queued while Telegram is down; all delivered once it is back, none lost, the messages hardly tried."""
    running.door.breaker.first, running.door.breaker.rest = 0.05, 0.2
    running.api.down = True
    for chat in range(500):
        say(running, 10_000 + chat, f"第{chat}条")
    await asyncio.sleep(1.0)
    assert running.api.sent == []
    tried = [row.attempts for row in running.rows(models.OutboxMessage)]
    assert sum(tried) < 60, "while it is known to be down, only single messages are tried"
    # the few that were tried wait for their back-off, at most five minutes: here the clock is moved. What was taken up
    # before the move would then seem given up and be sent again, so it fails first
    object.__setattr__(running.office, "clock", Clock(read=lambda: datetime.now(UTC) + timedelta(minutes=6)))
    await asyncio.sleep(1.0)
    running.api.down = False
    await running.until(lambda: statuses(running).get("sent") == 500, seconds=90, why="500 delivered")
    assert len({one.chat for one in running.api.sent}) == len(running.api.sent) == 500


async def test_scenario_15_sends_that_hang_hold_no_database(running: Running) -> None:
    running.api.hang = 4.0
    for chat in range(20):
        say(running, 9000 + chat, "您好")
    await running.until(lambda: running.api.calls.count("sendMessage") >= 16)
    for number in range(30):  # meanwhile everybody else reads and writes
        say(running, 9900, f"第{number}句")
    assert running.api.sent == []
    running.api.hang = 0.0


async def test_scenario_16_a_telegram_that_is_down_is_probed_by_one_message_at_a_time(running: Running) -> None:
    running.door.breaker.first, running.door.breaker.rest = 0.05, 0.2
    running.api.down = True
    for chat in range(40):
        say(running, 9000 + chat, "您好")
    await running.until(lambda: running.door.breaker.down_for is not None, why="the breaker opens")
    await running.until(lambda: running.door._delivery._running == set(), why="what was on its way comes back")
    tried = len(running.api.calls)
    await running.until(lambda: len(running.api.calls) > tried + 2, why="it goes on asking")
    assert len(running.door._delivery._running) <= 1
    running.api.down = False
    await running.until(lambda: running.door.breaker.down_for is None, why="it closes")


GONE = ["blocked", "unknown"]


@pytest.mark.parametrize("how", GONE)
async def test_scenario_19_who_cannot_be_reached_is_put_on_the_call_list_once(running: Running, how: str) -> None:
    getattr(running.api, how).add(9001)
    name = pushed.open_conversation(running.office, "telegram", hashed(running, 9001), "9001")
    with running.office.db.begin() as uow:
        conv = uow.conversations.get(name)
        assert conv is not None
        conv.state = {"person": {"phone": "13800001234"}}
        uow.commit()
    say(running, 9001, "您的事有进展", "还有一句", "再有一句")
    await running.until(lambda: statuses(running).get("dead") == 3, why="three undeliverable messages")
    assert pushed.address_of(running.office, name) is None
    (task,) = running.rows(models.Task)
    assert (task.kind, task.conversation_id) == ("delivery_failed", name)
    assert "13800001234" in task.text
    assert running.api.calls.count("sendMessage") == 1, "no retry"


# -- the courier --------------------------------------------------------------------------------------------------


def take(office: Office, owner: str, limit: int = 50) -> list[Outgoing]:
    return courier.take(office, "telegram", owner, limit)


@pytest.fixture
async def still(running: Running) -> Running:
    """An office whose door does not send."""
    await running.door.stop()
    return running


async def test_of_each_conversation_one_message_is_on_its_way(still: Running) -> None:
    for chat in (1, 2, 3):
        say(still, chat, "一", "二")
    first = take(still.office, "a")
    assert [one.text for one in first] == ["一"] * 3
    assert take(still.office, "b") == []
    courier.sent(still.office, first[0])
    courier.not_sent(still.office, "a", first[1], RetryLater("429", 30))
    courier.not_sent(still.office, "a", first[2], Undeliverable("malformed"))
    assert sorted(one.recipient for one in take(still.office, "b")) == sorted([first[0].recipient, first[2].recipient])


async def test_scenario_18_two_couriers_send_nothing_twice(still: Running) -> None:
    for chat in range(40):
        say(still, chat + 1, "一", "二", "三")
    got: list[str] = []

    def work(owner: str) -> None:
        while taken := take(still.office, owner, 5):
            for one in taken:
                got.append(one.key)
                courier.sent(still.office, one)

    for _ in range(4):
        await asyncio.gather(*(asyncio.to_thread(work, f"w{n}") for n in range(4)))
    assert len(got) == len(set(got)) == 120


async def test_scenario_17_a_message_of_a_sender_killed_on_this_machine_is_free_at_once(still: Running) -> None:
    say(still, 1, "一")
    host = leases.owner_name().partition(":")[0]
    assert len(take(still.office, f"{host}:{2**22 + 1}:1:aa")) == 1
    assert courier.free_of_the_dead(still.office, "telegram") == 1
    assert len(take(still.office, leases.owner_name())) == 1
    assert courier.free_of_the_dead(still.office, "telegram") == 0


async def test_scenario_17_a_message_whose_sender_died_is_sent_again_after_its_lease(still: Running) -> None:
    say(still, 1, "一")
    assert len(take(still.office, "dead")) == 1
    assert take(still.office, "b") == []
    later = datetime.now(UTC) + timedelta(seconds=courier.LEASE_SECONDS + 1)
    object.__setattr__(still.office, "clock", Clock(read=lambda: later))
    assert [one.text for one in take(still.office, "b")] == ["一"]


# -- text and buttons ---------------------------------------------------------------------------------------------


@given(st.text(min_size=1, max_size=200), st.integers(5, 40))
def test_parts_fit_and_lose_nothing_but_white_space(text: str, limit: int) -> None:
    parts = list(parts_of(text, limit))
    assert all(0 < len(part.encode("utf-16-le", "replace")) // 2 <= limit for part in parts)
    if text.strip():
        assert "".join("".join(parts).split()) == "".join(text.split())


def test_a_part_ends_where_a_line_ends_and_counts_as_telegram_counts() -> None:
    text = "\n".join("情" * 1000 for _ in range(6))
    assert [len(part) for part in parts_of(text)] == [4003, 2001]
    assert all(len(part) == MAX_TEXT // 2 for part in parts_of("𠮷" * MAX_TEXT))


def test_callback_data_stays_within_64_bytes_whatever_the_numbers() -> None:
    texts = Office.__dataclass_fields__["texts"].default_factory()  # type: ignore[misc]
    markup = keyboards.of_reply(texts, "telegram:" + "f" * 32, 999_999_999, ["好"] * 100, ["看出处"] * 3)
    assert markup is not None
    data = [str(button.callback_data) for row in markup.inline_keyboard for button in row]
    assert max(len(one.encode()) for one in data) <= 64
    assert all(keyboards.read(one) is not None for one in data)


@pytest.mark.parametrize(
    "data", [None, "", "c1:", "c0:00000000:1:1", "c1:zzzzzzzz:1:1", "s1:x:1:1", "c1:00000000:1:1 "]
)
def test_a_button_that_is_not_known_means_nothing(data: str | None) -> None:
    assert keyboards.read(data) is None


def test_the_limits_are_telegrams() -> None:
    assert pace.OVERALL >= 1 / 25
    assert pace.PER_CHAT >= 1
