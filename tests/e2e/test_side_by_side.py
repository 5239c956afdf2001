"""One case with everybody at work on it: a farmer on Telegram, an operator on the phone, a cadre at the desk."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.test_telegram import RECEIPT, STORY, Applicant
from tests.support.system import Core, SharedRasa
from tests.support.telegram_api import TOKEN, TelegramApi

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(300)]
PASSWORD = "korn-blume-7"
PHONE = "13800001234"
AREAS = (
    "code,name,level,parent_code\n37,山东省,province,\n3706,烟台市,city,37\n370681,龙口市,county,3706\n"
    "370681-1,石良镇,town,370681\n"
)


@pytest.fixture(scope="module")
def api() -> Iterator[TelegramApi]:
    running = TelegramApi().start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def core(shared_rasa: SharedRasa, tmp_path_factory: pytest.TempPathFactory, api: TelegramApi) -> Iterator[Core]:
    """A running system with one county and one town in it, polling our Bot API."""
    home = tmp_path_factory.mktemp("core")
    (home / "areas.csv").write_text(AREAS, "utf-8")
    environment = {"SHOUWANG_TELEGRAM_TOKEN": TOKEN, "SHOUWANG_TELEGRAM_API": api.url}
    with shared_rasa.core(home, **environment) as running:
        _open_the_office(running, home / "areas.csv")
        yield running


class Neighbour(Applicant):
    """Another household of the same town."""

    TYPED = (("家在哪儿", "山东省龙口市石良镇"), ("电话", "13800005678"), ("怎么称呼", "赵玉兰"), ("姓名", "赵玉兰"))


def _open_the_office(core: Core, areas: Path) -> None:
    steps = [
        ("areas", "import", str(areas)),
        ("users", "add", "hotline", "--role", "operator", "--area", "370681"),
        ("users", "add", "town", "--role", "cadre", "--area", "370681-1"),
    ]
    for arguments in steps:
        done = core.command(*arguments, SHOUWANG_PASSWORD=PASSWORD)
        assert done.returncode == 0, done.stderr


def signed_in(core: Core, name: str) -> httpx.Client:
    client = httpx.Client(base_url=core.base_url, timeout=30, trust_env=False)
    token = client.post("/api/login", json={"name": name, "password": PASSWORD}).json()["token"]
    client.headers["authorization"] = f"Bearer {token}"
    return client


def ok(sent: httpx.Response) -> Any:
    assert sent.is_success, sent.text
    return sent.json()


def applied(applicant: Applicant) -> str:
    """The receipt of an application told on Telegram."""
    applicant.person.say("/start")
    applicant.react(applicant.answer())
    applicant.answer()
    applicant.person.say(STORY)
    for _ in range(30):
        news = applicant.answer()
        if found := next((match for one in news if (match := RECEIPT.search(one.text))), None):
            return found[1]
        applicant.react(news)
    raise AssertionError([one.text for one in applicant.person.heard])


def test_from_the_first_words_on_telegram_over_a_call_to_the_recorded_visit(core: Core, api: TelegramApi) -> None:
    farmer = Applicant(api.person(4801, "王秀英"))
    receipt = applied(farmer)

    hotline, key = signed_in(core, "hotline"), str(uuid.uuid4())
    ok(hotline.post("/api/calls", json={"key": key}))
    call = {
        "notes": "她说家里还欠亲戚三万块", "name": "王秀英", "phone": PHONE, "place": "龙口市石良镇",
        "receipt": receipt, "continues": receipt, "consent": True,
    }  # fmt: skip
    ok(hotline.put(f"/api/calls/{key}", json={"call": call}))
    assert ok(hotline.post(f"/api/calls/{key}/save", json={}))["receipt"] == receipt, "one case, not two"

    town = signed_in(core, "town")
    listed = ok(town.get("/api/cases"))["lines"]
    assert [line["receipt"] for line in listed] == [receipt]
    card = ok(town.get(f"/api/cases/{receipt}"))
    assert "欠亲戚三万块" in json.dumps(card, ensure_ascii=False)
    ok(town.post(f"/api/cases/{receipt}/steps/household_check", json={"note": "看过了"}))

    api.wait_for(lambda: any("办完了" in one.text for one in farmer.person.heard[farmer.read :]), 60, "the visit told")
    shown = json.loads(core.command("case", receipt).stdout)
    assert shown["steps"][0]["status"] == "done"


def test_what_the_town_writes_is_heard_on_telegram_and_answered_into_the_same_case(
    core: Core, api: TelegramApi
) -> None:
    farmer, town = Neighbour(api.person(4802, "赵玉兰")), signed_in(core, "town")
    receipt = applied(farmer)
    assert town.post(f"/api/cases/{receipt}/message", json={"text": "明天上午到您家看看，方便吗？"}).status_code == 204
    api.wait_for(lambda: any("明天上午" in one.text for one in farmer.person.heard), 60, "the word of the town")
    farmer.answer()
    farmer.person.say("方便，来吧，房子还漏雨")
    farmer.answer()
    until = time.monotonic() + 30
    while "漏雨" not in (card := town.get(f"/api/cases/{receipt}").text) and time.monotonic() < until:
        time.sleep(0.5)
    assert "漏雨" in card
