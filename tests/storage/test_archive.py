"""Backup and restore: a drill on both engines and from one to the other, while people go on writing."""

from __future__ import annotations

import json
import stat
import threading
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import inspect, select

from storage import ArchiveBroken, BadValue, Database, KeyMissing, Vault, WrongKey, archive, migrate, models
from tests.storage.rows import case, fact, outgoing, plant_areas, user

Fill = Callable[[Database], None]


@pytest.fixture
def target(tmp_path: Path, key_file: Path, now: datetime) -> Iterator[Database]:
    """An empty SQLite database that has the same key."""
    database = Database(f"sqlite:///{tmp_path / 'new' / 'office.db'}", Vault.open(key_file), now=lambda: now)
    yield database
    database.close()


def fill(db: Database, now: datetime) -> None:
    """Rows of many tables, references that point backwards, every kind of value."""
    with db.begin() as uow:
        areas = plant_areas(uow)
        member = uow.add(user("wang", area=areas["西吉县"]))
        uow.flush()
        message, _ = uow.inbox.accept("web", "c1", "m1", "俺爹去年查出肺癌 \U0001f33e", now)
        uow.facts.state(fact("serious_illness", True, words="查出肺癌", inbound_id=message.id))
        row = case(conversation_id="c1", person_name="王秀英", own_words="俺爹病了", area_id=areas["明台村"].id)
        uow.cases.set_phone(row, "13800000000")
        uow.add(row)
        first = uow.add(models.Household(created_at=now))
        second = uow.add(models.Household(created_at=now))
        uow.flush()
        first.merged_into = second.id  # points to a row that comes later
        uow.outbox.put(outgoing("k1"))
        uow.add(models.StaffPreferences(user_id=member.id, quiet_from=now.time().replace(tzinfo=None)))
        uow.audit.record("system", "test", "case:1", count=3)
        uow.commit()


def contents(db: Database) -> dict[str, list[tuple[object, ...]]]:
    """Every row as the program reads it, opened."""
    tables = models.Base.metadata.sorted_tables
    with db.engine.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr) for table in tables
        }


def test_what_is_read_back_is_what_was_there(db: Database, target: Database, tmp_path: Path, now: datetime) -> None:
    fill(db, now)
    manifest = db.backup(tmp_path / "b.zip", {"office.yml": _office_file(tmp_path)})
    target.restore(tmp_path / "b.zip")
    assert contents(target) == contents(db)
    assert manifest.rows["areas"] == 10
    assert manifest.revision == migrate.newest()
    assert archive.read_file(tmp_path / "b.zip", "office.yml") == b"contacts: {}\n"
    with target.read() as uow:
        assert uow.audit.broken_at() is None


@pytest.mark.postgres
def test_a_sqlite_office_moves_to_postgresql_and_goes_on_counting(
    sqlite_db: Database, tmp_path: Path, key_file: Path, now: datetime, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("empty_postgres")
    fill(sqlite_db, now)
    sqlite_db.backup(tmp_path / "b.zip")
    moved = Database(url, Vault.open(key_file), now=lambda: now)
    try:
        moved.restore(tmp_path / "b.zip")
        assert contents(moved) == contents(sqlite_db)
        with moved.begin() as uow:
            uow.add(case())
            uow.commit()
        with moved.read() as uow:
            assert uow.count(models.Case) == 2
    finally:
        moved.close()


def test_a_backup_taken_while_messages_come_in_holds_one_moment(
    db: Database, tmp_path: Path, key_file: Path, now: datetime
) -> None:
    stop = threading.Event()

    def keep_writing() -> None:
        number = 0
        while not stop.is_set():
            with db.begin() as uow:
                message, _ = uow.inbox.accept("web", "c1", f"m{number}", "我家没钱", now)
                uow.flush()
                uow.facts.state(fact(f"f{number}", True, inbound_id=message.id))  # always one with each message
                uow.commit()
            number += 1

    writer = threading.Thread(target=keep_writing)
    writer.start()
    try:
        for number in range(4):
            with db.read() as uow:
                at_least = uow.inbox.backlog()
            manifest = db.backup(tmp_path / "copies" / f"{number}.zip")
            assert manifest.rows["inbound_messages"] >= at_least
            assert manifest.rows["inbound_messages"] == manifest.rows["facts"]
            assert stat.S_IMODE((tmp_path / "copies" / f"{number}.zip").stat().st_mode) == 0o600
    finally:
        stop.set()
        writer.join()
    assert not list((tmp_path / "copies").glob(".*")), "no half-written copy is left"


def test_a_backup_never_holds_the_key(sqlite_db: Database, tmp_path: Path, key_file: Path, now: datetime) -> None:
    fill(sqlite_db, now)
    sqlite_db.backup(tmp_path / "b.zip")
    secrets = [line.split()[1] for line in key_file.read_text().splitlines() if line[:1] in "is"]
    with zipfile.ZipFile(tmp_path / "b.zip") as opened:
        everything = b"".join(opened.read(name) for name in opened.namelist())
    assert secrets
    assert not [secret for secret in secrets if secret.encode() in everything]


def test_with_another_key_or_none_nothing_is_read_back(sqlite_db: Database, tmp_path: Path, now: datetime) -> None:
    fill(sqlite_db, now)
    sqlite_db.backup(tmp_path / "b.zip")
    other = Vault.open(tmp_path / "other" / "key")
    other.save()
    for vault, error in ((other, WrongKey), (Vault.open(tmp_path / "none" / "key"), KeyMissing)):
        foreign = Database(f"sqlite:///{tmp_path / error.__name__ / 'office.db'}", vault)
        with pytest.raises(error, match="key"):
            foreign.restore(tmp_path / "b.zip")
        with foreign.engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM cases").scalar_one() == 0
        foreign.close()


def test_a_database_that_holds_something_is_left_alone(db: Database, tmp_path: Path, now: datetime) -> None:
    fill(db, now)
    db.backup(tmp_path / "b.zip")
    before = contents(db)
    with pytest.raises(BadValue, match="not empty"):
        db.restore(tmp_path / "b.zip")
    assert contents(db) == before


def _office_file(folder: Path) -> Path:
    (folder / "office.yml").write_text("contacts: {}\n")
    return folder / "office.yml"


def _cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def _one_row_changed(path: Path) -> None:
    _rewrite(path, "tables/cases.jsonl", lambda content: content.replace(b"application", b"applicatiom"))


def _one_table_gone(path: Path) -> None:
    _rewrite(path, "tables/facts.jsonl", lambda content: None)


def _another_program(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive_:
        archive_.writestr("hello.txt", "hello")


def _not_a_zip(path: Path) -> None:
    path.write_text("hello")


def _from_the_future(path: Path) -> None:
    def newer(content: bytes) -> bytes:
        return json.dumps({**json.loads(content), "format": 99}).encode()

    _rewrite(path, "manifest.json", newer)


def _rewrite(path: Path, member: str, change: Callable[[bytes], bytes | None]) -> None:
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    changed = change(parts.pop(member))
    with zipfile.ZipFile(path, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)
        if changed is not None:
            new.writestr(member, changed)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_cut_short, "cannot be read"),
        (_one_row_changed, "damaged in tables/cases.jsonl"),
        (_one_table_gone, "damaged in tables/facts.jsonl"),
        (_another_program, "no backup of this program"),
        (_not_a_zip, "cannot be read"),
        (_from_the_future, "format 99"),
        (Path.unlink, "no file"),
    ],
)
def test_a_spoilt_backup_is_refused_in_a_sentence_and_leaves_nothing(
    sqlite_db: Database, target: Database, tmp_path: Path, now: datetime, spoil: Callable[[Path], None], words: str
) -> None:
    fill(sqlite_db, now)
    sqlite_db.backup(tmp_path / "b.zip")
    spoil(tmp_path / "b.zip")
    with pytest.raises(ArchiveBroken, match=words):
        target.restore(tmp_path / "b.zip")
    assert not inspect(target.engine).get_table_names()


def test_a_backup_of_an_older_version_is_read_back_and_brought_up_to_date(
    sqlite_db: Database, target: Database, tmp_path: Path, now: datetime
) -> None:
    with sqlite_db.begin() as uow:
        uow.inbox.accept("web", "c1", "m1", "我家没钱", now)
        uow.commit()
    migrate.downgrade(sqlite_db.engine, "0001")
    assert sqlite_db.backup(tmp_path / "b.zip").revision == "0001"
    target.restore(tmp_path / "b.zip")
    assert migrate.current(target.engine) == migrate.newest()
    with target.read() as uow:
        assert uow.inbox.texts("c1") == ["我家没钱"]
