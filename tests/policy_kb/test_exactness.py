"""`possible` and `unknown` are exact: compared with trying every completion, over all five packs."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from policy_kb import Library, load_library
from tests.policy_kb.oracle import Oracle

DAY = date(2021, 6, 1)
# Small figures, so that a small grid holds a point of every cell: lines of 3, a burden from half of the income.
FIGURES = {"monitoring_line": 3.0, "county_marginal_line": 3.0, "burden_share": 0.5}
PACKS = ("guokaifa-2020-6", "longkou-2021-1", "ningxia-2020-8", "luan-2019-15", "ganzhou-2020-4")
# What households state …
STATED: dict[str, list[Any]] = {
    "income_year": [0, 2.5, 3, 5, 6, 9, 10, 15, 16],
    "household_size": [1, 2, 3, 5],
    "medical_self_paid_year": [0, 1.5, 3, 4, 5, 8, 16],
    "schooling_cost_year": [0, 1.5, 3, 4, 5, 8, 16],
    "income_transfer_share": [0, 0.4, 0.5, 1],
    "labour_full": [0, 1, 2],
    "labour_partial": [0, 1, 2],
    "university_students": [0, 1, 2, 3],
    "noncompulsory_students": [0, 1, 2, 3],
    "income_per_capita": [0, 2.5, 3, 4],
    "rigid_spending_year": [0, 4, 16],
    "labour_coefficient": [0, 0.5, 1],
}
# … and what completions try: also figures beyond and between all that a stated one could be compared with.
GRID: dict[str, list[Any]] = {
    **STATED,
    "income_year": [0, 1, 2.5, 3, 5, 6, 9, 10, 15, 16, 31, 33, 70],
    "household_size": [1, 2, 3, 4, 5, 6, 24],
    "medical_self_paid_year": [0, 0.5, 1.5, 3, 4.5, 5, 8, 8.5, 16.5, 80],
    "schooling_cost_year": [0, 0.5, 1.5, 3, 4.5, 5, 8, 8.5, 16.5, 80],
}
MOST_POINTS = 3000


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    period = {name: [{"value": value, "from": "2000-01-01", "source": "test"}] for name, value in FIGURES.items()}
    own = {pack: {k: v for k, v in period.items() if k in names} for pack, names in _parameters().items()}
    office: Path = tmp_path_factory.mktemp("office") / "office.yml"
    office.write_text(yaml.safe_dump({"parameters": own}), encoding="utf-8")
    return load_library(office)


def _parameters() -> dict[str, set[str]]:
    library = load_library()
    return {pack.id: {*pack.parameters, *library.shared} for pack in library.packs.values()}


def _oracle(library: Library, pack_id: str) -> Oracle:
    pack = library.pack(pack_id)
    printed = {name: parameter.values[0].value for name, parameter in pack.parameters.items()}
    return Oracle(library, pack, printed | FIGURES)


def _values(library: Library, fact: str, numbers: dict[str, list[Any]] = STATED) -> list[Any]:
    spec = library.vocabulary[fact]
    return numbers[fact] if spec.numeric else list(spec.values) or [False, True]


def _household(library: Library, oracle: Oracle, data: st.DataObject, most_open: int) -> dict[str, Any]:
    """A household of which most is known: any facts of the pack, stated at random, derived ones too."""
    askable = oracle.askable()
    derived = [name for name in oracle.trees if set(oracle._leaves(name)) <= set(askable)]
    left_out = set(data.draw(st.lists(st.sampled_from(askable), max_size=most_open, unique=True), label="not told"))
    stated = [fact for fact in askable if fact not in left_out]
    stated += (
        data.draw(st.lists(st.sampled_from(derived), max_size=2, unique=True), label="stated outright")
        if derived
        else []
    )
    return {fact: data.draw(st.sampled_from(_values(library, fact)), label=fact) for fact in stated}


@pytest.mark.parametrize("pack_id", PACKS)
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_unknown_names_exactly_the_facts_that_can_still_matter(
    library: Library, pack_id: str, data: st.DataObject
) -> None:
    oracle = _oracle(library, pack_id)
    facts = _household(library, oracle, data, most_open=7)
    grid = {fact: _values(library, fact, GRID) for fact in oracle.askable()}
    known = oracle.follow(facts)
    points = 1
    for fact in oracle.askable():
        points *= 1 if fact in known else len(grid[fact])
    assume(points <= MOST_POINTS)

    reached, matters = oracle.verdicts(facts, grid)
    verdict = library.assess(pack_id, facts, DAY, ask="any")

    assert set(verdict.unknown) == matters
    assert set(verdict.possible) == reached - {None}
    if len(reached) == 1:
        assert (verdict.outcome == "not_met") is (reached == {None})
    else:
        assert verdict.outcome == "undetermined"
    assert verdict.next_question == (verdict.unknown[0] if matters else None)


@pytest.mark.parametrize("pack_id", PACKS)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_household_of_which_all_is_known_is_in_the_category_that_holds(
    library: Library, pack_id: str, data: st.DataObject
) -> None:
    oracle = _oracle(library, pack_id)
    facts = _household(library, oracle, data, most_open=0)

    verdict = library.assess(pack_id, facts, DAY)

    wanted = oracle.category(oracle.follow(facts))
    assert verdict.category == wanted
    assert verdict.outcome in (("meets", "excluded") if wanted else ("not_met",))
    assert verdict.unknown == ()


@pytest.mark.parametrize("pack_id", PACKS)
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_one_more_fact_never_turns_a_determined_verdict(library: Library, pack_id: str, data: st.DataObject) -> None:
    oracle = _oracle(library, pack_id)
    candidates = [*oracle.askable(), *(e.id for e in library.pack(pack_id).exclusions)]
    told = data.draw(st.lists(st.sampled_from(candidates), unique=True), label="told")
    facts = {fact: data.draw(st.sampled_from(_values(library, fact)), label=fact) for fact in told}
    before = library.assess(pack_id, facts, DAY)
    new = data.draw(st.sampled_from(candidates), label="one more")
    assume(new not in oracle.follow(facts))
    after = library.assess(pack_id, facts | {new: data.draw(st.sampled_from(_values(library, new)))}, DAY)

    if before.outcome == "meets":
        assert after.outcome in ("meets", "excluded")
        assert after.category == before.category
    elif before.outcome != "undetermined":
        assert (after.outcome, after.category) == (before.outcome, before.category)
    else:
        assert set(after.possible) <= set(before.possible)
    assert set(before.exclusions) <= set(after.exclusions)


@pytest.mark.parametrize("pack_id", PACKS)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_verdict_agrees_with_its_proof(library: Library, pack_id: str, data: st.DataObject) -> None:
    oracle = _oracle(library, pack_id)
    facts = _household(library, oracle, data, most_open=12)
    verdict = library.assess(pack_id, facts, DAY)
    pack = library.pack(pack_id)

    for name, category in pack.categories.items():
        holds = next(r.holds for r in verdict.reasons if r.text.startswith(category.zh + "："))
        assert holds is (None if name in verdict.possible and verdict.category is None else verdict.category == name)
        kleene = library.holds(pack, category.when, facts, DAY)
        assert kleene in (None, holds), "what strong Kleene logic decides is never decided otherwise"
