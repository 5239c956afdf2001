"""What cannot be a household is refused with one sentence; absent facts are simply absent."""

from __future__ import annotations

from datetime import date

import pytest

from policy_kb import FactError, Library

BAD = [
    ({"wealth": 1}, "wealth", "no fact"),
    ({"serious_illness": 1}, "serious_illness", "true or false"),
    ({"serious_illness": "yes"}, "serious_illness", "true or false"),
    ({"household_size": True}, "household_size", "a whole number"),
    ({"household_size": 0}, "household_size", "at least 1"),
    ({"household_size": 2.5}, "household_size", "a whole number"),
    ({"household_size": "3"}, "household_size", "a whole number"),
    ({"university_students": -1}, "university_students", "at least 0"),
    ({"income_year": -0.01}, "income_year", "at least 0"),
    ({"income_year": float("nan")}, "income_year", "finite"),
    ({"income_year": float("inf")}, "income_year", "finite"),
    ({"income_year": False}, "income_year", "a number"),
    ({"income_transfer_share": 1.01}, "income_transfer_share", "at most 1"),
    ({"income_transfer_share": -0.5}, "income_transfer_share", "at least 0"),
    ({"household_kind": "poor"}, "household_kind", "lifted, general"),
    ({"dwelling_grade": None, "household_kind": ["lifted"]}, "household_kind", "lifted, general"),
]


@pytest.mark.parametrize(("facts", "fact", "words"), BAD)
def test_what_cannot_be_is_refused(library: Library, facts: dict[str, object], fact: str, words: str) -> None:
    with pytest.raises(FactError, match=words) as caught:
        library.assess("guokaifa-2020-6", facts, date(2020, 6, 1))

    assert caught.value.fact == fact
    assert caught.value.message.count("\n") == 0


@pytest.mark.parametrize(
    ("facts", "known"),
    [
        ({"income_year": None, "household_kind": None}, {}),
        ({"household_size": 3.0}, {"household_size": 3}),
        ({"income_year": 0, "income_transfer_share": 1}, {"income_year": 0, "income_transfer_share": 1}),
        ({"income_year": 10**400}, {"income_year": 10**400}),
    ],
)
def test_what_can_be_is_kept(library: Library, facts: dict[str, object], known: dict[str, object]) -> None:
    assert library.check_facts(facts) == known


def test_absurdly_large_sums_are_still_compared(library: Library) -> None:
    facts = {
        "household_kind": "general",
        "household_size": 2,
        "income_year": 10**400,
        "rigid_spending_year": 10**400 + 1,
    }

    assert library.assess("guokaifa-2020-6", facts, date(2020, 6, 1)).outcome == "meets"


@pytest.mark.parametrize(
    ("spent", "income", "heavy"),
    [(2000, 10000, True), (1999.99, 10000, False), (0.06, 0.3, True), (0.6, 3, True), (0, 0, False), (0.01, 0, True)],
)
def test_the_burden_begins_exactly_at_the_fifth(library: Library, spent: float, income: float, heavy: bool) -> None:
    facts = {"household_kind": "general", "income_per_capita": 10, "living_difficult": True, "serious_illness": True,
             "treated_within_referral": True, "university_students": 0, "disaster": False, "upheaval": False,
             "accident": False, "epidemic_affected": False, "main_labourer_incapacity": "none",
             "guarantees_status": "secure", "medical_self_paid_year": spent, "income_year": income}  # fmt: skip

    assert library.assess("ningxia-2020-8", facts, date(2020, 6, 1)).outcome == ("meets" if heavy else "not_met")
