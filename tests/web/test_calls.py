"""The operators' workbench at the doors: API and pages, permissions, forged and stale posts, pressing twice."""

from __future__ import annotations

import re
import shutil
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from actions import accounts, calls
from bot.web import create_app
from storage import models
from tests.actions.bureau import Bureau
from tests.actions.hotline import STORY, Hotline
from tests.web.doors import PASSWORD, EchoDesk, browser
from tests.web.test_workbench import bearer, sign_in

HOME = "西吉县兴隆镇王家村"
HOSTILE = "<script>alert(1)</script>"
STAFF = ("wang", "xiji", "hotline", "root")


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an office, copied for every test: making it takes long."""
    folder = tmp_path_factory.mktemp("furnished")
    Bureau(folder).office.db.close()
    return folder


@pytest.fixture
def bureau(tmp_path: Path, furnished: Path, cheap_hashes: None) -> Bureau:
    made = Bureau(Path(shutil.copytree(furnished, tmp_path / "office")))
    for name in STAFF:
        accounts.reset_password(made.office, name, PASSWORD)
    accounts.add_user(made.office, "second", PASSWORD, "operator", "640422")
    Hotline(made)  # gives the office its reader
    return made


@pytest.fixture
def app(bureau: Bureau) -> FastAPI:
    return create_app(bureau.office, EchoDesk(bureau.office), dict, secure_cookies=False)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(app) as made:
        yield made


@pytest.fixture
def key() -> str:
    return str(uuid.uuid4())


def ready(**fields: Any) -> dict[str, Any]:
    """An application that can be saved, as the API takes it."""
    return {"notes": f"{STORY}\n〔住址〕{HOME}", "consent": True, "name": "马秀英", "phone": "13800001234"} | fields


def typed(csrf: str, **fields: str) -> dict[str, str]:
    """The same as the page posts it."""
    return {
        "csrf": csrf, "version": "0", "window": "", "turn": "0", "kind": "application", "consent": "yes",
        "notes": f"{STORY}\r\n〔住址〕{HOME}", "name": "马秀英", "phone": "13800001234",
    } | fields  # fmt: skip


async def keep(client: httpx.AsyncClient, headers: dict[str, str], key: str, **body: Any) -> httpx.Response:
    return await client.put(f"/api/calls/{key}", json={"call": ready()} | body, headers=headers)


async def version(client: httpx.AsyncClient, path: str) -> str:
    """The version of the call that a page shows."""
    found = re.search(r'name="version" value="(\d+)"', (await client.get(path)).text)
    assert found is not None
    return found[1]


# -- the API -----------------------------------------------------------------------------------------------------------


async def test_a_whole_call_over_the_api(client: httpx.AsyncClient, bureau: Bureau, key: str) -> None:
    headers = bearer(bureau, "hotline")
    begun = await client.post("/api/calls", json={"key": key}, headers=headers)
    assert (begun.status_code, begun.json()["script"]["asks"]) == (201, "consent")
    read = await client.post(f"/api/calls/{key}/read", json={"call": ready()}, headers=headers)
    heard = {item["item"]: item for item in read.json()["items"]}
    five = heard["fact:household_size"]
    assert ready()["notes"][five["start"] : five["end"]] == five["words"] == "家里五口人"
    kept = (await keep(client, headers, key, version=begun.json()["version"])).json()
    assert (kept["name"], kept["area"]) == ("马秀英", "宁夏回族自治区固原市西吉县兴隆镇王家村")
    body = {"item": "fact:household_size", "choice": "changed", "value": 6, "version": kept["version"]}
    decided = await client.post(f"/api/calls/{key}/decisions", json=body, headers=headers)
    assert {"fact:household_size", "changed"} <= {
        value for item in decided.json()["items"] if item["value"] == 6 for value in item.values() if value != []
    }
    assert "家里6口人" in (await client.get(f"/api/calls/{key}/sheet", headers=headers)).json()["lines"]
    last = decided.json()["version"]
    saved = (await client.post(f"/api/calls/{key}/save", json={"version": last}, headers=headers)).json()
    assert bureau.json(saved["receipt"])["facts"]["household_size"]["value"] == 6
    again = (await client.post(f"/api/calls/{key}/save", json={}, headers=headers)).json()
    assert again["receipt"] == saved["receipt"]
    listed = (await client.get("/api/calls", headers=headers)).json()
    assert (listed["drafts"], listed["ended"][0]["receipt"]) == ([], saved["receipt"])


async def test_outcomes_are_data_and_one_is_taken(client: httpx.AsyncClient, bureau: Bureau, key: str) -> None:
    headers = bearer(bureau, "hotline")
    codes = (await client.get("/api/calls/outcomes", headers=headers)).json()
    assert {"call_back", "wrong_number", "hung_up", "passed_on"} <= {o["code"] for o in codes["outcomes"]}
    await keep(client, headers, key)
    body = {"outcome": "call_back", "callback": codes["callbacks"][0]["id"]}
    ended = await client.post(f"/api/calls/{key}/end", json=body, headers=headers)
    assert (ended.status_code, ended.json()["outcome"]) == (200, "call_back")
    assert len(bureau.tasks("person")) == 1


async def test_the_interface_is_described(client: httpx.AsyncClient) -> None:
    paths = (await client.get("/api/openapi.json")).json()["paths"]
    for path in ("", "/{key}", "/{key}/read", "/{key}/decisions", "/{key}/sheet", "/{key}/save", "/{key}/end"):
        assert f"/api/calls{path}" in paths
    assert "requestBody" in paths["/api/calls/{key}"]["put"]


@pytest.mark.parametrize(
    "body",
    [
        {"call": {"notes": "x" * 5001}},
        {"call": {"notes": 5}},
        {"call": {"kind": "gossip"}},
        {"call": {"nonsense": 1}},
        {"call": {"phone": "1" * 201}},
        {"call": None},
        {},
        {"call": {}, "turn": "x"},
    ],
)
async def test_what_does_not_fit_is_named(
    client: httpx.AsyncClient, bureau: Bureau, key: str, body: dict[str, Any]
) -> None:
    sent = await client.put(f"/api/calls/{key}", json=body, headers=bearer(bureau, "hotline"))
    assert sent.status_code == 422
    assert "call" in sent.json()["detail"] or "turn" in sent.json()["detail"]


async def test_the_longest_notes_fit_through_the_door(client: httpx.AsyncClient, bureau: Bureau, key: str) -> None:
    body = {"call": {"notes": "𠮷" * 5000}}
    sent = await client.put(f"/api/calls/{key}", json=body, headers=bearer(bureau, "hotline"))
    assert sent.status_code == 200
    csrf = await sign_in(client, "hotline")
    form = {name: (None, value) for name, value in typed(csrf, notes="𠮷" * 5000).items()}
    assert (await client.post(f"/office/calls/{uuid.uuid4()}/keep", files=form)).status_code == 303


# -- whose call it is -----------------------------------------------------------------------------------------

ROUTES = [
    ("GET", "", None),
    ("POST", "/read", {"call": {}}),
    ("PUT", "", {"call": {}}),
    ("POST", "/decisions", {"item": "fact:disability", "choice": "changed", "value": True}),
    ("GET", "/sheet", None),
    ("POST", "/save", {}),
    ("POST", "/end", {"outcome": "hung_up"}),
]


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
async def test_a_colleagues_call_is_not_found(
    client: httpx.AsyncClient, bureau: Bureau, key: str, method: str, path: str, body: Any
) -> None:
    await keep(client, bearer(bureau, "hotline"), key)
    for name, status in (("second", 404), ("wang", 403), ("xiji", 403)):
        sent = await client.request(method, f"/api/calls/{key}{path}", json=body, headers=bearer(bureau, name))
        assert sent.status_code == status
        assert "马秀英" not in sent.text
    assert (await client.request(method, f"/api/calls/{key}{path}", json=body)).status_code == 401
    assert (await keep(client, bearer(bureau, "hotline"), key)).status_code == 200, "nothing was changed"


async def test_a_colleagues_pages_are_not_found_either(client: httpx.AsyncClient, bureau: Bureau, key: str) -> None:
    await keep(client, bearer(bureau, "hotline"), key)
    for name, status in (("second", 404), ("wang", 403)):
        csrf = await sign_in(client, name)
        for path in ("", "/sheet", "/end"):
            assert (await client.get(f"/office/calls/{key}{path}")).status_code == status
        for action in ("read", "keep", "decide", "save", "finish", "sheet"):
            sent = await client.post(f"/office/calls/{key}/{action}", data=typed(csrf, outcome="hung_up"))
            assert sent.status_code == status
    assert (await client.get("/office/calls")).status_code == 403


async def test_only_those_who_take_calls_see_the_entry(client: httpx.AsyncClient) -> None:
    for name, seen in (("wang", False), ("hotline", True), ("root", True)):
        await sign_in(client, name)
        assert ('href="/office/calls"' in (await client.get("/office/me")).text) is seen


async def test_a_cadre_reads_of_the_calls_behind_a_case_of_the_own_area(
    client: httpx.AsyncClient, bureau: Bureau, key: str
) -> None:
    await keep(client, bearer(bureau, "hotline"), key)
    body = (await client.post(f"/api/calls/{key}/save", json={}, headers=bearer(bureau, "hotline"))).json()
    path = f"/api/calls/cases/{body['receipt']}"
    (call,) = (await client.get(path, headers=bearer(bureau, "wang"))).json()
    assert (call["operator"], call["outcome"]) == ("hotline", "已登记")
    accounts.reset_password(bureau.office, "li", PASSWORD)
    assert (await client.get(path, headers=bearer(bureau, "li"))).status_code == 404


async def test_looking_for_a_caller_shows_no_case_of_another_area(client: httpx.AsyncClient, bureau: Bureau) -> None:
    own = bureau.apply("0101")
    foreign = bureau.apply("1101", pack="longkou-2021-1", place="龙口市东江镇毡王村")
    body = {"phone": "13800001234"}
    found = await client.post("/api/calls/callers", json=body, headers=bearer(bureau, "hotline"))
    assert own in found.text
    assert foreign not in found.text
    assert "马秀英" not in found.text, "masked for operators"
    sent = await client.post("/api/calls/callers", json=body, headers=bearer(bureau, "wang"))
    assert sent.status_code == 403


# -- forged, stale, doubled -----------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["read", "keep", "decide", "sheet", "end", "callers", "save", "finish"])
async def test_a_post_from_elsewhere_does_nothing(
    client: httpx.AsyncClient, bureau: Bureau, key: str, action: str
) -> None:
    csrf = await sign_in(client, "hotline")
    path = f"/office/calls/{key}/{action}"
    assert (await client.post(path, data=typed("wrong"))).status_code == 403
    elsewhere = {"origin": "http://evil.test"}
    assert (await client.post(path, data=typed(csrf), headers=elsewhere)).status_code == 403
    with bureau.office.db.read() as uow:
        assert uow.count(models.Call) == 0


async def test_scenario_54_a_stale_page_shows_both_texts_and_overwrites_nothing(
    client: httpx.AsyncClient, bureau: Bureau, key: str
) -> None:
    csrf, headers = await sign_in(client, "hotline"), bearer(bureau, "hotline")
    first = (await keep(client, headers, key)).json()
    await keep(client, headers, key, call=ready(notes="那边记的"), version=first["version"])
    stale = typed(csrf, notes="这边记的", version=str(first["version"]), window="mine")
    sent = await client.post(f"/office/calls/{key}/keep", data=stale)
    assert sent.status_code == 409
    assert "那边记的" in sent.text
    assert "这边记的" in sent.text
    live = await client.post(f"/office/calls/{key}/keep", data=stale, headers={"x-fragment": "1"})
    assert live.status_code == 409
    assert "那边记的" in live.text
    assert (await keep(client, headers, key, version=first["version"])).status_code == 409
    with bureau.office.db.read() as uow:
        (call,) = uow.find(models.Call)
        assert call.notes == "那边记的"


async def test_scenario_53_pressing_save_twice_is_one_case(client: httpx.AsyncClient, bureau: Bureau, key: str) -> None:
    csrf = await sign_in(client, "hotline")
    await client.post(f"/office/calls/{key}/sheet", data=typed(csrf))
    seen = await version(client, f"/office/calls/{key}/sheet")
    for _ in range(2):
        sent = await client.post(f"/office/calls/{key}/save", data={"csrf": csrf, "version": seen})
        assert sent.headers["location"] == f"/office/calls/{key}"
    with bureau.office.db.read() as uow:
        (case,) = uow.find(models.Case)
    assert case.receipt in (await client.get(f"/office/calls/{key}")).text


# -- the pages, without any script ----------------------------------------------------------------------------


async def test_a_call_without_any_script(client: httpx.AsyncClient, bureau: Bureau) -> None:
    csrf = await sign_in(client, "hotline")
    fresh = await client.get("/office/calls/new")
    path = fresh.headers["location"]
    assert "您同意我记吗" in (await client.get(path)).text
    with bureau.office.db.read() as uow:
        assert uow.count(models.Call) == 0, "looking begins nothing"
    picked = typed(csrf, notes="", consent="", name="", phone="", pick="consent=yes")
    await client.post(f"{path}/keep", data=picked)
    assert "您家里遇到什么难处了" in (await client.get(path)).text
    kept = await client.post(
        f"{path}/keep", data=typed(csrf, version=await version(client, path), pick="〔姓名〕马秀兰")
    )
    assert kept.status_code == 303, kept.text
    page = (await client.get(path)).text
    assert "〔姓名〕马秀兰" in page
    assert '<mark class="heard">五万多</mark>' in page
    assert 'name="value"' in (await client.get(f"{path}?edit=fact:household_size")).text
    changed = typed(csrf, version=await version(client, path), decide="changed:fact:household_size", value="6")
    await client.post(f"{path}/decide", data=changed)
    sheet = await client.post(f"{path}/sheet", data=typed(csrf, version=await version(client, path)))
    assert sheet.headers["location"] == f"{path}/sheet"
    assert "家里6口人" in (await client.get(f"{path}/sheet")).text


async def test_a_refused_change_shows_the_page_again_with_everything_typed(client: httpx.AsyncClient, key: str) -> None:
    csrf = await sign_in(client, "hotline")
    sent = await client.post(
        f"/office/calls/{key}/decide", data=typed(csrf, decide="changed:fact:household_size", value="三点五")
    )
    assert sent.status_code == 422
    assert "不带小数的个数" in sent.text
    assert STORY in sent.text


async def test_what_is_heard_fills_a_field_until_somebody_types_there(client: httpx.AsyncClient, key: str) -> None:
    csrf = await sign_in(client, "hotline")
    notes = "我叫马秀英，电话13800001234"
    left = {"notes": notes, "name": "", "was_name": "", "phone": "", "was_phone": ""}
    await client.post(f"/office/calls/{key}/keep", data=typed(csrf, **left))
    page = (await client.get(f"/office/calls/{key}")).text
    assert 'name="name" value="马秀英"' in page
    again = {"notes": notes, "name": "马秀兰", "was_name": "马秀英", "phone": "13800001234", "was_phone": "13800001234"}
    await client.post(f"/office/calls/{key}/keep", data=typed(csrf, version="2", **again))
    page = (await client.get(f"/office/calls/{key}")).text
    assert 'name="name" value="马秀兰"' in page
    assert 'name="own" value="name"' in page


async def test_hostile_words_stay_words(client: httpx.AsyncClient, bureau: Bureau, key: str) -> None:
    csrf = await sign_in(client, "hotline")
    fields = dict.fromkeys(
        ("name", "phone", "place", "id_number", "proxy_name", "against", "wish", "topic", "continues"), HOSTILE
    )
    fields["kind"] = "complaint"
    sent = await client.post(
        f"/office/calls/{key}/keep", data=typed(csrf, notes=f"{HOSTILE}{STORY}\n〔{HOSTILE}〕", **fields)
    )
    assert sent.status_code == 303
    for path in ("", "/sheet", "/end"):
        page = await client.get(f"/office/calls/{key}{path}")
        assert page.status_code == 200
        assert HOSTILE not in page.text
    live = await client.post(
        f"/office/calls/{key}/read", data=typed(csrf, notes=HOSTILE, **fields), headers={"x-fragment": "1"}
    )
    assert HOSTILE not in live.text
    assert HOSTILE not in (await client.get("/office/calls")).text


async def test_an_unknown_action_and_a_wrong_key_are_not_there(client: httpx.AsyncClient, key: str) -> None:
    csrf = await sign_in(client, "hotline")
    assert (await client.post(f"/office/calls/{key}/destroy", data=typed(csrf))).status_code == 404
    assert (await client.get("/office/calls/not-a-uuid")).status_code == 422


async def test_the_own_drafts_are_on_the_list_and_nobody_elses(
    client: httpx.AsyncClient, bureau: Bureau, key: str
) -> None:
    await keep(client, bearer(bureau, "hotline"), key)
    for name, seen in (("hotline", True), ("second", False)):
        await sign_in(client, name)
        assert (key in (await client.get("/office/calls")).text) is seen
    assert calls.drafts(bureau.office, bureau.user("second")) == ()
