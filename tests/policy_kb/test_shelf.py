"""An office's own packs: what is sound serves at once, what is not is refused whole, and the last good one goes on."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from policy_kb import NoSuchPack
from policy_kb.scaffolding import new_pack
from policy_kb.shelf import Shelf

DAY = date(2030, 6, 1)
PACK = "xinhe-2030-1"


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "packs", tmp_path / "kept")


def put(shelf: Shelf) -> Path:
    shelf.folder.mkdir(exist_ok=True)
    return new_pack(PACK, shelf.folder)


def change(pack: Path, old: str, new: str) -> None:
    files = [file for file in pack.glob("*.yml") if old in file.read_text(encoding="utf-8")]
    assert files
    for file in files:
        file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def title(shelf: Shelf) -> str:
    return shelf.load().pack(PACK).title


def test_without_a_folder_only_the_installed_packs_serve(shelf: Shelf) -> None:
    library = shelf.load()
    assert len(library.packs) == 5
    assert shelf.look_again(library) is None


def test_a_new_pack_serves_without_a_restart(shelf: Shelf) -> None:
    library = shelf.load()
    with pytest.raises(NoSuchPack):
        library.assess(PACK, {}, DAY)
    put(shelf)
    looked = shelf.look_again(library)
    assert looked is not None
    assert (looked.served, looked.faults) == ((PACK,), ())
    assert library.assess(PACK, {}, DAY).outcome == "undetermined"
    assert shelf.look_again(library) is None, "nothing has changed since"


def test_a_pack_with_a_fault_is_refused_whole_and_the_last_good_one_serves(shelf: Shelf) -> None:
    pack = put(shelf)
    library = shelf.load()
    good = library.pack(PACK)
    change(pack, "test: household_kind = general", "test: houshold_kind = general")
    change(pack, good.title, "新的名字")
    looked = shelf.look_again(library)
    assert looked is not None
    assert looked.served == (PACK,)
    assert any("household_kind" in fault.message and fault.line > 1 for fault in looked.faults)
    assert library.pack(PACK).hash == good.hash
    assert title(Shelf(shelf.folder, shelf.kept)) == good.title, "after a restart as well"

    change(pack, "test: houshold_kind = general", "test: household_kind = general")
    mended = shelf.look_again(library)
    assert mended is not None
    assert mended.faults == ()
    assert library.pack(PACK).title == "新的名字"


def test_a_pack_that_never_was_sound_does_not_stop_the_start(shelf: Shelf) -> None:
    change(put(shelf), "test: household_kind = general", "test: houshold_kind = general")
    library = shelf.load()
    assert PACK not in library.packs
    assert shelf.looked.served == ()
    assert shelf.looked.faults


def test_an_own_edition_goes_before_the_installed_one(shelf: Shelf) -> None:
    import shutil

    from policy_kb.loading import HERE

    shelf.folder.mkdir()
    shutil.copytree(HERE / "packs" / "longkou-2021-1", shelf.folder / "longkou-2021-1")
    change(shelf.folder / "longkou-2021-1", "version: 1", "version: 2")
    library = shelf.load()
    assert library.pack("longkou-2021-1").version == 2
    assert len(library.packs) == 5


def test_what_was_worked_out_for_the_old_edition_is_not_served_for_the_new(shelf: Shelf) -> None:
    pack = put(shelf)
    library = shelf.load()
    told = {"household_kind": "general", "income_dropped_sharply": True, "income_year": 9100, "household_size": 1}
    assert library.assess(PACK, told, DAY).outcome == "not_met"
    change(pack, "value: 9000", "value: 9200")
    change(pack, "8999", "9199")
    change(pack, "9000", "9200")
    looked = shelf.look_again(library)
    assert looked is not None
    assert looked.faults == ()
    assert library.assess(PACK, told, DAY).outcome == "meets"
