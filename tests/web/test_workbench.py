"""The workbench: who sees and does what, over the API and the pages alike."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from actions import accounts
from actions.cases import Person
from bot.web import create_app
from bot.web.app import ROUTERS
from storage import models
from tests.actions.bureau import Bureau
from tests.web.doors import PASSWORD, EchoDesk, browser

CASES = {  # name of the case: code of its village or town
    "wang": "0101",
    "li": "0102",
    "zhao": "0103",
    "longkou": "1101",
}
SEES = {  # who is signed in: whose cases they see
    "wang": {"wang"},
    "li": {"li"},
    "xinglong": {"wang", "li", "zhao"},
    "xiji": {"wang", "li", "zhao", "complaint"},
    "hotline": {"wang", "li", "zhao", "complaint"},
    "zhanwang": {"longkou"},
    "dongjiang": {"longkou"},
    "longkou": {"longkou"},
    "root": {"wang", "li", "zhao", "longkou", "complaint"},
}
CHANGES: list[tuple[str, dict[str, object]]] = [
    ("reveal", {"reason": "打电话"}),
    ("steps/household_visit", {"note": "看过了"}),
    ("return", {"reason": "差一张单子"}),
    ("facts", {"fact": "disability", "value": True}),
    ("message", {"text": "明天来"}),
    ("place", {"area": "0101"}),
]
OPEN_ROUTES = {"/api/login", "/api/health", "/api/chat/{conversation}"}
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def bureau(tmp_path: Path, cheap_hashes: None) -> Bureau:
    made = Bureau(tmp_path)
    for name in SEES:
        accounts.reset_password(made.office, name, PASSWORD)
    return made


@pytest.fixture
def receipts(bureau: Bureau) -> dict[str, str]:
    """Four applications and a complaint about the town 兴隆镇, which goes past it to the county."""
    found = {
        name: bureau.apply(
            code, facts={"serious_illness": True}, person=Person(name=f"户主{name}", phone="13800001234")
        )
        for name, code in CASES.items()
    }
    return found | {"complaint": bureau.complain("town", "0101", own_words="镇上的人收钱才给办")}


@pytest.fixture
def app(bureau: Bureau) -> FastAPI:
    return create_app(bureau.office, EchoDesk(bureau.office), dict, secure_cookies=False)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(app) as made:
        yield made


def bearer(bureau: Bureau, name: str) -> dict[str, str]:
    return {"authorization": f"Bearer {accounts.login(bureau.office, name, PASSWORD)}"}


async def sign_in(client: httpx.AsyncClient, name: str) -> str:
    """Sign in on the page; the CSRF token of the session."""
    sent = await client.post("/office/login", data={"name": name, "password": PASSWORD})
    assert sent.headers["location"] == "/office"
    found = re.search(r'name="csrf" value="([^"]+)"', (await client.get("/office/me")).text)
    assert found is not None
    return found[1]


# -- permissions ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SEES)
async def test_everyone_sees_the_own_area_and_nothing_else(
    client: httpx.AsyncClient, bureau: Bureau, receipts: dict[str, str], name: str
) -> None:
    headers = bearer(bureau, name)
    listed = {line["receipt"] for line in (await client.get("/api/cases", headers=headers)).json()["lines"]}
    assert listed == {receipts[case] for case in SEES[name]}
    await sign_in(client, name)
    shown = (await client.get("/office")).text
    for case, receipt in receipts.items():
        seen = case in SEES[name]
        assert (receipt in shown) is seen
        assert (await client.get(f"/api/cases/{receipt}", headers=headers)).status_code == (200 if seen else 404)
        assert (await client.get(f"/office/cases/{receipt}")).status_code == (200 if seen else 404)


@pytest.mark.parametrize("name", SEES)
async def test_nobody_changes_what_is_not_theirs_to_see(
    client: httpx.AsyncClient, bureau: Bureau, receipts: dict[str, str], name: str
) -> None:
    headers = bearer(bureau, name)
    hidden = [receipt for case, receipt in receipts.items() if case not in SEES[name]]
    for receipt in hidden:
        for action, body in CHANGES:
            sent = await client.post(f"/api/cases/{receipt}/{action}", json=body, headers=headers)
            no_operator = name == "hotline" and action not in ("reveal", "message")
            assert sent.status_code == (403 if no_operator else 404)
            assert receipt not in sent.text


async def test_an_operator_reads_masked_and_changes_nothing(
    client: httpx.AsyncClient, bureau: Bureau, receipts: dict[str, str]
) -> None:
    headers = bearer(bureau, "hotline")
    card = await client.get(f"/api/cases/{receipts['wang']}", headers=headers)
    assert "户主wang" not in card.text
    assert "13800001234" not in card.text
    for action, body in (("return", {"reason": "x"}), ("facts", {"fact": "disability", "value": True})):
        sent = await client.post(f"/api/cases/{receipts['wang']}/{action}", json=body, headers=headers)
        assert sent.status_code == 403


async def test_whole_numbers_are_shown_for_a_reason_and_the_look_is_logged(
    client: httpx.AsyncClient, bureau: Bureau, receipts: dict[str, str]
) -> None:
    csrf = await sign_in(client, "wang")
    path = f"/office/cases/{receipts['wang']}"
    assert "13800001234" not in (await client.get(path)).text
    assert (await client.post(f"{path}/reveal", data={"csrf": csrf, "reason": " "})).status_code == 422
    shown = await client.post(f"{path}/reveal", data={"csrf": csrf, "reason": "约上门时间"})
    assert "tel:13800001234" in shown.text
    with bureau.office.db.read() as uow:
        assert "case.reveal" in [entry.action for entry in uow.audit.latest()]


ROUTES = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]


def test_every_api_route_asks_who_it_is() -> None:
    """A route that needs nobody is named in OPEN_ROUTES, on purpose."""
    unguarded = {r.path for r in ROUTES if r.path.startswith("/api/") and "api_user" not in _dependencies(r)}
    assert unguarded == OPEN_ROUTES


def test_every_page_of_the_staff_asks_who_it_is_and_every_form_for_its_token() -> None:
    pages = [r for r in ROUTES if r.path.startswith("/office") and r.path != "/office/login"]
    assert len(pages) > 15
    for route in pages:
        needed = {"posted", "posted_file"} if "POST" in (route.methods or ()) else {"page_user"}
        assert needed & _dependencies(route), route.path


def _dependencies(route: APIRoute) -> set[str]:
    found, waiting = set(), list(route.dependant.dependencies)
    while waiting:
        dependant = waiting.pop()
        found.add(getattr(dependant.call, "__name__", ""))
        waiting += dependant.dependencies
    return found


@pytest.mark.parametrize("token", ["", "x", "a" * 5000, "'; drop table users", "\x7f", "Ü"])
async def test_a_wrong_token_is_nobody(client: httpx.AsyncClient, token: str) -> None:
    sent = await client.get("/api/cases", headers={"authorization": f"Bearer {token}".encode()})
    assert sent.status_code == 401
    assert sent.headers["www-authenticate"] == "Bearer"
    assert "登录" in sent.json()["detail"]


async def test_a_cookie_does_not_open_the_api(client: httpx.AsyncClient, bureau: Bureau) -> None:
    await sign_in(client, "root")
    assert (await client.get("/api/cases")).status_code == 401


async def test_only_an_administrator_manages_accounts(client: httpx.AsyncClient, bureau: Bureau) -> None:
    for name in ("wang", "xiji", "hotline"):
        headers = bearer(bureau, name)
        assert (await client.get("/api/users", headers=headers)).status_code == 403
        body = {"name": "eve", "password": PASSWORD, "role": "admin"}
        assert (await client.post("/api/users", json=body, headers=headers)).status_code == 403
        assert (await client.patch("/api/users/root", json={"disabled": True}, headers=headers)).status_code == 403
        csrf = await sign_in(client, name)
        assert (await client.get("/office/users")).status_code == 403
        form = {"csrf": csrf, **body}
        assert (await client.post("/office/users/add", data=form)).status_code == 403
        client.cookies.clear()


# -- sessions -------------------------------------------------------------------------------------------------


async def test_signing_in_never_takes_over_a_session_the_browser_brought(
    client: httpx.AsyncClient, bureau: Bureau
) -> None:
    client.cookies.set("sw_office", "chosen-by-somebody-else", domain="shouwang.test")
    await sign_in(client, "wang")
    assert client.cookies["sw_office"] != "chosen-by-somebody-else"
    first = client.cookies["sw_office"]
    await sign_in(client, "wang")
    assert client.cookies["sw_office"] != first
    assert accounts.session(bureau.office, first) is None


async def test_a_cookie_kept_from_before_signing_out_opens_nothing(client: httpx.AsyncClient, bureau: Bureau) -> None:
    csrf = await sign_in(client, "wang")
    kept = client.cookies["sw_office"]
    await client.post("/office/logout", data={"csrf": csrf})
    client.cookies.set("sw_office", kept)
    for path in ("/office", "/office/tasks", "/office/me"):
        assert (await client.get(path)).headers["location"] == "/office/login"
    assert (await client.get("/api/me", headers={"authorization": f"Bearer {kept}"})).status_code == 401


async def test_a_disabled_cadre_is_out_at_the_next_click(client: httpx.AsyncClient, bureau: Bureau) -> None:
    await sign_in(client, "wang")
    assert (await client.get("/office")).status_code == 200
    accounts.set_disabled(bureau.office, "wang", True)
    assert (await client.get("/office")).headers["location"] == "/office/login"


async def test_a_form_without_its_token_or_from_elsewhere_changes_nothing(
    client: httpx.AsyncClient, bureau: Bureau, receipts: dict[str, str]
) -> None:
    csrf = await sign_in(client, "wang")
    other = await sign_in(client, "wang")
    path, form = f"/office/cases/{receipts['wang']}/return", {"reason": "差一张单子"}
    assert other != csrf
    for data, headers in (
        (form, {}),
        (form | {"csrf": ""}, {}),
        (form | {"csrf": csrf}, {}),  # of an earlier session
        (form | {"csrf": other}, {"origin": "http://evil.test"}),
        (form | {"csrf": other}, {"sec-fetch-site": "same-site"}),
    ):
        assert (await client.post(path, data=data, headers=headers)).status_code == 403
    assert bureau.case(receipts["wang"]).status == "open"
    assert (await client.post(path, data=form | {"csrf": other})).status_code == 303
    assert bureau.case(receipts["wang"]).status == "returned"


async def test_ten_wrong_passwords_lock_the_door_without_telling_who_exists(
    client: httpx.AsyncClient, bureau: Bureau
) -> None:
    said = set()
    for name in ("wang", "nobody"):
        for _ in range(11):
            sent = await client.post("/api/login", json={"name": name, "password": "wrong-one"})
            assert sent.status_code == 401
            said.add(sent.json()["detail"])
    right = await client.post("/api/login", json={"name": "wang", "password": PASSWORD})
    said.add(right.json()["detail"])
    page = await client.post("/office/login", data={"name": "wang", "password": PASSWORD})
    assert (right.status_code, page.status_code, len(said)) == (401, 401, 1)
    assert next(iter(said)) in page.text
    assert PASSWORD not in page.text


# -- work -----------------------------------------------------------------------------------------------------


async def test_a_cadre_records_a_step_and_the_household_hears_of_it(
    client: httpx.AsyncClient, bureau: Bureau, receipts: dict[str, str]
) -> None:
    csrf = await sign_in(client, "wang")
    path = f"/office/cases/{receipts['wang']}"
    card = (await client.get(path)).text
    step = re.search(r'action="/office/cases/[^"]+/steps/([a-z_]+)"', card)
    assert step is not None
    done = await client.post(f"{path}/steps/{step[1]}", data={"csrf": csrf, "note": "看过了，五口人"})
    assert done.headers["location"].endswith("?said=step")
    after = (await client.get(done.headers["location"])).text
    assert "已经记下" in after
    assert "看过了，五口人" in after
    bureau.tick()
    conversation = bureau.case(receipts["wang"]).conversation_id
    assert any(receipts["wang"] in line for line in bureau.heard(conversation or ""))


async def test_a_card_changed_by_another_is_refused_and_what_was_typed_is_kept(
    client: httpx.AsyncClient, bureau: Bureau, receipts: dict[str, str]
) -> None:
    csrf = await sign_in(client, "wang")
    path = f"/office/cases/{receipts['wang']}"
    version = re.search(r'name="version" value="(\d+)"', (await client.get(path)).text)
    assert version is not None
    form = {"csrf": csrf, "version": version[1]}
    await client.post(f"{path}/facts", data=form | {"fact": "disability", "value": "true"})
    late = await client.post(f"{path}/return", data=form | {"reason": "差一张病历"})
    assert late.status_code == 409
    assert "差一张病历</textarea>" in late.text
    assert bureau.case(receipts["wang"]).status == "open"


@pytest.mark.parametrize(("value", "says"), [("abc", "收入"), ("-5", "收入"), ("nan", "收入"), ("", "收入")])
async def test_a_wrong_figure_is_told_beside_the_form(
    client: httpx.AsyncClient, bureau: Bureau, receipts: dict[str, str], value: str, says: str
) -> None:
    csrf = await sign_in(client, "wang")
    form = {"csrf": csrf, "fact": "income_year", "value": value}
    sent = await client.post(f"/office/cases/{receipts['wang']}/facts", data=form)
    assert sent.status_code == 422
    assert says in sent.text


async def test_a_task_is_taken_answered_and_finished(
    client: httpx.AsyncClient, bureau: Bureau, receipts: dict[str, str]
) -> None:
    from actions.tasks import open_task

    case = bureau.case(receipts["wang"])
    with bureau.office.db.begin() as uow:
        uow.inbox.accept("web", case.conversation_id or "", "1", "给我打个电话", bureau.office.clock.now())
        task = open_task(
            bureau.office,
            uow,
            "person",
            key="k",
            area_id=case.area_id,
            conversation_id=case.conversation_id,
            text="回电",
        )
        uow.flush()
        number = task.id
        uow.commit()
    csrf = await sign_in(client, "wang")
    assert "回电" in (await client.get("/office/tasks")).text
    path = f"/office/tasks/{number}"
    assert "给我打个电话" in (await client.get(path)).text
    assert (await client.post(f"{path}/take", data={"csrf": csrf})).status_code == 303
    assert (await client.post(f"{path}/answer", data={"csrf": csrf, "text": "马上打"})).status_code == 303
    bureau.tick()
    assert any("马上打" in line for line in bureau.heard(case.conversation_id or ""))
    assert (await client.post(f"{path}/finish", data={"csrf": csrf, "outcome": ""})).status_code == 422
    assert (await client.post(f"{path}/finish", data={"csrf": csrf, "outcome": "打通了"})).status_code == 303
    assert (await client.get(path)).status_code == 404
    assert (await client.get(path.replace(str(number), "9" * 30))).status_code == 422
    async with browser(create_app(bureau.office, EchoDesk(bureau.office), dict, False)) as stranger:
        await sign_in(stranger, "longkou")
        assert (await stranger.get(path)).status_code == 404


async def test_hostile_words_in_a_case_are_shown_as_words(client: httpx.AsyncClient, bureau: Bureau) -> None:
    person = Person(name=HOSTILE, phone="13800001234", proxy_name=HOSTILE, proxy_relation=HOSTILE)
    receipt = bureau.apply("0101", facts={"serious_illness": True}, person=person, place=HOSTILE)
    with bureau.office.db.begin() as uow:
        case = uow.cases.by_receipt(receipt)
        assert case is not None
        case.own_words = HOSTILE
        uow.add(models.Task(key="k", kind="person", text=HOSTILE, created_at=bureau.at, area_id=case.area_id))
        for fact in uow.facts.current(case_id=case.id).values():
            fact.words, fact.start, fact.end = HOSTILE, 0, 3
        uow.commit()
    await sign_in(client, "wang")
    for path in ("/office", f"/office/cases/{receipt}", "/office/tasks"):
        html = (await client.get(path)).text
        assert "<script>alert" not in html
        assert "&lt;script&gt;alert" in html


async def test_accounts_are_managed_over_the_api(client: httpx.AsyncClient, bureau: Bureau) -> None:
    headers = bearer(bureau, "root")
    body = {"name": "neu", "password": PASSWORD, "role": "cadre", "area": "王家村"}
    ambiguous = await client.post("/api/users", json=body, headers=headers)
    assert ambiguous.status_code == 422
    assert "王家村" in ambiguous.json()["detail"]
    made = await client.post("/api/users", json=body | {"area": "0101"}, headers=headers)
    assert made.status_code == 201
    assert "password" not in made.text
    token = (await client.post("/api/login", json={"name": "neu", "password": PASSWORD})).json()["token"]
    assert (await client.get("/api/me", headers={"authorization": f"Bearer {token}"})).json()["name"] == "neu"
    assert (await client.patch("/api/users/neu", json={"disabled": True}, headers=headers)).status_code == 204
    assert (await client.get("/api/me", headers={"authorization": f"Bearer {token}"})).status_code == 401
    assert (await client.patch("/api/users/nobody", json={"disabled": True}, headers=headers)).status_code == 404


async def test_the_poster_of_a_village_is_for_those_who_work_there(client: httpx.AsyncClient, bureau: Bureau) -> None:
    await sign_in(client, "wang")
    assert "/v/0101" in (await client.get("/office/posters/0101")).text
    picture = await client.get("/office/posters/0101/qr.png")
    assert picture.content.startswith(b"\x89PNG")
    assert (await client.get("/office/posters/0102")).status_code == 404


async def test_a_receipt_is_found_however_it_is_written(
    client: httpx.AsyncClient, bureau: Bureau, receipts: dict[str, str]
) -> None:
    await sign_in(client, "wang")
    digits = receipts["wang"].replace("-", "")
    for written in (
        receipts["wang"],
        digits,
        " ".join(digits),
        digits.translate({48 + i: 0xFF10 + i for i in range(10)}),
    ):
        sent = await client.get("/office/find", params={"receipt": written})
        assert sent.headers["location"] == f"/office/cases/{receipts['wang']}"
    assert (await client.get("/office/find", params={"receipt": "12"})).status_code == 422


async def test_the_letter_of_result_names_the_person_the_clauses_and_what_would_change_it(
    client: httpx.AsyncClient, bureau: Bureau
) -> None:
    facts = {"household_kind": "general", "income_year": 60000, "household_size": 3, "serious_illness": True}
    receipt = bureau.apply(facts=facts, person=Person(name="马秀英", phone="13800001234"))
    await sign_in(client, "wang")
    page = (await client.get(f"/office/cases/{receipt}/letter")).text
    for words in ("结果告知书", "马秀英：", "三(二)", "哪样不一样，结果就会变", "不到1.5万元", "机器不替人做决定"):
        assert words in page, words
    assert "13800001234" not in page
    with bureau.office.db.read() as uow:
        looked = [entry for entry in uow.audit.latest() if entry.action == "case.reveal"]
    assert [entry.detail.get("reason") for entry in looked] == ["打印结果告知书"], "who printed it is known"


async def test_a_letter_about_another_village_is_not_found(client: httpx.AsyncClient, bureau: Bureau) -> None:
    receipt = bureau.apply()
    await sign_in(client, "li")
    assert (await client.get(f"/office/cases/{receipt}/letter")).status_code == 404
