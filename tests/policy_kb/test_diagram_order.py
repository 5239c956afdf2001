"""In whichever order its variables stand, a pack's diagram says the same; the order chosen makes it no larger."""

from __future__ import annotations

import random
from datetime import date

import pytest

from policy_kb import Library
from policy_kb.building import Building, as_named, small
from policy_kb.program import resolve

DAY = date(2020, 6, 1)
PACKS = ("guokaifa-2020-6", "longkou-2021-1", "ningxia-2020-8", "luan-2019-15", "ganzhou-2020-4")


@pytest.mark.parametrize("pack_id", PACKS)
def test_the_order_changes_the_size_and_nothing_else(library: Library, pack_id: str) -> None:
    pack, program = library.pack(pack_id), library.evaluator(pack_id, DAY).verdict.program
    trees = {name: resolve(c.when, pack.definitions, library.vocabulary) for name, c in pack.categories.items()}
    named, chosen = Building(program, trees, as_named(program)), small(program, trees)
    assert sorted(map(str, chosen.facts)) == sorted(map(str, named.facts))
    assert chosen.size <= named.size

    dice = random.Random(11)
    told = [name for name in named.facts if isinstance(name, str)]
    for _ in range(200):
        household = {
            fact: dice.choice(library.vocabulary[fact].values or (False, True)) for fact in told if dice.random() < 0.7
        }
        regions = program.regions(household)
        left = [built.diagram.restrict(built.root, built.allowed(household, regions)) for built in (named, chosen)]
        ends = [built.diagram.levels(rest)[1] for built, rest in zip((named, chosen), left, strict=True)]
        facts = [
            {str(built.facts[variable]) for variable in built.diagram.levels(rest)[0]}
            for built, rest in zip((named, chosen), left, strict=True)
        ]
        assert ends[0] == ends[1]
        assert facts[0] == facts[1]


def test_questions_that_decide_as_much_and_cost_as_much_come_in_the_order_of_the_table(library: Library) -> None:
    """Three members of one list, of equal cost: nothing but the table can put them in order."""
    alike = ["other_special_difficulty", "elder_without_supporter", "business_failed_force_majeure"]
    assert len({library.vocabulary[fact].cost for fact in alike}) == 1

    unknown = library.assess("ganzhou-2020-4", {"household_kind": "general"}, DAY).unknown

    assert sorted(alike, key=unknown.index) == sorted(alike, key=list(library.vocabulary).index)
