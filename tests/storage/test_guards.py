"""What may not reach the database, and what may not be lost on the way there."""

# ruff: noqa: PT012  (a refused transaction is a block of its own)
from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import BadValue, Conflict, Database, StaleRow, Vault, clean_text, models
from storage.text import to_json
from tests.storage.rows import case, fact, user

HOSTILE = [
    ("NUL", "没\x00钱", "没钱"),
    ("lone surrogate", "没\ud83d钱", "没钱"),
    ("emoji with joiner", "👩‍👧 没钱", "👩‍👧 没钱"),
    ("rare characters", "𠮷䶮", "𠮷䶮"),
    ("quotes and SQL", "'; DROP TABLE cases; --", "'; DROP TABLE cases; --"),
    ("percent and underscore", "%_%", "%_%"),
    ("control characters", "a\x01\x1fb\r\n", "a\x01\x1fb\r\n"),
    ("empty", "", ""),
]


@pytest.mark.parametrize(("what", "written", "kept"), HOSTILE, ids=[row[0] for row in HOSTILE])
def test_every_text_is_kept_but_for_what_no_engine_can_store(
    db: Database, now: datetime, what: str, written: str, kept: str
) -> None:
    with db.begin() as uow:
        uow.inbox.accept("web", "c1", "m1", written, now)
        conversation = uow.get(models.Conversation, "c1")
        assert conversation is not None
        conversation.state = {"words": [written]}
        uow.facts.state(fact("note", written))
        uow.audit.record("system", "said", written[:40], words=written)
        uow.commit()
    with db.read() as uow:
        assert uow.inbox.texts("c1") == [kept]
        assert uow.conversations.get("c1").state == {"words": [kept]}  # type: ignore[union-attr]
        assert uow.facts.current("c1")["note"].value == kept
        assert uow.audit.latest()[0].detail == {"words": kept}
        assert uow.audit.broken_at() is None


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_cleaned_text_can_be_written_as_utf_8_and_is_clean_already(text: str) -> None:
    cleaned = clean_text(text)
    assert cleaned.encode().decode() == cleaned == clean_text(cleaned)
    assert "\x00" not in cleaned
    assert len(cleaned) == sum(1 for c in text if c != "\x00" and not "\ud800" <= c <= "\udfff")


@given(
    st.recursive(st.text(st.characters(exclude_categories=())), lambda x: st.lists(x) | st.dictionaries(st.text(), x))
)
def test_written_json_holds_no_nul_and_no_lone_surrogate(value: Any) -> None:
    written = to_json(value)
    written.encode()
    assert "\x00" not in str(__import__("json").loads(written))


def test_a_hostile_identifier_finds_nothing_and_breaks_nothing(db: Database, now: datetime) -> None:
    for name in ("\x00", "x\ud800", "x" * 5000, "'; --", "%"):
        with db.read() as uow:
            assert uow.conversations.get(name) is None
            assert uow.users.by_name(name) is None
            assert uow.cases.by_receipt(name) is None
            assert uow.areas.search(name) == []


def test_what_is_too_long_is_refused_alike_by_both_engines(db: Database, now: datetime) -> None:
    with (
        pytest.raises(BadValue, match=r"inbound_messages\.external_id got 121 characters and holds at most 120"),
        db.begin() as uow,
    ):
        uow.inbox.accept("web", "c1", "m" * 121, "x", now)
    with pytest.raises(BadValue, match=r"users\.name"), db.begin() as uow:
        uow.add(user("n" * 81))
        uow.commit()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}])
def test_what_json_has_not_is_refused(db: Database, value: object) -> None:
    with pytest.raises(BadValue), db.begin() as uow:
        uow.conversations.open("c1", "web", uow.now())
        uow.facts.state(fact("household_size", value))
        uow.commit()


def test_a_time_without_a_zone_is_refused(db: Database, now: datetime) -> None:
    with pytest.raises(BadValue, match="has no zone"), db.begin() as uow:
        uow.inbox.accept("web", "c1", "m1", "x", now.replace(tzinfo=None))


def test_a_moment_comes_back_as_the_same_moment_in_utc(db: Database) -> None:
    shanghai = datetime(2026, 11, 23, 0, 30, 1, 123456, tzinfo=timezone(timedelta(hours=8)))
    with db.begin() as uow:
        uow.inbox.accept("web", "c1", "m1", "x", shanghai)
        uow.commit()
    with db.read() as uow:
        received = uow.inbox.of_conversation("c1")[0].received_at
    assert received == shanghai
    assert received.tzinfo is UTC


def test_a_json_value_changed_deep_inside_is_stored(db: Database, now: datetime) -> None:
    with db.begin() as uow:
        conversation = uow.conversations.open("c1", "web", now)
        conversation.state = {"asked": [], "person": {}}
        uow.commit()
    with db.begin() as uow:
        conversation = uow.conversations.get("c1")
        conversation.state["asked"].append("household_size")  # type: ignore[union-attr]
        uow.find(models.Case)  # a question in between must not hide the change
        conversation.state["person"]["name"] = "王二"  # type: ignore[union-attr]
        uow.commit()
    with db.read() as uow:
        assert uow.conversations.get("c1").state == {"asked": ["household_size"], "person": {"name": "王二"}}  # type: ignore[union-attr]


def test_a_row_read_earlier_can_be_changed_in_a_later_transaction(db: Database, now: datetime) -> None:
    with db.begin() as uow:
        uow.conversations.open("c1", "web", now)
        uow.commit()
    with db.read() as uow:
        conversation = uow.conversations.get("c1")
    assert conversation is not None
    conversation.state["asked"] = ["x"]
    with db.begin() as uow:
        uow.add(conversation)
        uow.commit()
    with db.read() as uow:
        assert uow.conversations.get("c1").state == {"asked": ["x"]}  # type: ignore[union-attr]


def test_leaving_without_commit_undoes_everything(db: Database, now: datetime) -> None:
    with db.begin() as uow:
        uow.inbox.accept("web", "c1", "m1", "x", now)
        uow.audit.record("system", "a", "b")
    with pytest.raises(ZeroDivisionError), db.begin() as uow:
        uow.inbox.accept("web", "c1", "m2", "x", now)
        1 / 0  # noqa: B018
    with db.read() as uow:
        assert uow.conversations.get("c1") is None
        assert uow.audit.latest() == []


def test_a_read_only_unit_of_work_refuses_to_write(db: Database, now: datetime) -> None:
    with pytest.raises(BadValue, match="read-only"), db.read() as uow:
        uow.add(user("a"))
        uow.flush()
    with pytest.raises(Exception, match=r"read.?only|readonly"), db.read() as uow:
        uow.conversations.open("c1", "web", now)
    with db.begin() as uow:  # and the connection is fit for writing afterwards
        uow.conversations.open("c1", "web", now)
        uow.commit()


def test_who_saves_an_outdated_case_is_told_so(db: Database) -> None:
    with db.begin() as uow:
        uow.add(case(receipt="r1"))
        uow.commit()
    with db.read() as uow:
        mine, yours = uow.cases.by_receipt("r1"), None
    with db.begin() as uow:
        yours = uow.cases.by_receipt("r1")
        yours.status = "returned"  # type: ignore[union-attr]
        uow.commit()
    mine.status = "closed"  # type: ignore[union-attr]
    with pytest.raises(StaleRow, match="Somebody else changed this row"), db.begin() as uow:
        uow.add(mine)
        uow.commit()
    with db.read() as uow:
        row = uow.cases.by_receipt("r1")
        assert (row.status, row.version) == ("returned", 2)  # type: ignore[union-attr]


def test_a_second_row_with_the_same_key_is_a_conflict_without_its_values(db: Database) -> None:
    with db.begin() as uow:
        uow.add(user("王小明"))
        uow.commit()
    with pytest.raises(Conflict) as told, db.begin() as uow:
        uow.add(user("王小明"))
        uow.commit()
    assert "王小明" not in str(told.value)


def test_a_row_that_points_nowhere_is_a_conflict(db: Database) -> None:
    with pytest.raises(Conflict), db.begin() as uow:
        uow.add(user("a", area_id=999))
        uow.commit()


def test_beginning_twice_in_one_thread_is_refused_at_once(sqlite_db: Database) -> None:
    with sqlite_db.begin(), pytest.raises(BadValue, match="open in this thread already"), sqlite_db.begin():
        pass
    with sqlite_db.begin() as uow:
        uow.rollback()
        with sqlite_db.begin() as after:  # one that was rolled back or committed is over
            after.commit()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("sqlite://", "in-memory"),
        ("sqlite:///:memory:", "in-memory"),
        ("mysql://x/y", "mysql"),
        ("nonsense", "cannot be read"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_with_one_that_can(address: str, said: str) -> None:
    with pytest.raises(BadValue, match=f"{said}.*use sqlite:///"):
        Database(address, Vault.ephemeral())
