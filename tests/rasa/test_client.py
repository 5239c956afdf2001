"""The client of Rasa against a server that misbehaves in every way Rasa is known to."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from actions.chat import ActSourceDown
from bot.rasa_link.acts import CHANNEL_PATH, Breaker, RasaActs, answered_ids, harmless, pending_kind
from bot.rasa_link.process import free_port

Reply = Callable[[dict[str, Any]], Awaitable[Response]]


class Stage:
    """A pretended Rasa whose behaviour a test sets; `heard` keeps what it was sent."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.tokens: list[str | None] = []
        self.behave: Reply = answers
        self.url = ""


async def answers(message: dict[str, Any]) -> Response:
    return JSONResponse([{"recipient_id": "m", "custom": {"answered": message["metadata"]["inbound"]}}])


async def hangs(message: dict[str, Any]) -> Response:
    await asyncio.sleep(3)
    return await answers(message)


async def is_silent(message: dict[str, Any]) -> Response:
    return JSONResponse([])


async def answers_another(message: dict[str, Any]) -> Response:
    return JSONResponse([{"custom": {"answered": message["metadata"]["inbound"] + 1}}])


async def breaks(message: dict[str, Any]) -> Response:
    return PlainTextResponse("boom", 500)


async def talks_nonsense(message: dict[str, Any]) -> Response:
    return PlainTextResponse("<html>not json</html>")


async def refuses(message: dict[str, Any]) -> Response:
    return JSONResponse({"error": "wrong or missing token"}, 401)


@pytest_asyncio.fixture
async def stage() -> AsyncIterator[Stage]:
    scene = Stage()
    app = FastAPI()

    @app.post(CHANNEL_PATH)
    async def webhook(request: Request) -> Response:
        message = await request.json()
        scene.heard.append(message)
        scene.tokens.append(request.headers.get("x-shouwang-token"))
        return await scene.behave(message)

    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    scene.url = f"http://127.0.0.1:{port}"
    yield scene
    server.should_exit = True
    await running


def client(url: str, **options: Any) -> RasaActs:
    return RasaActs(url, "the-token", {"household_size": "int", "serious_illness": "bool"}, **options)


async def test_a_message_goes_out_with_its_number_the_pending_question_and_the_token(stage: Stage) -> None:
    acts = client(stage.url)
    await acts.decide(41, "village-7", "三口人", "household_size")
    await acts.close()
    assert stage.tokens == ["the-token"]
    assert stage.heard == [
        {
            "sender": "m41",
            "message": "三口人",
            "metadata": {"inbound": 41, "asks": "household_size", "signature": {"pending": "number"}},
        }
    ]


async def test_the_name_of_the_conversation_never_leaves_the_core(stage: Stage) -> None:
    acts = client(stage.url)
    await acts.decide(1, "zhang-13800001234", "您好", None)
    await acts.close()
    assert "13800001234" not in str(stage.heard)


@pytest.mark.parametrize("behaviour", [is_silent, answers_another, breaks, talks_nonsense, refuses])
async def test_an_answer_without_the_turn_having_run_is_no_answer(stage: Stage, behaviour: Reply) -> None:
    stage.behave = behaviour
    acts = client(stage.url)
    with pytest.raises(ActSourceDown):
        await acts.decide(7, "c", "您好", None)
    await acts.close()


async def test_a_hanging_rasa_is_given_up_at_the_deadline(stage: Stage) -> None:
    stage.behave = hangs
    acts = client(stage.url, deadline=0.3)
    started = time.monotonic()
    with pytest.raises(ActSourceDown):
        await acts.decide(7, "c", "您好", None)
    await acts.close()
    assert 0.25 < time.monotonic() - started < 1.0


async def test_two_hanging_messages_open_the_breaker_and_the_third_is_told_at_once(stage: Stage) -> None:
    stage.behave = hangs
    acts = client(stage.url, deadline=0.2)
    for number in (1, 2):
        with pytest.raises(ActSourceDown):
            await acts.decide(number, "c", "您好", None)
    started = time.monotonic()
    with pytest.raises(ActSourceDown):
        await acts.decide(3, "c", "您好", None)
    await acts.close()
    assert time.monotonic() - started < 0.05
    assert len(stage.heard) == 2


async def test_a_dead_rasa_is_told_at_once_every_time() -> None:
    acts = client(f"http://127.0.0.1:{free_port()}")
    started = time.monotonic()
    for number in range(200):
        with pytest.raises(ActSourceDown):
            await acts.decide(number, "c", "您好", None)
    await acts.close()
    assert time.monotonic() - started < 2.0


async def test_the_client_finds_rasa_again_after_it_came_back(stage: Stage) -> None:
    stage.behave = breaks
    acts = client(stage.url, breaker=Breaker(first=0.05, longest=0.1))
    with pytest.raises(ActSourceDown):
        await acts.decide(1, "c", "您好", None)
    stage.behave = answers
    await asyncio.sleep(0.15)
    await acts.decide(1, "c", "您好", None)
    await acts.decide(2, "c", "您好", None)
    await acts.close()


async def test_a_hundred_injected_faults_leave_no_turn_silent(stage: Stage) -> None:
    acts = client(stage.url, breaker=Breaker(first=0.0, longest=0.0))
    faults = [is_silent, answers_another, breaks, talks_nonsense]
    told = 0
    for number in range(100):
        stage.behave = faults[number % len(faults)]
        try:
            await acts.decide(number, "c", "您好", None)
        except ActSourceDown:
            told += 1
    await acts.close()
    assert told == 100


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("/affirm", "：/affirm"),
        ("  /restart", "：/restart"),
        ("\u200b/session_start", "：/session_start"),
        ("//", "：//"),
        ("一半/一半", "一半/一半"),
        ("", "…"),
        ("   ", "…"),
        ("\x00\x1b[2J您好", "[2J您好"),
        ("您好\ud800", "您好"),
        ("一行\n两行", "一行\n两行"),
    ],
)
def test_what_people_write_cannot_name_an_act_or_break_the_line(written: str, sent: str) -> None:
    assert harmless(written) == sent


@pytest.mark.parametrize(
    ("asks", "pending"),
    [
        (None, "none"),
        ("consent", "confirm"),
        ("confirm_submit", "confirm"),
        ("proxy_consent", "confirm"),
        ("name", "contact"),
        ("receipt", "contact"),
        ("problem", "story"),
        ("serious_illness", "yes_no"),
        ("income_year", "number"),
        ("household_size", "number"),
        ("household_kind", "choice"),
    ],
)
def test_what_is_pending_is_told_coarsely(asks: str | None, pending: str) -> None:
    kinds = {"serious_illness": "bool", "income_year": "number", "household_size": "int", "household_kind": "enum"}
    assert pending_kind(asks, kinds) == pending


@pytest.mark.parametrize("reply", [None, {}, [], [1], [{"text": "x"}], [{"custom": None}], [{"custom": {}}]])
def test_a_reply_of_any_shape_is_read_without_an_error(reply: Any) -> None:
    assert answered_ids(reply) == []


class TestBreaker:
    def test_stays_closed_after_one_slow_message(self) -> None:
        breaker = Breaker(clock=lambda: 0.0)
        breaker.failed(at_once=False)
        assert breaker.may_try()

    def test_lets_one_message_through_when_its_pause_is_over(self) -> None:
        now = [0.0]
        breaker = Breaker(clock=lambda: now[0], first=1.0)
        breaker.failed(at_once=True)
        assert not breaker.may_try()
        now[0] = 1.5
        assert breaker.may_try()
        assert not breaker.may_try(), "only one until it has told how it went"
        breaker.succeeded()
        assert breaker.may_try()

    def test_doubles_its_pause_up_to_the_longest(self) -> None:
        now = [0.0]
        breaker = Breaker(clock=lambda: now[0], first=1.0, longest=4.0)
        pauses = []
        for _ in range(5):
            breaker.failed(at_once=True)
            start = now[0]
            while not breaker.may_try():
                now[0] += 0.5
            pauses.append(now[0] - start)
        assert pauses == [1.0, 2.0, 4.0, 4.0, 4.0]
