"""Made-up condition trees, all operators, against trying everything; and whole numbers between two close lines."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_kb import Library
from policy_kb.building import Building, as_named
from policy_kb.cells import Group
from policy_kb.conditions import Atom, Condition, parse_condition
from policy_kb.program import Program, resolve
from policy_kb.verdict import Verdict

BOOLS = ("disability", "disaster", "accident", "upheaval")
ENUM = ("main_labourer_incapacity", ("none", "partial", "full"))


def _atoms() -> st.SearchStrategy[Any]:
    words = st.lists(st.sampled_from(ENUM[1]), min_size=1, max_size=2, unique=True)
    tests = words.map(lambda chosen: f"{ENUM[0]} in [{', '.join(chosen)}]")
    return st.sampled_from(BOOLS) | st.sampled_from([f"not {fact}" for fact in BOOLS]) | tests


def _operators(below: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(below, min_size=1, max_size=4)
    counted = st.tuples(st.integers(0, 5), several).map(lambda pair: {"at_least": {"count": pair[0], "of": pair[1]}})
    every, some = several.map(lambda parts: {"all": parts}), several.map(lambda parts: {"any": parts})
    return every | some | counted | below.map(lambda part: {"not": part})


TREES = st.recursive(_atoms(), _operators, max_leaves=12)


def _holds(condition: Condition, facts: dict[str, Any]) -> bool:
    if condition.atom is not None:
        value = facts[condition.atom.fact]
        return value in condition.atom.value if isinstance(condition.atom.value, tuple) else bool(value)
    parts = [_holds(child, facts) for child in condition.children]
    if condition.op == "not":
        return not parts[0]
    return (
        sum(parts) >= condition.count
        if condition.op == "at_least"
        else all(parts)
        if condition.op == "all"
        else any(parts)
    )


def _completions(facts: dict[str, Any]) -> Iterator[dict[str, Any]]:
    domains = dict.fromkeys(BOOLS, (False, True)) | {ENUM[0]: ENUM[1]}
    open_ = [fact for fact in domains if fact not in facts]
    for values in itertools.product(*(domains[fact] for fact in open_)):
        yield facts | dict(zip(open_, values, strict=True))


@settings(max_examples=300, deadline=None)
@given(first=TREES, second=TREES, told=st.dictionaries(st.sampled_from(BOOLS), st.booleans(), max_size=3))
def test_any_tree_is_read_exactly(library: Library, first: Any, second: Any, told: dict[str, bool]) -> None:
    one, two = (resolve(parse_condition(raw), {}, library.vocabulary) for raw in (first, second))
    # The second category is what is left of it beside the first, so that they exclude one another.
    trees = {"one": one, "two": Condition("all", (two, Condition("not", (one,))))}
    verdict = Verdict(trees, library.vocabulary, {})
    assert Building(verdict.program, trees, as_named(verdict.program)).overlaps() == []

    left = verdict.open(told, verdict.program.regions(told))

    reached = {}
    for facts in _completions(told):
        found = [name for name, tree in trees.items() if _holds(tree, facts)]
        reached[tuple(sorted(facts.items()))] = found[0] if found else None
    assert set(left.possible) == set(reached.values())
    matters = set()
    for facts in _completions(told):
        here = reached[tuple(sorted(facts.items()))]
        for fact in (*BOOLS, ENUM[0]):
            for value in ENUM[1] if fact == ENUM[0] else (False, True):
                if fact not in told and reached[tuple(sorted((facts | {fact: value}).items()))] != here:
                    matters.add(fact)
    assert set(left.unknown) == matters


@settings(max_examples=100, deadline=None)
@given(first=TREES, second=TREES)
def test_categories_that_can_hold_together_are_found(library: Library, first: Any, second: Any) -> None:
    trees = {
        name: resolve(parse_condition(raw), {}, library.vocabulary) for name, raw in (("one", first), ("two", second))
    }
    together = any(all(_holds(tree, facts) for tree in trees.values()) for facts in _completions({}))

    program = Program(trees, library.vocabulary, {})
    assert bool(Building(program, trees, as_named(program)).overlaps()) is together


LINES = [Atom("income_per_capita", "<", 5000.0), Atom("income_per_capita", "<", 5001.0)]


@pytest.mark.parametrize(
    ("known", "vectors"),
    [
        ({"income_year": 4000}, (0b11,)),
        ({"income_year": 5000}, (0b10, 0b11)),
        ({"income_year": 5000, "household_size": 1}, (0b10,)),
        # 10000 over 2 people is exactly 5000: between the lines; over no other number of people is it.
        ({"income_year": 10000}, (0b00, 0b10, 0b11)),
        # 12000 lies between the lines for 2.4 people only, and there are none such.
        ({"income_year": 12000}, (0b00, 0b11)),
        ({"household_size": 7}, (0b00, 0b10, 0b11)),
        ({}, (0b00, 0b10, 0b11)),
    ],
)
def test_people_come_in_whole_numbers(library: Library, known: dict[str, Any], vectors: tuple[int, ...]) -> None:
    group = Group(LINES, library.vocabulary, {})

    assert group.region(known).vectors == vectors


SHARED = [
    Atom("income_per_capita", "<", 5000.0),
    Atom("rigid_spending_exceeds_income", "is"),
    Atom("medical_burden_heavy", "is"),
]
BURDEN = {"burden_share": 0.2}


@pytest.mark.parametrize(
    ("known", "inputs_that_tell_apart"),
    [
        # Spending beyond the income is settled; only the line is open, and it needs the number of people.
        ({"income_year": 20000, "medical_self_paid_year": 50000}, {"household_size"}),
        ({"income_year": 4000, "medical_self_paid_year": 50000}, set()),
        # A burden is heavy at any income below five times the cost, so income matters for all three.
        ({"medical_self_paid_year": 100, "schooling_cost_year": 0, "household_size": 1}, {"income_year"}),
        ({"income_per_capita": 100, "rigid_spending_exceeds_income": False, "medical_burden_heavy": False}, set()),
        ({"rigid_spending_year": 5000, "medical_burden_heavy": True, "income_per_capita": 9}, {"income_year"}),
    ],
)
def test_inputs_shared_by_several_tests_are_seen_together(
    library: Library, known: dict[str, Any], inputs_that_tell_apart: set[str]
) -> None:
    region = Group(SHARED, library.vocabulary, BURDEN).region(known)

    assert {
        name for name, lines in region.lines.items() if any(len(line) > 1 for line in lines)
    } == inputs_that_tell_apart


def test_heavy_treatment_costs_leave_no_room_for_a_light_burden_above_the_spending(library: Library) -> None:
    group = Group(SHARED, library.vocabulary, BURDEN)
    vectors = group.region({"schooling_cost_year": 0}).vectors

    assert all(not (vector >> 1 & 1) or vector >> 2 & 1 for vector in vectors), "medical costs above income are heavy"
