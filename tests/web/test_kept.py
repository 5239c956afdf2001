"""What people sent beside words: seen by whoever may see the task, by nobody else, and every look is written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from actions import media
from actions.accounts import Staff
from actions.media import Item
from actions.office import Office
from storage import models
from tests.web.doors import PASSWORD

CHAT = "telegram:0123456789abcdef"
STAFF_OF_THE_VILLAGE, STAFF_ELSEWHERE = "wang", "li"


@pytest.fixture
def task(office: Office, staff: dict[str, Staff], app: FastAPI) -> int:
    """A voice message of somebody in 王家村, a place, and the task that somebody listens to it."""

    async def files(reference: Mapping[str, Any]) -> bytes | None:
        return b"OggS" if reference.get("file_id") == "v1" else None

    app.state.web = replace(app.state.web, files=files)
    with office.db.begin() as uow:
        conv = uow.conversations.open(CHAT, "telegram", office.clock.now())
        conv.area_id = staff[STAFF_OF_THE_VILLAGE].area_id
        uow.commit()
    media.keep(office, CHAT, "telegram", "u1", Item("voice", {"file_id": "v1"}), asked_again=False)
    media.keep(
        office, CHAT, "telegram", "u2", Item("location", {"latitude": 35.9, "longitude": 105.7}), asked_again=False
    )
    with office.db.read() as uow:
        (found,) = uow.find(models.Task, kind="media")
        return found.id


async def bearer(page: httpx.AsyncClient, name: str) -> dict[str, str]:
    token = (await page.post("/api/login", json={"name": name, "password": PASSWORD})).json()["token"]
    return {"authorization": f"Bearer {token}"}


async def test_who_has_the_task_lists_and_opens_what_came(page: httpx.AsyncClient, office: Office, task: int) -> None:
    await page.post("/office/login", data={"name": STAFF_OF_THE_VILLAGE, "password": PASSWORD})
    assert f"/office/tasks/{task}/kept" in (await page.get(f"/office/tasks/{task}")).text
    shown = (await page.get(f"/office/tasks/{task}/kept")).text
    assert "【语音】" in shown
    assert "35.9" in shown
    opened = await page.get(f"/office/tasks/{task}/kept/1")
    assert (opened.content, opened.headers["content-type"]) == (b"OggS", "audio/ogg")
    with office.db.read() as uow:
        assert [entry.subject for entry in uow.find(models.AuditEntry, action="attachment.view")] == ["attachment:1"]


async def test_nobody_of_another_place_sees_or_opens_it(page: httpx.AsyncClient, task: int) -> None:
    headers = await bearer(page, STAFF_ELSEWHERE)
    for path in (f"/api/tasks/{task}/kept", f"/api/tasks/{task}/kept/1"):
        assert (await page.get(path)).status_code == 401
        assert (await page.get(path, headers=headers)).status_code == 404


async def test_what_is_not_there_or_cannot_be_fetched_is_said_in_a_sentence(page: httpx.AsyncClient, task: int) -> None:
    headers = await bearer(page, STAFF_OF_THE_VILLAGE)
    listed = (await page.get(f"/api/tasks/{task}/kept", headers=headers)).json()
    assert [one["kind"] for one in listed] == ["voice", "location"]
    assert (await page.get(f"/api/tasks/{task}/kept/99", headers=headers)).status_code == 404
    gone = await page.get(f"/api/tasks/{task}/kept/2", headers=headers)
    assert gone.status_code == 503
    assert "取不到" in gone.json()["detail"]
