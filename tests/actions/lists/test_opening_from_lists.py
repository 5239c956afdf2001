"""Households at risk get a case out of departments' lists, once, and a person goes there first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from actions import card, cases, desk
from actions.lists.merging import ListFile
from actions.lists.opening import Opened, open_cases
from storage import models
from tests.actions.bureau import Bureau, library
from tests.actions.lists.lists import DASHAN, PACK, REGISTER, WANGWU, XIAOSHAN, csv_file, judged, merge, person

RELIEF = [["身份证号", "救助原因", "income_dropped_sharply"], [WANGWU, "火灾", "是"]]
MEDICAL = [["身份证号", "自付费用"], [DASHAN, "32000"], [XIAOSHAN, "15000"]]
PLACE = "山东省烟台市龙口市东江镇毡王村"


class Month:
    """A month's lists in a folder, and what a run over them does."""

    def __init__(self, bureau: Bureau, folder: Path) -> None:
        self.bureau, self.folder = bureau, folder
        self.register = csv_file(folder / "名册.csv", REGISTER)
        self.lists = [
            csv_file(folder / "临时救助2026-11.csv", RELIEF),
            csv_file(folder / "医保2026-11.csv", MEDICAL),
        ]

    def run(self, only_certain: bool = False) -> Opened:
        merged = merge(library(), self.lists, self.register, self.bureau.office.clock.today())
        found = judged(library(), merged, PACK, self.bureau.office.clock.today())
        done = open_cases(self.bureau.office, PACK, found, only_certain)
        self.bureau.tick()
        return done


@pytest.fixture
def month(bureau: Bureau, tmp_path: Path) -> Month:
    return Month(bureau, tmp_path)


def counts(done: Opened) -> tuple[int, int, int, int]:
    return len(done.new), len(done.updated), done.same, len(done.failed)


def state(bureau: Bureau) -> list[int]:
    """How many rows of everything that a run might write; the audit entry of the run itself is left out."""
    kinds = (models.Case, models.Fact, models.Verdict, models.CaseEvent, models.Notification, models.OutboxMessage)
    kinds = (*kinds, models.Household, models.HouseholdKey, models.Task, models.CaseStep, models.Reminder)
    with bureau.office.db.read() as uow:
        return [uow.count(kind) for kind in kinds]


def test_a_household_at_risk_gets_a_case_that_begins_with_the_visit(month: Month) -> None:
    done = month.run()
    assert counts(done) == (2, 0, 0, 0)
    told = {month.bureau.case(receipt).person_name: receipt for receipt in done.new}
    assert set(told) == {"王五", "周大山"}
    case, shown = month.bureau.case(told["王五"]), month.bureau.json(told["王五"])
    assert (case.outcome, case.category, case.place) == ("meets", "unstable_lifted", PLACE)
    assert case.id_number == WANGWU
    assert shown["steps"][0]["step"] == "household_check"
    assert [step["status"] for step in shown["steps"]] == ["due", "waiting", "waiting", "waiting", "waiting"]
    assert shown["facts"]["disaster"] == {"value": True, "verified": False, "source": "department"}
    assert shown["facts"]["household_kind"] == {"value": "lifted", "verified": False, "source": "office"}


def test_every_fact_says_in_which_list_and_row_it_stands(month: Month) -> None:
    receipt = next(r for r in month.run().new if month.bureau.case(r).person_name == "周大山")
    with month.bureau.office.db.read() as uow:
        row = uow.facts.current(case_id=month.bureau.case(receipt).id)["medical_self_paid_year"]
    assert row.value == 47000.0
    assert row.words == (
        "大额医疗费用名单（2026-11，医保2026-11.csv 第2行，自付费用：32000）；"
        "大额医疗费用名单（2026-11，医保2026-11.csv 第3行，自付费用：15000）"
    )


def test_those_who_act_are_told_and_the_log_knows(month: Month) -> None:
    month.run()
    told = month.bureau.told("dongjiang")
    assert len(told) == 2
    assert all(line.startswith("部门名单筛出来的") and "入户核实" in line for line in told)
    with month.bureau.office.db.read() as uow:
        actions = [(entry.actor, entry.action) for entry in uow.audit.latest()]
        assert uow.audit.broken_at() is None
    assert actions == [("system", "lists.open"), ("system", "case.open"), ("system", "case.open")]


def test_the_card_of_such_a_case_can_be_read_and_worked_on(month: Month) -> None:
    receipt = next(r for r in month.run().new if month.bureau.case(r).person_name == "王五")
    user = month.bureau.user("dongjiang")
    with month.bureau.office.db.read() as uow:
        shown = card.build(month.bureau.office, uow, user, month.bureau.case(receipt), reveal=False)
    assert "家里自己还没有说过话" in shown.own_words
    assert not shown.has_conversation
    assert {line.source_word for line in shown.facts} == {"部门名单", "本办公室"}
    desk.set_fact(month.bureau.office, user, receipt, "living_difficult", False)
    desk.record_step(month.bureau.office, user, receipt, "household_check", note="去过了")
    assert month.bureau.steps(receipt)["appraisal"][0] == "due"


def test_the_same_month_again_changes_nothing(month: Month) -> None:
    month.run()
    before = state(month.bureau)
    assert counts(month.run()) == (0, 0, 2, 0)
    assert state(month.bureau) == before


def test_another_order_of_rows_and_another_name_of_the_file_change_nothing(month: Month) -> None:
    month.run()
    before = state(month.bureau)
    month.lists[1] = csv_file(month.folder / "2026年11月大额医疗（重发）.csv", [MEDICAL[0], MEDICAL[2], MEDICAL[1]])
    assert counts(month.run()) == (0, 0, 2, 0)
    assert state(month.bureau) == before


def test_a_corrected_list_is_added_to_the_case_under_way(month: Month) -> None:
    receipt = next(r for r in month.run().new if month.bureau.case(r).person_name == "周大山")
    month.lists[1] = csv_file(month.folder / "医保2026-11.csv", [MEDICAL[0], [DASHAN, "52000"], MEDICAL[2]])
    done = month.run()
    assert (done.new, done.updated, done.same) == ([], [receipt], 1)
    assert month.bureau.json(receipt)["facts"]["medical_self_paid_year"]["value"] == 67000.0
    assert any("部门名单又提到这家" in line for line in month.bureau.history(receipt))
    assert sum("补了情况" in line for line in month.bureau.told("dongjiang")) == 1


def test_the_next_month_with_the_same_news_is_no_news(month: Month) -> None:
    month.run()
    month.bureau.go_to("2026-12-10 09:00")
    month.bureau.tick()
    before = state(month.bureau)
    month.lists[0] = csv_file(month.folder / "临时救助2026-12.csv", RELIEF)
    assert counts(month.run()) == (0, 0, 2, 0)
    assert state(month.bureau) == before


def test_what_a_cadre_has_checked_is_not_overwritten(month: Month) -> None:
    receipt = next(r for r in month.run().new if month.bureau.case(r).person_name == "王五")
    desk.set_fact(month.bureau.office, month.bureau.user("dongjiang"), receipt, "disaster", False)
    assert counts(month.run()) == (0, 0, 2, 0)
    month.bureau.go_to("2026-12-10 09:00")
    month.lists[0] = csv_file(month.folder / "临时救助2026-12.csv", RELIEF)
    assert month.run().updated == [receipt]
    assert month.bureau.json(receipt)["facts"]["disaster"] == {"value": False, "verified": True, "source": "cadre"}
    assert any("核实过的不改" in line for line in month.bureau.history(receipt))


def test_an_application_of_any_member_is_continued_and_not_doubled(month: Month) -> None:
    applied = month.bureau.apply(
        "1101", PACK, {"household_size": 3}, place=PLACE,
        person=cases.Person(name="周小山", phone="13800001234", id_number=XIAOSHAN),
    )  # fmt: skip
    done = month.run()
    assert done.updated == [applied]
    assert len(done.new) == 1
    facts = month.bureau.json(applied)["facts"]
    assert facts["medical_self_paid_year"]["source"] == "department"
    assert facts["household_size"]["source"] == "applicant"


def test_a_member_who_applies_later_goes_on_with_the_case_that_lists_opened(month: Month) -> None:
    receipt = next(r for r in month.run().new if month.bureau.case(r).person_name == "周大山")
    later = month.bureau.apply(
        "1101", PACK, {"household_size": 3}, place=PLACE,
        person=cases.Person(name="周小山", phone="13800001234", id_number=XIAOSHAN),
    )  # fmt: skip
    assert later == receipt


def test_a_case_that_is_over_is_not_opened_again_by_the_same_lists(month: Month) -> None:
    receipt = next(r for r in month.run().new if month.bureau.case(r).person_name == "王五")
    month.bureau.in_case(receipt, lambda uow, case: cases.withdraw(month.bureau.office, uow, case, "不用了"))
    assert counts(month.run()) == (0, 0, 2, 0)
    month.lists.append(csv_file(month.folder / "残联.csv", [["身份证号", "残疾等级"], [WANGWU, "一级"]]))
    assert len(month.run().new) == 1, "what is new since is a matter of its own"


def test_only_what_the_document_certainly_means_may_be_asked_for(month: Month) -> None:
    done = month.run(only_certain=True)
    assert [month.bureau.case(receipt).person_name for receipt in done.new] == ["王五"]


def test_a_household_whose_village_nobody_knows_waits_with_the_county(month: Month) -> None:
    rows = [*REGISTER, ["H3", person(40), "赵六", "无名镇", "无名村", "", person(40)]]
    csv_file(month.folder / "名册.csv", rows)
    month.lists = [csv_file(month.folder / "低保.csv", [["身份证号", "低保证号"], [person(40), "A1"]])]
    (receipt,) = month.run().new
    assert month.bureau.case(receipt).area_id is None
    assert [task.kind for task in month.bureau.tasks()] == ["unplaced"]


def test_a_household_known_by_its_number_alone_is_opened_once_too(month: Month) -> None:
    csv_file(month.folder / "名册.csv", [*REGISTER, ["H5", "", "", "东江镇", "毡王村", "", ""]])
    month.lists = [csv_file(month.folder / "危房.csv", [["户编号", "鉴定等级"], ["H5", "D级"]])]
    (receipt,) = month.run().new
    before = state(month.bureau)
    assert counts(month.run()) == (0, 0, 1, 0)
    assert state(month.bureau) == before
    month.bureau.in_case(receipt, lambda uow, case: cases.withdraw(month.bureau.office, uow, case, ""))
    assert counts(month.run()) == (0, 0, 1, 0)


def test_nobody_who_is_not_at_risk_is_touched(month: Month) -> None:
    month.lists = [csv_file(month.folder / "医保.csv", [["身份证号", "自付费用"], [DASHAN, "300"]])]
    before = state(month.bureau)
    assert counts(month.run()) == (0, 0, 0, 0)
    assert state(month.bureau) == before


def test_runs_at_the_same_time_open_each_case_once(contested: Bureau, tmp_path: Path) -> None:
    rows = [REGISTER[0]] + [
        [f"H{n}", person(n), f"周{n}", "东江镇", "毡王村", "脱贫户", person(n)] for n in range(1, 13)
    ]
    register = csv_file(tmp_path / "名册.csv", rows)
    relief = csv_file(tmp_path / "临时救助.csv", [RELIEF[0], *([person(n), "火灾", "是"] for n in range(1, 13))])
    day = contested.office.clock.today()
    found = judged(library(), merge(library(), [ListFile(relief, "relief")], register, day), PACK, day)
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(lambda _: open_cases(contested.office, PACK, found), range(4)))
    assert sum(len(run.new) for run in runs) == 12
    assert [failure for run in runs for failure in run.failed] == []
    with contested.office.db.read() as uow:
        assert uow.count(models.Case) == 12
        assert uow.audit.broken_at() is None
