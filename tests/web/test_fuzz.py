"""Anything at all, at every door: never a failure of ours (5xx), always a sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from actions import accounts
from actions.cases import Person
from actions.tasks import open_task
from bot.web import create_app
from bot.web.app import ROUTERS
from tests.actions.bureau import Bureau
from tests.web.doors import PASSWORD, EchoDesk

HAN = re.compile("[\u4e00-\u9fff]")
ENDING = ("logout", "password")  # these end the session that the other tries need
ENDLESS = ("/live", "/notifications/stream")  # streams hold whoever reads them whole; test_live.py tries them
ROUTES = [
    (method, route)
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute) and not route.path.endswith(ENDING + ENDLESS)
    for method in sorted(route.methods or ())
]
ODD = ["2026-02-30", "0000-00-00", "1e999", "9" * 400, "\x00", "' OR 1=1 --"]
ANY_TEXT = st.text(st.characters(), max_size=60) | st.sampled_from(
    ["2026-02-30", "1e999", "9" * 400, "\x00", "' OR 1=1 --"]
)
SCALAR = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | ANY_TEXT
VALUE = st.recursive(SCALAR, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3))
GOOD: dict[str, object] = {
    "text": "你好", "message_id": "m", "name": "hotline", "password": PASSWORD, "role": "cadre", "area": "0101",
    "reason": "打电话", "note": "看过", "done_on": "2026-11-23", "fact": "income_year", "value": 20000, "outcome": "好",
    "to": "wang", "again": "2026-11-24T09:00", "show": "mine",
    "facts": {"disability": True}, "words": "是", "size": "1", "after": "0", "nonce": "n", "old": "x", "new": "y",
}  # fmt: skip


ACTIONS = (
    "facts", "return", "message", "place", "take", "renew", "release", "join", "hand_back", "answer", "call",
    "transfer", "finish", "add", "reset", "disable", "enable",
)  # fmt: skip


class Door:
    """A client signed in as administrator over a bureau with one case and one task."""

    def __init__(self, bureau: Bureau) -> None:
        self.receipt = bureau.apply("0101", facts={"serious_illness": True}, person=Person(name="马秀英"))
        conversation = bureau.conversation()
        with bureau.office.db.begin() as uow:
            open_task(bureau.office, uow, "person", key="k", conversation_id=conversation, text="回电")
            uow.commit()
        app = create_app(bureau.office, EchoDesk(bureau.office), dict, secure_cookies=False)
        self.client = TestClient(app, raise_server_exceptions=False, follow_redirects=False)
        token = accounts.login(bureau.office, "root", PASSWORD)
        who = accounts.session(bureau.office, token)
        assert who is not None
        self.csrf = who.csrf
        self.client.cookies.set("sw_office", token)
        self.client.headers["authorization"] = f"Bearer {token}"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    bureau = Bureau(tmp_path_factory.mktemp("fuzz"))
    accounts.reset_password(bureau.office, "root", PASSWORD)
    yield Door(bureau)
    bureau.office.db.close()


def test_there_are_doors_to_try() -> None:
    assert len(ROUTES) > 40


def percent(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode("utf-8", "surrogatepass"))


def fields_of(route: APIRoute) -> list[str]:
    """The fields of its JSON body as described, or everything that forms know."""
    if not route.path.startswith("/api/"):
        return list(GOOD)
    described = (route.openapi_extra or {}).get("requestBody", {}).get("content", {}).get("application/json", {})
    return sorted(described.get("schema", {}).get("properties", {}))


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(data=st.data())
def test_nothing_that_anybody_sends_makes_us_fail(door: Door, data: st.DataObject) -> None:
    method, route = data.draw(st.sampled_from(ROUTES))

    def one_in(number: int) -> bool:
        return data.draw(st.integers(1, number)) == number

    known = {
        "receipt": door.receipt,
        "number": "1",
        "action": data.draw(st.sampled_from(ACTIONS)),
        "name": "hotline",
        "step": "household_visit",
    }

    def fill(gap: re.Match[str]) -> str:
        text = data.draw(ANY_TEXT) if one_in(6) else known.get(gap[1], "c1")
        return percent(text) or "x"

    address = re.sub(r"\{(\w+)\}", fill, route.path)
    names = fields_of(route)
    chosen = [name for name in names if not one_in(8)]
    fields = {n: data.draw(VALUE) if one_in(3) else GOOD.get(n) for n in chosen}
    if method == "GET":
        wild = percent(data.draw(ANY_TEXT))
        sent = door.client.get(f"{address}?after={wild}&show={wild}&receipt={wild}&page={wild}")
    elif route.path.startswith("/api/"):
        sent = door.client.request(method, address, content=json.dumps(fields).encode("utf-8", "surrogatepass"))
    else:
        form = {name: str(value).encode("utf-8", "surrogatepass") for name, value in fields.items()}
        sent = door.client.request(method, address, data=form | {"csrf": door.csrf})
    assert sent.status_code < 500, (method, address, fields)
    if sent.status_code >= 400:
        assert HAN.search(sent.text)
