"""Areas, accounts, sessions, tasks, notices, reminders, outbox and audit as one process uses them."""

# ruff: noqa: PT012  (a refused transaction is a block of its own)
from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import text

from storage import BadValue, Conflict, Database, StaleRow, migrate, models
from tests.storage.rows import NOW, case, outgoing, plant_areas, user


def test_areas_form_a_tree_whatever_the_order_of_the_rows(db: Database) -> None:
    with db.begin() as uow:
        areas = plant_areas(uow)
        uow.commit()
    village = areas["明台村"]
    assert village.path == "宁夏/固原市/西吉县/将台堡镇/明台村"
    with db.read() as uow:
        assert [a.name for a in uow.areas.ancestors(village.id)] == ["宁夏", "固原市", "西吉县", "将台堡镇", "明台村"]
        assert {a.name for a in uow.areas.descendants(areas["将台堡镇"].id)} == {"将台堡镇", "明台村", "火家集村"}
        assert [a.name for a in uow.areas.children(areas["西吉县"].id)] == ["将台堡镇", "兴隆镇"]
        assert [a.name for a in uow.areas.roots()] == ["宁夏"]
        assert [a.level for a in uow.areas.all()][:4] == ["province", "city", "county", "county"]
        assert uow.areas.up_to(village.id, "county").name == "西吉县"  # type: ignore[union-attr]
        assert uow.areas.up_to(areas["西吉县"].id, "town") is None
        assert uow.areas.contains(areas["西吉县"].id, village.id)
        assert not uow.areas.contains(village.id, areas["西吉县"].id)
        assert uow.areas.by_path(village.path).id == village.id  # type: ignore[union-attr]
        assert [a.name for a in uow.areas.search("西吉 明台")] == ["明台村"]
        assert uow.areas.search("西吉")[0].name == "西吉县"
        assert uow.areas.search("%") == []


def test_a_renamed_area_takes_its_villages_along(db: Database) -> None:
    with db.begin() as uow:
        plant_areas(uow)
        uow.areas.put("640422-1", "将台镇", "town", "640422")
        uow.commit()
    with db.read() as uow:
        assert uow.areas.by_code("640422-1-1").path == "宁夏/固原市/西吉县/将台镇/明台村"  # type: ignore[union-attr]
        assert len(uow.areas.all()) == 10


BAD_AREAS = [
    ({"code": "", "name": "x", "level": "town"}, "row 1 has no code"),
    ({"code": "1", "name": "x", "level": "hamlet"}, "level 'hamlet'; expected province"),
    ({"code": "1", "name": "x/y", "level": "town"}, "name with '/'"),
    ({"code": "1", "name": "x", "level": "town", "parent_code": "9"}, "no known code"),
    ({"code": "1", "name": "x", "level": "town", "parent_code": "1"}, "lie in itself"),
]


@pytest.mark.parametrize(("row", "said"), BAD_AREAS, ids=[b[1] for b in BAD_AREAS])
def test_a_wrong_area_row_is_named_and_nothing_is_stored(db: Database, row: dict[str, str], said: str) -> None:
    with pytest.raises(BadValue, match=said), db.begin() as uow:
        uow.areas.import_rows([row])
        uow.commit()
    with db.read() as uow:
        assert uow.areas.all() == []


def test_a_case_reaches_the_staff_of_its_area_and_of_those_above(db: Database) -> None:
    with db.begin() as uow:
        areas = plant_areas(uow)
        for name, where, over in [
            ("village", "明台村", {}),
            ("town", "将台堡镇", {}),
            ("operator", "西吉县", {"role": "operator"}),
            ("gone", "西吉县", {"disabled": True}),
            ("elsewhere", "兴隆镇", {}),
        ]:
            uow.add(user(name, **({"role": "cadre", "area": areas[where]} | over)))
        uow.flush()
        village = areas["明台村"].id
        assert [u.name for u in uow.users.responsible_for(village)] == ["village", "town"]
        assert [u.name for u in uow.users.responsible_for(village, ("operator",))] == ["operator"]
        assert [u.name for u in uow.users.in_area(village)] == ["village"]
        assert uow.users.in_area(None) == []


def test_wrong_passwords_are_counted_and_lock_the_account(db: Database, now: datetime) -> None:
    until = now + timedelta(minutes=15)
    with db.begin() as uow:
        row = uow.add(user("a"))
        uow.flush()
        counts = [uow.users.note_failed_login(row, now, limit=3, locked_until=until) for _ in range(3)]
        assert (counts, row.locked_until) == ([1, 2, 3], until)
        uow.users.note_login(row)
        assert (row.failed_logins, row.locked_until) == (0, None)
        uow.commit()


def test_a_session_lasts_until_it_ends_or_its_user_is_disabled(db: Database, now: datetime) -> None:
    with db.begin() as uow:
        person = uow.add(user("a"))
        uow.flush()
        for token in ("t1", "t2"):
            uow.add(models.Session(token_hash=token, csrf="c", user_id=person.id, created_at=now, last_seen_at=now,
                                   expires_at=now + timedelta(hours=8)))  # fmt: skip
        uow.commit()
    with db.begin() as uow:
        session, who = uow.sessions.active("t1", now)  # type: ignore[misc]
        assert who.name == "a"
        assert uow.sessions.active("t1", now + timedelta(hours=8)) is None
        assert uow.sessions.active("other", now) is None
        assert uow.sessions.touch(session, now + timedelta(seconds=30)) is False
        assert uow.sessions.touch(session, now + timedelta(seconds=90)) is True
        assert session.last_seen_at == now + timedelta(seconds=90)
        assert uow.sessions.end("t2") == 1
        assert uow.sessions.active("t2", now) is None
        who.disabled = True
        uow.flush()
        assert uow.sessions.active("t1", now) is None
        assert uow.sessions.end_expired(now + timedelta(days=1)) == 1


def test_a_task_is_opened_once_per_matter_and_taken_by_one_person(db: Database, now: datetime) -> None:
    with db.begin() as uow:
        a, b = uow.add(user("a", "admin")), uow.add(user("b", "admin"))
        uow.flush()
        _, new = uow.tasks.open_once(models.Task(key="danger c1", kind="danger", urgent=True, text="x", created_at=now))
        again, again_new = uow.tasks.open_once(models.Task(key="danger c1", kind="danger", text="y", created_at=now))
        assert (new, again_new, again.text) == (True, False, "x")
        uow.tasks.open_once(models.Task(key="call c2", kind="person", created_at=now - timedelta(hours=1)))
        assert [t.key for t in uow.tasks.visible_to(a)] == ["danger c1", "call c2"]
        assert [t.key for t in uow.tasks.visible_to(a, kind="person")] == ["call c2"]
        assert uow.tasks.open_counts() == {"danger": 1, "person": 1}
        uow.commit()
    with db.read() as uow:
        seen_by_b = uow.tasks.by_key("danger c1")
    with db.begin() as uow:
        uow.tasks.take(uow.tasks.by_key("danger c1"), a.id, now, now)  # type: ignore[arg-type]
        uow.commit()
    with pytest.raises(StaleRow), db.begin() as uow:
        uow.tasks.take(uow.add(seen_by_b), b.id, now, now)  # type: ignore[type-var]
        uow.commit()
    with db.begin() as uow:
        mine = uow.tasks.by_key("danger c1")
        uow.tasks.finish(mine, a, now, "called back")  # type: ignore[arg-type]
        uow.commit()
    with db.read() as uow:
        done = uow.tasks.visible_to(a, status="done")[0]
    assert (done.taken_by, done.outcome) == (a.id, "called back")


def test_notices_are_read_by_their_owner_only(db: Database, now: datetime) -> None:
    with db.begin() as uow:
        a, b = uow.add(user("a")), uow.add(user("b"))
        uow.flush()
        for n in range(3):
            note = models.Notification(key=f"k{n}", user_id=a.id, text=f"n{n}", at=now)
            assert uow.notifications.put(note)[1]
        assert not uow.notifications.put(models.Notification(key="k0", user_id=a.id, text="again", at=now))[1]
        first = uow.notifications.of_user(a.id)[-1]
        assert first.text == "n0"
        assert uow.notifications.mark_read(b.id, now, [first.id]) == 0
        assert uow.notifications.mark_read(a.id, now, [first.id]) == 1
        assert first.read_at == now
        assert [n.text for n in uow.notifications.of_user(a.id, unread_only=True)] == ["n2", "n1"]
        assert uow.notifications.mark_read(a.id, now) == 2
        assert uow.notifications.unread_count(a.id) == 0


def _reminder(uow_case: models.Case, key: str, due_at: datetime, step: str | None = None) -> models.Reminder:
    return models.Reminder(key=key, case_id=uow_case.id, step=step, rule="visit_overdue", due_at=due_at)


def test_reminders_fall_due_once_and_can_be_cancelled(db: Database, now: datetime) -> None:
    with db.begin() as uow:
        row = uow.add(case())
        uow.flush()
        for hours, step in [(-2, "visit"), (-1, "visit"), (1, "visit"), (2, "meeting")]:
            assert uow.reminders.plan_once(_reminder(row, f"r{hours}", now + timedelta(hours=hours), step))[1]
        assert not uow.reminders.plan_once(_reminder(row, "r1", now))[1]
        assert uow.reminders.pending_count(now) == 2
        for reminder in uow.reminders.due(now):
            uow.reminders.fire(reminder, now)
        uow.commit()
    with db.begin() as uow:
        assert uow.reminders.due(now) == []
        assert uow.reminders.cancel(row.id, step="visit") == 1
        assert [r.status for r in uow.reminders.of_case(row.id)] == ["sent", "sent", "cancelled", "pending"]
        assert [r.key for r in uow.reminders.due(now + timedelta(days=7))] == ["r2"]


def test_an_outgoing_message_is_claimed_sent_and_never_forgotten(db: Database, now: datetime) -> None:
    later = now + timedelta(minutes=5)
    with db.begin() as uow:
        assert uow.outbox.put(outgoing("k1"))[1]
        assert not uow.outbox.put(outgoing("k1", text="again"))[1]
        uow.outbox.put(outgoing("k2", next_at=later))
        uow.outbox.put(outgoing("k3", channel="staff"))
        uow.commit()
    with db.begin() as uow:
        assert [m.key for m in uow.outbox.claim(now, "w1", 60, channels=["telegram"])] == ["k1"]
        assert [m.key for m in uow.outbox.claim(now, "w2", 60)] == ["k3"]
        assert uow.outbox.claim(now, "w2", 60) == []
        uow.commit()
    with db.begin() as uow:  # a minute later the first worker is taken for dead
        (message,) = uow.outbox.claim(now + timedelta(seconds=61), "w2", 60, channels=["telegram"])
        assert (message.attempts, message.lease_owner) == (2, "w2")
        assert uow.outbox.mark_failed(message, later, "timeout " * 100)
        assert len(message.last_error or "") == 500
        uow.commit()
    with db.begin() as uow:
        assert [m.key for m in uow.outbox.claim(later, "w3", 60, channels=["telegram"])] == ["k1", "k2"]
        one, two = uow.find(models.OutboxMessage, channel="telegram")
        assert uow.outbox.mark_sent(one, later) is True
        assert uow.outbox.mark_sent(one, later) is False
        assert uow.outbox.mark_dead(two, "blocked") is True
        assert [m.key for m in uow.outbox.dead()] == ["k2"]
        assert uow.outbox.counts() == {"sent": 1, "dead": 1, "pending": 1}
        assert uow.outbox.revive(two.id, later) is True
        assert [(m.key, m.attempts) for m in uow.outbox.claim(later, "w3", 60)] == [("k3", 2), ("k2", 1)]


def test_a_worker_that_lost_its_lease_may_say_sent_but_not_failed(db: Database, now: datetime) -> None:
    with db.begin() as uow:
        uow.outbox.put(outgoing("k1"))
        (slow,) = uow.outbox.claim(now, "slow", 10)
        uow.commit()
    after = now + timedelta(seconds=11)
    with db.begin() as uow:
        uow.outbox.claim(after, "quick", 60)
        uow.commit()
    with db.begin() as uow:
        assert uow.outbox.mark_failed(slow, after) is False
        assert uow.outbox.mark_dead(slow) is False
        assert uow.outbox.mark_sent(slow, after) is True
        uow.commit()
    with db.read() as uow:
        assert uow.outbox.counts() == {"sent": 1}


def test_steps_verdicts_and_events_of_a_case_come_in_order(db: Database, now: datetime) -> None:
    with db.begin() as uow:
        admin = uow.add(user("a", "admin"))
        row, other = uow.add(case()), uow.add(case())
        uow.flush()
        for position, (step, due) in enumerate([("visit", 25), ("meeting", 24), ("notice", None)]):
            due_on, status = (date(2026, 11, due), "due") if due else (None, "waiting")
            uow.add(models.CaseStep(case_id=row.id, step=step, position=position, clause="四(一)", level="village",
                                    status=status, due_on=due_on))  # fmt: skip
        for public in (True, False):
            uow.add(models.CaseEvent(case_id=row.id, at=now, kind="opened", text=str(public), public=public))
        for outcome in ("undetermined", "meets"):
            uow.add(models.Verdict(case_id=row.id, pack_id="p", pack_version="1", pack_hash="h", on_date=NOW.date(),
                                   facts={"x": 1}, assessment={"outcome": outcome}, at=now))  # fmt: skip
            uow.flush()
        uow.commit()
    with db.read() as uow:
        assert [s.step for s in uow.cases.steps(row.id)] == ["visit", "meeting", "notice"]
        assert uow.cases.step(row.id, "meeting").position == 1  # type: ignore[union-attr]
        assert {k: len(v) for k, v in uow.cases.steps_of([row.id, other.id]).items()} == {row.id: 3, other.id: 0}
        assert [e.text for e in uow.cases.events(row.id)] == ["True", "False"]
        assert [e.text for e in uow.cases.events(row.id, public_only=True)] == ["True"]
        assert [v.assessment["outcome"] for v in uow.cases.verdicts(row.id)] == ["undetermined", "meets"]
        assert uow.cases.latest_verdict(row.id).assessment == {"outcome": "meets"}  # type: ignore[union-attr]
        due = uow.cases.due_steps(admin, date(2026, 11, 25))
        assert [(c.id, s.step) for c, s in due] == [(row.id, "meeting"), (row.id, "visit")]
        assert uow.cases.due_steps(user("x"), date(2026, 11, 25)) == []


def test_the_same_matter_twice_is_one_case(db: Database) -> None:
    with db.begin() as uow:
        first, new = uow.cases.open_once(case(dedup_key="c1 illness", receipt="r1"))
        second, again = uow.cases.open_once(case(dedup_key="c1 illness", receipt="r2"))
        assert (new, again, second.receipt, first is second) == (True, False, "r1", True)
        with pytest.raises(Conflict, match="Case was not stored"):
            uow.cases.open_once(case(dedup_key="another matter", receipt="r1"))


TAMPERINGS = [
    ("UPDATE audit SET actor = 'user:2' WHERE id = 3", 3),
    ("UPDATE audit SET detail = '{}' WHERE id = 2", 2),
    ("DELETE FROM audit WHERE id = 3", 4),
    ("DELETE FROM audit WHERE id = 1", 2),
    ("DELETE FROM audit WHERE id = 5", 5),
    ("DELETE FROM audit WHERE id > 2", 3),
    ("DELETE FROM audit", 1),
    ("DELETE FROM audit_head", 6),
    ("UPDATE audit_head SET entries = 4", 6),
    (
        "UPDATE audit_head SET entries = 4, mac = (SELECT mac FROM audit WHERE id = 4); DELETE FROM audit WHERE id = 5",
        5,
    ),
]


@pytest.mark.parametrize(("statement", "noticed_at"), TAMPERINGS)
def test_a_changed_or_removed_audit_entry_is_noticed(db: Database, statement: str, noticed_at: int) -> None:
    for number in range(1, 6):
        with db.begin() as uow:
            uow.audit.record("user:1", "case_seen", f"case:{number}", reason="call", fields=["phone"])
            uow.commit()
    with db.read() as uow:
        assert uow.audit.broken_at() is None
        assert [e.subject for e in uow.audit.of_subject("case:3")] == ["case:3"]
    with db.engine.begin() as connection:
        for part in statement.split(";"):
            connection.execute(text(part))
    with db.read() as uow:
        assert uow.audit.broken_at() == noticed_at


@pytest.mark.parametrize("statement", ["DELETE FROM audit WHERE id > 3", "DELETE FROM audit_head", "DELETE FROM audit"])
def test_work_that_goes_on_does_not_cover_up_a_cut(db: Database, statement: str) -> None:
    with db.begin() as uow:
        for number in range(1, 6):
            uow.audit.record("user:1", "case_seen", f"case:{number}")
        uow.commit()
    with db.engine.begin() as connection:
        connection.execute(text(statement))
    for number in range(6, 12):
        with db.begin() as uow:
            uow.audit.record("user:1", "case_seen", f"case:{number}")
            uow.commit()
    with db.read() as uow:
        assert uow.audit.broken_at() is not None


def test_the_log_of_an_older_database_is_sealed_as_it_stands(db: Database) -> None:
    with db.begin() as uow:
        uow.audit.record("user:1", "case_seen", "case:1")
        uow.audit.record("user:1", "case_seen", "case:2")
        uow.commit()
    migrate.downgrade(db.engine, "0001")
    db.migrate()
    with db.read() as uow:
        assert uow.audit.broken_at() is None
    with db.engine.begin() as connection:
        connection.execute(text("DELETE FROM audit WHERE id = 2"))
    with db.read() as uow:
        assert uow.audit.broken_at() == 2
