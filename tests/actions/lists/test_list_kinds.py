"""Every kind of list reads its own example, and a wrong file of an own kind is told with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from actions.lists.kinds import KINDS, load_kinds
from actions.lists.merging import ListFile
from actions.rulebook import RuleError
from actions.screening import ListError
from tests.actions.bureau import library
from tests.actions.lists.lists import csv_file, facts, merge, person

OURS = load_kinds(library())
OWN = """
id: flood
zh: 受灾名单
department: 应急
about: household
repeats: same
names: [受灾]
keeps_months: 12
columns: [{headers: [受灾情况], mark: true, words: {disaster: {true: [房屋倒塌, 绝收]}}, nothing: [轻微]}]
alert: true
"""


@pytest.mark.parametrize("kind", OURS.values(), ids=list(OURS))
def test_a_kind_reads_its_own_example(tmp_path: Path, kind: object) -> None:
    example = kind.example  # type: ignore[attr-defined]
    assert example is not None, "every kind has an example beside it"
    headers = list(dict.fromkeys(header for row in example.rows for header in row))
    rows = [["户编号", "身份证号", *headers]]
    rows += [["H1", person(n), *(f'"{row.get(h, "")}"' for h in headers)] for n, row in enumerate(example.rows)]
    path = csv_file(tmp_path / "名单.csv", rows)
    merged = merge(library(), [ListFile(path)])  # found by its columns alone
    assert [one.fault for one in merged.lists] == [None]
    assert merged.lists[0].given.kind == kind.id  # type: ignore[attr-defined]
    assert facts(merged) == {"H1": dict(example.states)}
    assert bool(merged.homes[0].alerts) is example.alerts
    assert not merged.remarks


def test_a_kind_is_known_by_its_id_and_its_file(tmp_path: Path) -> None:
    assert {path.stem for path in KINDS.glob("*.yml")} == set(OURS)


def test_an_office_adds_a_kind_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "flood.yml").write_text(OWN, encoding="utf-8")
    path = csv_file(tmp_path / "十一月.csv", [["户号", "受灾情况"], ["H1", "绝收"], ["H2", "轻微"]])
    merged = merge(library(), [path], own=tmp_path)
    assert facts(merged) == {"H1": {"disaster": True}}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("disaster", "disastr", "There is no fact 'disastr'"),
        ("{true: [", "{vielleicht: [", "expected true or false"),
        ("about: household", "about: village", "about"),
        ("words: {disaster: {true: [房屋倒塌, 绝收]}}", "open: true", "states no fact"),
        ("id: flood", "id: [", "no readable YAML"),
    ],
)
def test_what_is_wrong_in_an_own_kind_is_told(tmp_path: Path, old: str, new: str, words: str) -> None:
    (tmp_path / "flood.yml").write_text(OWN.replace(old, new), encoding="utf-8")
    with pytest.raises((ListError, RuleError), match=r"flood.yml") as error:
        load_kinds(library(), tmp_path)
    assert words in str(error.value)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ListError, match="There is no folder"):
        load_kinds(library(), tmp_path / "none")
