"""A change of rules is tried before it is made: who flips, which way, by which clause, and where."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest

from actions.replay.judging import Comparison, Rules, check_in_force
from actions.replay.report import Report, replay
from actions.replay.sources import Household, listed
from actions.screening import ListError, screen_file
from actions.texts import Texts
from policy_kb import Library, NoSuchPack, OwnFigure, PolicyError, load_library
from tests.actions.screening.conftest import households, read_csv, write_csv

PACK = "longkou-2021-1"
TODAY = date(2026, 11, 23)
DROPPED = {"household_kind": "general", "income_per_capita": 7000, "income_dropped_sharply": True}
NEARLY = {**DROPPED, "living_difficult": True, "severe_difficulty": False}
SEVERE = {**DROPPED, "severe_difficulty": True}
SURE = {**NEARLY, "income_per_capita": 4000}
FOLDER = Path(__file__).parents[3] / "policy_kb"


@pytest.fixture(scope="module")
def fresh() -> Library:
    """A library of this module's own: its figures are changed."""
    return load_library(None)


@pytest.fixture
def line(fresh: Library) -> Iterator[Library]:
    """The office's line is 8,000 from 2026 on; the document's 6,500 was of 2021."""
    fresh.use_own([OwnFigure(PACK, "monitoring_line", 8000, date(2026, 1, 1), None, "鲁扶〔2026〕1号")], ())
    yield fresh
    fresh.use_own((), ())


def between(library: Library, before: str, after: str) -> Comparison:
    return Comparison(Rules.read(library, before, TODAY), Rules.read(library, after, TODAY))


@pytest.fixture
def raised(line: Library) -> Comparison:
    return between(line, f"{PACK}@2021-07-01", PACK)


@pytest.mark.parametrize(
    ("facts", "before", "after", "way"),
    [
        (NEARLY, ("not_met", None), ("meets", "marginal"), "better"),
        (SEVERE, ("meets", "sudden_severe"), ("meets", "marginal"), "other"),
    ],
)
def test_a_verdict_that_changes_says_which_way(
    raised: Comparison, facts: Mapping[str, object], before: object, after: object, way: str
) -> None:
    flip = raised.flip(facts)
    assert flip is not None
    assert (flip.before, flip.after, flip.way) == (before, after, way)
    back = Comparison(raised.after, raised.before).flip(facts)
    assert back is not None
    assert back.way == {"better": "worse", "other": "other"}[way]


@pytest.mark.parametrize("facts", [{}, SURE, {"household_kind": "lifted"}, {**NEARLY, "income_per_capita": 8000}])
def test_a_verdict_that_stays_is_no_flip(raised: Comparison, facts: Mapping[str, object]) -> None:
    assert raised.flip(facts) is None


def test_the_clause_with_both_figures_and_the_fact_is_named(line: Library, raised: Comparison) -> None:
    flip = raised.flip(NEARLY)
    assert flip is not None
    report = Report(line, Texts.load(), raised)
    said = [report.cause(cause) for cause in flip.causes]
    assert any("二(二)" in one and "6500元" in one and "8000元" in one and "年人均收入：7000元" in one for one in said)
    assert all("边缘易致贫户：" not in one for one in said), "a whole category is no answer where a single test is"


def test_counts_by_village_and_category_and_a_plain_summary(line: Library, raised: Comparison, tmp_path: Path) -> None:
    rows = [("甲村", NEARLY), ("甲村", SEVERE), ("乙村", NEARLY), ("乙村", SURE)]
    found = replay(raised, [Household(f"row {n}", village, facts) for n, (village, facts) in enumerate(rows, 2)])
    report = Report(line, Texts.load(), raised)
    assert report.summary(found)[1:] == [
        "一共看了 4 户，结论会变的 3 户：变好 2 户，变差 0 户，换类别 1 户。",
        "符合“边缘易致贫户”：1 户 → 4 户",
        "符合“突发严重困难户”：1 户 → 0 户",
        "条件没对上：2 户 → 0 户",
        "甲村：2 户会变，其中变好 1 户，变差 0 户",
        "乙村：1 户会变，其中变好 1 户，变差 0 户",
    ]
    report.write_flips(found, tmp_path / "flips.csv")
    report.write_counts(found, tmp_path / "counts.csv")
    with (tmp_path / "flips.csv").open(encoding="utf-8-sig", newline="") as file:
        flips = list(csv.DictReader(file))
    assert [(row["单号或行"], row["变化"], row["outcome_after"], row["category_after"]) for row in flips] == [
        ("row 2", "变好", "meets", "marginal"),
        ("row 3", "换类别", "meets", "marginal"),
        ("row 4", "变好", "meets", "marginal"),
    ]
    assert "二(二)" in flips[0]["条款"]
    assert "乙村,条件没对上,符合“边缘易致贫户”,1" in (tmp_path / "counts.csv").read_text("utf-8-sig")


def test_one_and_the_same_edition_changes_nothing(line: Library) -> None:
    same = between(line, f"{PACK}@2026-05-01", f"{PACK}@2026-06-01")
    found = replay(same, [Household("row 2", "", facts) for facts in (NEARLY, SEVERE, SURE, {})])
    assert (found.looked, found.flipped) == (4, [])
    assert found.before == found.after


@pytest.mark.parametrize("packs", [("longkou-2021-1", "guokaifa-2020-6"), ("ningxia-2020-8", "longkou-2021-1")])
def test_two_documents_are_compared_as_screening_judges_them(
    fresh: Library, tmp_path: Path, packs: tuple[str, str]
) -> None:
    rows = households(fresh, 150, 5, 0.8)
    path = write_csv(tmp_path / "list.csv", rows, fresh.vocabulary)
    day = date(2021, 7, 1)
    screened = []
    for pack in packs:
        screen_file(fresh, pack, day, path, tmp_path / f"{pack}.csv")
        screened.append([(r["outcome"], r["category"] or None) for r in read_csv(tmp_path / f"{pack}.csv")])
    with listed(fresh, path) as given:
        found = replay(between(fresh, f"{packs[0]}@{day}", f"{packs[1]}@{day}"), given)
    flips = {one.household.name: (one.flip.before, one.flip.after) for one in found.flipped}
    expected = {
        f"row {n}": (one, two) for n, (one, two) in enumerate(zip(*screened, strict=True), 2) if one != two
    }  # fmt: skip
    assert flips == expected
    assert len(flips) > 10
    assert all(one.flip.causes for one in found.flipped)


def test_a_list_is_read_as_it_is_screened_and_a_bad_row_is_told(
    line: Library, raised: Comparison, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    text = "户编号,乡镇,村,household_kind,income_per_capita,income_dropped_sharply,living_difficult,severe_difficulty\n"
    text += 'H1,东江镇,毡王村,一般农户,"7,000",是,是,否\nH2,东江镇,毡王村,一般农户,很多,是,是,否\n'
    text += "H3,东江镇,毡王村,一般农户\n"
    path.write_bytes(text.encode("gbk"))
    with listed(line, path) as given:
        found = replay(raised, given)
    assert [(one.household.name, one.household.village) for one in found.flipped] == [("row 2 H1", "东江镇毡王村")]
    assert [who for who, _ in found.problems] == ["row 3 H2", "row 4 H3"]
    assert "income_per_capita" in found.problems[0][1]
    assert found.looked == 3


def test_a_list_without_facts_is_refused_in_one_sentence(fresh: Library, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("户,村\n1,2\n", encoding="utf-8")
    with pytest.raises(ListError, match="no column that is a fact"), listed(fresh, path):
        pass


def test_a_draft_of_a_pack_is_tried_from_its_folder(fresh: Library, tmp_path: Path) -> None:
    draft = tmp_path / PACK
    shutil.copytree(FOLDER / "packs" / PACK, draft)
    written = (draft / "pack.yml").read_text("utf-8")
    changed = written.replace("any: [{ref: condition_1}, {ref: condition_2}]", "any: [{ref: condition_1}]")
    assert changed != written
    (draft / "pack.yml").write_text(changed, encoding="utf-8")
    stricter = between(fresh, PACK, str(draft))
    flip = stricter.flip(SURE)
    assert flip is not None
    assert (flip.before, flip.way) == (("meets", "marginal"), "worse")
    with pytest.raises(PolicyError, match="not installed"):
        check_in_force(stricter.after, TODAY)


def test_only_what_is_in_force_today_can_be_applied(line: Library) -> None:
    check_in_force(Rules.read(line, PACK, TODAY), TODAY)
    check_in_force(Rules.read(line, f"{PACK}@2026-03-01", TODAY), TODAY)
    with pytest.raises(PolicyError, match="not those of today"):
        check_in_force(Rules.read(line, f"{PACK}@2021-07-01", TODAY), TODAY)


@pytest.mark.parametrize(
    ("text", "error"), [("longkou", NoSuchPack), (f"{PACK}@morgen", PolicyError), (f"{PACK}@2026-02-30", PolicyError)]
)
def test_an_edition_that_does_not_exist_ends_in_one_sentence(fresh: Library, text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        Rules.read(fresh, text, TODAY)
