"""The order of questions: decisive and cheap first, nobody asked in vain."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from policy_kb import Assessment, Library

DAY = date(2020, 6, 1)
PACKS = ("guokaifa-2020-6", "longkou-2021-1", "ningxia-2020-8", "luan-2019-15", "ganzhou-2020-4")
NUMBERS: dict[str, Callable[[random.Random], float]] = {
    "income_year": lambda r: r.randrange(0, 60000, 500),
    "household_size": lambda r: r.randint(1, 7),
    "income_transfer_share": lambda r: round(r.random(), 2),
}


def _amount(dice: random.Random) -> float:
    return dice.randrange(0, 30000, 500)


def _count(dice: random.Random) -> float:
    return dice.randint(0, 3)


def _facts_of(library: Library, pack: str) -> list[str]:
    """Every fact that can come up in an interview by this pack."""
    return list(library.assess(pack, {}, DAY, ask="any").unknown)


def _household(library: Library, pack: str, dice: random.Random) -> dict[str, Any]:
    household: dict[str, Any] = {}
    for fact in _facts_of(library, pack):
        spec = library.vocabulary[fact]
        usual = _amount if spec.kind == "number" else _count
        household[fact] = NUMBERS.get(fact, usual)(dice) if spec.numeric else dice.choice(spec.values or (True, False))
    return household


def _questions(library: Library, pack: str, household: dict[str, Any], pick: Callable[[Assessment], str]) -> int:
    known: dict[str, Any] = {}
    while (verdict := library.assess(pack, known, DAY, ask="any")).unknown:
        fact = pick(verdict)
        known[fact] = household[fact]
    return len(known)


def _first(verdict: Assessment) -> str:
    assert verdict.next_question is not None
    return verdict.next_question


def test_few_questions_are_needed_and_fewer_than_by_chance(library: Library) -> None:
    dice = random.Random(20200601)
    asked = by_chance = facts = 0.0
    for pack in PACKS:
        for _ in range(60):
            household = _household(library, pack, dice)
            asked += _questions(library, pack, household, _first)
            by_chance += _questions(library, pack, household, lambda verdict: dice.choice(verdict.unknown))
            facts += len(_facts_of(library, pack))

    assert asked <= 0.45 * facts
    assert asked <= 0.80 * by_chance


@pytest.mark.parametrize("ask", ["applicant", "cadre", "department"])
@pytest.mark.parametrize("pack", PACKS)
def test_nobody_is_asked_what_another_has_to_answer(library: Library, pack: str, ask: str) -> None:
    verdict = library.assess(pack, {}, DAY, ask=ask)
    mine = [fact for fact in verdict.unknown if library.vocabulary[fact].ask == ask]

    assert verdict.next_question == (mine[0] if mine else None)


def test_a_question_answered_with_dont_know_is_not_asked_again(library: Library) -> None:
    asked: list[str] = []
    while (question := library.assess("longkou-2021-1", {}, DAY, asked=asked).next_question) is not None:
        assert question not in asked
        asked.append(question)

    verdict = library.assess("longkou-2021-1", {}, DAY)
    assert set(asked) == {fact for fact in verdict.unknown if library.vocabulary[fact].ask == "applicant"}


def test_the_income_is_asked_before_the_many_things_that_need_it(library: Library) -> None:
    facts = {"household_kind": "general", "income_dropped_sharply": False}
    order = library.assess("guokaifa-2020-6", facts, DAY).unknown

    assert order[0] == "income_year"
