"""Files that do not hold together: one sentence each, with file and line, saying what is there and what should be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from policy_kb import PackError, load_library

NATIONAL = "packs/guokaifa-2020-6"
PACK = f"{NATIONAL}/pack.yml"
LINE = "income_per_capita < monitoring_line"
# file, text replaced, replacement, words that the message must contain
BAD: list[tuple[str, str, str, list[str]]] = [
    (PACK, "test: household_kind = lifted", "test: household_knd = lifted", ["household_knd", "none of this name", "'household_kind'?"]),
    (PACK, "household_kind = lifted", "household_kind = rich", ["rich", "lifted, general"]),
    (PACK, LINE, "income_per_capita < line", ["'line'", "monitoring_line"]),
    (PACK, LINE, "income_per_capita", ["no yes/no fact"]),
    (PACK, "test: income_dropped_sharply", "test: income_dropped_sharply > 3", ["yes/no fact", "not income_"]),
    (PACK, "test: income_dropped_sharply", "test: income dropped", ["'income dropped'", "expected a test like"]),
    (PACK, "- {ref: in_scope}", "- {ref: scope}", ["'scope'", "in_scope"]),
    (PACK, "- {ref: in_scope}", "- {ref: in_scope, all: [disability]}", ["exactly one"]),
    (PACK, "      - id: below_line", "      - {ref: in_scope}\n      - id: below_line", ["refers to itself"]),
    (PACK, "interpretation: either_shock", "interpretation: other_shock", ["other_shock", "either_shock"]),
    (PACK, "id: guokaifa-2020-6", "id: guokaifa", ["'guokaifa'", "folder's name"]),
    (PACK, "version: 1", "version: first", ["'first'", "version"]),
    (PACK, "version: 1", "version: 1\nversion: 2", ["twice"]),
    (PACK, "version: 1", "version: 1\ncolour: red", ["colour", "not known here"]),
    (PACK, "number: 国开发〔2020〕6号", "", ["`number` is missing"]),
    (PACK, "  national: true", "  national: false", ["exactly one pack"]),
    (PACK, "test: household_kind = general", "test: household_kind = lifted", ["at once", "exclude one another"]),
    (PACK, "exclusions: []", "exclusions: [{id: rich, clause: 一, text: 有钱}]", ["'rich'", "yes/no fact"]),
    (PACK, "不到{monitoring_line}", "不到{the_line}", ["{the_line}", "monitoring_line"]),
    (PACK, "id: spending_shock", "id: below_line", ["'below_line'", "more than once"]),
    (PACK, "categories:", "categories: [", ["not YAML"]),
    (f"{NATIONAL}/parameters.yml", "value: 5000", "value: -1", ["-1", "greater than or equal to 0"]),
    (f"{NATIONAL}/parameters.yml", "from: 2020-01-01", "from: January", ["'January'"]),
    (f"{NATIONAL}/procedure.yml", "after: report", "after: visit", ["'visit'", "step further up"]),
    (f"{NATIONAL}/procedure.yml", "days: null", "days: 3", ["`days` and `day_kind`"]),
    (f"{NATIONAL}/procedure.yml", "level: village", "level: province", ["'province'", "village"]),
    (f"{NATIONAL}/measures.yml", "kind: industry", "kind: money", ["'money'", "industry"]),
    (f"{NATIONAL}/measures.yml", "when: industry_conditions", "when: {some: [disability]}", ["some", "all, any, not"]),
    (f"{NATIONAL}/answers.yml", "kind: document\n", "kind: rumour\n", ["'rumour'", "document"]),
    (f"{NATIONAL}/examples.yml", "  income_shock:", "  no_such_node:", ["income_shock", "no examples"]),
    (f"{NATIONAL}/examples.yml", "household_size: 5}", "household_size: 0}", ["found 0", "at least 1"]),
    ("facts/parameters.yml", "value: 0.20", "value: many", ["'many'", "number"]),
    ("facts/spending.yml", "rigid_spending_year > income_year", "rigid_spending_year > wealth", ["'wealth'"]),
    ("facts/income.yml", "income_year / household_size", "income_year * household_size", ["linear"]),
    ("facts/household.yml", "type: int", "type: integer", ["'integer'", "bool, int, number"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "old", "new", "words"), BAD, ids=lambda value: value[:40] if isinstance(value, str) else ""
)
def test_a_bad_file_is_named_with_its_line(
    copied: Callable[..., Path], file: str, old: str, new: str, words: list[str]
) -> None:
    with pytest.raises(PackError) as caught:
        load_library(root=copied(file, old, new))

    told = [str(fault) for fault in caught.value.faults if all(word in fault.message for word in words)]
    assert told, f"none of {[str(fault) for fault in caught.value.faults]} says {words}"
    place = file.removeprefix("packs/")
    assert told[0].startswith(place) or "exactly one pack" in words
    assert all(fault.line >= 1 for fault in caught.value.faults)


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
