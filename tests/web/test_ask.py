"""Questions about policy at the desk: the page and the API, and the task that a question becomes."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from actions import accounts, desk
from bot.web import create_app
from tests.actions.bureau import Bureau
from tests.web.doors import PASSWORD, EchoDesk, browser
from tests.web.test_workbench import bearer, sign_in

ANSWERED = {"text": "入户核实几天？", "place": "龙口市"}
SILENT = {"text": "低保一个月给多少钱", "place": "宁夏西吉县"}


@pytest.fixture
def bureau(tmp_path: Path, cheap_hashes: None) -> Bureau:
    made = Bureau(tmp_path)
    for name in ("wang", "hotline", "root"):
        accounts.reset_password(made.office, name, PASSWORD)
    return made


@pytest.fixture
async def client(bureau: Bureau) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(bureau.office, EchoDesk(bureau.office), lambda: {}, secure_cookies=False)
    async with browser(app) as made:
        yield made


async def test_an_answer_is_shown_with_its_clause_and_document(client: httpx.AsyncClient) -> None:
    await sign_in(client, "hotline")
    page = await client.get("/office/ask", params=ANSWERED)

    assert page.status_code == 200
    assert "5个工作日" in page.text
    assert "四(一)" in page.text
    assert "龙扶贫组字〔2021〕1号" in page.text
    assert "文件里有" in page.text


async def test_what_no_document_says_is_shown_as_such(client: httpx.AsyncClient) -> None:
    await sign_in(client, "wang")
    page = await client.get("/office/ask", params=SILENT)

    assert "文件里没有" in page.text
    assert "可以问问" in page.text


async def test_a_question_is_handed_to_a_person_once(client: httpx.AsyncClient, bureau: Bureau) -> None:
    csrf = await sign_in(client, "hotline")
    page = await client.get("/office/ask", params=SILENT)
    nonce = re.search(r'name="nonce" value="([^"]+)"', page.text)
    assert nonce is not None
    form = SILENT | {"csrf": csrf, "nonce": nonce[1]}
    sent = [await client.post("/office/ask/person", data=form) for _ in range(2)]

    assert [answer.status_code for answer in sent] == [303, 303]
    hotline = bureau.user("hotline")
    tasks = [task for task in desk.tasks_for(bureau.office, hotline) if SILENT["text"] in task.text]
    assert len(tasks) == 1
    assert f"/office/tasks/{tasks[0].id}" in sent[0].headers["location"]


async def test_the_api_says_what_the_page_says(client: httpx.AsyncClient, bureau: Bureau) -> None:
    found = (await client.post("/api/ask", json=ANSWERED, headers=bearer(bureau, "wang"))).json()

    assert found["answerable"] is True
    assert found["pack"] == "longkou-2021-1"
    assert [source["clause"] for source in found["sources"]] == ["四(一)"]


async def test_the_api_hands_a_question_on(client: httpx.AsyncClient, bureau: Bureau) -> None:
    body = SILENT | {"message_id": "q-1"}
    first = await client.post("/api/ask/person", json=body, headers=bearer(bureau, "wang"))
    again = await client.post("/api/ask/person", json=body, headers=bearer(bureau, "wang"))

    assert first.status_code == 200
    assert first.json()["id"] == again.json()["id"]
    assert SILENT["text"] in first.json()["text"]


@pytest.mark.parametrize(("body", "status"), [({"text": "  "}, 422), ({"text": "问" * 501}, 422), ({"x": 1}, 422)])
async def test_empty_endless_and_unknown_input_is_refused_with_a_sentence(
    client: httpx.AsyncClient, bureau: Bureau, body: dict[str, object], status: int
) -> None:
    found = await client.post("/api/ask", json=body, headers=bearer(bureau, "wang"))

    assert found.status_code == status
    assert isinstance(found.json()["detail"], str)


@pytest.mark.parametrize("path", ["/api/ask", "/api/ask/person"])
async def test_nobody_asks_at_the_desk_without_signing_in(client: httpx.AsyncClient, path: str) -> None:
    assert (
        await client.post(path, json=ANSWERED | {"message_id": "q"} if "person" in path else ANSWERED)
    ).status_code == 401


async def test_the_page_wants_a_sign_in(client: httpx.AsyncClient) -> None:
    assert (await client.get("/office/ask")).status_code == 303


async def test_the_description_of_the_api_names_both(client: httpx.AsyncClient) -> None:
    paths = (await client.get("/api/openapi.json")).json()["paths"]

    assert {"/api/ask", "/api/ask/person"} <= set(paths)
