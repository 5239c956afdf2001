"""Files that do not hold together: one sentence each with file, line and column: what is there and what should be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from policy_kb import PackError, load_library
from policy_kb.loading import check_folder, check_installed

NATIONAL = "packs/guokaifa-2020-6"
PACK = f"{NATIONAL}/pack.yml"
PARAMETERS = f"{NATIONAL}/parameters.yml"
ANSWERS = f"{NATIONAL}/answers.yml"
BAD: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("bad_files.yml").read_text("utf-8"))


@pytest.mark.parametrize("row", BAD, ids=lambda row: f"{row['file']} {row['new'][:30]!r}")
def test_a_bad_file_is_named_with_its_place(copied: Callable[..., Path], row: dict[str, Any]) -> None:
    shared = row["file"].startswith("facts/")
    root = copied(row["file"] if shared else f"{NATIONAL}/{row['file']}", row["old"], row["new"])

    alone = not shared and not row["at"].startswith("packs:")
    _, faults = check_folder(root / NATIONAL) if alone else check_installed(root=root)

    told = [fault for fault in faults if all(word in fault.message for word in row["words"])]
    assert told, f"none of {[str(fault) for fault in faults]} says {row['words']}"
    assert str(told[0]).removeprefix("guokaifa-2020-6/").startswith(f"{row['at']}: ")


def test_all_faults_are_told_at_once(copied: Callable[..., Path]) -> None:
    root = copied(PACK, "household_kind = lifted", "household_kind = rich")
    pack = root / NATIONAL / "pack.yml"
    text = pack.read_text(encoding="utf-8").replace("test: income_dropped_sharply", "test: income_fell")
    pack.write_text(text, encoding="utf-8")

    with pytest.raises(PackError) as caught:
        load_library(root=root)

    told = str(caught.value)
    assert "rich" in told
    assert "income_fell" in told
    lines = {fault.line for fault in caught.value.faults}
    assert {n for n, line in enumerate(text.splitlines(), 1) if "income_fell" in line or "= rich" in line} <= lines


def faults_of(copied: Callable[..., Path], changes: dict[str, tuple[str, str]]) -> list[str]:
    """What is told of the national pack with one change in each of these files."""
    root = copied(PACK, "version: 1", "version: 1")
    for name, (old, new) in changes.items():
        path = root / NATIONAL / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return [str(fault).partition("/")[2] for fault in check_folder(root / NATIONAL)[1]]


def test_a_fault_of_shape_does_not_hide_the_others(copied: Callable[..., Path]) -> None:
    told = faults_of(
        copied,
        {
            "pack.yml": ("version: 1", "version: one\nnothing: here"),
            "parameters.yml": ("value: 5000", "value: 5000\n      value: 6000"),
            "procedure.yml": ("days: null", "days: few\n    clause: 九"),
            "measures.yml": ("clause: 四(二)", "clause: 四(二二)"),
            "answers.yml": ("topic: exit", "topic: Exit"),
            "examples.yml": ("is_general:\n", "is_generall:\n"),
        },
    )
    for name in ("pack", "parameters", "procedure", "measures", "answers", "examples"):
        assert any(line.startswith(f"{name}.yml:") for line in told), (name, told)
    assert any("'is_generall'" in line and "'is_general'?" in line for line in told)


def test_what_leans_on_an_unreadable_entry_is_not_blamed(copied: Callable[..., Path]) -> None:
    """A category that cannot be read is still there: its examples and measures are right."""
    told = faults_of(copied, {"pack.yml": ("    zh: 边缘易致贫户\n", "")})
    assert told == ["pack.yml:74:3: categories.marginal: `zh` is missing here; add it."]


def test_entries_behind_an_unreadable_one_keep_their_lines(copied: Callable[..., Path]) -> None:
    file = copied(PACK, "version: 1", "version: 1") / NATIONAL / "measures.yml"
    text = file.read_text(encoding="utf-8").replace("  kind: industry\n", "  kind: gold\n", 1)
    file.write_text(text.replace("  kind: social\n", "  kind: social\n  for: [rich]\n"), encoding="utf-8")
    line = text[: text.index("  kind: social\n")].count("\n") + 2

    told = [str(fault) for fault in check_folder(file.parent)[1]]

    assert [one.split(": ")[0] for one in told] == [
        "guokaifa-2020-6/measures.yml:5:9",
        f"guokaifa-2020-6/measures.yml:{line}:9",
    ]


@pytest.mark.parametrize(
    ("text", "at", "word"),
    [
        ("", "1:1", "expected a mapping"),
        ("- a", "1:1", "expected a mapping"),
        ("[" * 5000, "1:1", "nested too deeply"),
        ("[" * 3000 + "]" * 3000, "1:1", "nested too deeply"),
        ("a: &a {b: *a}", "1:1", "holds itself"),
        ("? [a, b]\n: c", "1:3", "as a key"),
    ],
    ids=("empty", "list", "open", "deep", "circle", "key"),
)
def test_a_file_of_another_kind_is_told(copied: Callable[..., Path], text: str, at: str, word: str) -> None:
    root = copied(PACK, "version: 1", "version: 1")
    (root / PACK).write_text(text, encoding="utf-8")
    told = [str(fault) for fault in check_folder(root / NATIONAL)[1]]
    assert any(one.startswith(f"guokaifa-2020-6/pack.yml:{at}: ") and word in one for one in told), told


def test_a_text_in_another_encoding_is_named(copied: Callable[..., Path]) -> None:
    root = copied(PACK, "version: 1", "version: 1")
    file = root / ANSWERS
    file.write_bytes(file.read_text(encoding="utf-8").encode("gbk"))
    (fault,) = check_folder(root / NATIONAL)[1]
    assert str(fault).startswith("guokaifa-2020-6/answers.yml:1:1: The file cannot be read")
    assert "UTF-8" in fault.message


@pytest.mark.parametrize("stray", ["parameter.yml", "parameters.yaml"])
def test_a_file_that_nobody_reads_is_named(copied: Callable[..., Path], stray: str) -> None:
    root = copied(PACK, "version: 1", "version: 1")
    (root / PARAMETERS).rename(root / NATIONAL / stray)
    told = [str(fault) for fault in check_folder(root / NATIONAL)[1]]
    assert f"guokaifa-2020-6/{stray}:1:1: This file is not read; did you mean 'parameters.yml'?" in told


def test_a_second_national_pack_is_refused(copied: Callable[..., Path], tmp_path: Path) -> None:
    root = copied(PACK, "id: guokaifa-2020-6", "id: mine")
    (root / NATIONAL).rename(tmp_path / "mine")
    (fault,) = check_folder(tmp_path / "mine")[1]
    assert str(fault).startswith("mine/pack.yml:10:13: places.national: Found a second national pack")


def test_a_missing_file_is_named(copied: Callable[..., Path]) -> None:
    root = copied(PACK, "version: 1", "version: 1")
    (root / NATIONAL / "procedure.yml").unlink()

    with pytest.raises(PackError, match=r"procedure\.yml:1:1: This file is missing"):
        load_library(root=root)


def test_a_new_folder_is_a_new_policy(copied: Callable[..., Path]) -> None:
    root = copied(PACK, "version: 1", "version: 1")
    folder = root / "packs" / "county-2030-1"
    (root / NATIONAL).rename(folder)
    pack: Any = folder / "pack.yml"
    pack.write_text(
        pack.read_text(encoding="utf-8").replace("id: guokaifa-2020-6", "id: county-2030-1"), encoding="utf-8"
    )

    library = load_library(root=root)

    assert library.pack_for_place(None).id == "county-2030-1"
