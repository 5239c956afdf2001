"""The queue in the browser: who sees and does what, what is shown, what is kept when it is refused."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from actions import accounts, desk
from actions.tasks import open_task
from bot.web import create_app
from tests.actions.bureau import Bureau
from tests.support.front import Person, open_front
from tests.web.doors import PASSWORD, EchoDesk, browser
from tests.web.test_workbench import bearer, sign_in

SEES = {"wang": True, "xinglong": True, "xiji": True, "hotline": True, "root": True, "li": False, "longkou": False}
ACTIONS = {  # what is posted to a task, over the API and as a form
    "take": {},
    "renew": {},
    "release": {},
    "join": {},
    "hand-back": {},
    "answer": {"text": "您好"},
    "call": {"outcome": "reached"},
    "transfer": {"to": "root", "note": "x"},
    "finish": {"outcome": "好"},
}


@pytest.fixture
def front(tmp_path: Path, cheap_hashes: None) -> Bureau:
    made = open_front(Bureau(tmp_path))
    for name in SEES:
        accounts.reset_password(made.office, name, PASSWORD)
    return made


@pytest.fixture
async def client(front: Bureau) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(create_app(front.office, EchoDesk(front.office), dict, secure_cookies=False)) as made:
        yield made


@pytest.fixture
def farmer(front: Bureau) -> Person:
    return Person(front, "farmer").tells()


@pytest.fixture
def number(farmer: Person) -> int:
    return farmer.wants_a_person()


@pytest.mark.parametrize("name", SEES)
async def test_a_task_is_there_for_the_own_area_and_nobody_else(
    client: httpx.AsyncClient, front: Bureau, number: int, name: str
) -> None:
    headers = bearer(front, name)
    listed = [task["id"] for task in (await client.get("/api/tasks", headers=headers)).json()]
    assert (number in listed) is SEES[name]
    csrf = await sign_in(client, name)
    expected = 200 if SEES[name] else 404
    for path in (f"/api/tasks/{number}", f"/api/tasks/{number}/conversation", f"/office/tasks/{number}/talk"):
        assert (await client.get(path, headers=headers)).status_code == expected
    assert (await client.get(f"/office/tasks/{number}")).status_code == expected
    assert ("13800001234" in (await client.get("/office/tasks")).text) is SEES[name]
    if SEES[name]:
        return
    for action, body in ACTIONS.items():
        sent = await client.post(f"/api/tasks/{number}/{action}", json=body, headers=headers)
        page = await client.post(f"/office/tasks/{number}/{action.replace('-', '_')}", data={"csrf": csrf, **body})
        assert (sent.status_code, page.status_code) == (404, 404), action


async def test_every_action_is_there_for_pages_and_api_alike(
    client: httpx.AsyncClient, front: Bureau, number: int
) -> None:
    headers = bearer(front, "wang")
    for action in ("take", "join", "renew", "hand-back", "release", "answer", "transfer"):
        sent = await client.post(f"/api/tasks/{number}/{action}", json=ACTIONS[action], headers=headers)
        assert sent.status_code in (200, 204), (action, sent.text)
    root = bearer(front, "root")
    body = {"outcome": "no_answer", "again": "2026-11-23T15:00:00+08:00", "note": "响了很久"}
    called = (await client.post(f"/api/tasks/{number}/call", json=body, headers=root)).json()
    assert called["due_at"] == "2026-11-23T07:00:00Z"
    assert called["log"][-1].endswith("响了很久")
    naive = await client.post(f"/api/tasks/{number}/call", json=body | {"again": "2026-11-23T15:00"}, headers=root)
    assert naive.status_code == 422
    queue = (await client.get("/api/tasks/queue?show=appointments", headers=root)).json()
    assert [line["id"] for line in queue["lines"]] == [number]
    assert queue["totals"] == {"mine": 0, "open": 0, "appointments": 1, "all": 1}
    assert (await client.get("/api/tasks?show=nonsense", headers=root)).status_code == 422
    helps = (await client.get("/api/tasks/helps", headers=root)).json()
    assert {"id": "no_answer", "zh": "没人接", "again": True, "ends": False} in helps["outcomes"]
    assert (await client.post(f"/api/tasks/{number}/finish", json={"outcome": "好"}, headers=root)).status_code == 200
    assert (await client.post(f"/api/tasks/{number}/take", json={}, headers=root)).status_code == 422
    assert (await client.get(f"/api/tasks/{number}", headers=root)).json()["status"] == "done"


async def test_the_page_carries_a_conversation_through(
    client: httpx.AsyncClient, front: Bureau, farmer: Person, number: int
) -> None:
    csrf = await sign_in(client, "wang")
    path = f"/office/tasks/{number}"
    page = (await client.get(path)).text
    assert "肝硬化" in page, "the conversation stands beside the task"
    assert "我来办" in page
    await client.post(f"{path}/take", data={"csrf": csrf})
    nonce = re.search(r'name="nonce" value="(\w+)"', (await client.get(path)).text)
    assert nonce is not None
    for _ in range(2):
        form = {"csrf": csrf, "nonce": nonce[1], "text": "您好，我是周敏"}
        assert (await client.post(f"{path}/answer", data=form)).status_code == 303
    assert farmer.said_by("staff") == ["您好，我是周敏"]
    farmer.say("能管不能管")
    talk = await client.get(f"{path}/talk")
    assert "能管不能管" in talk.text
    assert "<html" not in talk.text
    assert "有新话" in (await client.get("/office/tasks?show=mine")).text
    assert "助手先不说话" in (await client.get(path)).text
    back = await client.post(f"{path}/hand_back", data={"csrf": csrf})
    assert "交还给助手了" in (await client.get(back.headers["location"])).text
    again = await client.post(f"{path}/hand_back", data={"csrf": csrf})
    assert again.status_code == 409
    assert "不用交还" in again.text


async def test_scenario_54_the_second_of_two_hears_who_was_first_and_keeps_what_was_typed(
    client: httpx.AsyncClient, front: Bureau, farmer: Person, number: int
) -> None:
    desk.answer_task(front.office, front.user("wang"), number, "我在跟您说")
    csrf = await sign_in(client, "xinglong")
    path = f"/office/tasks/{number}"
    page = (await client.get(path)).text
    assert "wang在办，到 11:00" in page
    assert "wang正在对话里" in page
    for action, form in (
        ("answer", {"text": "我也来说两句"}),
        ("call", {"outcome": "reached", "note": "我也来说两句"}),
        ("finish", {"outcome": "我也来说两句"}),
        ("transfer", {"to": "root", "note": "我也来说两句"}),
    ):
        sent = await client.post(f"{path}/{action}", data={"csrf": csrf, **form})
        assert sent.status_code == 409, action
        assert "wang 正在" in sent.text
        assert "我也来说两句</textarea>" in sent.text, f"{action}: what was typed is still there"
    assert farmer.said_by("staff") == ["我在跟您说"]
    line = desk.task_for(front.office, front.user("wang"), number)
    assert (line.status, line.log) == ("taken", ())


async def test_a_call_is_logged_on_the_page(client: httpx.AsyncClient, front: Bureau, number: int) -> None:
    csrf = await sign_in(client, "wang")
    path = f"/office/tasks/{number}"
    offered = re.search(r'<option value="(2026-[^"]+)">今天下午2点</option>', (await client.get(path)).text)
    assert offered is not None
    form = {"csrf": csrf, "outcome": "no_answer", "again": offered[1], "note": "响了很久"}
    sent = await client.post(f"{path}/call", data=form)
    assert sent.headers["location"] == "/office/tasks?said=call_again"
    assert "约在今天下午2点" in (await client.get("/office/tasks?show=appointments")).text
    assert "没人接，约今天下午2点再打" in (await client.get(path)).text
    for wrong, status in (({"again": "gestern"}, 422), ({"again": ""}, 422), ({"outcome": "x"}, 422)):
        sent = await client.post(f"{path}/call", data=form | wrong)
        assert sent.status_code == status
    other = form | {"again": "", "again_other": "2026-11-24T09:15"}
    assert (await client.post(f"{path}/call", data=other)).status_code == 303
    assert "约在明天上午9点15分" in (await client.get("/office/tasks")).text


async def test_a_sign_of_life_from_the_script_is_no_page(client: httpx.AsyncClient, front: Bureau, number: int) -> None:
    csrf = await sign_in(client, "wang")
    path, script = f"/office/tasks/{number}/renew", {"hx-request": "true"}
    assert (await client.post(path, data={"csrf": csrf}, headers=script)).status_code == 409
    desk.take_task(front.office, front.user("wang"), number)
    assert (await client.post(path, data={"csrf": csrf}, headers=script)).status_code == 204
    assert (await client.post(path, data={"csrf": "x"}, headers=script)).status_code == 403


async def test_colour_is_never_the_only_sign(client: httpx.AsyncClient, front: Bureau) -> None:
    with front.office.db.begin() as uow:
        for kind in ("danger", "person", "abandoned"):
            open_task(front.office, uow, kind, key=kind, area_id=front.area("0101"), text="x")
        uow.commit()
    front.later(minutes=70)
    await sign_in(client, "wang")
    page = (await client.get("/office/tasks")).text
    for colour, word in (("red", "等太久了"), ("amber", "该办了"), ("green", "来得及")):
        assert re.search(rf'class="tag age {colour}">{word}<', page)
    assert page.index("眼前有危险") < page.index("请回电话") < page.index("说到一半")


async def test_a_complaint_in_the_conversation_is_hidden_from_those_it_is_about(
    client: httpx.AsyncClient, front: Bureau, farmer: Person, number: int
) -> None:
    farmer.say("我要投诉村干部，村支书把低保给了自己亲戚", "complain")
    farmer.say("先投诉", "complain")
    await sign_in(client, "wang")
    assert (await client.get(f"/office/tasks/{number}")).status_code == 404
    assert (await client.get(f"/office/tasks/{number}/talk")).status_code == 404
    assert "村支书" not in (await client.get("/office/tasks")).text
    await sign_in(client, "xinglong")
    assert "村支书" in (await client.get(f"/office/tasks/{number}")).text
