"""The proof as a tree says what the verdict says, point by point."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date

import pytest

from bench.interviews import facts_of, household
from policy_kb import Library, ProofStep

DAY = date(2020, 6, 1)
PACKS = ("guokaifa-2020-6", "longkou-2021-1", "ningxia-2020-8", "luan-2019-15", "ganzhou-2020-4")


def walk(step: ProofStep) -> Iterator[ProofStep]:
    yield step
    for below in step.steps:
        yield from walk(below)


def follows(step: ProofStep) -> bool | None:
    """What the steps below say of the step, in three values."""
    truths = [below.holds for below in step.steps]
    if step.op == "not":
        return None if truths[0] is None else not truths[0]
    if step.op == "at_least":
        sure, open_ = truths.count(True), truths.count(None)
        return True if sure >= step.count else None if sure + open_ >= step.count else False
    end = step.op == "any"
    return end if end in truths else None if None in truths else not end


@pytest.mark.parametrize("pack", PACKS)
def test_the_tree_adds_up_to_the_verdict(library: Library, pack: str) -> None:
    chance, outcomes = random.Random(pack), set()
    for _ in range(120):
        known = {n: v for n, v in household(library, facts_of(library, pack), chance).items() if chance.random() < 0.7}
        verdict = library.assess(pack, known, DAY)
        outcomes.add(verdict.outcome)
        for name, root in library.explain(pack, known, DAY).categories.items():
            assert (root.holds is False) is (name not in verdict.possible)
            if root.holds is not None and follows(root) is not None:
                assert follows(root) is root.holds
            for step in walk(root):
                assert step.clause
                if step.steps and step is not root:
                    assert follows(step) == step.holds
                if step.op == "test":
                    assert step.text
                    assert step.facts
    assert len(outcomes) >= 2


def test_a_test_shows_the_figure_of_the_day_and_the_amounts_behind_it(library: Library) -> None:
    known = {"household_kind": "general", "income_year": 12000, "household_size": 3}
    root = library.explain("ningxia-2020-8", known, DAY).categories["marginal"]
    (income,) = [step for step in walk(root) if step.facts and "income_per_capita" in step.facts]
    assert income.holds is True
    assert "5000元" in income.text
    assert income.facts == {"income_per_capita": 4000.0, "income_year": 12000, "household_size": 3}
    assert income.to_json()["facts"]["income_per_capita"] == 4000.0


def test_a_limit_that_holds_is_in_the_tree(library: Library) -> None:
    known = {"urban_flat_bought": True, "flat_by_relocation": False}
    limits = library.explain("longkou-2021-1", known, DAY).limits
    assert limits["urban_flat_bought"].holds is True
    assert limits["luxury_car"].holds is None
