"""Incomes month by month: each document counts its own twelve months; a missing month leaves the sum open."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from policy_kb import DatedIncome, FactError, Library, read_incomes
from policy_kb.incomes import income_window

ROLLING, CALENDAR = "longkou-2021-1", ("guokaifa-2020-6", "ningxia-2020-8", "luan-2019-15", "ganzhou-2020-4")
HARD = {
    "household_kind": "general",
    "household_size": 1,
    "income_dropped_sharply": True,
    "living_difficult": True,
    "spending_surged": False,
    "severe_difficulty": False,
}


def months(first: str, number: int, amount: float) -> list[DatedIncome]:
    """So many months from the first on, the same amount in each."""
    year, month = map(int, first.split("-"))
    counted = range(year * 12 + month - 1, year * 12 + month - 1 + number)
    return [DatedIncome(f"{n // 12:04d}-{n % 12 + 1:02d}", amount) for n in counted]


@pytest.mark.parametrize(
    ("found", "first", "last"),
    [
        (date(2021, 9, 1), "2020-09", "2021-08"),
        (date(2021, 9, 30), "2020-09", "2021-08"),
        (date(2021, 10, 1), "2020-10", "2021-09"),
        (date(2021, 1, 31), "2020-01", "2020-12"),
        (date(2021, 12, 31), "2020-12", "2021-11"),
        (date(2022, 1, 1), "2021-01", "2021-12"),
    ],
)
def test_longkou_counts_the_twelve_months_before_the_month_of_discovery(
    library: Library, found: date, first: str, last: str
) -> None:
    window = income_window(library.pack(ROLLING), (), found)
    assert (window.first, window.last, len(window.missing)) == (first, last, 12)


@pytest.mark.parametrize("pack", CALENDAR)
@pytest.mark.parametrize("found", [date(2021, 1, 1), date(2021, 9, 15), date(2021, 12, 31)])
def test_the_others_count_the_calendar_year_before(library: Library, pack: str, found: date) -> None:
    window = income_window(library.pack(pack), (), found)
    assert (window.first, window.last, len(window.missing)) == ("2020-01", "2020-12", 12)


@pytest.mark.parametrize(
    ("incomes", "outcome"),
    [
        # 12 months of 500 are 6000, below the line of 6500.
        (months("2020-09", 12, 500), "meets"),
        # A month before the first and one after the last do not count, however much they brought.
        ([*months("2020-09", 12, 500), DatedIncome("2020-08", 90_000), DatedIncome("2021-09", 90_000)], "meets"),
        # The first and the last month count.
        ([*months("2020-09", 12, 500), DatedIncome("2020-09", 500)], "not_met"),
        ([*months("2020-09", 12, 500), DatedIncome("2021-08", 500)], "not_met"),
        # One fen on each side of the line.
        ([*months("2020-09", 12, 500), DatedIncome("2021-03", 499.99)], "meets"),
        ([*months("2020-09", 12, 500), DatedIncome("2021-03", 500.00)], "not_met"),
        # Without the first, the last or one in between nothing is decided by the line.
        (months("2020-10", 11, 500), "undetermined"),
        (months("2020-09", 11, 500), "undetermined"),
        ([*months("2020-09", 5, 500), *months("2021-03", 6, 500)], "undetermined"),
        # A month without income is said, and then it counts as one.
        ([*months("2020-09", 11, 500), DatedIncome("2021-08", 0)], "meets"),
    ],
    ids=("below", "outside", "first", "last", "fen below", "at the line", "no first", "no last", "gap", "zero"),
)
def test_the_edges_of_longkous_window(library: Library, incomes: list[DatedIncome], outcome: str) -> None:
    found = library.assess(ROLLING, HARD, date(2021, 9, 15), incomes=incomes)
    assert found.outcome == outcome
    assert ("income_year" in found.unknown) == (outcome == "undetermined")


def test_the_day_moves_the_window(library: Library) -> None:
    """Poor months from September 2020 on, rich ones before: who is found a month earlier is judged by another year."""
    incomes = [*months("2020-01", 8, 2000), *months("2020-09", 13, 500)]
    outcomes = [library.assess(ROLLING, HARD, date(2021, month, 15), incomes=incomes).outcome for month in (8, 9, 10)]
    assert outcomes == ["not_met", "meets", "meets"]


@pytest.mark.parametrize(
    ("incomes", "outcome"),
    [
        (months("2020-01", 12, 416), "meets"),
        ([*months("2020-01", 12, 416), DatedIncome("2019-12", 9000), DatedIncome("2021-01", 9000)], "meets"),
        ([*months("2020-01", 12, 416), DatedIncome("2020-01", 8)], "not_met"),
        ([*months("2020-01", 12, 416), DatedIncome("2020-12", 8)], "not_met"),
        (months("2020-02", 11, 416), "undetermined"),
        (months("2020-01", 11, 416), "undetermined"),
    ],
    ids=("below", "outside", "January", "December", "no January", "no December"),
)
def test_the_edges_of_a_calendar_year(library: Library, incomes: list[DatedIncome], outcome: str) -> None:
    facts = {"household_kind": "general", "household_size": 1, "living_difficult": True, "disaster": True}
    assert library.assess("ningxia-2020-8", facts, date(2021, 6, 1), incomes=incomes).outcome == outcome


def test_the_proof_shows_the_sum_and_the_answer_the_window(library: Library) -> None:
    found = library.assess(ROLLING, HARD, date(2021, 9, 15), incomes=months("2020-09", 12, 500.1)).to_json()
    assert found["income_window"] == {"first": "2020-09", "last": "2021-08", "missing": [], "total": 6001.2}
    (line,) = (reason for reason in found["reasons"] if "不到6500元" in reason["text"])
    assert line["facts"]["income_year"] == 6001.2


def test_without_dated_incomes_nothing_is_added(library: Library) -> None:
    assert "income_window" not in library.assess(ROLLING, HARD, date(2021, 9, 15)).to_json()


@pytest.mark.parametrize("stated", [{"income_year": 60_000}, {"income_per_capita": 60_000}])
def test_a_stated_income_wins(library: Library, stated: dict[str, object]) -> None:
    found = library.assess(ROLLING, {**HARD, **stated}, date(2021, 9, 15), incomes=months("2020-09", 12, 500))
    assert found.outcome == "not_met"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "expected a list of months"),
        ("2026-03", "expected a list of months"),
        ([1200], "an entry with month and amount"),
        ([{"month": "2026-03"}], "an entry with month and amount"),
        ([{"month": "2026-03", "amount": 1, "note": "x"}], "and nothing else"),
        ([{"month": "2026-3", "amount": 1}], "a month as YYYY-MM"),
        ([{"month": "2026-13", "amount": 1}], "a month as YYYY-MM"),
        ([{"month": "2026-00", "amount": 1}], "a month as YYYY-MM"),
        ([{"month": "2026-03\n", "amount": 1}], "a month as YYYY-MM"),
        ([{"month": 202603, "amount": 1}], "a month as YYYY-MM"),
        ([{"month": "2026-03", "amount": -1}], "0 or more"),
        ([{"month": "2026-03", "amount": True}], "0 or more"),
        ([{"month": "2026-03", "amount": "1200"}], "0 or more"),
        ([{"month": "2026-03", "amount": None}], "0 or more"),
        ([{"month": "2026-03", "amount": float("nan")}], "0 or more"),
        ([{"month": "2026-03", "amount": float("inf")}], "0 or more"),
    ],
    ids=repr,
)
def test_incomes_that_cannot_be_are_told(given: Any, words: str) -> None:
    with pytest.raises(FactError, match=words) as caught:
        read_incomes(given)
    assert caught.value.fact == "incomes"


def test_incomes_are_read_as_given() -> None:
    given = [{"month": "2026-03", "amount": 1200}, {"month": "2026-03", "amount": 0.5}]
    assert read_incomes(given) == (DatedIncome("2026-03", 1200), DatedIncome("2026-03", 0.5))
    assert read_incomes(None) == ()
    assert read_incomes([]) == ()
