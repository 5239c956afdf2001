"""Two households that may be one, in the browser: who gets in, what is shown, what is decided."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from actions import accounts
from actions.cases import Person
from actions.chat import ChatDesk
from actions.office import Office
from bot.web import create_app
from storage import models
from tests.actions.bureau import Bureau
from tests.web.doors import PASSWORD, DirectActs, EchoDesk, browser
from tests.web.test_workbench import bearer, sign_in

HOSTILE = "<script>alert(1)</script>"
SEES = {"wang": 200, "xinglong": 200, "xiji": 200, "hotline": 200, "root": 200, "li": 404, "zhanwang": 404}


@pytest.fixture
def bureau(tmp_path: Path, cheap_hashes: None) -> Bureau:
    made = Bureau(tmp_path)
    for name in SEES:
        accounts.reset_password(made.office, name, PASSWORD)
    made.apply(person=Person("赵秀英", "13800001234", id_number="11010519491231002X"))
    made.apply(person=Person("赵绣瑛", "13900005678"))
    return made


@pytest.fixture
async def client(bureau: Bureau) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(bureau.office, EchoDesk(bureau.office), dict, secure_cookies=False)
    async with browser(app) as made:
        yield made


def status(bureau: Bureau) -> str:
    with bureau.office.db.read() as uow:
        (match,) = uow.find(models.HouseholdMatch)
        return match.status


async def decide(client: httpx.AsyncClient, csrf: str, decision: str, **form: str) -> httpx.Response:
    return await client.post(f"/office/duplicates/1/{decision}", data={"csrf": csrf, **form})


@pytest.mark.parametrize(("name", "expected"), SEES.items())
async def test_only_who_may_see_both_gets_in(
    client: httpx.AsyncClient, bureau: Bureau, name: str, expected: int
) -> None:
    csrf = await sign_in(client, name)
    assert ("赵" in (await client.get("/office/duplicates")).text) is (expected == 200)
    assert (await client.get("/office/duplicates/1")).status_code == expected
    headers = bearer(bureau, name)
    assert (await client.get("/api/duplicates/1", headers=headers)).status_code == expected
    assert bool((await client.get("/api/duplicates", headers=headers)).json()) is (expected == 200)
    if expected == 404 or name == "hotline":
        refused = 403 if name == "hotline" else 404
        for decision in ("merge", "different", "undo"):
            assert (await decide(client, csrf, decision, reason="看看")).status_code == refused
            sent = await client.post(f"/api/duplicates/1/{decision}", headers=headers, json={"reason": "看看"})
            assert sent.status_code == refused
        assert status(bureau) == "suggested"


async def test_both_stand_side_by_side_with_masked_numbers(client: httpx.AsyncClient, bureau: Bureau) -> None:
    await sign_in(client, "wang")
    shown = (await client.get("/office/duplicates/1")).text
    for word in ("赵秀英", "赵绣瑛", "同村，名字听起来一样", "138****1234", "110*************2X"):
        assert word in shown
    assert "13800001234" not in shown
    assert "11010519491231002X" not in shown


async def test_a_merge_and_its_undo_by_hand(client: httpx.AsyncClient, bureau: Bureau) -> None:
    csrf = await sign_in(client, "wang")
    assert '重复<b class="count">1</b>' in (await client.get("/office")).text
    sent = await decide(client, csrf, "merge", reason="入户看过", version="1")
    assert sent.status_code == 303
    shown = (await client.get(sent.headers["location"])).text
    assert "已经定为同一家" in shown
    assert status(bureau) == "merged"
    assert "赵秀英" in (await client.get("/office/duplicates?show=decided")).text
    sent = await decide(client, csrf, "undo", reason="弄错了")
    assert "已经撤销" in (await client.get(sent.headers["location"])).text
    assert status(bureau) == "undone"


async def test_not_one_household_is_said_with_one_press(client: httpx.AsyncClient, bureau: Bureau) -> None:
    csrf = await sign_in(client, "wang")
    assert (await decide(client, csrf, "different", reason="")).status_code == 303
    assert status(bureau) == "different"


async def test_a_refusal_shows_the_page_again_with_what_was_typed(client: httpx.AsyncClient, bureau: Bureau) -> None:
    csrf = await sign_in(client, "wang")
    missing = await decide(client, csrf, "merge", reason=" ")
    assert missing.status_code == 422
    stale = await decide(client, csrf, "merge", reason="我打的字", version="99")
    assert (stale.status_code, "我打的字" in stale.text) == (409, True)
    assert (await decide(client, "wrong", "merge", reason="x")).status_code == 403
    assert (await decide(client, csrf, "burn", reason="x")).status_code == 404
    assert status(bureau) == "suggested"


async def test_hostile_names_and_reasons_are_shown_as_text(client: httpx.AsyncClient, bureau: Bureau) -> None:
    bureau.apply(person=Person(HOSTILE, "13700001111"))
    bureau.apply(person=Person(HOSTILE, "13700002222"))
    csrf = await sign_in(client, "wang")
    await client.post("/office/duplicates/2/merge", data={"csrf": csrf, "reason": HOSTILE})
    for path in ("/office/duplicates", "/office/duplicates?show=decided", "/office/duplicates/2"):
        assert "<script>alert" not in (await client.get(path)).text.replace("&lt;", "")


async def test_the_household_of_a_card_shows_its_other_applications(client: httpx.AsyncClient, bureau: Bureau) -> None:
    csrf = await sign_in(client, "wang")
    await decide(client, csrf, "merge", reason="入户看过")
    with bureau.office.db.read() as uow:
        one, two = (case.receipt for case in uow.find(models.Case))
    card = (await client.get(f"/office/cases/{one}")).text
    assert "同一家还有" in card
    assert two in card


@pytest.mark.parametrize(
    ("secure_cookies", "scheme", "secure"), [(False, "http", False), (False, "https", True), (True, "http", True)]
)
async def test_an_id_number_may_be_asked_for_over_tls_only(
    office: Office, health: dict[str, str], secure_cookies: bool, scheme: str, secure: bool
) -> None:
    app: FastAPI = create_app(office, ChatDesk(office, DirectActs(office)), lambda: health, secure_cookies)
    async with browser(app) as made:
        made.base_url = httpx.URL(f"{scheme}://shouwang.test")
        first = await made.get("/")
        own = re.findall(r"sw_chat=([^;]+)", first.headers["set-cookie"])[0]
        headers = {"origin": f"{scheme}://shouwang.test", "cookie": f"sw_chat={own}"}
        assert (await made.post("/chat", data={"text": "你好"}, headers=headers)).status_code == 303
    with office.db.read() as uow:
        conversation = uow.conversations.get(own)
        assert conversation is not None
        assert conversation.state.get("secure", False) is secure


async def test_a_header_that_anybody_can_send_makes_nothing_secure(office: Office, health: dict[str, str]) -> None:
    """Only uvicorn, for proxies it trusts, turns `X-Forwarded-Proto` into the scheme."""
    app = create_app(office, ChatDesk(office, DirectActs(office)), lambda: health, secure_cookies=False)
    async with browser(app) as made:
        await made.get("/")
        await made.post("/chat", data={"text": "你好"}, headers={"x-forwarded-proto": "https"})
    with office.db.read() as uow:
        assert not any(row.state.get("secure") for row in uow.find(models.Conversation))
