"""The history of the tables, and copies of the whole."""

from __future__ import annotations

import logging
import stat
from datetime import datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from storage import Database, MigrationError, Vault, WrongKey, migrate, models
from tests.storage.rows import case, fact


def test_models_and_migrations_agree(db: Database) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, models.Base.metadata) == []


def test_every_table_and_constraint_goes_and_comes_again(url: str, key_file: Path) -> None:
    database = Database(url, Vault.open(key_file))
    migrate.upgrade(database.engine)
    before = _shape(database)
    migrate.downgrade(database.engine, "base")
    assert _shape(database) == {"alembic_version": ["version_num"]}
    assert migrate.current(database.engine) is None
    migrate.upgrade(database.engine)
    assert _shape(database) == before
    assert len(before) == len(models.Base.metadata.tables) + 1
    database.close()


def _shape(database: Database) -> dict[str, list[str]]:
    from sqlalchemy import inspect

    with database.engine.connect() as connection:
        seen = inspect(connection)
        return {table: sorted(c["name"] for c in seen.get_columns(table)) for table in seen.get_table_names()}


def test_people_s_data_survives_every_later_step_up_down_and_up(db: Database, now: datetime) -> None:
    """Seeded at the newest revision, taken down to the first and up again. (With one revision nothing moves yet.)"""
    with db.begin() as uow:
        uow.inbox.accept("web", "c1", "m1", "我家五口人", now)
        uow.facts.state(fact("household_size", 5))
        row = case(conversation_id="c1", person_name="张桂兰")
        uow.cases.set_phone(row, "13812345678")
        uow.add(row)
        uow.commit()
    before = _contents(db)
    assert sum(map(len, before.values())) >= 5
    migrate.downgrade(db.engine, "0001")
    migrate.upgrade(db.engine)
    assert _contents(db) == before
    with db.read() as uow:
        assert uow.cases.of_phone("13812345678")[0].person_name == "张桂兰"


def test_an_older_database_met_with_a_foreign_key_is_left_as_it_is(db: Database, url: str, tmp_path: Path) -> None:
    with db.begin() as uow:
        uow.audit.record("user:1", "case_seen", "case:1")
        uow.commit()
    migrate.downgrade(db.engine, "0001")
    foreign = Vault.open(tmp_path / "another" / "key")
    foreign.save()
    stranger = Database(url, foreign)
    with pytest.raises(WrongKey):
        stranger.migrate()
    stranger.close()
    assert migrate.current(db.engine) == "0001"
    db.migrate()
    with db.read() as uow:
        assert uow.audit.broken_at() is None


def _contents(db: Database) -> dict[str, list[tuple[object, ...]]]:
    with db.engine.connect() as connection:
        return {
            table.name: [
                tuple(bytes(v) if isinstance(v, memoryview) else v for v in row)
                for row in connection.execute(text(f"SELECT * FROM {table.name} ORDER BY 1"))
            ]
            for table in models.Base.metadata.sorted_tables
        }


def test_a_second_migration_does_nothing_and_says_nothing(
    db: Database, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.WARNING):
        db.migrate()
    assert caplog.text == ""
    assert capfd.readouterr() == ("", "")


def test_foreign_keys_hold_on_every_connection_after_a_migration(sqlite_db: Database) -> None:
    migrate.downgrade(sqlite_db.engine, "base")
    sqlite_db.migrate()
    for _ in range(3):
        with sqlite_db.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


def test_a_database_of_a_newer_program_is_left_alone(db: Database) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        with pytest.raises(MigrationError, match="newer version of the program"):
            db.migrate()
    finally:
        with db.engine.begin() as connection:
            connection.execute(text(f"UPDATE alembic_version SET version_num = '{migrate.newest()}'"))


def test_a_file_that_is_no_database_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear office, " * 100)
    with pytest.raises(Exception, match="not a database"):
        Database(f"sqlite:///{path}", Vault.ephemeral()).migrate()
    assert path.read_text().startswith("Dear office")


def test_the_database_file_belongs_to_its_owner_alone(sqlite_db: Database) -> None:
    with sqlite_db.begin() as uow:
        uow.commit()
    for path in Path(str(sqlite_db.file)).parent.glob("office.db*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
