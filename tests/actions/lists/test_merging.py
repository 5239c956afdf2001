"""Departments' lists come together household by household, whatever their files look like."""

from __future__ import annotations

from pathlib import Path

import pytest

from actions.lists import report
from actions.lists.merging import ListFile
from actions.screening import ListError
from tests.actions.bureau import library
from tests.actions.lists.lists import (
    DASHAN,
    PACK,
    REGISTER,
    TEXTS,
    WANGWU,
    XIAOSHAN,
    csv_file,
    facts,
    home,
    judged,
    merge,
    person,
    risks,
    told,
    with_x,
    xlsx_file,
)

MEDICAL = [["身份证号", "姓名", "自付费用"], [DASHAN, "周大山", "32000"], [XIAOSHAN, "周小山", "1.5万元"]]


@pytest.fixture
def register(tmp_path: Path) -> Path:
    return csv_file(tmp_path / "名册.csv", REGISTER)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_the_bills_of_all_members_are_added_in_every_encoding(tmp_path: Path, register: Path, encoding: str) -> None:
    merged = merge(library(), [csv_file(tmp_path / "医保2026-11.csv", MEDICAL, encoding)], register)
    assert facts(merged) == {"H1": {"household_kind": "general", "medical_self_paid_year": 47000.0}}
    assert not merged.remarks


def test_every_row_of_a_long_list_is_read(tmp_path: Path) -> None:
    rows = [["身份证号", "自付费用"], *([person(n), str(n)] for n in range(1, 40))]
    merged = merge(library(), [csv_file(tmp_path / "医保.csv", rows)])
    assert [one.stated[0].row for one in merged.homes] == list(range(2, 41))


def test_lines_of_two_encodings_in_one_file_are_read(tmp_path: Path, register: Path) -> None:
    path = tmp_path / "医保.csv"
    lines = [",".join(row) + "\n" for row in MEDICAL]
    path.write_bytes(lines[0].encode() + lines[1].encode("gbk") + lines[2].encode())
    assert facts(merge(library(), [path], register))["H1"]["medical_self_paid_year"] == 47000.0


def test_a_workbook_with_a_title_and_an_empty_first_sheet_is_read(tmp_path: Path, register: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.create_sheet("名单")
    for row in (
        ["2026年11月大额医疗费用"],
        ["单位：万元"],
        ["序号", "公民身份号码", "自付费用（万元）"],
        [1, DASHAN, 3.2],
    ):
        sheet.append(row)
    book.save(tmp_path / "医保.xlsx")
    merged = merge(library(), [tmp_path / "医保.xlsx"], register)
    assert facts(merged)["H1"]["medical_self_paid_year"] == 32000.0
    assert home(merged, "H1").stated[0].row == 4, "the row that the spreadsheet shows"


def test_a_workbook_with_a_sheet_for_each_town_is_read_whole(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["填表说明：一户一行"])
    for title, number in (("东江镇", 1), ("北马镇", 2)):
        sheet = book.create_sheet(title)
        sheet.append(["身份证号", "残疾等级"])
        sheet.append([person(number), "一级" if number == 1 else "五级"])
    book.save(tmp_path / "残联2026-11.xlsx")
    merged = merge(library(), [tmp_path / "残联2026-11.xlsx"])
    assert len(merged.homes) == 2
    assert [one.given.file for one in merged.lists] == ["残联2026-11.xlsx“东江镇”", "残联2026-11.xlsx“北马镇”"]
    assert told(library(), merged) == [("残联2026-11.xlsx“北马镇”", 2, "bad_cell")]


@pytest.mark.parametrize(
    "written",
    ["{}", " {} ", "'{}", "{0}\t", "\u200b{}", "{:.6} {:.0}"],
    ids=["plain", "blanks", "apostrophe", "tab", "invisible sign", "blank inside"],
)
def test_one_person_is_found_however_the_number_is_written(tmp_path: Path, written: str) -> None:
    ends_with_x = with_x()
    register = csv_file(tmp_path / "名册.csv", [["户编号", "身份证号"], ["H9", ends_with_x]])
    shown = f"{ends_with_x[:6]} {ends_with_x[6:]}" if ":" in written else written.format(ends_with_x)
    merged = merge(library(), [csv_file(tmp_path / "残联.csv", [["身份证号", "残疾等级"], [shown, "一级"]])], register)
    assert facts(merged) == {"H9": {"disability": True, "severe_disability": True}}


@pytest.mark.parametrize("change", [str.lower, lambda n: n.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789X"})])
def test_small_x_and_full_width_are_no_difference(tmp_path: Path, change: object) -> None:
    ends_with_x = with_x()
    register = csv_file(tmp_path / "名册.csv", [["户编号", "身份证号"], ["H9", ends_with_x]])
    rows = [["身份证号", "残疾等级"], [change(ends_with_x), "四级"]]  # type: ignore[operator]
    assert facts(merge(library(), [csv_file(tmp_path / "残联.csv", rows)], register)) == {"H9": {"disability": True}}


def test_the_mild_disability_of_one_does_not_deny_the_severe_one_of_another(tmp_path: Path, register: Path) -> None:
    rows = [["身份证号", "是否重度", "残疾等级"], [DASHAN, "否", "四级"], [XIAOSHAN, "是", "一级"]]
    rows[0][1] = "severe_disability"
    merged = merge(library(), [csv_file(tmp_path / "残联.csv", rows)], register)
    assert facts(merged)["H1"]["severe_disability"] is True
    alone = merge(library(), [csv_file(tmp_path / "残联2.csv", rows[:2])], register)
    assert "severe_disability" not in facts(alone)["H1"], "one member's no says nothing of the others"


def test_running_totals_are_not_added_up_and_bills_are(tmp_path: Path, register: Path) -> None:
    months = [
        csv_file(tmp_path / f"医保2026-{m}.csv", [["身份证号", "累计自付", "自付费用"], [DASHAN, total, bill]])
        for m, total, bill in (("10", "20000", "5000"), ("11", "26000", "6000"))
    ]
    assert facts(merge(library(), months, register))["H1"]["medical_self_paid_year"] == 26000.0


def test_a_row_that_was_sent_twice_counts_once_and_is_told(tmp_path: Path, register: Path) -> None:
    rows = [["序号", "身份证号", "自付费用"], ["1", DASHAN, "12000"], ["2", DASHAN, "12000"]]
    merged = merge(library(), [csv_file(tmp_path / "医保.csv", rows)], register)
    assert facts(merged)["H1"]["medical_self_paid_year"] == 12000.0
    assert told(library(), merged) == [("医保.csv", 3, "sent_twice")]


def test_students_of_a_household_are_counted_and_the_same_one_once(tmp_path: Path, register: Path) -> None:
    rows = [["身份证号", "学段"], [DASHAN, "本科"], [XIAOSHAN, "高中"]]
    lists = [csv_file(tmp_path / f"学生2026-{month}.csv", rows) for month in ("10", "11")]
    found = facts(merge(library(), lists, register))["H1"]
    assert (found["university_students"], found["noncompulsory_students"]) == (1, 2)


def test_what_two_lists_say_differently_is_said_by_neither(tmp_path: Path, register: Path) -> None:
    housing = [
        csv_file(tmp_path / name, [["户编号", "鉴定等级"], ["H1", grade]])
        for name, grade in (("危房甲.csv", "C级"), ("危房乙.csv", "D级"))
    ]
    merged = merge(library(), housing, register)
    assert "dwelling_grade" not in facts(merged)["H1"]
    assert told(library(), merged) == [("危房乙.csv", 2, "conflict")]
    (remark,) = report.all_remarks(library(), TEXTS, merged)
    assert "危房甲.csv 第2行" in remark.say(TEXTS)
    assert home(merged, "H1").alerts, "a visit is asked for whichever of them is right"


def test_the_register_and_a_list_may_disagree_as_well(tmp_path: Path, register: Path) -> None:
    rows = [["身份证号", "残疾等级", "household_kind"], [DASHAN, "一级", "脱贫户"]]
    merged = merge(library(), [csv_file(tmp_path / "残联.csv", rows)], register)
    assert "household_kind" not in facts(merged)["H1"]
    assert [code for *_, code in told(library(), merged)] == ["conflict"]


def test_who_needs_a_visit_is_said_by_the_document_and_by_the_lists(tmp_path: Path, register: Path) -> None:
    """Longkou: a lifted household needs the drop of income and difficulty alone; the rest is open or ruled out."""
    relief = csv_file(
        tmp_path / "临时救助.csv",
        [["身份证号", "救助原因", "income_dropped_sharply"], [WANGWU, "火灾", "是"], [DASHAN, "因病", ""]],
    )
    small = csv_file(tmp_path / "医保.csv", [["身份证号", "自付费用"], [person(20), "300"]])
    more = csv_file(tmp_path / "名册2.csv", [*REGISTER, ["H3", person(20), "赵六", "东江镇", "毡王村", "", ""]])
    assert risks(judged(library(), merge(library(), [relief, small], more))) == {
        "H2": "meets", "H1": "check", "H3": "none",
    }  # fmt: skip


def test_a_household_that_the_document_rules_out_is_left_alone_whatever_the_lists_say(tmp_path: Path) -> None:
    rows = [
        ["户编号", "低保证号", "household_kind", "rigid_spending_exceeds_income", "income_dropped_sharply"],
        ["H1", "A1", "脱贫户", "否", "否"],
    ]
    found = judged(library(), merge(library(), [csv_file(tmp_path / "低保.csv", rows)]))
    assert [(one.verdict.outcome, one.risk) for one in found] == [("not_met", "none")]


def test_the_blue_grade_of_luan_is_no_reason_for_a_visit(tmp_path: Path) -> None:
    facts_ = {"household_kind": "脱贫户", "stable_income": "是", "guarantees_status": "secure"}
    rows = [["户编号", "低保证号", *facts_], ["H1", "A1", *facts_.values()]]
    found = judged(library(), merge(library(), [csv_file(tmp_path / "低保.csv", rows)]), "luan-2019-15")
    assert {one.risk for one in found if one.verdict.category == "risk_level_3"} <= {"none"}


def test_without_a_register_household_numbers_join_and_a_person_without_one_is_alone(tmp_path: Path) -> None:
    one = csv_file(tmp_path / "残联.csv", [["户编号", "身份证号", "残疾等级"], ["ｈ1 ", DASHAN, "一级"]])
    two = csv_file(tmp_path / "医保.csv", [["身份证号", "自付费用"], [DASHAN, "30000"], [WANGWU, "20000"]])
    assert facts(merge(library(), [two, one])) == {
        "H1": {"disability": True, "severe_disability": True, "medical_self_paid_year": 30000.0},
        WANGWU: {"medical_self_paid_year": 20000.0},
    }


def test_old_lists_and_old_rows_count_no_more(tmp_path: Path, register: Path) -> None:
    old = csv_file(tmp_path / "低保2026-06.csv", [["身份证号", "低保证号"], [DASHAN, "A1"]])
    rows = [["身份证号", "救助原因", "救助日期"], [DASHAN, "火灾", "2024年3月5日"], [WANGWU, "火灾", "2026/11/02"]]
    merged = merge(library(), [old, csv_file(tmp_path / "临时救助.csv", rows)], register)
    assert "counts for 3 months" in (merged.lists[0].fault or "")
    assert told(library(), merged) == [("临时救助.csv", 2, "too_old")]
    assert list(facts(merged)) == ["H2"]


def test_the_tables_are_written_for_a_spreadsheet_without_whole_id_numbers(tmp_path: Path, register: Path) -> None:
    rows = [["身份证号", "自付费用", "大病"], [DASHAN, "32000", "=1+1"], [person(99), "9", ""]]
    merged = merge(library(), [csv_file(tmp_path / "医保.csv", rows)], register)
    out, left = tmp_path / "out.csv", tmp_path / "left.xlsx"
    report.write_homes(library(), TEXTS, judged(library(), merged), out)
    report.write_remarks(TEXTS, report.all_remarks(library(), TEXTS, merged), left)
    text = out.read_text("utf-8-sig")
    assert text.splitlines()[0].startswith("户编号,乡镇,村,户主,household_kind")
    assert "医保.csv 第2行，自付费用：32000" in text
    assert DASHAN not in text
    import openpyxl

    lines = list(openpyxl.load_workbook(left).active.iter_rows(values_only=True))
    assert lines[1][:2] == ("医保.csv", 3)
    assert person(99) not in str(lines)


@pytest.mark.parametrize("target", ["out.pdf", "none/out.csv", "医保.csv"])
def test_a_place_where_nothing_can_be_written_is_told_first(tmp_path: Path, target: str) -> None:
    from actions.lists.writing import check_target

    source = csv_file(tmp_path / "医保.csv", MEDICAL)
    with pytest.raises(ListError):
        check_target(tmp_path / target, [source])


def test_a_kind_may_be_given_by_name(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "x.csv", [["户编号"], ["H1"]])
    assert "cannot be told" in (merge(library(), [path]).lists[0].fault or "")
    assert facts(merge(library(), [ListFile(path, "dibao")])) == {"H1": {"dibao_recipient": True}}
    assert "no kind of list" in (merge(library(), [ListFile(path, "dibau")]).lists[0].fault or "")
    assert PACK in library().packs


def test_numbers_of_a_workbook_are_figures(tmp_path: Path, register: Path) -> None:
    path = xlsx_file(tmp_path / "医保.xlsx", [["身份证号", "自付费用"], [DASHAN, 32000.55]])
    assert facts(merge(library(), [path], register))["H1"]["medical_self_paid_year"] == 32000.55
