"""The drill: an office is kept, lost, and read back from its backup by the commands alone."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot import backups, wiring
from bot.settings import Settings
from storage import Database, Vault, migrate
from tests.support.command import Command


@pytest.fixture
def shouwang(tmp_path: Path) -> Command:
    command = Command(tmp_path)
    command.environment["SHOUWANG_PASSWORD"] = "korn-blume-7"
    return command


def receipts(var: Path) -> list[str]:
    with closing(sqlite3.connect(var / "shouwang.sqlite3")) as raw:
        return [receipt for (receipt,) in raw.execute("SELECT receipt FROM cases ORDER BY receipt")]


def test_an_office_that_was_lost_is_read_back_whole(shouwang: Command, tmp_path: Path) -> None:
    assert shouwang("demo").returncode == 0
    (tmp_path / "var" / "office.yml").write_text("contacts: {office_phone: 0535-0000000}\n")
    kept = shouwang("backup", str(tmp_path / "kept.zip"))
    assert kept.returncode == 0, kept.stderr.decode()
    assert "key file" in kept.stdout.decode()
    elsewhere = {"SHOUWANG_VAR": str(tmp_path / "new")}
    back = shouwang("restore", str(tmp_path / "kept.zip"), **elsewhere)
    assert back.returncode == 0, back.stderr.decode()
    assert (tmp_path / "new" / "office.yml").read_text() == "contacts: {office_phone: 0535-0000000}\n"
    before = receipts(tmp_path / "var")
    assert before
    assert receipts(tmp_path / "new") == before
    for receipt in before[:1]:
        shown = shouwang("case", receipt, **elsewhere).stdout
        assert json.loads(shown) == json.loads(shouwang("case", receipt).stdout)


def test_a_backup_is_not_mixed_with_an_office_that_is_there(shouwang: Command, tmp_path: Path) -> None:
    assert shouwang("demo").returncode == 0
    assert shouwang("backup", str(tmp_path / "kept.zip")).returncode == 0
    refused = shouwang("restore", str(tmp_path / "kept.zip"))
    assert refused.returncode == 1
    assert "not empty" in refused.stderr.decode()
    assert "Traceback" not in refused.stderr.decode()


def test_where_nothing_was_started_there_is_nothing_to_keep(shouwang: Command, tmp_path: Path) -> None:
    refused = shouwang("backup")
    assert refused.returncode == 1
    assert "nothing to keep" in refused.stderr.decode()
    assert not list(tmp_path.rglob("*.zip"))


def test_of_many_backups_the_newest_are_kept_and_nothing_else_is_touched(tmp_path: Path) -> None:
    names = [f"shouwang-2026112{day}-030000.zip" for day in range(1, 8)]
    for name in [*names, "before-upgrade-20261101-030000.zip", "shouwang-notes.zip"]:
        (tmp_path / name).touch()
    removed = backups.prune(tmp_path, 3)
    assert sorted(path.name for path in removed) == names[:4]
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {*names[4:], "before-upgrade-20261101-030000.zip", "shouwang-notes.zip"}


def test_before_an_upgrade_the_old_tables_are_kept(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path, key_file=tmp_path / "key")
    old = Database(settings.database_url, Vault.open(settings.key_file))
    old.migrate()
    migrate.downgrade(old.engine, "0001")
    old.close()
    wiring.open_database(settings).close()
    (kept,) = (tmp_path / "backups").iterdir()
    assert kept.name.startswith("before-upgrade-")
    wiring.open_database(settings).close()
    assert len(list((tmp_path / "backups").iterdir())) == 1, "an office that is up to date is not kept again"
