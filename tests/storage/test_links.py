"""A chat belongs to one member of staff, proven by a code that works once and for a while."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from storage import Database, models
from tests.storage.rows import user

TEN_MINUTES = timedelta(minutes=10)


@pytest.fixture
def people(db: Database) -> dict[str, models.User]:
    with db.begin() as uow:
        made = {name: uow.add(user(name)) for name in ("wang", "li")}
        uow.commit()
        return made


def link(db: Database, who: models.User, address: str, now: datetime) -> None:
    with db.begin() as uow:
        uow.links.link(who, "telegram", address, now)
        uow.commit()


def test_a_linked_chat_is_found_from_both_sides(db: Database, people: dict[str, models.User], now: datetime) -> None:
    link(db, people["wang"], "1001", now)
    with db.read() as uow:
        found = uow.links.active_of(people["wang"].id, "telegram")
        assert found is not None
        assert found.address == "1001"
        owner = uow.links.user_at("telegram", "1001")
        assert owner is not None
        assert owner.name == "wang"
        assert uow.links.active_of(people["li"].id, "telegram") is None
        assert uow.links.user_at("telegram", "1002") is None


def test_a_chat_that_changes_hands_and_a_person_who_changes_chats_leave_no_second_link(
    db: Database, people: dict[str, models.User], now: datetime
) -> None:
    link(db, people["wang"], "1001", now)
    link(db, people["li"], "1001", now)
    link(db, people["li"], "1002", now)
    with db.read() as uow:
        assert uow.links.active_of(people["wang"].id, "telegram") is None
        assert uow.links.user_at("telegram", "1001") is None
        active = uow.find(models.StaffLink, revoked_at=None)
        assert [(row.user_id, row.address) for row in active] == [(people["li"].id, "1002")]
        last = uow.links.last_of(people["wang"].id, "telegram")
        assert last is not None
        assert last.revoked_at == now


def test_a_disabled_account_has_no_chat(db: Database, people: dict[str, models.User], now: datetime) -> None:
    link(db, people["wang"], "1001", now)
    with db.begin() as uow:
        who = uow.users.get(people["wang"].id)
        assert who is not None
        who.disabled = True
        uow.commit()
    with db.read() as uow:
        assert uow.links.user_at("telegram", "1001") is None


def redeem(db: Database, code: str, at: datetime) -> int | None:
    with db.begin() as uow:
        found = uow.links.redeem(code, at)
        uow.commit()
        return found


def issue(db: Database, who: models.User, code: str, now: datetime) -> None:
    with db.begin() as uow:
        uow.links.issue(who.id, code, now, now + TEN_MINUTES)
        uow.commit()


def test_a_code_works_once_within_its_time_in_either_case(
    db: Database, people: dict[str, models.User], now: datetime
) -> None:
    issue(db, people["wang"], "K7QM2XPD", now)
    assert redeem(db, "K7QM2XPE", now) is None
    assert redeem(db, "k7qm2xpd", now + timedelta(minutes=9)) == people["wang"].id
    assert redeem(db, "K7QM2XPD", now + timedelta(minutes=9)) is None


def test_a_code_runs_out_and_a_newer_one_makes_it_void(
    db: Database, people: dict[str, models.User], now: datetime
) -> None:
    issue(db, people["wang"], "OLD", now)
    assert redeem(db, "OLD", now + TEN_MINUTES) is None
    issue(db, people["li"], "FIRST", now)
    issue(db, people["li"], "SECOND", now)
    assert redeem(db, "FIRST", now) is None
    assert redeem(db, "SECOND", now) == people["li"].id


def test_the_code_itself_is_nowhere_in_the_database(
    db: Database, people: dict[str, models.User], now: datetime
) -> None:
    issue(db, people["wang"], "K7QM2XPD", now)
    with db.read() as uow:
        (row,) = uow.find(models.LinkCode)
        assert "K7QM2XPD" not in row.code_hash
        assert len(row.code_hash) == 64
