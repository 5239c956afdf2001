"""An application from the household's side: opened once, found again, asked about, added to, withdrawn."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from actions import cases, desk
from actions.cases import Person
from storage import models
from tests.actions.bureau import Bureau, library

POOR = {"household_kind": "general", "income_per_capita": 3000, "serious_illness": True}


def test_opening_gives_a_receipt_that_cannot_be_guessed_and_a_first_step_that_runs_from_today(bureau: Bureau) -> None:
    receipts = {bureau.apply() for _ in range(20)}
    assert len(receipts) == 20
    for receipt in receipts:
        assert re.fullmatch(r"261123-\d{3}-\d{3}", receipt)
    steps = bureau.json(receipts.pop())["steps"]
    assert [s["status"] for s in steps] == ["due"] + ["waiting"] * (len(steps) - 1)
    assert steps[0]["clause"] == "四(一)"
    assert steps[0]["due"] is None, "the document gives no days and the office has set none"


def test_the_verdict_is_kept_with_the_pack_it_was_given_by(bureau: Bureau) -> None:
    receipt = bureau.apply(facts=POOR)
    law = library().pack("ningxia-2020-8")
    with bureau.office.db.read() as uow:
        (verdict,) = uow.cases.verdicts(bureau.case(receipt).id)
        assert (verdict.pack_id, verdict.pack_version, verdict.pack_hash) == (law.id, str(law.version), law.hash)
        assert verdict.facts == POOR
        assert verdict.on_date == date(2026, 11, 23)
        assert verdict.assessment["outcome"] == bureau.case(receipt).outcome


def test_facts_come_along_with_the_words_they_were_said_in(bureau: Bureau) -> None:
    receipt = bureau.apply(facts=POOR)
    assert bureau.json(receipt)["facts"]["serious_illness"] == {"value": True, "verified": False, "source": "applicant"}
    with bureau.office.db.read() as uow:
        kept = uow.facts.current(case_id=bureau.case(receipt).id)["income_per_capita"]
        assert (kept.words, kept.source, kept.conversation_id) == ("3000", "applicant", "chat-1")


def test_the_same_matter_of_the_same_conversation_is_opened_once(bureau: Bureau) -> None:
    assert bureau.apply(conversation="one") == bureau.apply(conversation="one")
    assert bureau.apply(conversation="one", matter=2, person=Person(name="李大山")) != bureau.apply(conversation="one")


def test_two_hundred_double_submissions_open_two_hundred_cases(contested: Bureau) -> None:
    def submit(name: str) -> str:
        return contested.apply(conversation=name)

    names = [f"farmer-{n // 2}" for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(submit, names))
    assert len(set(receipts)) == 20
    with contested.office.db.read() as uow:
        assert uow.count(models.Case) == 20
        assert uow.count(models.Verdict) == 20
        assert uow.count(models.CaseStep) == 20 * len(library().pack("ningxia-2020-8").procedure)


SPELLINGS = ["{}", " {} ", "单号{}。", "（{}）"]


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("dashes", ["-", "", " ", "—", "－"])
def test_a_receipt_is_read_however_it_is_written(spelling: str, dashes: str) -> None:
    assert cases.read_receipt(spelling.format(f"261121{dashes}483{dashes}715")) == "261121-483-715"
    wide = "２６１１２１４８３７１５"
    assert cases.read_receipt(spelling.format(wide)) == "261121-483-715"


@pytest.mark.parametrize("text", ["", "2611214837", "2611214837150", "一二三", "261121-483-71x", "٢٦١١٢١٤٨٣٧١٥"])
def test_what_is_no_receipt_is_none(text: str) -> None:
    assert cases.read_receipt(text) is None


def test_a_case_is_found_by_receipt_and_phone_tail_only_together(bureau: Bureau) -> None:
    receipt = bureau.apply()
    other = bureau.apply(person=Person(name="无电话", phone=None))
    with bureau.office.db.read() as uow:
        found = cases.find(uow, receipt.replace("-", ""), "1234")
        assert found is not None
        assert found.receipt == receipt
        for number, tail in [(receipt, "0000"), (receipt, ""), (other, ""), (other, "1234"), ("000000000000", "1234")]:
            assert cases.find(uow, number, tail) is None, (number, tail)


def test_progress_is_told_in_plain_words_with_what_comes_next(bureau: Bureau) -> None:
    receipt = bureau.apply()
    said = bureau.in_case(receipt, lambda uow, case: cases.progress(bureau.office, uow, case))
    assert receipt in said.title
    assert said.lines[0] == "11月23日交上来的。"
    assert "驻村工作队会到您家来" in said.lines[1]
    assert (said.next_step, said.due_on) == ("入户摸底、建台账", None)
    desk.record_step(bureau.office, bureau.user("wang"), receipt, "household_visit")
    said = bureau.in_case(receipt, lambda uow, case: cases.progress(bureau.office, uow, case))
    assert said.lines[1] == "已经办完：入户摸底、建台账。"


def test_those_who_act_are_told_and_nobody_else(bureau: Bureau) -> None:
    receipt = bureau.apply()
    bureau.tick()
    assert len(bureau.told("wang")) == 1
    assert receipt in bureau.told("wang")[0]
    assert "马秀英" not in bureau.told("wang")[0]
    for name in ("li", "xinglong", "xiji", "zhanwang", "root", "hotline"):
        assert bureau.told(name) == [], name


@pytest.mark.parametrize(
    ("code", "hears", "why"),
    [
        ("0103", "xinglong", "nobody in 赵家村: the town hears"),
        ("0201", "xiji", "nobody in 平峰镇 either: the county hears"),
        ("01", "xinglong", "only the town is known"),
        ("640422", "xiji", "only the county is known"),
    ],
)
def test_where_nobody_is_the_next_level_up_hears(bureau: Bureau, code: str, hears: str, why: str) -> None:
    bureau.apply(code=code)
    bureau.tick()
    assert [name for name in ("wang", "li", "xinglong", "xiji", "root") if bureau.told(name)] == [hears], why
    assert bureau.tasks("unplaced") == []


def test_a_case_without_a_place_becomes_a_task_that_county_and_administrators_see(bureau: Bureau) -> None:
    receipt = bureau.apply(code=None, place="火星")
    bureau.tick()
    (task,) = bureau.tasks("unplaced")
    assert task.area_id is None
    for name, sees in [("xiji", True), ("longkou", True), ("root", True), ("wang", False), ("xinglong", False)]:
        assert (receipt in {t.receipt for t in desk.tasks_for(bureau.office, bureau.user(name))}) is sees, name
        assert bool(bureau.told(name)) is sees, name


def test_an_ambiguous_village_goes_to_the_county_in_which_both_lie(bureau: Bureau) -> None:
    bureau.apply(code=None, place="王家村")
    (task,) = bureau.tasks("unplaced")
    assert task.area_id == bureau.area("640422")


def test_the_county_places_a_case_and_the_village_hears_of_it(bureau: Bureau) -> None:
    receipt = bureau.apply(code=None, place="王家村")
    desk.place_case(bureau.office, bureau.user("xiji"), receipt, bureau.area("0101"))
    bureau.tick()
    assert receipt in bureau.told("wang")[0]
    assert bureau.tasks("unplaced")[0].status == "done"
    assert desk.case_card(bureau.office, bureau.user("wang"), receipt).receipt == receipt


# -- the household speaks again -----------------------------------------------------------------------------------


def add(bureau: Bureau, receipt: str, text: str, **facts: object) -> None:
    """Say something more in the case's own conversation."""

    def act(uow, case):  # type: ignore[no-untyped-def]
        for fact_id, value in facts.items():
            row = models.Fact(
                conversation_id=case.conversation_id, fact_id=fact_id, value=value, source="applicant", words=text,
                at=bureau.at,
            )  # fmt: skip
            uow.facts.state(row)
        uow.flush()
        rows = uow.facts.current(conversation_id=case.conversation_id)
        told = {fact_id: rows[fact_id] for fact_id in facts}
        cases.add_information(bureau.office, uow, case, text, None, told)

    bureau.in_case(receipt, act)


def test_what_is_added_later_reaches_the_case_the_verdict_and_those_who_act(bureau: Bureau) -> None:
    receipt = bureau.apply(facts=POOR)
    add(bureau, receipt, "上个月房子也被水冲了", disaster=True)
    bureau.tick()
    assert bureau.json(receipt)["facts"]["disaster"]["value"] is True
    assert "家里补充：上个月房子也被水冲了" in bureau.history(receipt)
    assert any("补充" in line for line in bureau.told("wang"))
    with bureau.office.db.read() as uow:
        assert len(uow.cases.verdicts(bureau.case(receipt).id)) == 2


def test_what_somebody_verified_is_not_overwritten_and_the_words_are_not_lost(bureau: Bureau) -> None:
    receipt = bureau.apply(facts=POOR)
    desk.set_fact(bureau.office, bureau.user("wang"), receipt, "income_per_capita", 4200)
    add(bureau, receipt, "其实人均就两千", income_per_capita=2000)
    bureau.tick()
    assert bureau.json(receipt)["facts"]["income_per_capita"] == {"value": 4200, "verified": True, "source": "cadre"}
    assert "家里补充：其实人均就两千" in bureau.history(receipt)
    assert any("核实过的不一样" in line for line in bureau.told("wang"))


def test_a_withdrawn_case_ends_quietly_and_the_same_matter_may_be_opened_anew(bureau: Bureau) -> None:
    receipt = bureau.apply(conversation="one")
    bureau.in_case(receipt, lambda uow, case: cases.withdraw(bureau.office, uow, case, "儿子找到活了"))
    bureau.in_case(receipt, lambda uow, case: cases.withdraw(bureau.office, uow, case, "再说一遍"))
    assert bureau.case(receipt).status == "withdrawn"
    assert {status for status, _ in bureau.steps(receipt).values()} == {"cancelled"}
    assert bureau.history(receipt)[-1] == "家里撤回：儿子找到活了"
    bureau.later(days=60)
    bureau.tick()
    assert bureau.heard("one") == []
    assert bureau.apply(conversation="one") != receipt


def test_somebody_came_is_kept_on_the_card(bureau: Bureau) -> None:
    receipt = bureau.apply()
    bureau.in_case(receipt, lambda uow, case: cases.household_answer(bureau.office, uow, case, True))
    card = desk.case_card(bureau.office, bureau.user("wang"), receipt)
    assert card.visited is True
    assert "家里说有人来过了" in [event.text for event in card.history]
    assert bureau.tasks("household_says_no") == []


def test_nobody_came_becomes_a_task_one_level_above_and_not_for_the_village_itself(bureau: Bureau) -> None:
    receipt = bureau.apply()
    bureau.in_case(receipt, lambda uow, case: cases.household_answer(bureau.office, uow, case, False))
    bureau.in_case(receipt, lambda uow, case: cases.household_answer(bureau.office, uow, case, False))
    bureau.tick()
    (task,) = bureau.tasks("household_says_no")
    assert task.area_id == bureau.area("01")
    assert any("没有人上门" in line for line in bureau.told("xinglong"))
    assert not any("没有人上门" in line for line in bureau.told("wang"))
    assert [t.id for t in desk.tasks_for(bureau.office, bureau.user("xinglong"))] == [task.id]
    assert desk.tasks_for(bureau.office, bureau.user("wang")) == ()


def test_the_case_as_the_contract_shows_it(bureau: Bureau) -> None:
    receipt = bureau.apply(facts=POOR)
    found = bureau.json(receipt.replace("-", " "))
    assert {
        "receipt",
        "kind",
        "pack",
        "place",
        "outcome",
        "category",
        "facts",
        "steps",
        "complaint_topic",
    } <= found.keys()
    assert (found["receipt"], found["kind"], found["pack"]) == (receipt, "application", "ningxia-2020-8")
    assert found["place"] == "西吉县兴隆镇王家村"
    assert set(found["steps"][0]) >= {"step", "clause", "due", "status"}
    with bureau.office.db.read() as uow:
        assert cases.case_json(bureau.office, uow, "000000000000") is None
        assert cases.case_json(bureau.office, uow, "no number") is None


@pytest.mark.parametrize("end", ["withdrawn", "closed"])
def test_what_is_said_after_the_end_is_looked_at_by_somebody(bureau: Bureau, end: str) -> None:
    receipt = bureau.apply()
    if end == "withdrawn":
        bureau.in_case(receipt, lambda uow, case: cases.withdraw(bureau.office, uow, case, ""))
    else:
        for step in library().pack("ningxia-2020-8").procedure:
            desk.record_step(bureau.office, bureau.user("root"), receipt, step.id)
    add(bureau, receipt, "现在又住院了", serious_illness=True)
    (task,) = bureau.tasks("person")
    assert receipt in task.text
    assert [t.id for t in desk.tasks_for(bureau.office, bureau.user("wang"))] == [task.id]
    assert "家里补充：现在又住院了" in bureau.history(receipt)
