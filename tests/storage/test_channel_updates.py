"""What outside channels deliver is kept once, worked on in order, set aside when it always fails."""

from __future__ import annotations

from datetime import datetime, timedelta

from storage import Database, models

MINUTE = timedelta(minutes=1)


def keep(db: Database, now: datetime, *updates: tuple[str, str]) -> list[bool]:
    """Store (external id, chat) pairs; which of them are new."""
    with db.begin() as uow:
        new = [uow.updates.accept("telegram", number, chat, {"update_id": number}, now) for number, chat in updates]
        uow.commit()
        return new


def claim(db: Database, now: datetime, owner: str = "w", seconds: float = 60) -> list[str]:
    with db.begin() as uow:
        rows = uow.updates.claim("telegram", owner, now, seconds)
        uow.commit()
        return [row.external_id for row in rows]


def row_of(db: Database, number: str) -> models.ChannelUpdate:
    with db.read() as uow:
        (row,) = uow.find(models.ChannelUpdate, external_id=number)
        return row


def finish(db: Database, now: datetime, number: str, owner: str = "w") -> bool:
    with db.begin() as uow:
        done = uow.updates.done(row_of(db, number).id, owner, now)
        uow.commit()
        return done


def test_an_update_that_comes_again_is_the_row_that_stands_there(db: Database, now: datetime) -> None:
    assert keep(db, now, ("1", "a"), ("2", "a"), ("1", "a")) == [True, True, False]
    assert keep(db, now, ("2", "a")) == [False]


def test_of_each_chat_the_oldest_is_given_and_the_next_only_when_it_is_done(db: Database, now: datetime) -> None:
    keep(db, now, ("1", "a"), ("2", "a"), ("3", "b"))
    assert claim(db, now) == ["1", "3"]
    assert claim(db, now, "other") == []
    assert finish(db, now, "1")
    assert claim(db, now, "other") == ["2"]


def test_an_update_that_waits_for_its_next_try_keeps_its_place(db: Database, now: datetime) -> None:
    keep(db, now, ("1", "a"), ("2", "a"))
    claim(db, now)
    with db.begin() as uow:
        assert uow.updates.failed(row_of(db, "1").id, "w", now + MINUTE, "ValueError")
        uow.commit()
    assert claim(db, now) == []
    assert claim(db, now + MINUTE) == ["1"]
    assert row_of(db, "1").attempts == 2


def test_a_worker_that_dies_gives_its_update_back_and_cannot_finish_it_afterwards(db: Database, now: datetime) -> None:
    keep(db, now, ("1", "a"))
    claim(db, now, "dead", seconds=30)
    assert claim(db, now + MINUTE, "living") == ["1"]
    assert not finish(db, now, "1", "dead")
    assert finish(db, now, "1", "living")


def test_what_was_done_keeps_no_word_and_what_was_set_aside_keeps_all(db: Database, now: datetime) -> None:
    keep(db, now, ("1", "a"), ("2", "b"))
    claim(db, now)
    finish(db, now, "1")
    with db.begin() as uow:
        uow.updates.set_aside(row_of(db, "2").id, "w", now, "KeyError")
        uow.commit()
    assert row_of(db, "1").body == {}
    assert row_of(db, "2").body == {"update_id": "2"}
    with db.read() as uow:
        assert uow.updates.counts("telegram") == {"done": 1, "dead": 1}
        assert [row.external_id for row in uow.updates.dead("telegram")] == ["2"]


def test_a_fault_of_ours_is_no_try_of_the_update(db: Database, now: datetime) -> None:
    keep(db, now, ("1", "a"))
    claim(db, now)
    with db.begin() as uow:
        uow.updates.failed(row_of(db, "1").id, "w", now, "Unavailable", count=False)
        uow.commit()
    assert row_of(db, "1").attempts == 0


def hold(db: Database, owner: str, now: datetime, seconds: float = 30) -> bool:
    with db.begin() as uow:
        held = uow.leases.hold("poll", owner, now, seconds)
        uow.commit()
        return held


def test_one_process_holds_a_job_and_another_takes_over_when_the_lease_has_run_out(db: Database, now: datetime) -> None:
    assert hold(db, "first", now)
    assert not hold(db, "second", now)
    assert hold(db, "first", now + timedelta(seconds=20))
    assert not hold(db, "second", now + timedelta(seconds=40))
    assert hold(db, "second", now + timedelta(seconds=50))
    assert not hold(db, "first", now + timedelta(seconds=55))
    with db.read() as uow:
        assert uow.leases.holder("poll", now + timedelta(seconds=55)) == "second"
        assert uow.leases.holder("poll", now + timedelta(seconds=90)) is None


def test_a_job_that_is_given_up_is_free_at_once(db: Database, now: datetime) -> None:
    hold(db, "first", now)
    with db.begin() as uow:
        assert not uow.leases.give_up("poll", "second")
        assert uow.leases.give_up("poll", "first")
        uow.commit()
    assert hold(db, "second", now)
