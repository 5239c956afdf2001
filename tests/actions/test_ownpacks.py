"""A policy pack changed by hand while the office runs: served when sound, told to the administrators when not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from actions import ownpacks
from actions.office import Office
from policy_kb.scaffolding import new_pack
from policy_kb.shelf import Shelf
from tests.actions.bureau import Bureau

PACK = "xinhe-2030-1"


def office_with(bureau: Bureau, shelf: Shelf) -> Office:
    return replace(bureau.office, library=shelf.load())


def test_a_refused_pack_is_one_task_and_the_office_goes_on_with_the_last_good_one(
    bureau: Bureau, tmp_path: Path
) -> None:
    shelf = Shelf(tmp_path / "packs", tmp_path / "kept")
    shelf.folder.mkdir()
    file = new_pack(PACK, shelf.folder) / "pack.yml"
    office = office_with(bureau, shelf)
    good = office.library.pack(PACK).hash
    file.write_text(file.read_text("utf-8").replace("clause: 二(二)1", "clause: 九(九)"), encoding="utf-8")
    ownpacks.look_again(office, shelf)
    ownpacks.look_again(office, shelf)
    assert office.library.pack(PACK).hash == good
    (task,) = bureau.tasks("pack_refused")
    assert "九(九)" in task.text
    assert "pack.yml" in task.text
    with office.db.read() as uow:
        (entry,) = [one for one in uow.audit.latest() if one.action == "packs.served"]
    assert entry.detail["packs"] == [PACK]
    assert entry.detail["refused"] >= 1


def test_without_own_packs_nothing_is_told(bureau: Bureau, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "packs", tmp_path / "kept")
    office = office_with(bureau, shelf)
    ownpacks.look_again(office, shelf)
    ownpacks.tell(office, shelf.looked)
    assert bureau.tasks("pack_refused") == []
    with office.db.read() as uow:
        assert [one for one in uow.audit.latest() if one.action == "packs.served"] == []
