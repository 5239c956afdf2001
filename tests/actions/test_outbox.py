"""The outbox: nothing lost, nothing twice, nothing silent."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from actions import desk, notices, outbox
from actions.outbox import Outgoing, RetryLater, Undeliverable, retry_delay
from storage import models
from tests.actions.bureau import Bureau


@dataclass
class Provider:
    """An outside channel that does what the test says."""

    name: str = "telegram"
    faults: list[Exception] = field(default_factory=list)
    got: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, message: Outgoing) -> None:
        with self.lock:
            if self.faults:
                raise self.faults.pop(0)
            self.got.append(message.key)


def put(bureau: Bureau, key: str, channel: str = "telegram", recipient: str = "someone", **payload: object) -> bool:
    with bureau.office.db.begin() as uow:
        new = notices.enqueue(
            bureau.office, uow, key=key, channel=channel, recipient=recipient, text="您好", payload=payload
        )
        uow.commit()
        return new


def rows(bureau: Bureau) -> list[models.OutboxMessage]:
    with bureau.office.db.read() as uow:
        return uow.find(models.OutboxMessage)


def test_the_same_thing_is_written_once(bureau: Bureau) -> None:
    assert put(bureau, "one") is True
    assert put(bureau, "one") is False
    assert len(rows(bureau)) == 1


def test_what_was_not_committed_never_leaves(bureau: Bureau) -> None:
    with bureau.office.db.begin() as uow:
        notices.enqueue(bureau.office, uow, key="one", channel="telegram", recipient="x", text="您好")
    provider = Provider()
    assert outbox.deliver_due(bureau.office, "w", [provider]).sent == 0
    assert provider.got == []


def test_a_message_is_sent_once_and_marked(bureau: Bureau) -> None:
    put(bureau, "one")
    provider = Provider()
    assert outbox.deliver_due(bureau.office, "w", [provider]).sent == 1
    assert outbox.deliver_due(bureau.office, "w", [provider]).sent == 0
    assert provider.got == ["one"]
    assert rows(bureau)[0].status == "sent"


# the provider's faults in turn, seconds until the next try
FAULTS = [
    ([RetryLater("429", 17.0)], 17.0),
    ([RetryLater("429", 4000.0)], 4000.0),
    ([ConnectionError("down")], 20.0),
    ([RetryLater("busy")], 20.0),
]


@pytest.mark.parametrize(("faults", "seconds"), FAULTS)
def test_a_passing_fault_is_tried_again_when_the_provider_wishes(
    bureau: Bureau, faults: list[Exception], seconds: float
) -> None:
    put(bureau, "one")
    provider = Provider(faults=list(faults))
    assert outbox.deliver_due(bureau.office, "w", [provider]).retried == 1
    bureau.later(seconds=int(seconds) - 1)
    outbox.deliver_due(bureau.office, "w", [provider])
    assert provider.got == []
    bureau.later(seconds=1)
    assert outbox.deliver_due(bureau.office, "w", [provider]).sent == 1


def test_back_off_doubles_up_to_five_minutes() -> None:
    assert [retry_delay(n) for n in range(1, 8)] == [20, 40, 80, 160, 300, 300, 300]
    assert retry_delay(3, 7.5) == 7.5
    assert retry_delay(3, 0) == 1.0


def test_a_provider_that_was_down_for_an_hour_gets_everything_within_ten_minutes(bureau: Bureau) -> None:
    for n in range(15):
        put(bureau, f"m{n}")
    down = Provider(faults=[ConnectionError("down")] * 5000)
    for _ in range(60):
        bureau.later(minutes=1)
        outbox.deliver_due(bureau.office, "w", [down])
    up = Provider()
    for _ in range(10):
        bureau.later(minutes=1)
        outbox.deliver_due(bureau.office, "w", [up])
    assert sorted(up.got) == sorted(f"m{n}" for n in range(15))


def test_a_blocked_recipient_is_not_tried_again_and_becomes_a_task(bureau: Bureau) -> None:
    receipt = bureau.apply()
    put(bureau, "one", case_id=bureau.case(receipt).id)
    provider = Provider(faults=[Undeliverable("blocked")])
    assert outbox.deliver_due(bureau.office, "w", [provider]).dead == 1
    bureau.later(days=2)
    outbox.deliver_due(bureau.office, "w", [provider])
    assert provider.got == []
    (task,) = bureau.tasks("delivery_failed")
    assert receipt in task.text
    assert [t.id for t in desk.tasks_for(bureau.office, bureau.user("wang"))] == [task.id]


def test_what_fails_for_a_whole_day_becomes_a_task_also_when_no_such_channel_is_switched_on(bureau: Bureau) -> None:
    put(bureau, "one", channel="pigeon")
    for _ in range(26):
        outbox.deliver_due(bureau.office, "w")
        bureau.later(hours=1)
    assert rows(bureau)[0].status == "dead"
    assert len(bureau.tasks("delivery_failed")) == 1


def test_a_worker_that_dies_gives_its_messages_back(bureau: Bureau) -> None:
    put(bureau, "one")
    with bureau.office.db.begin() as uow:
        assert len(uow.outbox.claim(bureau.office.clock.now(), "dead", outbox.LEASE_SECONDS, 10)) == 1
        uow.commit()
    provider = Provider()
    assert outbox.deliver_due(bureau.office, "w", [provider]).sent == 0
    bureau.later(seconds=outbox.LEASE_SECONDS + 1)
    assert outbox.deliver_due(bureau.office, "w", [provider]).sent == 1


def test_two_deliverers_at_once_send_nothing_twice(contested: Bureau) -> None:
    name = contested.conversation("farmer")
    for n in range(60):
        put(contested, f"out-{n}")
        put(contested, f"in-{n}", channel="conversation", recipient=name)
    provider = Provider()

    def work(number: int) -> None:
        for _ in range(6):
            outbox.deliver_due(contested.office, f"worker-{number}", [provider], limit=15)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    contested.later(seconds=30)
    outbox.deliver_due(contested.office, "last", [provider])
    assert Counter(provider.got) == Counter(f"out-{n}" for n in range(60))
    assert len(contested.heard(name)) == 60
    with contested.office.db.read() as uow:
        assert [reply.seq for reply in uow.replies.after(name, 0)] == list(range(1, 61))


def test_a_conversation_that_is_being_answered_goes_first(bureau: Bureau) -> None:
    name = bureau.conversation("farmer")
    put(bureau, "one", channel="conversation", recipient=name)
    with bureau.office.db.begin() as uow:
        assert uow.conversations.lease(name, "turn", bureau.office.clock.now(), 15)
        uow.commit()
    assert outbox.deliver_due(bureau.office, "w").retried == 1
    assert bureau.heard(name) == []
    with bureau.office.db.begin() as uow:
        uow.conversations.release(name, "turn")
        uow.commit()
    bureau.later(seconds=2)
    assert outbox.deliver_due(bureau.office, "w").sent == 1
    assert bureau.heard(name) == ["您好"]
    with bureau.office.db.begin() as uow:
        assert uow.conversations.lease(name, "next turn", bureau.office.clock.now(), 15), "the lease was given back"


def test_a_message_for_a_colleague_who_has_left_is_seen_by_somebody(bureau: Bureau) -> None:
    put(bureau, "one", channel="staff", recipient="99999")
    assert outbox.deliver_due(bureau.office, "w").dead == 1
    assert bureau.tasks("delivery_failed")[0].case_id is None
    bureau.tick()
    assert len(bureau.told("root")) == 1


def test_no_connection_is_held_while_a_provider_hangs(bureau: Bureau) -> None:
    """While one send hangs, the office goes on opening cases (SQLite: one writer at a time)."""
    put(bureau, "one")
    started, go_on = threading.Event(), threading.Event()

    class Hanging:
        name = "telegram"

        def send(self, message: Outgoing) -> None:
            started.set()
            assert go_on.wait(20)

    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(outbox.deliver_due, bureau.office, "w", [Hanging()])
        assert started.wait(20)
        bureau.apply()
        go_on.set()
        assert work.result().sent == 1
