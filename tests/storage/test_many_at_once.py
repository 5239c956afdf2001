"""Several processes on one database: nothing lost, nothing doubled, nobody waits for long."""

from __future__ import annotations

import multiprocessing
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from storage import Database, Unavailable, models
from tests.storage import workers
from tests.storage.conftest import emptied
from tests.storage.rows import NOW, case, outgoing

pytestmark = pytest.mark.timeout(120)
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["tests.storage.workers"])


@pytest.fixture
def place(db: Database, url: str, key_file: Path) -> tuple[str, str]:
    """Address and key file of a migrated database, as workers take them."""
    return url, str(key_file)


def together(work: Callable[..., Any], each: list[tuple[Any, ...]]) -> list[Any]:
    """What each of these processes returns, all running at the same time."""
    with _processes.Pool(len(each)) as pool:
        return pool.starmap(work, each, chunksize=1)


def test_eight_writers_of_the_same_messages_store_each_once(db: Database, place: tuple[str, str]) -> None:
    results = together(workers.accept_messages, [(*place, 25)] * 8)
    assert [sum(created) for created in zip(*results, strict=True)] == [1] * 25
    with db.read() as uow:
        assert Counter(m.external_id for m in uow.find(models.InboundMessage)) == {f"m{n}": 1 for n in range(25)}


def test_eight_writers_of_one_number_lose_no_step(db: Database, place: tuple[str, str]) -> None:
    with db.begin() as uow:
        uow.conversations.open("c1", "web", NOW)
        uow.commit()
    assert together(workers.count_up, [(*place, 50)] * 8) == [50] * 8
    with db.read() as uow:
        assert uow.conversations.get("c1").state == {"count": 400}  # type: ignore[union-attr]


def test_writers_of_one_versioned_row_lose_no_step_without_a_lock(db: Database, place: tuple[str, str]) -> None:
    with db.begin() as uow:
        uow.add(case())
        uow.commit()
    together(workers.count_up_a_versioned_row, [(*place, 25)] * 4)
    with db.read() as uow:
        (row,) = uow.find(models.Case)
    assert (row.details, row.version) == ({"count": 100}, 101)


def test_four_senders_of_two_thousand_messages_take_each_once(db: Database, place: tuple[str, str]) -> None:
    with db.begin() as uow:
        for number in range(2000):
            uow.add(outgoing(f"k{number}"))
        uow.commit()
    claims = together(workers.send_everything, [(*place, f"w{n}") for n in range(4)])
    taken = Counter(number for claimed in claims for number in claimed)
    assert len(taken) == 2000
    assert set(taken.values()) == {1}
    with db.read() as uow:
        assert uow.outbox.counts() == {"sent": 2000}


def test_four_clocks_fire_four_hundred_reminders_once_each(db: Database, place: tuple[str, str]) -> None:
    with db.begin() as uow:
        row = uow.add(case())
        uow.flush()
        for number in range(400):
            uow.add(models.Reminder(key=f"r{number}", case_id=row.id, rule="visit_overdue", due_at=NOW))
        uow.commit()
    fired = Counter(n for result in together(workers.fire_reminders, [place] * 4) for n in result)
    assert len(fired) == 400
    assert set(fired.values()) == {1}
    with db.read() as uow:
        assert uow.count(models.OutboxMessage) == 400


def test_of_four_workers_one_gets_the_lease(db: Database, place: tuple[str, str]) -> None:
    with db.begin() as uow:
        for number in range(50):
            uow.conversations.open(f"round{number}", "web", NOW)
        uow.commit()
    won = Counter(
        n for result in together(workers.take_leases, [(*place, f"w{n}", 50) for n in range(4)]) for n in result
    )
    assert won == dict.fromkeys(range(50), 1)


def test_replies_of_four_speakers_are_numbered_without_gap_and_the_audit_log_stays_whole(
    db: Database, place: tuple[str, str]
) -> None:
    with db.begin() as uow:
        uow.conversations.open("c1", "web", NOW)
        uow.commit()
    numbers = together(workers.speak, [(*place, 25)] * 4)
    assert sorted(n for result in numbers for n in result) == list(range(1, 101))
    with db.read() as uow:
        assert uow.count(models.AuditEntry) == 100
        assert uow.audit.broken_at() is None


def test_processes_that_start_at_once_on_nothing_agree_on_tables_and_key(url: str, key_file: Path) -> None:
    ids = together(workers.start, [(url, str(key_file))] * 6)
    assert len(set(ids)) == 1


def test_a_killed_writer_loses_no_acknowledged_message(db: Database, place: tuple[str, str]) -> None:
    acknowledged: list[str] = []
    for life in range(4):
        command = [sys.executable, "-m", "tests.storage.workers", *place, f"life{life}"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            for _ in range(random.randint(5, 60)):
                acknowledged.append(writer.stdout.readline().strip())
            writer.send_signal(signal.SIGKILL)
            acknowledged += writer.stdout.read().split()
    with db.read() as uow:
        stored = {message.external_id for message in uow.find(models.InboundMessage)}
    assert set(acknowledged) <= stored
    assert len(stored) - len(acknowledged) <= 4, "at most the one of each life that was committed and not yet told"
    if db.file:
        with closing(sqlite3.connect(db.file)) as raw:
            assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_forty_threads_of_one_process_take_turns(db: Database) -> None:
    def accept(number: int) -> float:
        started = time.monotonic()
        with db.begin() as uow:
            uow.inbox.accept("web", f"c{number % 7}", f"m{number}", "x", NOW)
            uow.commit()
        return time.monotonic() - started

    with ThreadPoolExecutor(40) as threads:
        waits = list(threads.map(accept, range(400)))
    with db.read() as uow:
        assert uow.count(models.InboundMessage) == 400
    assert max(waits) < 5


def test_a_reader_is_not_held_up_by_a_writer_and_sees_one_moment(sqlite_db: Database) -> None:
    with sqlite_db.begin() as writing:
        writing.inbox.accept("web", "c1", "m1", "x", NOW)
        started = time.monotonic()
        with sqlite_db.read() as reading:
            assert reading.inbox.backlog() == 0
            writing.commit()
            assert reading.inbox.backlog() == 0
        assert time.monotonic() - started < 1
    with sqlite_db.read() as reading:
        assert reading.inbox.backlog() == 1


def test_a_database_held_by_another_program_is_unavailable_and_recovers(
    sqlite_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite_db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 50")  # the pool hands the same connection out again
    with closing(sqlite3.connect(str(sqlite_db.file), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match="nothing was saved; try again"), sqlite_db.begin() as uow:
            uow.inbox.accept("web", "c1", "m1", "x", NOW)
    with sqlite_db.begin() as uow:
        assert uow.inbox.accept("web", "c1", "m1", "x", NOW)[1]
        uow.commit()


@pytest.mark.postgres
def test_connections_cut_by_the_server_are_replaced(postgres_server: Any, key_file: Path) -> None:
    db = workers.opened(emptied(postgres_server), str(key_file))
    with db.read() as uow:
        uow.inbox.backlog()
    with db.engine.connect() as connection:
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
    assert postgres_server.execute("SELECT pg_terminate_backend(%s, 5000)", [pid]).fetchone() == (True,)
    with db.begin() as uow:
        assert uow.inbox.accept("web", "c1", "m1", "x", NOW)[1]
        uow.commit()
    db.close()


def test_a_thread_that_waits_in_vain_is_told_so(sqlite_db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.database.BUSY_SECONDS", 0.05)
    holding, done = threading.Event(), threading.Event()

    def hold() -> None:
        with sqlite_db.begin():
            holding.set()
            done.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    holding.wait(10)
    try:
        with pytest.raises(Unavailable, match="busy"), sqlite_db.begin():
            pass
    finally:
        done.set()
        thread.join()
    with sqlite_db.begin() as uow:
        uow.commit()


def test_a_full_disk_refuses_and_when_there_is_room_again_it_goes_on(sqlite_db: Database) -> None:
    def accept(number: int) -> None:
        with sqlite_db.begin() as uow:
            uow.inbox.accept("web", "c1", f"m{number}", "我家没钱" * 500, NOW)
            uow.commit()

    def limit(pages: int) -> None:
        with sqlite_db.engine.connect() as connection:  # the pool hands the same connection out again
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    accept(0)
    with sqlite_db.engine.connect() as connection:
        used = connection.exec_driver_sql("PRAGMA page_count").scalar()
    limit(int(used or 0) + 10)
    with pytest.raises(Unavailable, match="full"):
        list(map(accept, range(1, 100)))
    with sqlite_db.read() as uow:
        stored = uow.inbox.texts("c1")
    assert 1 <= len(stored) < 100
    limit(1_000_000)
    accept(100)
    with sqlite_db.read() as uow:
        assert uow.inbox.texts("c1") == [*stored, "我家没钱" * 500]
