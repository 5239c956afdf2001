"""Who fell silent: drafts left behind, conversations and tasks in hands that give no sign of life any more."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from storage import Database, UnitOfWork, models

STAGES, CHANNELS = ("interview", "review"), ("web", "telegram")
DAY = timedelta(days=1)


def talk(uow: UnitOfWork, name: str, at: datetime, **more: object) -> models.Conversation:
    values = {"channel": "web", "stage": "interview", "consent_at": at, **more}
    row = models.Conversation(id=name, created_at=at, last_active_at=at, **values)  # type: ignore[arg-type]
    return uow.add(row)


def user(uow: UnitOfWork, name: str, at: datetime) -> models.User:
    made = uow.add(models.User(name=name, password_hash="x", role="cadre", created_at=at))
    uow.flush()
    return made


def silent(uow: UnitOfWork, now: datetime, **more: object) -> list[str]:
    found = uow.conversations.fallen_silent(
        now - 30 * DAY, now - DAY, stages=STAGES, channels=CHANNELS, kind="abandoned", **more
    )  # type: ignore[arg-type]
    return [conversation.id for conversation in found]


LEFT = [  # name, days since the last word, what else, is it found
    ("yes", 2, {}, True),
    ("on-the-phone", 2, {"channel": "telegram"}, True),
    ("too-early", 0.9, {}, False),
    ("too-late", 31, {}, False),
    ("submitted", 2, {"stage": "submitted"}, False),
    ("called", 2, {"channel": "phone"}, False),
    ("not-agreed", 2, {"consent_at": None}, False),
]


def test_silent_drafts_are_found_by_time_stage_channel_and_consent(db: Database, now: datetime) -> None:
    with db.begin() as uow:
        for name, days, more, _ in LEFT:
            talk(uow, name, now - days * DAY, **more)
        uow.flush()
        assert sorted(silent(uow, now)) == sorted(name for name, _, _, found in LEFT if found)


@pytest.mark.parametrize(("kind", "days_later", "found"), [("abandoned", 1, []), ("person", 1, ["c"])])
def test_a_draft_for_which_there_is_a_task_is_not_found_again(
    db: Database, now: datetime, kind: str, days_later: int, found: list[str]
) -> None:
    with db.begin() as uow:
        talk(uow, "c", now - 3 * DAY)
        uow.flush()
        at = now - (3 - days_later) * DAY
        uow.add(models.Task(key="k", kind=kind, conversation_id="c", created_at=at))
        uow.flush()
        assert silent(uow, now) == found


def test_silent_drafts_come_in_pages_and_none_twice(db: Database, now: datetime) -> None:
    with db.begin() as uow:
        for number in range(7):
            talk(uow, f"c{number}", now - 2 * DAY - timedelta(hours=number // 3))
        uow.flush()
        seen: list[str] = []
        after = None
        while page := silent(uow, now, after=after, limit=3):
            seen += page
            last = uow.conversations.get(page[-1])
            assert last is not None
            after = (last.last_active_at, last.id)
    assert sorted(seen) == [f"c{number}" for number in range(7)]
    assert len(seen) == 7


def test_held_conversations_and_taken_tasks_lapse_by_their_own_time(db: Database, now: datetime) -> None:
    with db.begin() as uow:
        who = user(uow, "wang", now)
        for name, minutes in (("past", -1), ("now", 0), ("later", 1)):
            held = talk(uow, name, now)
            held.human, held.human_by, held.human_until = True, who.id, now + timedelta(minutes=minutes)
            task = uow.add(models.Task(key=name, kind="person", created_at=now))
            uow.flush()
            uow.tasks.take(task, who.id, now, now + timedelta(minutes=minutes))
        free = talk(uow, "free", now)
        free.human_until = now - DAY
        uow.flush()
        assert [c.id for c in uow.conversations.held_past(now)] == ["past", "now"]
        assert [t.key for t in uow.tasks.lapsed(now)] == ["past", "now"]


def test_who_waits_is_who_wrote_after_the_last_word_of_staff(db: Database, now: datetime) -> None:
    minute = timedelta(minutes=1)
    with db.begin() as uow:
        uow.inbox.accept("web", "c", "1", "有人吗", now)
        conversation = uow.conversations.get("c")
        assert conversation is not None
        assert uow.conversations.unanswered_since("c") == now
        uow.replies.add(conversation, "我是机器", now=now + minute)
        assert uow.conversations.unanswered_since("c") == now, "what the assistant says is no answer of a person"
        uow.replies.add(conversation, "我来了", author="staff", now=now + 2 * minute)
        uow.flush()
        assert uow.conversations.unanswered_since("c") is None
        for number in (3, 4):
            uow.inbox.accept("web", "c", str(number), "那好", now + number * minute)
        assert uow.conversations.unanswered_since("c") == now + 3 * minute
        assert uow.conversations.unanswered_since("nobody") is None


def test_the_last_answer_is_that_to_this_message_or_an_earlier_one(db: Database, now: datetime) -> None:
    with db.begin() as uow:
        ids = [uow.inbox.accept("web", "c", str(number), "话", now)[0].id for number in range(3)]
        conversation = uow.conversations.get("c")
        assert conversation is not None
        assert uow.replies.last_answer("c", ids[0]) == 0
        uow.replies.add(conversation, "一", inbound_id=ids[0])
        uow.replies.add(conversation, "干部", author="staff")
        uow.replies.add(conversation, "三", inbound_id=ids[2])
        uow.flush()
        assert [uow.replies.last_answer("c", number) for number in ids] == [1, 1, 3]
