"""Help: every measure of the five documents stands at a clause of its own, and none is shown that is not certain."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import date

import pytest

from policy_kb import Library, load_library

ON = date(2020, 6, 1)

# Every clause of the originals that gives help, read clause by clause. What stands here has at least one measure,
# and no measure stands anywhere else. Luan's 二(一)4 is for households registered as poor again, which no fact tells.
CLAUSES = {
    "guokaifa-2020-6": {"四(一)", "四(二)", "四(三)", "四(四)", "四(五)"},
    "ningxia-2020-8": {"五(一)", "五(二)", "五(三)", "五(四)", "五(五)", "五(六)", "五(七)"},
    "longkou-2021-1": {"五"},
    "luan-2019-15": {"三(一)", "三(二)", "三(三)", "三(四)", "四(二)"},
    "ganzhou-2020-4": {
        "一(三)",
        "三(一)1",
        "三(一)2",
        "三(一)3",
        "三(二)",
        "三(三)",
        "三(四)",
        "三(五)",
        "三(六)",
        "三(七)",
    },
}
# The departments that the documents themselves name; the others name none for their help.
DEPARTMENTS = {
    ("ganzhou-2020-4", "三(一)1"): {"市扶贫办", "市农业农村局", "市财政局", "市金融工作办", "赣州银保监分局"},
    ("ganzhou-2020-4", "三(一)2"): {"市农业农村局"},
    ("ganzhou-2020-4", "三(一)3"): {"市人社局", "市农业农村局"},
    ("ganzhou-2020-4", "三(二)"): {"市医保局", "市民政局", "市卫健委"},
    ("ganzhou-2020-4", "三(三)"): {"市民政局"},
    ("ganzhou-2020-4", "三(四)"): {"市教育局"},
    ("ganzhou-2020-4", "三(五)"): {"赣州银保监分局", "市扶贫办"},
    ("ganzhou-2020-4", "三(六)"): {"市委宣传部", "市委组织部", "市扶贫办"},
    ("ganzhou-2020-4", "三(七)"): {"市扶贫办", "市工商联"},
    ("ningxia-2020-8", "五(四)"): {"县级民政部门", "县级司法部门"},
    ("ningxia-2020-8", "五(五)"): {"县级卫健部门", "县级医保部门"},
}


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.mark.parametrize("pack_id", CLAUSES)
def test_every_measure_stands_at_a_clause_that_gives_help(library: Library, pack_id: str) -> None:
    pack = library.pack(pack_id)

    assert {measure.clause for measure in pack.measures} == CLAUSES[pack_id]
    assert CLAUSES[pack_id] <= set(pack.clauses)


@pytest.mark.parametrize("pack_id", CLAUSES)
def test_a_measure_names_its_cause_and_the_departments_of_its_clause(library: Library, pack_id: str) -> None:
    named: dict[tuple[str, str], set[str]] = {}
    for measure in library.pack(pack_id).measures:
        assert measure.because, measure.id
        named.setdefault((pack_id, measure.clause), set()).update(measure.department)

    assert {at: names for at, names in named.items() if names} == {
        at: names for at, names in DEPARTMENTS.items() if at[0] == pack_id
    }


@pytest.mark.parametrize("pack_id", CLAUSES)
def test_help_is_shown_only_where_its_trigger_certainly_holds(library: Library, pack_id: str) -> None:
    """For every household of the pack's examples, whole and with each single fact left out."""
    pack, shown = library.pack(pack_id), 0
    conditions = {measure.id: measure for measure in pack.measures}
    for example in pack.examples.households:
        for facts in (example.facts, *without_one(example.facts)):
            verdict = library.assess(pack, facts, example.date, ask="any")
            for measure in library.measures_for(pack, facts, verdict):
                spec = conditions[measure.id]
                shown += 1
                assert verdict.possible
                assert not spec.for_ or set(verdict.possible) <= set(spec.for_), (example.name, measure.id)
                assert spec.when is None or library.holds(pack, spec.when, facts, example.date) is True
    assert shown


def without_one(facts: Mapping[str, object]) -> list[dict[str, object]]:
    if not facts:
        return []
    return [{key: facts[key] for key in kept} for kept in itertools.combinations(facts, len(facts) - 1)]


NINGXIA = {
    "household_kind": "general",
    "income_per_capita": 4000,
    "living_difficult": True,
    "serious_illness": True,
    "treated_within_referral": True,
    "medical_burden_heavy": True,
    "university_students": 2,
    "schooling_burden_heavy": True,
}


@pytest.mark.parametrize(
    ("bar", "gone", "stays"),
    [
        ("overtreatment", {"illness_insurance"}, {"student_loans", "illness_dibao"}),
        ("elective_schooling", {"student_loans", "student_donors", "holiday_jobs"}, {"illness_insurance"}),
    ],
)
def test_an_item_wise_bar_takes_that_help_and_no_other_and_never_the_verdict(
    library: Library, bar: str, gone: set[str], stays: set[str]
) -> None:
    free, held = NINGXIA | {bar: False}, NINGXIA | {bar: True}
    before, after = (library.assess("ningxia-2020-8", facts, ON) for facts in (free, held))
    shown = {measure.id for measure in library.measures_for("ningxia-2020-8", held, after)}
    barred = library.barred_for("ningxia-2020-8", held, after)

    assert (after.outcome, after.category) == (before.outcome, before.category) == ("meets", "marginal")
    assert {one.measure.id for one in barred} == gone
    assert {one.clause for one in barred} == {"五(八)"}
    assert stays <= shown
    assert not gone & shown


def test_a_false_declaration_takes_all_help(library: Library) -> None:
    facts = NINGXIA | {"false_declaration": True}
    verdict = library.assess("ningxia-2020-8", facts, ON)

    assert verdict.outcome == "meets"
    assert library.measures_for("ningxia-2020-8", facts, verdict) == ()
    assert library.barred_for("ningxia-2020-8", facts, verdict)


def test_without_a_bar_nothing_is_barred(library: Library) -> None:
    verdict = library.assess("ningxia-2020-8", NINGXIA, ON)

    assert library.barred_for("ningxia-2020-8", NINGXIA, verdict) == ()
