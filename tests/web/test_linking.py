"""Linking one's own Telegram account from the workbench: a code on the page and over the API, and its end."""

from __future__ import annotations

import re

import httpx
import pytest

from actions import linking
from actions.accounts import Staff
from actions.office import Office
from actions.refusals import NotFound
from tests.web.doors import PASSWORD

CODE = re.compile(r"/start ([0-9A-Z]{8})<")


async def sign_in(page: httpx.AsyncClient) -> str:
    await page.post("/office/login", data={"name": "wang", "password": PASSWORD})
    found = re.search(r'name="csrf" value="([^"]+)"', (await page.get("/office/me")).text)
    assert found is not None
    return found[1]


async def test_the_page_shows_a_code_once_and_the_link_can_be_ended_there(
    page: httpx.AsyncClient, office: Office, staff: dict[str, Staff]
) -> None:
    csrf = await sign_in(page)
    shown = CODE.search((await page.post("/office/me/telegram", data={"csrf": csrf})).text)
    assert shown is not None
    assert not CODE.search((await page.get("/office/me")).text)
    assert linking.link(office, "telegram", "7001", shown[1]).result == "linked"
    assert "已经绑定" in (await page.get("/office/me")).text
    ended = await page.post("/office/me/telegram", data={"csrf": csrf, "end": "1"})
    assert ended.status_code == 303
    assert not linking.is_linked(office, staff["wang"], "telegram")


async def test_without_the_sessions_own_token_no_code_is_made(page: httpx.AsyncClient, staff: dict[str, Staff]) -> None:
    await sign_in(page)
    assert (await page.post("/office/me/telegram", data={"csrf": "x"})).status_code == 403


async def test_the_api_gives_a_code_and_ends_the_link(
    page: httpx.AsyncClient, office: Office, staff: dict[str, Staff]
) -> None:
    token = (await page.post("/api/login", json={"name": "wang", "password": PASSWORD})).json()["token"]
    headers = {"authorization": f"Bearer {token}"}
    assert (await page.post("/api/me/telegram")).status_code == 401
    given = (await page.post("/api/me/telegram", headers=headers)).json()
    assert given["minutes"] == linking.MINUTES
    assert linking.link(office, "telegram", "7001", given["code"].lower()).result == "linked"
    assert (await page.delete("/api/me/telegram", headers=headers)).status_code == 204
    assert not linking.is_linked(office, staff["wang"], "telegram")


async def test_a_code_for_an_account_that_is_not_there_or_disabled_is_refused(
    office: Office, staff: dict[str, Staff]
) -> None:
    assert linking.CODE.fullmatch(linking.offer_to(office, "wang"))
    for name in ("nobody", ""):
        with pytest.raises(NotFound):
            linking.offer_to(office, name)
