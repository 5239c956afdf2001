"""What is wrong in a list is told with its row, and the rest is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.actions.bureau import library
from tests.actions.lists.lists import (
    DASHAN,
    REGISTER,
    WANGWU,
    XIAOSHAN,
    csv_file,
    facts,
    merge,
    person,
    told,
    xlsx_file,
)

WRONG = DASHAN[:-1] + ("1" if DASHAN[-1] != "1" else "2")
GOOD = [WANGWU, "", "王五", "12000"]


@pytest.fixture
def register(tmp_path: Path) -> Path:
    return csv_file(tmp_path / "名册.csv", REGISTER)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["3.70681E+17", "", "周大山", "100"], "lost_digits"),
        (["990000196503010000", "", "周大山", "100"], "lost_digits"),
        ([WRONG, "", "周大山", "100"], "id_wrong"),
        (["12345", "", "周大山", "100"], "id_wrong"),
        (["周大山", "", "周大山", "100"], "id_wrong"),
        (["", "", "合计", "100"], "no_key"),
        (["不详", "-", "某某", "100"], "no_key"),
        ([person(77), "", "外地人", "100"], "person_unknown"),
        ([person(77), "H1", "外地人", "100"], "person_unknown_number_known"),
        (["", "H77", "某某", "100"], "number_unknown"),
        ([DASHAN, "H2", "周大山", "100"], "keys_disagree"),
        ([DASHAN, "", "周大山"], "misfit"),
        ([DASHAN, "", "周大山", "100", "多"], "misfit"),
    ],
)
def test_a_row_that_cannot_be_matched_is_told_and_the_next_one_is_done(
    tmp_path: Path, register: Path, row: list[str], code: str
) -> None:
    path = csv_file(tmp_path / "医保.csv", [["身份证号", "户编号", "姓名", "自付费用"], row, GOOD])
    merged = merge(library(), [path], register)
    assert told(library(), merged) == [("医保.csv", 2, code)]
    assert facts(merged) == {"H2": {"household_kind": "lifted", "medical_self_paid_year": 12000.0}}
    assert (merged.lists[0].rows, merged.lists[0].matched) == (2, 1)


@pytest.mark.parametrize(
    ("row", "code", "stated"),
    [
        ([DASHAN, "", "周小小", "100"], "name_differs", 100.0),
        (["3.70681E+17", "H1", "周大山", "100"], "lost_digits", 100.0),
        ([WRONG, "H1", "周大山", "100"], "id_wrong", 100.0),
    ],
)
def test_a_row_that_is_used_all_the_same_is_told_too(
    tmp_path: Path, register: Path, row: list[str], code: str, stated: float
) -> None:
    path = csv_file(tmp_path / "医保.csv", [["身份证号", "户编号", "姓名", "自付费用"], row])
    merged = merge(library(), [path], register)
    assert [(r.code, r.merged) for r in merged.remarks] == [(code, True)]
    assert facts(merged)["H1"]["medical_self_paid_year"] == stated


@pytest.mark.parametrize("cell", ["很多", "-500", "20%", "1e999", "1,2,3.4.5", "NaN", "９" * 400, "十万"])
def test_a_cell_that_cannot_be_read_is_told_and_states_nothing(tmp_path: Path, register: Path, cell: str) -> None:
    rows = [["身份证号", "自付费用", "大病"], [DASHAN, f'"{cell}"', "尿毒症"], [WANGWU, "100", ""]]
    merged = merge(library(), [csv_file(tmp_path / "医保.csv", rows)], register)
    expected = [] if cell == "NaN" else [("医保.csv", 2, "bad_cell")]  # NaN is how a program writes an empty cell
    assert told(library(), merged) == expected
    assert facts(merged)["H1"] == {"household_kind": "general", "serious_illness": True}
    assert facts(merged)["H2"]["medical_self_paid_year"] == 100.0


def test_numbers_that_excel_has_cut_are_told_even_where_their_check_character_fits_by_chance(
    tmp_path: Path, register: Path
) -> None:
    fits = next(n for d in range(1, 400) if (n := person(0, f"19{d % 90 + 10}0301")[:15] + "000") and _fits(n))
    rows = [["身份证号", "自付费用"], [370681196503011234, 5], [int(fits), 7], [WANGWU, 100]]
    merged = merge(library(), [xlsx_file(tmp_path / "医保.xlsx", rows)], register)
    assert [(row, code) for _, row, code in told(library(), merged)] == [(2, "lost_digits"), (3, "lost_digits")]
    text = csv_file(tmp_path / "医保.csv", [["身份证号", "自付费用"], ["3.70681E+17", "5"], [fits, "7"]])
    assert [code for *_, code in told(library(), merge(library(), [text], register))] == ["lost_digits"] * 2


def _fits(number: str) -> bool:
    from actions.idnumbers import read_id_number

    return read_id_number(number) is not None


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("医保.csv", "姓名,自付费用\n周大山,100\n", "expected one with the ID number"),
        ("医保.csv", "", "found the columns nothing"),
        ("名单.csv", "身份证号,金额\n1,2\n", "cannot be told which kind"),
        ("特困.csv", "身份证号,备注\n1,2\n", "needs one of 供养方式"),
        ("医保.xls", "old", "save it as .xlsx"),
        ("医保.xlsx", "no zip", "cannot be read"),
        ("医保.docx", "x", "expected a list that ends in"),
    ],
)
def test_a_list_with_wrong_columns_is_told_and_the_others_are_done(
    tmp_path: Path, register: Path, name: str, content: str, words: str
) -> None:
    wrong = tmp_path / name
    wrong.write_bytes(content.encode())
    good = csv_file(tmp_path / "残联.csv", [["身份证号", "残疾等级"], [WANGWU, "一级"]])
    merged = merge(library(), [wrong, good], register)
    assert words in (merged.lists[0].fault or "")
    assert list(facts(merged)) == ["H2"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["", person(30), "某某", "东江镇", "毡王村", "", ""], "register_no_number"),
        (["H2", DASHAN, "周大山", "东江镇", "毡王村", "", ""], "two_households"),
        (["H1", person(30), "某某", "东江镇", "李家村", "", ""], "register_two_villages"),
        (["H4", "3.70681E+17", "某某", "东江镇", "毡王村", "", ""], "lost_digits"),
        (["H4", WRONG, "某某", "东江镇", "毡王村", "", ""], "id_wrong"),
        (["H4", person(30), "某某", "东江镇", "毡王村", "也许", ""], "bad_cell"),
        (["H4", person(30)], "misfit"),
    ],
)
def test_what_is_wrong_in_the_register_is_told_with_its_row(tmp_path: Path, row: list[str], code: str) -> None:
    register = csv_file(tmp_path / "名册.csv", [*REGISTER, row])
    good = csv_file(tmp_path / "残联.csv", [["身份证号", "残疾等级"], [XIAOSHAN, "一级"]])
    merged = merge(library(), [good], register)
    assert told(library(), merged) == [("名册.csv", 5, code)]
    assert list(facts(merged)) == ["H1"]


def test_nobody_is_put_into_one_of_two_households_by_chance(tmp_path: Path) -> None:
    register = csv_file(tmp_path / "名册.csv", [*REGISTER, ["H2", DASHAN, "周大山", "东江镇", "毡王村", "", ""]])
    path = csv_file(tmp_path / "残联.csv", [["身份证号", "残疾等级"], [DASHAN, "一级"]])
    merged = merge(library(), [path], register)
    assert merged.homes == []
    assert ("残联.csv", 2, "two_households") in told(library(), merged)
