"""A whole list gets the verdicts that each household would get alone, whatever file it comes in."""

from __future__ import annotations

from pathlib import Path

import duckdb
import openpyxl
import pytest

from actions.screening import ListError, Screened, screen_file
from policy_kb import Library
from tests.actions.screening.conftest import DAY, households, read_csv, verdict, write_csv

PACKS = ("guokaifa-2020-6", "ningxia-2020-8", "longkou-2021-1", "luan-2019-15", "ganzhou-2020-4")
PACK = "longkou-2021-1"
PARTS = ("outcome", "category", "possible", "exclusions", "unknown")


def screened(library: Library, source: Path, ending: str = ".csv", pack: str = PACK) -> tuple[Screened, Path]:
    target = source.with_name("judged" + ending)
    return screen_file(library, pack, DAY, source, target), target


def told(result: Screened) -> list[tuple[int, str, str]]:
    return [(finding.row, finding.column, finding.message) for finding in result.findings]


@pytest.mark.parametrize("known", [0.3, 0.7, 1.1], ids=["little is known", "much is known", "all is known"])
@pytest.mark.parametrize("pack", PACKS)
def test_a_list_gets_the_verdicts_of_assess(library: Library, tmp_path: Path, pack: str, known: float) -> None:
    rows = households(library, 700, PACKS.index(pack), known)
    result, target = screened(library, write_csv(tmp_path / "list.csv", rows, library.vocabulary), pack=pack)
    found = [{part: row[part] for part in PARTS} for row in read_csv(target)]
    assert found == [verdict(library, pack, row) for row in rows]
    assert (result.rows, result.bad_rows, result.findings) == (700, 0, [])


@pytest.mark.parametrize("ending", [".parquet", ".xlsx"])
def test_every_kind_of_file_gives_the_same(library: Library, tmp_path: Path, ending: str) -> None:
    rows = households(library, 60, 7, 0.6)
    source = write_csv(tmp_path / "list.csv", rows, library.vocabulary)
    other = tmp_path / ("list" + ending)
    if ending == ".parquet":
        duckdb.sql(f"COPY (SELECT * FROM read_csv('{source}', header = true)) TO '{other}'")
    else:
        book = openpyxl.Workbook()
        book.active.append(list(library.vocabulary))
        for row in rows:
            book.active.append([row.get(name) for name in library.vocabulary])
        book.save(other)
    _, target = screened(library, other, ending)
    if ending == ".parquet":
        judged = duckdb.sql(f"SELECT {', '.join(PARTS)} FROM '{target}'").fetchall()
        found = [{part: cell or "" for part, cell in zip(PARTS, row, strict=True)} for row in judged]
    else:
        lines = list(openpyxl.load_workbook(target).active.iter_rows(values_only=True))
        found = [{part: line[lines[0].index(part)] or "" for part in PARTS} for line in lines[1:]]
    assert found == [verdict(library, PACK, row) for row in rows]


def test_other_columns_are_passed_through_in_their_order(library: Library, tmp_path: Path) -> None:
    source = tmp_path / "list.csv"
    source.write_text('村,户主,household_size\n柳树屯,"周,大山","1,0"\n"带""引号""",,2\n', encoding="utf-8")
    rows = read_csv(screened(library, source)[1])
    assert [(row["村"], row["户主"], row["household_size"]) for row in rows] == [
        ("柳树屯", "周,大山", "1,0"),
        ('带"引号"', "", "2"),
    ]
    assert list(rows[0])[:3] == ["村", "户主", "household_size"]


@pytest.mark.parametrize("encoding", ["gbk", "utf-8-sig"])
def test_lists_of_old_programs_are_read(library: Library, tmp_path: Path, encoding: str) -> None:
    source = tmp_path / "list.csv"
    source.write_bytes("户主,household_kind,income_dropped_sharply\n周大山,脱贫户,是\n".encode(encoding))
    (row,) = read_csv(screened(library, source)[1])
    assert row["户主"] == "周大山"
    assert row["possible"] == "unstable_lifted"


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"])
def test_lines_may_end_as_any_program_ends_them(library: Library, tmp_path: Path, end: str, encoding: str) -> None:
    source = tmp_path / "list.csv"
    source.write_bytes(end.join(["户主,household_kind", "周大山,脱贫户", "王五,一般农户", ""]).encode(encoding))
    assert [row["户主"] for row in read_csv(screened(library, source)[1])] == ["周大山", "王五"]


def test_a_quotation_mark_that_is_never_closed_ends_in_one_sentence(library: Library, tmp_path: Path) -> None:
    source = tmp_path / "list.csv"
    source.write_bytes(('户主,household_kind\n"' + "周" * 140_000 + "\n").encode("gbk"))
    with pytest.raises(ListError, match="never closed"):
        screened(library, source)


def test_a_list_whose_rows_have_different_encodings_is_read(library: Library, tmp_path: Path) -> None:
    source = tmp_path / "list.csv"
    source.write_bytes("户主,household_kind\n".encode() + "周大山,脱贫户\n".encode("gbk") + "吴小河,一般户\n".encode())
    rows = read_csv(screened(library, source)[1])
    assert [(row["户主"], row["problem"]) for row in rows] == [("周大山", ""), ("吴小河", "")]


@pytest.mark.parametrize(
    ("fact", "cell", "said"),
    [
        ("disaster", " 是 ", True),
        ("disaster", "否", False),
        ("disaster", "TRUE", True),
        ("disaster", "0", False),
        ("disaster", "不详", None),
        ("household_size", "4.0", 4),
        ("income_year", "1,200.5", 1200.5),
        ("income_year", "1e4", 10000),
        ("income_year", "N/A", None),
        ("main_labourer_incapacity", "none", "none"),
        ("dwelling_grade", "c", "C"),
    ],
)
def test_cells_are_read_as_offices_write_them(
    library: Library, tmp_path: Path, fact: str, cell: str, said: object
) -> None:
    """Seen through a pack that reads the fact: the verdict is that of `assess` with the value."""
    pack = "ningxia-2020-8"
    source = tmp_path / "list.csv"
    source.write_text(f'户编号,{fact}\n1,"{cell}"\n', encoding="utf-8")
    result, target = screened(library, source, pack=pack)
    (row,) = read_csv(target)
    assert result.bad_rows == 0
    assert {part: row[part] for part in PARTS} == verdict(library, pack, {fact: said})


@pytest.mark.parametrize(
    ("fact", "cell", "words"),
    [
        ("disaster", "也许", "是 or 否"),
        ("household_size", "两口半", "a whole number of at least 1"),
        ("household_size", "0", "at least 1"),
        ("household_size", "2.5", "a whole number"),
        ("income_year", "-3", "a number of at least 0"),
        ("income_year", "inf", "a number"),
        ("income_transfer_share", "1.2", "at most 1"),
        ("household_kind", "富裕户", "one of lifted, general"),
    ],
)
def test_a_bad_cell_is_told_with_its_row_and_the_rest_is_done(
    library: Library, tmp_path: Path, fact: str, cell: str, words: str
) -> None:
    source = tmp_path / "list.csv"
    source.write_text(f"{fact},water_at_risk\n,是\n{cell},是\n,否\n", encoding="utf-8")
    result, target = screened(library, source)
    rows = read_csv(target)
    assert result.bad_rows == 1
    ((row, column, message),) = told(result)
    assert (row, column) == (3, fact)
    assert repr(cell) in message
    assert words in message
    assert [row["outcome"] for row in rows] == ["undetermined", "", "undetermined"]
    assert [row["problem"] for row in rows] == ["", fact, ""]


def test_a_row_of_another_width_is_told_and_not_judged(library: Library, tmp_path: Path) -> None:
    source = tmp_path / "list.csv"
    source.write_text("户主,household_kind\n周大山,脱贫户\n吴小河,一般户,多出来\n\n郑小溪\n", encoding="utf-8")
    result, target = screened(library, source)
    assert [(row, message) for row, _, message in told(result)] == [
        (3, "Found 3 cells instead of 2; the row was not judged."),
        (4, "Found 1 cells instead of 2; the row was not judged."),
    ]
    assert [row["outcome"] != "" for row in read_csv(target)] == [True, False, False]


def test_a_household_that_stands_twice_is_told(library: Library, tmp_path: Path) -> None:
    source = tmp_path / "list.csv"
    source.write_text("户编号,disaster\n7,是\n8,是\n7,否\n,是\n,是\n", encoding="utf-8")
    assert told(screened(library, source)[0]) == [
        (2, "户编号", "This household stands in rows 2, 4; each row was judged alone.")
    ]


@pytest.mark.parametrize("cell", ["1.10105E+17", "110105194912310000"])
def test_an_id_number_that_a_spreadsheet_has_cut_is_told(library: Library, tmp_path: Path, cell: str) -> None:
    source = tmp_path / "list.csv"
    source.write_text(f"身份证号,disaster\n11010519491231002X,是\n{cell},是\n", encoding="utf-8")
    ((row, column, message),) = told(screened(library, source)[0])
    assert (row, column) == (3, "身份证号")
    assert "lost its last digits" in message


def test_a_column_that_is_nearly_a_fact_is_pointed_out(library: Library, tmp_path: Path) -> None:
    source = tmp_path / "list.csv"
    source.write_text("houshold_size,disaster\n3,是\n", encoding="utf-8")
    (hint,) = screened(library, source)[0].hints
    assert "household_size" in hint


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("list.csv", "姓名,村\n周大山,柳树屯\n", "no column that is a fact"),
        ("list.csv", "", "no header"),
        ("list.doc", "household_size\n3\n", "expected a file that ends in"),
        ("list.xlsx", "household_size\n3\n", "expected an XLSX file"),
        ("list.parquet", "household_size\n3\n", "expected a sound file"),
    ],
)
def test_a_list_that_cannot_be_read_ends_in_one_sentence(
    library: Library, tmp_path: Path, name: str, content: str, words: str
) -> None:
    source = tmp_path / name
    source.write_text(content, encoding="utf-8")
    with pytest.raises(ListError, match=words):
        screened(library, source)
    assert not (tmp_path / "judged.csv").exists()


def test_the_list_itself_is_never_written_over(library: Library, tmp_path: Path) -> None:
    source = tmp_path / "list.csv"
    source.write_text("disaster\n是\n", encoding="utf-8")
    with pytest.raises(ListError, match="a name of its own"):
        screen_file(library, PACK, DAY, source, source)
    assert source.read_text(encoding="utf-8") == "disaster\n是\n"


def test_text_that_begins_like_a_formula_stays_text_in_a_sheet(library: Library, tmp_path: Path) -> None:
    source = tmp_path / "list.csv"
    source.write_text('户主,disaster\n"=HYPERLINK(1)",是\n', encoding="utf-8")
    sheet = openpyxl.load_workbook(screened(library, source, ".xlsx")[1]).active
    assert sheet.cell(2, 1).value == "'=HYPERLINK(1)"
