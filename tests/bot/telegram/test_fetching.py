"""Fetching and working on updates: kept before they are acknowledged, each once, in order, by one process."""

from __future__ import annotations

import asyncio
import io
import itertools
import logging
import os
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

from actions import leases, updates
from actions.office import Office
from actions.updates import Work
from bot import logs
from bot.channels.telegram import application, intake
from bot.channels.telegram.worker import Worker
from storage import Database, Unavailable, Vault, models
from tests.bot.telegram.conftest import Running, make
from tests.support.telegram_api import TOKEN, Someone, TelegramApi


class Effects:
    """Stands for the work: notes what was done for which chat."""

    def __init__(self) -> None:
        self.of_chat: defaultdict[str, list[int]] = defaultdict(list)
        self.seen: Counter[int] = Counter()

    async def handle(self, work: Work) -> None:
        await asyncio.sleep(random.random() * 0.004)
        self.seen[work.body["update_id"]] += 1
        self.of_chat[work.chat].append(work.body["update_id"])


def update(number: int, chat: int) -> dict[str, Any]:
    return {"update_id": number, "message": {"message_id": number, "date": 1, "chat": {"id": chat, "type": "private"}}}


async def work_off(office: Office, effects: Effects, workers: int, total: int) -> None:
    tasks = [asyncio.create_task(Worker(office, f"w{n}", effects.handle, lambda: None).run()) for n in range(workers)]
    async with asyncio.timeout(150):
        while True:
            with office.db.read() as uow:
                if uow.updates.counts("telegram").get("done", 0) >= total:
                    break
            await asyncio.sleep(0.1)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_scenario_03_redelivered_in_any_order_each_update_has_one_effect(office: Office) -> None:
    """1,000 updates, each delivered one to five times, shuffled."""
    delivered = [update(n, n % 97) for n in range(1000) for _ in range(1 + n % 5)]
    random.Random(3).shuffle(delivered)
    new = sum(intake.keep(office, delivered[at : at + 100]) for at in range(0, len(delivered), 100))
    assert new == 1000
    effects = Effects()
    await work_off(office, effects, 2, 1000)
    assert effects.seen == Counter(range(1000))


async def test_scenario_04_four_workers_keep_the_order_within_each_chat(office: Office) -> None:
    """2,000 updates of 100 chats: 0 inversions."""
    intake.keep(office, [update(n, n * 7 % 100) for n in range(2000)])
    effects = Effects()
    await work_off(office, effects, 4, 2000)
    assert sum(effects.seen.values()) == 2000
    inversions = sum(a > b for told in effects.of_chat.values() for a, b in itertools.pairwise(told))
    assert inversions == 0
    assert len(effects.of_chat) == 100


async def test_scenario_07_a_poison_update_is_set_aside_after_five_tries_and_its_chat_goes_on(
    running: Running, farmer: Someone
) -> None:
    farmer.say("您好")
    await running.hears(farmer, "您同意吗")
    poison = farmer.message(text="?", chat={"id": farmer.number, "type": "private"}, date="not a date")
    running.api.push(message=poison)
    farmer.say("同意")
    other = running.api.person(5002)
    other.say("您好")
    await running.hears(other, "您同意吗")  # nobody else waits
    await running.hears(farmer, "遇到啥难处")
    (dead,) = running.rows(models.ChannelUpdate, status="dead")
    assert (dead.attempts, dead.body["message"]["text"]) == (updates.MAX_TRIES, "?")
    (task,) = running.rows(models.Task, kind="unanswered")
    assert dead.external_id in task.text
    assert any("没能看懂" in one.text for one in farmer.heard)


# bodies that are JSON objects with a number, and nothing else that one could expect
ODD: list[dict[str, Any]] = [
    {}, {"message": None}, {"message": []}, {"message": {"chat": []}}, {"message": {"chat": {"id": True}}},
    {"callback_query": {"message": 3, "from": {"id": "x"}}}, {"edited_message": {"chat": {"id": 2**80}}},
    {"message": {"chat": {"id": 1}, "text": "\ud800\x00"}}, {"surprise": {"new": "kind"}}, {"callback_query": []},
    {"message": {"date": float("inf"), "x": [float("nan")], "chat": {"id": 3}}},
]  # fmt: skip


def test_whatever_an_update_holds_it_can_be_kept(office: Office) -> None:
    assert intake.keep(office, [{"update_id": n, **body} for n, body in enumerate(ODD)]) == len(ODD)
    with office.db.read() as uow:
        assert len({row.chat for row in uow.find(models.ChannelUpdate)}) >= 7, "odd ones hold nobody up"


@pytest.mark.parametrize("number", [None, True, -1, 2**63, "7", 1.5])
def test_an_update_without_a_usable_number_is_none(office: Office, number: object) -> None:
    assert intake.update_id({"update_id": number}) is None
    assert intake.keep(office, [{"update_id": number}]) == 0


async def test_scenario_45_while_the_database_cannot_keep_nothing_is_acknowledged(
    running: Running, farmer: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, failures = intake.keep, 0

    def refuse(*given: Any) -> int:
        nonlocal failures
        failures += 1
        raise Unavailable("the disk is full")

    monkeypatch.setattr(intake, "keep", refuse)
    farmer.say("您好")
    await running.until(lambda: failures >= 2)
    assert running.api.confirmed == 0
    assert [one["message"]["text"] for one in running.api.waiting] == ["您好"]
    monkeypatch.setattr(intake, "keep", kept)
    await running.hears(farmer, "您同意吗")
    await running.until(lambda: running.api.confirmed == 1)


# -- one process at a time ----------------------------------------------------------------------------------------


def second_process(office: Office, api: TelegramApi) -> Running:
    """Another process on the same database."""
    assert office.db.file is not None
    db = Database(f"sqlite:///{office.db.file}", Vault.open(office.db.file.parent / "key"))
    return make(Office(db, office.library, office.extractor, office.clock), api)


async def test_scenario_05_of_two_processes_with_one_token_one_polls_and_the_other_takes_over(
    running: Running, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application, "RENEW", 0.2)
    other = second_process(office, running.api)
    await other.door.start()
    people = [running.api.person(8000 + n) for n in range(6)]
    for person in people[:3]:
        person.say("您好")
        await running.hears(person, "您同意吗")
    assert running.api.refused == [], "never two pollers: no 409"
    await running.door.stop()
    for person in people[3:]:
        person.say("您好")
        await running.hears(person, "您同意吗")
    assert all(len([one for one in person.heard if "您同意吗" in one.text]) == 1 for person in people)
    await other.door.stop()
    other.office.db.close()


def test_a_holder_that_was_killed_on_this_machine_is_not_waited_for(office: Office) -> None:
    died = os.fork()
    if died == 0:
        os._exit(0)
    os.waitpid(died, 0)
    me = leases.owner_name()
    host = me.partition(":")[0]
    assert leases.hold(office, "poll", f"{host}:{died}:12345:aa", 60)
    assert leases.hold(office, "poll", me, 60)


def test_updates_of_a_worker_killed_on_this_machine_are_free_at_once(office: Office) -> None:
    intake.keep(office, [update(1, 1), update(2, 2)])
    host = leases.owner_name().partition(":")[0]
    assert len(updates.take(office, "telegram", f"{host}:{2**22 + 1}:1:aa", 1)) == 1
    assert len(updates.take(office, "telegram", leases.owner_name(), 1)) == 1
    assert updates.free_of_the_dead(office, "telegram") == 1
    assert [work.external_id for work in updates.take(office, "telegram", leases.owner_name(), 5)] == ["1"]


def test_a_holder_that_lives_or_is_elsewhere_is_waited_for_until_its_lease_is_over(office: Office) -> None:
    mine, also_mine = leases.owner_name(), leases.owner_name()
    assert leases.hold(office, "poll", mine, 60)
    assert not leases.hold(office, "poll", also_mine, 60)
    assert leases.hold(office, "send", "elsewhere:1:1:aa", 60)
    assert not leases.hold(office, "send", mine, 60)
    assert leases.hold(office, "idle", "elsewhere:1:1:aa", -1)
    assert leases.hold(office, "idle", mine, 60)


# -- the token ----------------------------------------------------------------------------------------------------


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that is logged, as the running office logs it, at the most talkative level."""
    root, lines = logging.getLogger(), io.StringIO()
    before = root.handlers[:], root.level
    logs.configure("DEBUG", lines)
    yield lines
    root.handlers[:], root.level = before


async def test_the_token_is_in_no_log_line_whatever_goes_wrong(
    office: Office, api: TelegramApi, written: io.StringIO
) -> None:
    one = make(office, api)
    await one.door.start()
    api.person(5001).say("您好")
    await one.hears(api.person(5001), "您同意吗")
    api.down = True
    await asyncio.sleep(1.5)
    api.down = False
    await one.door.stop()
    wrong = make(office, api, telegram_token=TOKEN[:-1] + "x")
    await wrong.door.start()
    await wrong.until(lambda: wrong.door.health() != "ok", why="the refused token in the health report")
    await wrong.door.stop()
    said = written.getvalue()
    assert "update" in said
    assert TOKEN not in said
    assert TOKEN.partition(":")[2][:12] not in said
    assert "您好" not in said
