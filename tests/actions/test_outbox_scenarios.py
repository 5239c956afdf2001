"""Faults of a gateway, by their numbers in the list of scenarios: nothing lost, nothing doubled, nobody flooded."""

from __future__ import annotations

import multiprocessing
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from actions import deliveries, desk, outside, preferences
from actions.refusals import NotAllowed, NotFound
from actions.rulebook import telling_book
from storage import models
from tests.actions.bureau import Bureau
from tests.actions.telling import Wired
from tests.support.receiver import YES, Answer, Receiver, receiving

MINUTE = timedelta(minutes=1)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


@pytest.fixture
def wired(bureau: Bureau, receiver: Receiver) -> Wired:
    return Wired(bureau, receiver)


def test_scenario_12_120_messages_through_a_gateway_that_takes_25_a_second(wired: Wired) -> None:
    for n, who in enumerate(wired.crew(120)):
        wired.put(f"task:{n}:0", who)
    taken: Counter[datetime] = Counter()

    def limited(number: int) -> Answer:
        taken[wired.bureau.at] += 1
        return YES if taken[wired.bureau.at] <= 25 else (429, {"retry-after": "1"})

    wired.receiver.answer = limited
    for _ in range(20):
        wired.send(limit=200)
        wired.bureau.later(seconds=1)
    assert wired.states() == {"sent": 120}
    assert len(wired.receiver.taken) == 120
    refused = sum(post.answered == 429 for post in wired.receiver.posts)
    assert refused <= 5 * outside.AT_ONCE, "after the first 429 the whole channel waits as long as it was asked to"


def test_scenario_13_a_burst_to_one_person_becomes_one_summary(wired: Wired) -> None:
    receipts = [wired.bureau.apply(matter=n) for n in range(1, 4)]
    number = wired.bureau.user("wang").id
    for n in range(100):
        wired.put(f"reminder:{n}:{number}", f"user:{number}", case_id=wired.bureau.case(receipts[n % 3]).id)
    wired.everything()
    (summary,) = [said for said in wired.got("wang") if said["purpose"] == "crowd"]
    assert summary["summary"]["count"] == 103, "the three new cases are in it too"
    assert summary["summary"]["kinds"] == {"reminder": 100, "new_case": 3}
    assert wired.states() == {"merged": 103, "sent": 1}


def test_scenario_13_danger_is_told_by_itself_in_the_middle_of_a_burst(wired: Wired) -> None:
    number = wired.bureau.user("wang").id
    for n in range(40):
        wired.put(f"reminder:{n}:{number}", f"user:{number}")
    wired.put(f"task:1:{number}", f"user:{number}", urgent=True)
    wired.everything()
    assert {(said["purpose"], said["urgent"]) for said in wired.got("wang")} == {("task", True), ("crowd", False)}
    assert len(wired.got("wang")) == 2


def test_scenario_14_what_waited_for_an_hour_is_delivered_within_ten_minutes(wired: Wired) -> None:
    for n, who in enumerate(wired.crew(500)):
        wired.put(f"task:{n}:0", who)
    wired.receiver.answer = lambda number: (502, {})
    for _ in range(60):
        wired.send()
        wired.bureau.later(minutes=1)
    tried = len(wired.receiver.posts)
    assert tried < 300, "while it is down it is probed, not flooded"
    wired.receiver.answer = lambda number: YES
    for _ in range(20):
        wired.send()
        wired.bureau.later(seconds=30)
    assert wired.states() == {"sent": 500}
    assert len(wired.receiver.taken) == 500
    assert wired.bureau.tasks("delivery_failed") != [], "somebody was told of the outage"
    assert len(wired.bureau.tasks("delivery_failed")) == 1


def test_scenario_15_no_transaction_is_open_while_twenty_sends_hang(bureau: Bureau, receiver: Receiver) -> None:
    receiver.hold = threading.Event()
    wired = Wired(bureau, receiver)
    for n, who in enumerate(wired.crew(20, "0103")):
        wired.put(f"task:{n}:0", who)
    with ThreadPoolExecutor(1) as pool:
        round_ = pool.submit(wired.send)
        for _ in range(outside.AT_ONCE):
            assert receiver.arrived.acquire(timeout=20)
        receipt = bureau.apply()  # a case is opened, looked at and told inside, by other threads
        wired.inside()
        assert desk.case_card(bureau.office, bureau.user("wang"), receipt).receipt == receipt
        assert len(bureau.told("wang")) == 1
        assert bureau.office.db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
        receiver.hold.set()
        assert round_.result().sent == 20 + 1, "the twenty, and the new case itself"


def test_scenario_15_a_gateway_that_hangs_loses_nothing(bureau: Bureau, receiver: Receiver) -> None:
    receiver.hold = threading.Event()
    wired = Wired(bureau, receiver, timeout=0.3)
    for n, who in enumerate(wired.crew(20)):
        wired.put(f"task:{n}:0", who)
    assert wired.send().retried == outside.AT_ONCE, "five that hang are enough to leave it alone"
    receiver.hold.set()
    receiver.hold = None
    for _ in range(4):
        bureau.later(minutes=1)
        wired.send()
    assert wired.states() == {"sent": 20}


def test_scenario_16_a_flapping_gateway_is_left_alone_probed_and_taken_up_again(wired: Wired) -> None:
    for n, who in enumerate(wired.crew(30)):
        wired.put(f"task:{n}:0", who)
    up = False
    wired.receiver.answer = lambda number: YES if up else (500, {})
    wired.send()
    first = len(wired.receiver.posts)
    assert 5 <= first <= outside.AT_ONCE
    wired.bureau.later(seconds=29)
    wired.send()
    assert len(wired.receiver.posts) == first, "open: not one request"
    wired.bureau.later(seconds=1)
    wired.send()
    assert len(wired.receiver.posts) == first + 1, "one probe"
    up = True
    wired.bureau.later(seconds=30)
    assert wired.send().sent == 30
    assert len(wired.receiver.posts) == first + 1 + 30


# -- several workers, and workers that die ----------------------------------------------------------------------


def _dies_after(folder: Path, url: str | None, at: datetime, address: str, letters: int) -> None:
    """A worker of its own process that is gone right after the gateway's yes to its letter number `letters`."""
    import os

    bureau = Bureau(folder, url, at)
    stand_in = Receiver(url=address)
    wired = Wired(bureau, stand_in)
    send, sent = wired.channel.send, threading.Semaphore(letters - 1)

    def once(message: outside.Outgoing) -> None:
        send(message)
        if not sent.acquire(blocking=False):
            os._exit(9)

    wired.channel.send = once  # type: ignore[method-assign]
    while wired.send("dying", limit=1).sent:
        pass


@pytest.mark.parametrize("letters", [1, 4])
def test_scenario_17_a_crash_between_the_yes_and_our_commit_loses_nothing(wired: Wired, letters: int) -> None:
    for n, who in enumerate(wired.crew(12)):
        wired.put(f"task:{n}:0", who)
    bureau, crashes = wired.bureau, 2
    for _ in range(crashes):
        arguments = (bureau.folder, bureau.url, bureau.at, wired.receiver.url, letters)
        worker = multiprocessing.get_context("spawn").Process(target=_dies_after, args=arguments)
        worker.start()
        worker.join(60)
        assert worker.exitcode == 9
        bureau.later(seconds=61)  # the lease of the dead
    wired.send()
    assert wired.states() == {"sent": 12}
    ids = Counter(post.headers["webhook-id"] for post in wired.receiver.posts)
    assert len(ids) == 12, "none is lost"
    assert sum(ids.values()) <= 12 + crashes, "a repeat a crash at the most, and its id tells that it is one"


def test_scenario_18_four_senders_never_send_the_same_message(contested: Bureau, receiver: Receiver) -> None:
    wired = Wired(contested, receiver)
    for n, who in enumerate(wired.crew(200)):
        wired.put(f"task:{n}:0", who)

    def work(number: int) -> None:
        one = Wired(contested, receiver)
        while one.send(f"sender-{number}").sent:
            pass

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    for _ in range(3):  # what a busy machine could not even connect for is due again by then
        wired.send("last")
        contested.later(minutes=1)
    ids = Counter(post.headers["webhook-id"] for post in receiver.posts)
    assert (len(ids), set(ids.values())) == (200, {1})
    assert wired.states() == {"sent": 200}


def test_scenario_19_a_receiver_that_is_refused_is_not_tried_again_and_a_person_is_asked_at_once(wired: Wired) -> None:
    wired.receiver.answer = lambda number: (404, {})
    wired.bureau.apply("0101", matter=1)
    wired.bureau.apply("0101", matter=2)
    wired.everything()
    assert wired.states() == {"dead": 2}
    (task,) = wired.bureau.tasks("delivery_failed")
    assert "wang" in task.text
    assert "短信或企业微信" in task.text
    assert task.id in [line.id for line in desk.tasks_for(wired.bureau.office, wired.bureau.user("root"))]
    wired.bureau.later(hours=1)
    wired.send()
    assert len([said for said in wired.receiver.posts if said.said["receiver"]["name"] == "wang"]) == 2
    assert len(wired.bureau.told("wang")) == 2, "the inbox of the workbench has them"


def test_scenario_19_danger_that_did_not_reach_a_colleague_is_urgent_for_somebody_else(wired: Wired) -> None:
    number = wired.bureau.user("wang").id
    wired.put(f"task:1:{number}", f"user:{number}", urgent=True)
    wired.receiver.answer = lambda post: (410, {})
    wired.send()
    (task,) = wired.bureau.tasks("delivery_failed")
    assert task.urgent


def test_no_log_line_tells_of_the_colleague_or_the_gateway_s_key(
    wired: Wired, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="actions")
    preferences.set_phone(wired.bureau.office, "wang", "13900000000", "test")
    answers = iter([(500, {}), (404, {}), (302, {"location": "http://example.invalid/"})])
    wired.receiver.answer = lambda post: next(answers, YES)
    for matter in range(1, 5):
        wired.bureau.apply(matter=matter)
        wired.everything()
    assert "webhook" in caplog.text
    assert not [word for word in ("13900000000", "robot", "wang", "新申请") if word in caplog.text]


def test_scenario_21_a_late_word_never_overwrites_what_is_settled(wired: Wired) -> None:
    who = f"user:{wired.bureau.user('wang').id}"
    wired.put("task:1:0", who)
    with wired.bureau.office.db.begin() as uow:
        (slow,) = uow.outbox.claim(wired.bureau.office.clock.now(), "slow", 60, channels=["webhook"])
        uow.commit()
    wired.bureau.later(seconds=61)
    assert wired.send("quick").sent == 1
    sent_at = wired.rows()[0].sent_at
    wired.bureau.later(seconds=5)
    with wired.bureau.office.db.begin() as uow:
        now = wired.bureau.office.clock.now()
        assert not uow.outbox.mark_failed(slow, now, "late")
        assert not uow.outbox.mark_dead(slow, "late")
        assert not uow.outbox.settle(slow, "dropped", "late")
        assert not uow.outbox.mark_sent(slow, now)
        assert not uow.outbox.revive(slow.id, now)
        uow.commit()
    (row,) = wired.rows()
    assert (row.status, row.sent_at, row.last_error) == ("sent", sent_at, None)


def test_scenario_22_nobody_gets_thirty_in_a_minute_and_everything_is_told(wired: Wired) -> None:
    """Seven notices and one danger every two seconds for three minutes, to one person."""
    number = wired.bureau.user("wang").id
    came: list[tuple[datetime, str]] = []

    def noted(post: int) -> Answer:
        came.append((wired.bureau.at, str(post)))
        return YES

    wired.receiver.answer = noted
    written = 0
    for beat in range(90):
        for n in range(7):
            wired.put(f"reminder:{beat}-{n}:{number}", f"user:{number}")
        if beat % 5 == 0:
            wired.put(f"task:{beat}:{number}", f"user:{number}", urgent=True)
        written += 7 + (beat % 5 == 0)
        wired.send()
        wired.bureau.later(seconds=2)
    for _ in range(5):
        wired.bureau.later(minutes=1)
        wired.send()
    busiest = max(sum(start <= at < start + MINUTE for at, _ in came) for start, _ in came)
    assert busiest <= telling_book().rules.at_most <= 30
    said = wired.got("wang")
    assert sum(one["summary"]["count"] if one["summary"] else 1 for one in said) == written
    assert sum(one["urgent"] for one in said) == 18, "every danger by itself"


def test_scenario_22_a_night_s_notices_do_not_come_on_the_hour_or_half_hour(wired: Wired) -> None:
    wired.bureau.go_to("2026-11-23 22:00")
    wired.crew(9)
    wired.bureau.apply()
    wired.inside()
    minutes = {row.next_at.minute for row in wired.rows()}
    assert len(wired.rows()) == 10
    assert not minutes & {0, 30}
    assert len(minutes) == 9, "nine people in a row leave in nine different minutes"


# -- what administrators see ------------------------------------------------------------------------------------


def test_what_was_given_up_is_seen_and_gets_another_day(wired: Wired) -> None:
    root = wired.bureau.user("root")
    wired.receiver.answer = lambda number: (401, {})
    receipt = wired.bureau.apply()
    wired.everything()
    found = deliveries.overview(wired.bureau.office, root)
    (webhook,) = [line for line in found.channels if line.channel == "webhook"]
    assert (webhook.pending, webhook.dead, webhook.sent) == (0, 1, 0)
    (dead,) = found.dead
    assert (dead.receiver, dead.receipt, dead.error) == ("wang", receipt, "对方不认我们的密钥（401）")
    wired.bureau.later(days=3)
    wired.receiver.answer = lambda number: (500, {})
    deliveries.try_again(wired.bureau.office, root, dead.id)
    assert wired.send().retried == 1, "it has a whole day again"
    (webhook,) = [x for x in deliveries.overview(wired.bureau.office, root).channels if x.channel == "webhook"]
    assert (webhook.pending, webhook.retried, webhook.error) == (1, 1, "对方回了错误 500")
    wired.receiver.answer = lambda number: YES
    wired.bureau.later(minutes=5)
    wired.send()
    assert wired.states() == {"sent": 1}


def test_everything_of_a_channel_gets_another_day_at_once(wired: Wired) -> None:
    wired.receiver.answer = lambda number: (401, {})
    for n, who in enumerate(wired.crew(5)):
        wired.put(f"task:{n}:0", who)
    wired.send()
    assert deliveries.try_all_again(wired.bureau.office, wired.bureau.user("root"), "pigeon") == 0
    assert deliveries.try_all_again(wired.bureau.office, wired.bureau.user("root"), "webhook") == 5
    wired.receiver.answer = lambda number: YES
    assert wired.send().sent == 5


@pytest.mark.parametrize("name", ["wang", "xiji", "hotline"])
def test_only_administrators_look_after_deliveries(bureau: Bureau, name: str) -> None:
    user = bureau.user(name)
    with pytest.raises(NotAllowed):
        deliveries.overview(bureau.office, user)
    with pytest.raises(NotAllowed):
        deliveries.try_again(bureau.office, user, 1)
    with pytest.raises(NotAllowed):
        deliveries.try_all_again(bureau.office, user, "webhook")


def test_what_was_sent_is_not_sent_again_by_hand(wired: Wired) -> None:
    wired.bureau.apply()
    wired.everything()
    (row,) = wired.rows()
    for number in (row.id, 0, -1, 2**40):
        with pytest.raises(NotFound):
            deliveries.try_again(wired.bureau.office, wired.bureau.user("root"), number)


def test_what_waited_a_whole_day_behind_a_closed_door_is_given_up_in_sight(wired: Wired) -> None:
    for n, who in enumerate(wired.crew(10)):
        wired.put(f"task:{n}:0", who)
    wired.receiver.answer = lambda number: (500, {})
    for _ in range(150):
        wired.send()
        wired.bureau.later(minutes=10)
    assert wired.states() == {"dead": 10}
    assert isinstance(wired.bureau.tasks("delivery_failed")[0], models.Task)
