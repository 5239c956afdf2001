"""Pages and API of being told: one's own settings, and for administrators how messages leave."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from actions import accounts, notices, outbox, preferences
from actions.preferences import Wishes
from bot.web import create_app
from storage import models
from tests.actions.bureau import Bureau
from tests.web.doors import PASSWORD, EchoDesk, browser

FORM = {
    "telegram": "on",
    "digest": "on",
    "digest_at": "09:15",
    "quiet_from": "22:00",
    "quiet_to": "06:30",
    "phone": "139 0000 0000",
}


@pytest.fixture
def bureau(tmp_path: Path, cheap_hashes: None) -> Bureau:
    made = Bureau(tmp_path)
    for name in ("wang", "xiji", "root"):
        accounts.reset_password(made.office, name, PASSWORD)
    return made


@pytest.fixture
def app(bureau: Bureau) -> FastAPI:
    return create_app(bureau.office, EchoDesk(bureau.office), dict, secure_cookies=False, channels=("webhook",))


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(app) as made:
        yield made


async def sign_in(client: httpx.AsyncClient, name: str) -> str:
    """Signs a browser in; returns the CSRF token of its forms."""
    await client.post("/office/login", data={"name": name, "password": PASSWORD})
    found = re.search(r'name="csrf" value="([^"]+)"', (await client.get("/office/me")).text)
    assert found is not None
    return found[1]


def bearer(bureau: Bureau, name: str) -> dict[str, str]:
    return {"authorization": f"Bearer {accounts.login(bureau.office, name, PASSWORD)}"}


def give_up(bureau: Bureau) -> int:
    """A copy for wang that was given up; its number."""
    with bureau.office.db.begin() as uow:
        who = f"user:{bureau.user('wang').id}"
        notices.enqueue(bureau.office, uow, key="task:1:1:webhook", channel="webhook", recipient=who, text="新待办")
        (row,) = uow.outbox.claim(bureau.office.clock.now(), "w", 60, channels=["webhook"])
        uow.outbox.mark_dead(row, "Undeliverable: HTTP 404")
        uow.commit()
        return row.id


# -- one's own settings -----------------------------------------------------------------------------------------


async def test_settings_are_kept_and_shown_again(client: httpx.AsyncClient, bureau: Bureau) -> None:
    csrf = await sign_in(client, "wang")
    answer = await client.post("/office/me/telling", data={**FORM, "csrf": csrf})
    assert (answer.status_code, answer.headers["location"]) == (303, "/office/me?said=telling")
    found = preferences.wishes_of(bureau.office, bureau.user("wang"))
    assert (found.telegram, found.webhook, found.digest, found.phone) == (True, False, True, "139 0000 0000")
    page = (await client.get("/office/me")).text
    for name, value in FORM.items():
        field = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
        assert field is not None
        assert ("checked" in field[0]) if value == "on" else (f'value="{value}"' in field[0])
    webhook = re.search(r'<input[^>]*name="webhook"[^>]*>', page)
    assert webhook is not None
    assert "checked" not in webhook[0]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"phone": "12"}, "手机号要是"),
        ({"quiet_to": ""}, "免打扰要填"),
        ({"digest_at": "25:00"}, "时间要写成"),
        ({"digest_at": "<b>"}, "时间要写成"),
    ],
)
async def test_what_cannot_be_kept_is_said_and_nothing_typed_is_lost(
    client: httpx.AsyncClient, bureau: Bureau, wrong: dict[str, str], sentence: str
) -> None:
    csrf = await sign_in(client, "wang")
    answer = await client.post("/office/me/telling", data={**FORM, **wrong, "csrf": csrf})
    assert answer.status_code == 422
    assert sentence in answer.text
    for name in {"phone", "quiet_from"} - wrong.keys():
        assert f'value="{FORM[name]}"' in answer.text
    assert preferences.wishes_of(bureau.office, bureau.user("wang")) == Wishes()


async def test_settings_need_the_form_s_token(client: httpx.AsyncClient) -> None:
    await sign_in(client, "wang")
    assert (await client.post("/office/me/telling", data={**FORM, "csrf": "x"})).status_code == 403


async def test_the_api_changes_what_is_given_and_leaves_the_rest(client: httpx.AsyncClient, bureau: Bureau) -> None:
    headers = bearer(bureau, "wang")
    first = await client.get("/api/me/preferences", headers=headers)
    assert first.json()["telegram"] is True
    changed = await client.patch(
        "/api/me/preferences", headers=headers, json={"digest": True, "digest_at": "09:15", "phone": "13900000000"}
    )
    assert changed.status_code == 200
    later = (await client.patch("/api/me/preferences", headers=headers, json={"webhook": False})).json()
    assert (later["digest"], later["digest_at"], later["webhook"]) == (True, "09:15:00", False)
    cleared = (await client.patch("/api/me/preferences", headers=headers, json={"digest_at": None})).json()
    assert (cleared["digest_at"], cleared["phone"]) == (None, "13900000000")


@pytest.mark.parametrize(
    "body", [{"digest": "maybe"}, {"pigeon": True}, {"digest_at": "noon"}, {"quiet_from": "22:00"}]
)
async def test_the_api_refuses_what_it_does_not_understand(
    client: httpx.AsyncClient, bureau: Bureau, body: dict[str, object]
) -> None:
    answer = await client.patch("/api/me/preferences", headers=bearer(bureau, "wang"), json=body)
    assert answer.status_code == 422
    assert answer.json()["detail"]


async def test_an_administrator_sets_a_colleague_s_number_and_nobody_else_does(
    client: httpx.AsyncClient, bureau: Bureau
) -> None:
    csrf = await sign_in(client, "root")
    answer = await client.post("/office/users/phone", data={"csrf": csrf, "name": "wang", "phone": "13900000000"})
    assert answer.headers["location"] == "/office/users?said=phone"
    assert bureau.user("wang").phone == "13900000000"
    patch = await client.patch("/api/users/wang", headers=bearer(bureau, "root"), json={"phone": ""})
    assert (patch.status_code, bureau.user("wang").phone) == (204, None)
    refused = await client.patch("/api/users/wang", headers=bearer(bureau, "xiji"), json={"phone": "1"})
    assert refused.status_code == 403


def test_a_number_is_nowhere_in_the_database_in_clear(bureau: Bureau) -> None:
    preferences.set_phone(bureau.office, "wang", "13987654321", "test")
    bureau.office.db.close()
    for file in bureau.folder.glob("office.sqlite3*"):
        assert b"13987654321" not in file.read_bytes()


# -- deliveries -------------------------------------------------------------------------------------------------


async def test_an_administrator_sees_what_was_given_up_and_tries_again(
    client: httpx.AsyncClient, bureau: Bureau
) -> None:
    number = give_up(bureau)
    csrf = await sign_in(client, "root")
    page = await client.get("/office/deliveries")
    assert "短信或企业微信" in page.text
    assert "对方回了错误 404" in page.text
    answer = await client.post(f"/office/deliveries/{number}", data={"csrf": csrf})
    assert answer.headers["location"] == "/office/deliveries?said=retried"
    with bureau.office.db.read() as uow:
        row = uow.get(models.OutboxMessage, number)
        assert row is not None
        assert row.status == "pending"
    assert (await client.post(f"/office/deliveries/{number}", data={"csrf": csrf})).status_code == 404


async def test_all_of_a_channel_is_tried_again(client: httpx.AsyncClient, bureau: Bureau) -> None:
    give_up(bureau)
    csrf = await sign_in(client, "root")
    await client.post("/office/deliveries/all", data={"csrf": csrf, "channel": "webhook"})
    overview = (await client.get("/api/deliveries", headers=bearer(bureau, "root"))).json()
    assert overview["dead"] == []
    assert overview["channels"][0]["pending"] == 1


async def test_the_same_over_the_api(client: httpx.AsyncClient, bureau: Bureau) -> None:
    number = give_up(bureau)
    headers = bearer(bureau, "root")
    overview = (await client.get("/api/deliveries", headers=headers)).json()
    assert [(line["id"], line["receiver"]) for line in overview["dead"]] == [(number, "wang")]
    assert (await client.post(f"/api/deliveries/{number}/retry", headers=headers)).status_code == 204
    assert (await client.post(f"/api/deliveries/{number}/retry", headers=headers)).status_code == 404
    again = await client.post("/api/deliveries/retry", headers=headers, json={"channel": "webhook"})
    assert again.json() == {"changed": 0}


async def test_others_do_not_see_deliveries(client: httpx.AsyncClient, bureau: Bureau) -> None:
    number = give_up(bureau)
    headers = bearer(bureau, "xiji")
    csrf = await sign_in(client, "xiji")
    assert (await client.get("/office/deliveries")).status_code == 403
    assert (await client.post(f"/office/deliveries/{number}", data={"csrf": csrf})).status_code == 403
    assert (await client.get("/api/deliveries", headers=headers)).status_code == 403
    assert (await client.post(f"/api/deliveries/{number}/retry", headers=headers)).status_code == 403
    assert "/office/deliveries" not in (await client.get("/office")).text


async def test_the_inbox_marks_what_is_urgent(client: httpx.AsyncClient, bureau: Bureau) -> None:
    from actions import tasks

    with bureau.office.db.begin() as uow:
        tasks.open_task(bureau.office, uow, "danger", key="d", area_id=bureau.area("0101"))
        uow.commit()
    outbox.deliver_inside(bureau.office, "w")
    await sign_in(client, "wang")
    assert '<span class="tag danger">急</span>' in (await client.get("/office/notifications")).text
    (line,) = (await client.get("/api/notifications", headers=bearer(bureau, "wang"))).json()
    assert line["urgent"] is True
