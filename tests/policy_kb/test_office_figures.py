"""Dated figures: which holds when, whose it is, and what is said when none is current."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from policy_kb import Library, PackError, load_library

OFFICE = """
contacts: {office_phone: "0000"}
parameters:
  longkou-2021-1:
    monitoring_line:
      - {value: 7000, from: 2022-01-01, to: 2022-12-31, source: 本市通知}
      - {value: 7800, from: 2023-01-01, source: 本市通知}
step_days:
  ganzhou-2020-4: {}
  longkou-2021-1:
    household_check: {days: 3, kind: working}
    appraisal: {days: 10, kind: calendar}
places:
  安徽省六安市:
    poverty_county: false
  安徽省六安市金寨县:
    poverty_county: true
    parameters:
      county_marginal_line:
        - {value: 6000, from: 2019-01-01, source: 县里的标准}
"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Library:
    path = tmp_path_factory.mktemp("office") / "office.yml"
    path.write_text(OFFICE, encoding="utf-8")
    return load_library(path)


@pytest.mark.parametrize(
    ("day", "value", "origin", "stale"),
    [
        (date(2020, 12, 31), 6500, "document", False),
        (date(2021, 1, 1), 6500, "document", False),
        (date(2021, 12, 31), 6500, "document", False),
        (date(2022, 1, 1), 7000, "office", False),
        (date(2022, 12, 31), 7000, "office", False),
        (date(2030, 1, 1), 7800, "office", False),
    ],
)
def test_the_period_of_the_day_counts(office: Library, day: date, value: float, origin: str, stale: bool) -> None:
    figure = office.figures("longkou-2021-1", day)["monitoring_line"]

    assert (figure.value, figure.origin, figure.stale) == (value, origin, stale)


def test_after_the_last_period_the_last_value_goes_on_and_is_told(library: Library) -> None:
    facts = {
        "household_kind": "general",
        "income_per_capita": 6400,
        "income_dropped_sharply": True,
        "living_difficult": True,
    }

    now = library.assess("longkou-2021-1", facts, date(2026, 11, 22))
    then = library.assess("longkou-2021-1", facts, date(2021, 11, 22))

    assert (now.outcome, now.stale_parameters) == ("meets", ("monitoring_line",))
    assert (then.outcome, then.stale_parameters) == ("meets", ())
    assert any("6500元（沿用最后公布的数）" in reason.text for reason in now.reasons)


def test_the_offices_own_figure_decides_and_is_shown_as_its_own(office: Library) -> None:
    facts = {
        "household_kind": "general",
        "income_per_capita": 6800,
        "income_dropped_sharply": True,
        "living_difficult": True,
    }

    before, after = (office.assess("longkou-2021-1", facts, date(year, 6, 1)) for year in (2021, 2022))

    assert (before.outcome, after.outcome) == ("undetermined", "meets")
    assert any("7000元（本办公室设定的数）" in reason.text for reason in after.reasons)


def test_an_interpreted_figure_is_called_one(library: Library) -> None:
    verdict = library.assess(
        "guokaifa-2020-6", {"household_kind": "general", "income_per_capita": 10}, date(2020, 6, 1)
    )
    reason = next(r for r in verdict.reasons if "5000" in r.text)

    assert reason.interpretation
    assert "按我们的理解" in reason.text


def test_a_county_may_have_its_own_line(office: Library) -> None:
    facts = {"household_kind": "general", "income_per_capita": 5500, "disability": True}
    assess = office.assess

    assert assess("luan-2019-15", facts, date(2019, 9, 1), place="安徽省六安市金寨县梅山镇").outcome == "meets"
    assert assess("luan-2019-15", facts, date(2019, 9, 1), place="安徽省六安市霍山县").outcome == "not_met"
    attributes = office.place_attributes("安徽省六安市金寨县梅山镇")
    assert attributes is not None
    assert attributes.poverty_county is True


@pytest.mark.parametrize(
    ("step", "wanted"),
    [
        ("household_check", (3, "working", "office")),
        ("appraisal", (10, "calendar", "office")),
        ("data_comparison", (None, None, None)),
        ("village_notice", (5, "calendar", "document")),
        ("exit_notice", (5, "calendar", "document")),
    ],
)
def test_days_of_a_step_and_whose_they_are(office: Library, step: str, wanted: tuple[object, ...]) -> None:
    assert office.step_days("longkou-2021-1", step) == wanted


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("parameters: {longkou: {}}", "no pack 'longkou'"),
        ("parameters: {longkou-2021-1: {line: []}}", "'line'"),
        ("parameters: {longkou-2021-1: {monitoring_line: [{value: a, from: 2021-01-01, source: x}]}}", "'a'"),
        ("step_days: {longkou-2021-1: {visit: {days: 3}}}", "'visit'"),
        ("step_days: {longkou: {visit: {days: 3}}}", "no pack 'longkou'"),
        (
            "parameters: {luan-2019-15: {burden_share: [{value: 0, from: 2022-01-02, to: 2022-01-01, source: x}]}}",
            "ends before it begins",
        ),
        (
            "parameters: {ganzhou-2020-4: {transfer_share_limit: [{value: 40, from: 2022-01-01, source: x}]}}",
            "did you mean 0.4",
        ),
        ("places: {某县: {parameters: {county_marginal_lin: [{value: 1, from: 2022-01-01, source: x}]}}}", "_line'"),
        (
            "places: {县: {parameters: {burden_share: [{value: 0, from: 2022-02-01, to: 2022-01-01, source: x}]}}}",
            "ends before it begins",
        ),
        ("step_days: {longkou-2021-1: {appraisal: {days: 0}}}", "Found 0"),
        ("- 1", "no sections"),
        ("a: [", "not YAML"),
    ],
)
def test_a_fault_in_the_office_file_is_named(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "office.yml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(PackError, match=words) as caught:
        load_library(path)
    assert str(caught.value).startswith("office.yml:")


def test_the_example_office_file_is_sound() -> None:
    import policy_kb

    load_library(Path(policy_kb.__file__).parent / "office.example.yml")
