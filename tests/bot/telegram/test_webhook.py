"""Called by Telegram: 200 means a stored row, a forged secret means nothing at all, no body is worth a 5xx."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import uvicorn

from bot.channels.telegram import intake, webhook
from bot.rasa_link.process import free_port
from bot.web import create_app
from storage import Unavailable, models
from tests.bot.telegram.conftest import Running, make
from tests.support.telegram_api import TelegramApi

SECRET = "a-secret-of-the-office"
HEADERS = {webhook.HEADER: SECRET}


def body(number: int = 1, **parts: Any) -> dict[str, Any]:
    message = {"message_id": 1, "date": 1, "chat": {"id": 5001, "type": "private"}, "text": "您好"}
    return {"update_id": number, "message": message | parts}


@pytest.fixture
def called(office: Any, api: TelegramApi) -> Running:
    """An office that is called, not yet started: rows stay as they were kept."""
    return make(office, api, telegram_webhook_url="https://office.example", telegram_webhook_secret=SECRET)


@pytest.fixture
async def telegram(called: Running) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(called.office, called.chat, dict, secure_cookies=False)
    router = called.door.router()
    assert router is not None
    app.include_router(router)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="https://office.example") as client:
        yield client


def kept(called: Running) -> int:
    return len(called.rows(models.ChannelUpdate))


async def test_a_200_is_a_stored_row_and_a_second_call_with_it_is_the_same_row(
    telegram: httpx.AsyncClient, called: Running
) -> None:
    for _ in range(3):
        answer = await telegram.post(webhook.PATH, json=body(7), headers=HEADERS)
        assert answer.status_code == 200
    assert kept(called) == 1


async def test_while_the_database_cannot_keep_it_telegram_is_not_told_200(
    telegram: httpx.AsyncClient, called: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*given: Any) -> int:
        raise Unavailable("down")

    monkeypatch.setattr(intake, "keep", refuse)
    answer = await telegram.post(webhook.PATH, json=body(), headers=HEADERS)
    assert answer.status_code == 503


async def test_scenario_72_a_forged_secret_gets_403_and_leaves_no_row(
    telegram: httpx.AsyncClient, called: Running
) -> None:
    """1,000 forged calls."""
    guess = random.Random(72)
    forged = ["", SECRET[:-1], SECRET + "x", SECRET.upper(), "é" * 9]
    forged += ["".join(guess.choices("abc-xyz0123", k=len(SECRET))) for _ in range(994)]
    for one in forged:
        headers = {webhook.HEADER.encode(): one.encode("utf-8")}
        assert (await telegram.post(webhook.PATH, json=body(), headers=headers)).status_code == 403
    assert (await telegram.post(webhook.PATH, json=body())).status_code == 403
    assert kept(called) == 0


def malformed(fuzz: random.Random) -> bytes:
    """A body that Telegram would never send."""
    whole = json.dumps(body(fuzz.randrange(10**6)), ensure_ascii=fuzz.random() < 0.5).encode()
    at = fuzz.randrange(len(whole))
    kind = fuzz.randrange(8)
    if kind == 0:
        return whole[:at]
    if kind == 1:
        return whole[:at] + bytes([fuzz.randrange(256)]) + whole[at + 1 :]
    if kind == 2:
        return fuzz.randbytes(fuzz.randrange(200))
    if kind == 3:
        return whole.replace(b"5001", fuzz.choice([b"NaN", b"Infinity", b"1e999", b"-0", b"null", b"[]", b'"x"']))
    if kind == 4:
        return (b'{"update_id":1,"a":' + b"[" * 5000) if fuzz.random() < 0.5 else b'{"a":' * 3000 + b"1" + b"}" * 3000
    if kind == 5:
        return json.dumps(fuzz.choice([[], 1, "x", None, {}, {"update_id": "1"}, {"update_id": True}])).encode()
    if kind == 6:
        return whole.replace("您好".encode(), b"\\ud800\\u0000").replace(b"\xe6", b"\xff")
    return b"\xff\xfe" + whole.decode("utf-8", "ignore").encode("utf-16-le")


async def test_scenario_08_no_malformed_body_is_answered_with_a_5xx(
    telegram: httpx.AsyncClient, called: Running
) -> None:
    """3,000 bodies that were cut, changed, nested or made up: 200, 400 or 413."""
    fuzz, seen = random.Random(8), set()
    for _ in range(3000):
        answer = await telegram.post(webhook.PATH, content=malformed(fuzz), headers=HEADERS)
        seen.add(answer.status_code)
        assert answer.status_code in {200, 400, 413}
    assert {200, 400} <= seen


async def test_scenario_09_a_body_beyond_64_kb_is_refused_with_413(
    telegram: httpx.AsyncClient, called: Running
) -> None:
    answer = await telegram.post(webhook.PATH, json=body(text="长" * 70_000), headers=HEADERS)
    assert answer.status_code == 413
    assert kept(called) == 0


async def test_telegram_is_told_where_to_call_with_which_secret_and_the_conversation_runs_over_it(
    office: Any, api: TelegramApi
) -> None:
    port = free_port()
    one = make(office, api, telegram_webhook_url=f"http://127.0.0.1:{port}/")
    app = create_app(one.office, one.chat, dict, secure_cookies=False)
    router = one.door.router()
    assert router is not None
    app.include_router(router)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server._serve())
    await one.door.start()
    person = api.person(5001)
    try:
        person.say("您好")
        await one.hears(person, "您同意吗")
        person.press("同意")
        await one.hears(person, "遇到啥难处")
    finally:
        await one.door.stop()
        server.should_exit = True
        await serving
    assert api.webhook["url"] == f"http://127.0.0.1:{port}{webhook.PATH}"
    assert len(api.webhook["secret_token"]) == 64
    assert json.loads(api.webhook["allowed_updates"]) == [
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
    ]
    assert "GetUpdates" not in api.calls
