"""Personal data cannot be read without the key, and does not open in another place than its own."""

from __future__ import annotations

import logging
import stat
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from storage import Database, KeyMissing, SealBroken, Vault, WrongKey, models
from tests.storage.rows import case, fact

CANARY_NAME, CANARY_PHONE, CANARY_WORDS = "张桂兰", "13812345678", "我得了肺癌没钱治"


def test_what_is_sealed_opens_again_and_looks_different_each_time() -> None:
    vault = Vault.ephemeral()
    first, second = vault.seal("肺癌".encode(), "facts.words"), vault.seal("肺癌".encode(), "facts.words")
    assert first != second
    assert vault.unseal(first, "facts.words").decode() == "肺癌"


def test_a_value_moved_into_another_column_does_not_open() -> None:
    vault = Vault.ephemeral()
    sealed = vault.seal(b"13812345678", "cases.phone")
    with pytest.raises(SealBroken, match="another column"):
        vault.unseal(sealed, "cases.person_name")


@pytest.mark.parametrize("position", [0, 1, 5, 17, -1])
def test_a_changed_byte_anywhere_is_noticed(position: int) -> None:
    vault = Vault.ephemeral()
    sealed = bytearray(vault.seal(b"13812345678", "cases.phone"))
    sealed[position] ^= 1
    with pytest.raises((SealBroken, WrongKey)):
        vault.unseal(bytes(sealed), "cases.phone")


@pytest.mark.parametrize("rubbish", [b"", b"\x01", b"plain words that were never sealed", b"\x01" * 20])
def test_what_was_never_sealed_is_refused_in_a_sentence(rubbish: bytes) -> None:
    with pytest.raises((SealBroken, WrongKey), match=r"\.$"):
        Vault.ephemeral().unseal(rubbish, "cases.phone")


@pytest.mark.parametrize("written", ["13812345678", " 13812345678 ", "１３８１２３４５６７８"])
def test_the_index_of_a_value_is_the_same_however_wide_it_was_typed(written: str) -> None:
    vault = Vault.ephemeral()
    assert vault.index(written) == vault.index("13812345678")
    assert Vault.ephemeral().index(written) != vault.index(written)


def test_the_key_file_is_made_once_for_its_owner_alone_and_says_what_it_is(key_file: Path) -> None:
    vault = Vault.open(key_file)
    sealed = vault.seal(b"x", "a.b")
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert "keep a copy" in key_file.read_text()
    assert Vault.open(key_file).unseal(sealed, "a.b") == b"x"


def test_a_key_that_was_only_looked_at_is_not_written(key_file: Path) -> None:
    assert Vault.open(key_file).is_new
    assert not key_file.exists()


def test_two_processes_that_make_a_key_at_once_end_with_one(key_file: Path) -> None:
    first, second = Vault.open(key_file), Vault.open(key_file)
    sealed = first.seal(b"x", "a.b")
    assert second.index("y") == first.index("y")
    assert second.unseal(sealed, "a.b") == b"x"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "holds 0 index keys"),
        ("index short\n", "Line 1"),
        ("# a comment\nnonsense AAAA\n", "Line 2"),
        (f"seal {'A' * 43}=\n", "0 index keys and 1 sealing"),
    ],
)
def test_a_damaged_key_file_is_refused_with_its_line(key_file: Path, content: str, said: str) -> None:
    key_file.parent.mkdir()
    key_file.write_text(content)
    with pytest.raises(WrongKey, match=said):
        Vault.open(key_file)


def test_a_key_file_that_others_can_read_is_warned_about(key_file: Path, caplog: pytest.LogCaptureFixture) -> None:
    Vault.open(key_file).save()
    key_file.chmod(0o644)
    with caplog.at_level(logging.WARNING):
        Vault.open(key_file)
    assert "chmod 600" in caplog.text


def _tell(db: Database, now: datetime) -> None:
    with db.begin() as uow:
        message, _ = uow.inbox.accept("web", "c1", "m1", CANARY_WORDS, now)
        conversation = uow.conversations.get("c1")
        assert conversation is not None
        conversation.state = {"name": CANARY_NAME, "phone": CANARY_PHONE}
        uow.replies.add(
            conversation, f"您是{CANARY_NAME}？", [{"title": CANARY_NAME, "value": CANARY_PHONE}], message.id
        )
        uow.facts.state(fact("disease", "肺癌", words=CANARY_WORDS))
        row = case(conversation_id="c1", person_name=CANARY_NAME, own_words=CANARY_WORDS, details={"x": CANARY_WORDS})
        uow.cases.set_phone(row, CANARY_PHONE)
        uow.add(row)
        uow.add(models.Task(key="t", kind="person", text=f"{CANARY_NAME} {CANARY_PHONE}", created_at=now))
        uow.commit()


def test_nothing_personal_stands_readable_in_database_file_journal_or_backup(
    sqlite_db: Database, now: datetime, tmp_path: Path
) -> None:
    _tell(sqlite_db, now)
    sqlite_db.backup(tmp_path / "copies" / "office.zip")
    with zipfile.ZipFile(tmp_path / "copies" / "office.zip") as backup:
        backup.extractall(tmp_path / "copies")
    files = [path for path in tmp_path.rglob("*") if path.is_file() and "keys" not in path.parts]
    assert {path.name for path in files} >= {"office.db", "office.db-wal"}
    for path in files:
        raw = path.read_bytes()
        for canary in (CANARY_NAME, CANARY_PHONE, CANARY_WORDS, "肺癌"):
            for readable in (
                canary.encode(),
                canary.encode("utf-16-le"),
                repr(canary.encode("unicode_escape"))[2:-1].encode(),
            ):
                assert readable not in raw, f"{canary} can be read in {path.name}"
    with sqlite_db.read() as uow:  # while the holder of the key reads it all
        assert uow.cases.of_phone(CANARY_PHONE)[0].person_name == CANARY_NAME
        assert uow.facts.current("c1")["disease"].value == "肺癌"


def test_ciphertext_copied_between_columns_of_a_row_is_refused(db: Database, now: datetime) -> None:
    _tell(db, now)
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE cases SET person_name = phone"))
    with db.read() as uow, pytest.raises(SealBroken, match=r"cases\.person_name"):
        uow.find(models.Case)


def test_two_databases_with_different_keys_live_in_one_process(tmp_path: Path, now: datetime) -> None:
    offices = [Database(f"sqlite:///{tmp_path / name}.db", Vault.open(tmp_path / f"{name}.key")) for name in "ab"]
    for office in offices:
        office.migrate()
        _tell(office, now)
    for office in offices:
        with office.read() as uow:
            assert uow.inbox.texts("c1") == [CANARY_WORDS]
        office.close()


def test_a_lost_key_file_is_named_at_start_and_no_new_one_is_made(url: str, key_file: Path, now: datetime) -> None:
    first = Database(url, Vault.open(key_file))
    first.migrate()
    _tell(first, now)
    first.close()
    key_file.unlink()
    again = Database(url, Vault.open(key_file))
    with pytest.raises(KeyMissing, match="put the key file back from its copy"):
        again.migrate()
    assert not key_file.exists()
    again.close()


def test_a_foreign_key_file_is_named_at_start(db: Database, url: str, tmp_path: Path) -> None:
    foreign = Vault.open(tmp_path / "other key")
    foreign.save()
    other = Database(url, foreign)
    with pytest.raises(WrongKey, match=f"sealed with key {db.vault.active_key_id}.*put the right key file back"):
        other.migrate()
    other.close()


def test_a_foreign_index_key_is_named_at_start(db: Database, url: str, key_file: Path) -> None:
    lines = key_file.read_text().splitlines()
    key_file.write_text("\n".join("index " + "A" * 43 + "=" if x.startswith("index") else x for x in lines))
    other = Database(url, Vault.open(key_file))
    with pytest.raises(WrongKey, match="index key"):
        other.migrate()
    other.close()


def test_a_new_key_takes_over_and_everything_stays_readable(
    db: Database, url: str, key_file: Path, now: datetime
) -> None:
    _tell(db, now)
    old = db.vault.active_key_id
    new = db.vault.add_key()
    assert new != old
    assert db.reseal(batch=2) == 6  # conversation, message, reply, fact, case, task
    assert db.reseal() == 0
    lines = key_file.read_text().splitlines()
    first_seal = next(line for line in lines if line.startswith("seal"))
    key_file.write_text("\n".join(line for line in lines if line != first_seal))
    without_old = Database(url, Vault.open(key_file))
    without_old.migrate()
    with without_old.read() as uow:
        assert uow.inbox.texts("c1") == [CANARY_WORDS]
        assert uow.cases.of_phone(CANARY_PHONE)[0].person_name == CANARY_NAME
    without_old.close()


def test_a_row_says_its_class_and_key_and_nothing_about_the_person(db: Database, now: datetime) -> None:
    _tell(db, now)
    with db.read() as uow:
        assert repr(uow.cases.of_phone(CANARY_PHONE)[0]) == "<Case 1>"


def test_a_process_that_was_running_during_the_change_of_key_reads_on(
    db: Database, url: str, key_file: Path, now: datetime
) -> None:
    running = Database(url, Vault.open(key_file))
    db.vault.add_key()
    _tell(db, now)
    with running.read() as uow:
        assert uow.inbox.texts("c1") == [CANARY_WORDS]
    assert running.vault.active_key_id == db.vault.active_key_id
    running.close()
