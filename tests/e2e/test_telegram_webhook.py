"""Kill -9 of the core right after its 200s to Telegram: every 200 is a row that is there afterwards."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import httpx
import pytest

from storage import models
from tests.support.system import Core, SharedRasa
from tests.support.telegram_api import TOKEN, TelegramApi

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(400)]
SECRET = "a-secret-of-this-test"
PATH = "/telegram/webhook"
ENOUGH = 1000  # acknowledged updates


@pytest.fixture(scope="module")
def core(shared_rasa: SharedRasa, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Core]:
    api = TelegramApi().start()
    environment = {
        "SHOUWANG_TELEGRAM_TOKEN": TOKEN,
        "SHOUWANG_TELEGRAM_API": api.url,
        "SHOUWANG_TELEGRAM_WEBHOOK_URL": f"http://127.0.0.1:{shared_rasa.core_port}",
        "SHOUWANG_TELEGRAM_WEBHOOK_SECRET": SECRET,
    }
    with shared_rasa.core(tmp_path_factory.mktemp("core"), **environment) as running:
        yield running
    api.stop()


class Caller(threading.Thread):
    """Calls the webhook one update after the other and notes which of them were answered with 200."""

    def __init__(self, core: Core, first: int) -> None:
        super().__init__(daemon=True)
        self.core, self.next, self.acknowledged, self.ended = core, first, set[int](), threading.Event()

    def run(self) -> None:
        headers = {"x-telegram-bot-api-secret-token": SECRET}
        with httpx.Client(base_url=self.core.base_url, timeout=5, trust_env=False) as client:
            while not self.ended.is_set():
                try:
                    answer = client.post(
                        PATH, json={"update_id": self.next, "kind": "of another time"}, headers=headers
                    )
                except httpx.HTTPError:  # killed: Telegram would call again, this test wants to see what the row says
                    time.sleep(0.05)
                else:
                    assert answer.status_code in {200, 503}
                    if answer.status_code == 200:
                        self.acknowledged.add(self.next)
                self.next += 1


def test_scenario_02_every_200_is_a_stored_row_however_often_the_core_is_killed(core: Core) -> None:
    callers = [Caller(core, 1_000_000 * (n + 1)) for n in range(4)]
    for caller in callers:
        caller.start()
    kills = 0
    while sum(len(c.acknowledged) for c in callers) < ENOUGH:
        wanted = sum(len(c.acknowledged) for c in callers) + ENOUGH // 4
        while sum(len(c.acknowledged) for c in callers) < wanted:
            assert all(caller.is_alive() for caller in callers)
            time.sleep(0.01)
        core.kill9()
        kills += 1
        core.start()
    for caller in callers:
        caller.ended.set()
        caller.join()
    acknowledged = set[int]().union(*(caller.acknowledged for caller in callers))
    print(f"{kills} kills, {len(acknowledged)} acknowledged")
    assert len(acknowledged) >= ENOUGH
    assert kills >= 3
    core.stop()
    with core.database() as db, db.read() as uow:
        kept = {int(row.external_id) for row in uow.find(models.ChannelUpdate)}
    assert acknowledged <= kept
