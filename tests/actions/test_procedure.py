"""The steps of a case: in the document's order, on the working calendar, left out only where the document lets them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from actions import desk, procedure
from actions.refusals import Invalid
from policy_kb import load_library
from tests.actions.bureau import Bureau, library

LONGKOU = {"code": "1101", "pack": "longkou-2021-1", "place": "龙口市东江镇毡王村"}

# received, the last day of the household check (five working days), provisional, why
RECEIVED = [
    ("2026-11-23", "2026-11-30", False, "a plain week"),
    ("2026-11-20", "2026-11-27", False, "received on a Friday: Monday is day 1"),
    ("2026-11-21", "2026-11-27", False, "received on a Saturday: Monday is day 1"),
    ("2026-10-09", "2026-10-15", False, "Saturday 10 October is worked and is day 1"),
    ("2026-12-28", "2027-01-04", True, "into a year whose calendar is not out: weekdays, and flagged"),
]


@pytest.mark.parametrize(("day", "due", "provisional", "why"), RECEIVED)
def test_the_first_step_is_due_from_the_day_of_receipt(
    bureau: Bureau, day: str, due: str, provisional: bool, why: str
) -> None:
    bureau.go_to(f"{day} 23:30")
    step = bureau.json(bureau.apply(**LONGKOU))["steps"][0]
    assert (step["step"], step["due"], step["provisional"]) == ("household_check", due, provisional), why


def test_the_day_of_receipt_is_the_day_in_shanghai(bureau: Bureau) -> None:
    bureau.go_to("2026-11-24 00:30")  # still Monday in London
    assert bureau.steps(bureau.apply(**LONGKOU))["household_check"] == ("due", "2026-12-01")


def test_a_step_is_due_only_when_the_one_before_it_is_done(bureau: Bureau) -> None:
    receipt = bureau.apply(**LONGKOU)
    assert bureau.steps(receipt)["village_notice"] == ("waiting", None)
    for name, step in [("dongjiang", "household_check"), ("zhanwang", "appraisal"), ("longkou", "data_comparison")]:
        with pytest.raises(Invalid, match="还没轮到"):
            desk.record_step(bureau.office, bureau.user("root"), receipt, "village_notice")
        bureau.later(days=3)
        desk.record_step(bureau.office, bureau.user(name), receipt, step)
    assert bureau.at.date().isoformat() == "2026-12-02"
    assert bureau.steps(receipt)["village_notice"] == ("due", "2026-12-07"), "five calendar days from the posting"


def test_a_step_without_days_has_no_due_date(bureau: Bureau) -> None:
    receipt = bureau.apply(**LONGKOU)
    desk.record_step(bureau.office, bureau.user("dongjiang"), receipt, "household_check")
    assert bureau.steps(receipt)["appraisal"] == ("due", None)


def test_an_office_may_set_days_where_the_document_gives_none(bureau: Bureau, tmp_path: Path) -> None:
    file = tmp_path / "office.yml"
    file.write_text("step_days: {ningxia-2020-8: {household_visit: {days: 5, kind: working}}}\n", "utf-8")
    bureau.office = dataclasses.replace(bureau.office, library=load_library(file))
    receipt = bureau.apply()
    assert bureau.steps(receipt)["household_visit"] == ("due", "2026-11-30")
    card = desk.case_card(bureau.office, bureau.user("wang"), receipt)
    assert card.next is not None
    assert card.next.days_source == "office"


# who says so, is it verified, is the comparison left out
LIFTED = [("household", False, "due"), ("cadre", True, "skipped"), ("nobody", False, "due")]


@pytest.mark.parametrize(("who", "verified", "status"), LIFTED)
def test_the_data_comparison_is_left_out_only_on_a_checked_fact(
    bureau: Bureau, who: str, verified: bool, status: str
) -> None:
    receipt = bureau.apply(**LONGKOU, facts={"enjoys_lifted_policy": True} if who == "household" else {})
    if verified:
        desk.set_fact(bureau.office, bureau.user("longkou"), receipt, "enjoys_lifted_policy", True)
    desk.record_step(bureau.office, bureau.user("dongjiang"), receipt, "household_check")
    desk.record_step(bureau.office, bureau.user("zhanwang"), receipt, "appraisal")
    steps = bureau.steps(receipt)
    assert steps["data_comparison"][0] == status
    assert steps["village_notice"][0] == ("due" if status == "skipped" else "waiting")


def test_a_step_may_be_left_out_by_hand_only_where_the_document_allows_it(bureau: Bureau) -> None:
    receipt = bureau.apply(**LONGKOU)
    with pytest.raises(Invalid, match="不能跳过"):
        desk.record_step(bureau.office, bureau.user("dongjiang"), receipt, "household_check", leave_out=True)
    assert bureau.steps(receipt)["household_check"][0] == "due"


def test_every_step_of_every_document_can_be_walked_to_the_end(bureau: Bureau) -> None:
    for pack in library().packs:
        receipt = bureau.apply(pack=pack)
        walked = []
        while bureau.case(receipt).status == "open":
            bureau.later(days=1)
            running = next(step for step, (status, _) in bureau.steps(receipt).items() if status == "due")
            desk.record_step(bureau.office, bureau.user("root"), receipt, running, note="办了")
            walked.append(running)
        assert walked == [step.id for step in library().pack(pack).procedure], pack
        assert bureau.case(receipt).status == "closed"


def test_each_document_begins_with_somebody_coming_or_says_that_it_does_not(bureau: Bureau) -> None:
    """The question «有人来您家核实了吗？» needs a step in which somebody comes."""
    visits = {}
    for pack in library().packs:
        case = bureau.case(bureau.apply(pack=pack))
        visits[pack] = [spec.id for spec in procedure.specs(bureau.office, case).values() if spec.visit]
    assert all(visits.values()), visits
    assert visits["longkou-2021-1"] == ["household_check"]
    assert visits["ningxia-2020-8"] == ["household_visit", "town_recheck"]
