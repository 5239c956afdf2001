"""What would have to be different: true, smallest, and said as plainly as it can be."""

from __future__ import annotations

import itertools
import random
from datetime import date
from typing import Any

import pytest

from bench.interviews import facts_of, household
from policy_kb import Change, Difference, Library

DAY = date(2020, 6, 1)
PACKS = ("guokaifa-2020-6", "longkou-2021-1", "ningxia-2020-8", "luan-2019-15", "ganzhou-2020-4")
ILL = {
    "household_kind": "general",
    "income_year": 30000,
    "household_size": 3,
    "serious_illness": True,
    "living_difficult": True,
    "medical_self_paid_year": 8000,
}


def told(changes: tuple[Change, ...]) -> list[tuple[str, str]]:
    return [(c.fact, f"{c.bound.op} {c.bound.value:g}" if c.bound else str(c.value)) for c in changes]


def changed(library: Library, facts: dict[str, Any], difference: Difference) -> dict[str, Any]:
    new = dict(facts)
    for change in difference.changes:
        value = change.bound.example if change.bound else change.value
        new[change.fact] = int(value) if library.vocabulary[change.fact].kind == "int" else value  # type: ignore[arg-type]
    return new


HIT = {
    "household_kind": "general",
    "income_year": 12000,
    "household_size": 3,
    "serious_illness": True,
    "disaster": True,
    "accident": True,
    "living_difficult": True,
}
SPENT = {
    "household_kind": "general",
    "income_year": 12000,
    "household_size": 3,
    "living_difficult": True,
    "medical_self_paid_year": 8000,
    "schooling_cost_year": 0,
    "income_dropped_sharply": False,
}
CASES: list[tuple[str, dict[str, Any], list[list[tuple[str, str]]]]] = [
    ("ningxia-2020-8", ILL, [[("income_year", "< 15000")]]),
    ("ningxia-2020-8", {**ILL, "income_year": 15000}, [[("income_year", "< 15000")]]),
    ("ningxia-2020-8", HIT, [[("income_year", ">= 15000")], [("living_difficult", "False")]]),
    (
        "longkou-2021-1",
        SPENT,
        [
            [("income_year", "< 8000")],
            [("income_year", ">= 19500")],
            [("income_dropped_sharply", "True")],
            [("medical_self_paid_year", "> 12000")],
            [("schooling_cost_year", "> 4000")],
        ],
    ),
    ("ningxia-2020-8", {"household_kind": "general", "income_year": 14000, "household_size": 3}, []),
]


@pytest.mark.parametrize(("pack", "facts", "expected"), CASES)
def test_the_nearest_changes_are_told(
    library: Library, pack: str, facts: dict[str, Any], expected: list[list[tuple[str, str]]]
) -> None:
    found = [
        told(one.changes)
        for one in library.differences(pack, facts, DAY if pack != "longkou-2021-1" else date(2021, 7, 1))
    ]
    assert sorted(found) == sorted(expected)


@pytest.mark.parametrize("pack", PACKS)
def test_after_a_change_the_verdict_is_another(library: Library, pack: str) -> None:
    chance, seen = random.Random(pack), 0
    for _ in range(250):
        known = {n: v for n, v in household(library, facts_of(library, pack), chance).items() if chance.random() < 0.85}
        before = library.assess(pack, known, DAY)
        found = library.differences(pack, known, DAY)
        if before.outcome == "undetermined":
            assert found == ()
            continue
        for difference in found:
            if any(change.tests for change in difference.changes):
                continue
            seen += 1
            after = library.assess(pack, changed(library, known, difference), DAY)
            assert (after.outcome, after.category) != (before.outcome, before.category)
    assert seen > 100


@pytest.mark.parametrize("pack", ["guokaifa-2020-6", "ganzhou-2020-4"])
def test_no_smaller_change_is_overlooked(library: Library, pack: str) -> None:
    chance = random.Random(7)
    for _ in range(60):
        known = household(library, facts_of(library, pack), chance)
        found = library.differences(pack, known, DAY)
        plain = [n for n in known if not library.vocabulary[n].numeric and not library.vocabulary[n].fixed]
        before = library.assess(pack, known, DAY)
        flips = {
            (name, str(value))
            for name in plain
            for value in library.vocabulary[name].values or (True, False)
            if value != known[name]
            and library.assess(pack, {**known, name: value}, DAY).outcome != before.outcome
        }  # fmt: skip
        single = {told(one.changes)[0] for one in found if len(one.changes) == 1}
        if len(found) < 5:  # else not all are told
            assert flips <= single
        if flips:
            assert all(len(one.changes) == 1 for one in found)


def test_an_exclusion_that_would_fall_away_is_named(library: Library) -> None:
    facts = {**SPENT, "income_dropped_sharply": True, "urban_flat_bought": True, "flat_by_relocation": False}
    verdict = library.assess("longkou-2021-1", facts, DAY)
    assert verdict.outcome == "excluded"
    (difference,) = library.differences("longkou-2021-1", facts, DAY)
    assert told(difference.changes) == [("urban_flat_bought", "False")]
    assert difference.category == verdict.category


def test_two_facts_that_only_move_together_are_one_difference(library: Library) -> None:
    """Neither trouble nor income below the line: one of the two alone would not do."""
    facts = {**ILL, "living_difficult": False}
    found = library.differences("ningxia-2020-8", facts, DAY)
    assert [told(one.changes) for one in found]
    assert {len(one.changes) for one in found} == {2}
    for one, two in itertools.combinations(found, 2):
        assert set(told(one.changes)) != set(told(two.changes))
