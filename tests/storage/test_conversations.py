"""Inbox, leases, replies and facts: what one conversation leaves behind."""

# ruff: noqa: PT012  (a refused transaction is a block of its own)
from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from storage import Database, StorageError, models
from tests.storage.rows import case, fact


@pytest.fixture
def talk(db: Database, now: datetime) -> Database:
    """A database with one conversation, c1, in which one message, m1, waits."""
    with db.begin() as uow:
        uow.inbox.accept("web", "c1", "m1", "我家五口人", now)
        uow.commit()
    return db


def test_a_message_that_comes_again_is_the_one_that_stands_there(talk: Database, now: datetime) -> None:
    with talk.begin() as uow:
        again, created = uow.inbox.accept("web", "c1", "m1", "something else", now + timedelta(hours=1))
        uow.commit()
    assert (created, again.text, again.received_at) == (False, "我家五口人", now)
    with talk.read() as uow:
        assert uow.inbox.backlog() == 1


def test_the_same_message_id_in_another_conversation_or_channel_is_another_message(
    talk: Database, now: datetime
) -> None:
    with talk.begin() as uow:
        assert uow.inbox.accept("web", "c2", "m1", "x", now)[1]
        assert uow.inbox.accept("telegram", "c1", "m1", "x", now)[1]


def test_a_first_message_opens_the_conversation(talk: Database, now: datetime) -> None:
    with talk.read() as uow:
        conversation = uow.conversations.get("c1")
    assert conversation is not None
    assert (conversation.stage, conversation.state, conversation.last_seq, conversation.human) == (
        "opening",
        {},
        0,
        False,
    )
    assert conversation.last_active_at == now


def test_a_later_message_leaves_the_draft_alone_and_notes_the_time(talk: Database, now: datetime) -> None:
    with talk.begin() as uow:
        conversation = uow.conversations.get("c1")
        assert conversation is not None
        conversation.stage, conversation.state = "interview", {"asked": ["x"]}
        uow.commit()
    with talk.begin() as uow:
        uow.inbox.accept("web", "c1", "m2", "y", now + timedelta(hours=1))
        uow.commit()
    with talk.read() as uow:
        conversation = uow.conversations.get("c1")
    assert conversation is not None
    assert (conversation.stage, conversation.state) == ("interview", {"asked": ["x"]})
    assert conversation.last_active_at == now + timedelta(hours=1)


def test_waiting_are_the_oldest_unanswered_messages_of_each_conversation(talk: Database, now: datetime) -> None:
    with talk.begin() as uow:
        for conversation, name in [("c2", "a"), ("c1", "m2"), ("c2", "b")]:
            uow.inbox.accept("web", conversation, name, name, now)
        uow.commit()
    with talk.begin() as uow:
        assert [m.external_id for m in uow.inbox.pending()] == ["m1", "a"]
        assert [m.external_id for m in uow.inbox.pending(limit=1)] == ["m1"]
        uow.inbox.mark_answered(uow.inbox.pending()[0], now, act="inform")
        assert [m.external_id for m in uow.inbox.pending()] == ["a", "m2"]
        uow.conversations.lease("c2", "w", now, 30)
        assert [m.external_id for m in uow.inbox.pending(free_at=now)] == ["m2"]
        assert [m.external_id for m in uow.inbox.pending(free_at=now + timedelta(seconds=31))] == ["a", "m2"]
        assert [m.external_id for m in uow.inbox.pending_of("c2")] == ["a", "b"]


def test_an_answer_is_noted_once(talk: Database, now: datetime) -> None:
    with talk.begin() as uow:
        message = uow.inbox.pending()[0]
        assert uow.inbox.mark_answered(message, now, act="inform", asks="income", stage="interview") is True
        assert uow.inbox.mark_answered(message, now, act="greet") is False
        assert (message.act, message.asks, message.stage, message.receipt) == ("inform", "income", "interview", None)


def test_claiming_takes_the_conversation_and_counts_the_attempt(talk: Database, now: datetime) -> None:
    with talk.begin() as uow:
        first = uow.inbox.claim_next("w1", now, 30)
        assert first is not None
        assert (first.external_id, first.attempts) == ("m1", 1)
        assert uow.inbox.claim_next("w2", now, 30) is None
        later = uow.inbox.claim_next("w2", now + timedelta(seconds=31), 30)
        assert later is not None
        assert (later.external_id, later.attempts) == ("m1", 2)


def test_a_message_that_can_never_be_answered_stays_in_sight(talk: Database) -> None:
    with talk.begin() as uow:
        uow.inbox.mark_dead(uow.inbox.pending()[0])
        uow.commit()
    with talk.read() as uow:
        assert uow.inbox.pending() == []
        assert [m.text for m in uow.inbox.dead()] == ["我家五口人"]


def test_refused_consent_deletes_words_and_facts_but_not_that_something_was_said(talk: Database, now: datetime) -> None:
    with talk.begin() as uow:
        conversation = uow.conversations.get("c1")
        assert conversation is not None
        conversation.state, conversation.place = {"story": "x"}, "宁夏西吉县"
        uow.replies.add(conversation, "五口人，对吗？", now=now)
        uow.facts.state(fact("household_size", 5))
        kept = uow.add(case(conversation_id="c1"))
        uow.flush()
        uow.facts.copy_to_case("c1", kept.id)
        uow.conversations.forget(conversation)
        uow.commit()
    with talk.read() as uow:
        assert uow.inbox.texts("c1") == []
        assert uow.count(models.InboundMessage, status="deleted") == 1
        assert uow.facts.history(conversation_id="c1") == []
        assert uow.facts.current(case_id=kept.id)["household_size"].value == 5
        gone = uow.conversations.get("c1")
        assert (gone.state, gone.place) == ({}, None)  # type: ignore[union-attr]
        assert [reply.text for reply in uow.replies.after("c1")] == [""]


LEASES = [
    # what happens, by whom, seconds later -> does it succeed
    ("lease", "w1", 0, True),
    ("lease", "w2", 5, False),
    ("lease", "w1", 5, False),  # the same name twice is two workers
    ("release", "w2", 5, False),
    ("renew", "w1", 20, True),
    ("lease", "w2", 31, False),  # renewed until 50
    ("lease", "w2", 50, True),
    ("renew", "w1", 51, False),
    ("release", "w1", 51, False),
    ("release", "w2", 52, True),
    ("lease", "w1", 52, True),
]


def test_one_worker_at_a_time_holds_a_conversation(talk: Database, now: datetime) -> None:
    for what, who, later, expected in LEASES:
        moment = now + timedelta(seconds=later)
        with talk.begin() as uow:
            if what == "release":
                got = uow.conversations.release("c1", who)
            else:
                got = getattr(uow.conversations, what)("c1", who, moment, 30)
            uow.commit()
        assert got is expected, f"{what} by {who} after {later} s"


def test_replies_are_numbered_within_their_conversation(talk: Database, now: datetime) -> None:
    with talk.begin() as uow:
        one = uow.conversations.get("c1")
        other = uow.conversations.open("c2", "web", now)
        assert one is not None
        message = uow.inbox.pending()[0]
        said = [
            uow.replies.add(one, "一", inbound_id=message.id),
            uow.replies.add(other, "甲"),
            uow.replies.add(one, "二"),
        ]
        uow.commit()
    assert [reply.seq for reply in said] == [1, 1, 2]
    assert one.last_seq == 2
    with talk.read() as uow:
        assert [reply.text for reply in uow.replies.for_inbound(message.id)] == ["一"]
        assert [reply.text for reply in uow.replies.after("c1", 1)] == ["二"]
        assert uow.replies.last("c1").text == "二"  # type: ignore[union-attr]


def test_a_later_statement_supersedes_and_the_earlier_one_stays(talk: Database, now: datetime) -> None:
    later = now + timedelta(minutes=5)
    with talk.begin() as uow:
        uow.facts.state(fact("household_size", 5, words="五口人", start=2, end=5))
        uow.facts.state(fact("serious_illness", True))
        second = uow.facts.state(fact("household_size", 4, at=later))
        assert [row.superseded_at for row in uow.facts.history("household_size", conversation_id="c1")] == [later, None]
        uow.commit()
    with talk.read() as uow:
        current = uow.facts.current(conversation_id="c1")
        assert {name: row.value for name, row in current.items()} == {"household_size": 4, "serious_illness": True}
        history = uow.facts.history("household_size", conversation_id="c1")
    assert [(row.value, row.superseded_at, row.words) for row in history] == [(5, later, "五口人"), (4, None, None)]
    assert second.id == current["household_size"].id


def test_a_retracted_fact_is_stated_no_more_but_was(talk: Database, now: datetime) -> None:
    with talk.begin() as uow:
        for name in ("household_size", "serious_illness", "disability"):
            uow.facts.state(fact(name, 1))
        assert uow.facts.retract(now, fact_id="disability", conversation_id="c1") == 1
        assert uow.facts.retract(now, conversation_id="c1") == 2
        assert uow.facts.current("c1") == {}
        assert len(uow.facts.history(conversation_id="c1")) == 3


def test_a_case_keeps_its_facts_apart_from_the_conversation(talk: Database, now: datetime) -> None:
    with talk.begin() as uow:
        uow.facts.state(fact("household_size", 5, words="五口人"))
        row = uow.add(case(conversation_id="c1"))
        uow.flush()
        uow.facts.copy_to_case("c1", row.id)
        uow.facts.state(fact("household_size", 3))
        uow.facts.state(fact("household_size", 6, None, case_id=row.id, source="cadre", verified=True))
        uow.commit()
    with talk.read() as uow:
        assert uow.facts.current("c1")["household_size"].value == 3
        held = uow.facts.current(case_id=row.id)["household_size"]
        assert (held.value, held.verified) == (6, True)
        assert [f.words for f in uow.facts.history(case_id=row.id)] == ["五口人", None]
    with talk.begin() as uow:  # copying again supersedes what the case held
        uow.facts.copy_to_case("c1", row.id)
        uow.commit()
    with talk.read() as uow:
        assert uow.facts.current(case_id=row.id)["household_size"].value == 3
        assert len(uow.facts.history(case_id=row.id)) == 3


def test_two_current_statements_of_one_fact_cannot_be_stored(talk: Database) -> None:
    with pytest.raises(StorageError), talk.begin() as uow:
        uow.add(fact("household_size", 1))
        uow.add(fact("household_size", 2))
        uow.commit()


@pytest.mark.parametrize("value", [True, False, 0, 3, 48000.5, "self", None, ["a"]])
def test_a_value_comes_back_as_what_it_was(talk: Database, value: object) -> None:
    with talk.begin() as uow:
        uow.facts.state(fact("any", value))
        uow.commit()
    with talk.read() as uow:
        stored = uow.facts.current("c1")["any"].value
    assert stored == value
    assert type(stored) is type(value)
