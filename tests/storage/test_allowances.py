"""Counts of attempts: one count for all processes, over restarts."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from storage import Database, Vault, models
from tests.storage import workers
from tests.storage.test_many_at_once import together

HOUR = timedelta(hours=1)


def spend(db: Database, what: str, at: datetime) -> int:
    with db.begin() as uow:
        spent = uow.allowances.spend(what, at, HOUR)
        uow.commit()
    return spent


def test_attempts_are_counted_until_the_time_is_over(db: Database, now: datetime) -> None:
    assert [spend(db, "a", now) for _ in range(3)] == [1, 2, 3]
    assert spend(db, "b", now) == 1
    assert spend(db, "a", now + timedelta(minutes=59)) == 4
    assert spend(db, "a", now + HOUR) == 1


def test_a_rightful_attempt_is_given_back(db: Database, now: datetime) -> None:
    spend(db, "a", now)
    with db.begin() as uow:
        assert uow.allowances.spend("a", now, HOUR) == 2
        uow.allowances.give_back("a")
        uow.commit()
    assert spend(db, "a", now) == 2


def test_an_attempt_that_is_undone_does_not_count(db: Database, now: datetime) -> None:
    with db.begin() as uow:
        uow.allowances.spend("a", now, HOUR)
    assert spend(db, "a", now) == 1


def test_the_next_start_goes_on_counting(db: Database, url: str, key_file: Path, now: datetime) -> None:
    assert spend(db, "a", now) == 1
    again = Database(url, Vault.open(key_file))
    assert spend(again, "a", now) == 2
    again.close()


def test_of_four_processes_at_once_every_attempt_is_counted(db: Database, url: str, key_file: Path) -> None:
    counts = together(workers.spend, [(url, str(key_file), 25)] * 4)
    assert sorted(n for result in counts for n in result) == list(range(1, 101))


def test_old_counts_are_forgotten_and_nothing_personal_stands_there(db: Database, now: datetime) -> None:
    spend(db, "origin 192.0.2.7", now)
    with db.begin() as uow:
        assert "192.0.2.7" not in uow.find(models.Allowance, order="key")[0].key  # a keyed hash may hold any digits
        uow.allowances.forget_old(now + timedelta(days=3))
        uow.commit()
        assert uow.count(models.Allowance) == 0
