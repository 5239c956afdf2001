"""A pack made from nothing is sound; what differs between two packs is told in plain Chinese."""

from __future__ import annotations

from pathlib import Path

import pytest

from policy_kb import Library, PackError, PolicyError
from policy_kb.comparing import compare, edition
from policy_kb.loading import check_folder
from policy_kb.scaffolding import new_pack


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return new_pack("xinhe-2030-1", tmp_path / "mine")


def change(folder: Path, name: str, *pairs: tuple[str, str]) -> None:
    text = (folder / name).read_text("utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    (folder / name).write_text(text, "utf-8")


def differences(library: Library, before: str | Path, after: str | Path) -> list[str]:
    return [line.strip() for line in compare(edition(str(before), library), edition(str(after), library), library)]


def test_a_new_pack_is_sound(made: Path) -> None:
    assert made.name == "xinhe-2030-1"
    assert check_folder(made) == (["xinhe-2030-1"], ())
    assert check_folder(made.parent) == (["xinhe-2030-1"], ())


def test_a_new_pack_leads_the_editor_to_its_schemas(made: Path) -> None:
    for path in made.iterdir():
        schema = path.read_text("utf-8").splitlines()[0].partition("$schema=")[2]
        assert (made / schema).is_file()


@pytest.mark.parametrize("name", ["", "Xinhe", "新河", "a b", "../out", "-a"])
def test_an_id_that_cannot_be_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(PolicyError, match="expected small letters"):
        new_pack(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_not_written_over(made: Path) -> None:
    with pytest.raises(PolicyError, match="there already"):
        new_pack(made.name, made.parent)


@pytest.mark.parametrize("path", ["nothing", "."])
def test_a_folder_without_a_pack_is_told(tmp_path: Path, path: str) -> None:
    with pytest.raises(PolicyError, match="There is no"):
        check_folder(tmp_path / path)


def test_a_pack_does_not_differ_from_itself(library: Library, made: Path) -> None:
    for name in (*library.packs, made):
        assert differences(library, name, name)[2:] == ["两份说的是一样的。"]


def test_what_changed_is_told_part_by_part(library: Library, made: Path, tmp_path: Path) -> None:
    later = new_pack("xinhe-2031-1", tmp_path / "later")
    line = "        - income_per_capita < monitoring_line\n"
    change(
        later,
        "pack.yml",
        (line, line.replace("<", "<=") + "        - not luxury_car\n"),
        ("  - id: luxury_car", "  - id: urban_flat_bought"),
    )
    change(later, "parameters.yml", ("value: 9000", "value: 9600"))
    change(later, "procedure.yml", ("days: 7", "days: 10"), ("day_kind: working", "day_kind: calendar"))
    change(later, "measures.yml", ("medical_relief", "medical_grant"), ("[人社局]", "[]"))
    found = differences(library, made, later)

    assert "数值" in found
    assert "2030-01-01 至 2030-12-31：9000元 → 9600元" in found
    assert "天数：7个工作日 → 10天" in found
    assert "部门：人社局 → 没写" in found
    assert "条件变了：“年人均收入”低于“监测线” → “年人均收入”不高于“监测线”" in found
    assert "条件多了：没有“拥有并经常使用高档乘用车”" in found
    assert "去掉：医疗救助（medical_relief）" in found
    assert "增加：医疗救助（medical_grant）" in found
    assert [line for line in found if line.startswith("去掉：拥有并经常使用高档乘用车")]
    assert [line for line in found if line.startswith("增加：城镇购买商品房")]


def test_and_or_turned_round_is_told_as_a_whole(library: Library, made: Path, tmp_path: Path) -> None:
    later = new_pack("xinhe-2031-1", tmp_path / "later")
    change(later, "pack.yml", ("in_difficulty:\n    any:", "in_difficulty:\n    all:"))
    found = differences(library, made, later)
    was, now = (next(line for line in found if line.startswith(f"条件，整条{word}")) for word in ("原来", "现在"))
    assert "（有“收入大幅缩减/骤减”，或者有“刚性支出" in was
    assert "（有“收入大幅缩减/骤减”，并且有“刚性支出" in now
    assert not any(line.startswith(("条件多了", "条件少了", "条件变了")) for line in found)


def test_the_figures_of_two_days(library: Library) -> None:
    found = differences(library, "longkou-2021-1@2021-03-01", "longkou-2021-1@2022-03-01")
    assert any("沿用最后公布的数" in line for line in found)
    assert differences(library, "longkou-2021-1@2021-03-01", "longkou-2021-1@2021-04-01")[2:] == ["两份说的是一样的。"]


def test_what_cannot_be_compared(library: Library, made: Path) -> None:
    with pytest.raises(PolicyError, match="expected YYYY-MM-DD after @"):
        edition("longkou-2021-1@soon", library)
    with pytest.raises(PolicyError, match="There is no pack 'nowhere'"):
        edition("nowhere", library)
    change(made, "pack.yml", ("version: 1", "version: one"))
    with pytest.raises(PackError, match=r"pack\.yml:4:10"):
        edition(str(made), library)
