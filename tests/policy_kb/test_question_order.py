"""The order of questions: decisive and cheap first, nobody asked in vain."""

from __future__ import annotations

from datetime import date
from statistics import fmean

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.interviews import AGAINST_CHANCE, AIM, count
from policy_kb import Library

DAY = date(2020, 6, 1)
PACKS = ("guokaifa-2020-6", "longkou-2021-1", "ningxia-2020-8", "luan-2019-15", "ganzhou-2020-4")


def test_few_questions_are_needed_and_fewer_than_by_chance(library: Library) -> None:
    counts = [count(library, pack, households=60) for pack in PACKS]

    assert fmean(one.ours / one.facts for one in counts) <= AIM
    assert sum(one.ours for one in counts) <= AGAINST_CHANCE * sum(one.by_chance for one in counts)
    assert all(one.ours < one.in_order <= one.facts for one in counts)


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


@pytest.mark.parametrize("pack", PACKS)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_interview_asks_anything_twice(library: Library, pack: str, data: st.DataObject) -> None:
    facts: dict[str, object] = {}
    asked: list[str] = []
    while question := library.assess(pack, facts, DAY, ask="any", asked=asked).next_question:
        assert question not in asked
        assert question not in facts, "what was told is not asked"
        asked.append(question)
        spec = library.vocabulary[question]
        told = (
            st.integers(1, 5) if spec.numeric and spec.unit != "0..1" else st.sampled_from(spec.values or (True, False))
        )
        answer = data.draw(st.none() | (st.just(0.5) if spec.unit == "0..1" else told), label=question)
        if answer is not None:
            facts[question] = answer
    left = library.assess(pack, facts, DAY, ask="any", asked=asked).unknown
    assert set(left) <= set(asked), "only what the person does not know is left open"
