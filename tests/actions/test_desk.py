"""The desk of the staff: who sees what, who may do what, and what the household hears of it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from actions import desk, masking
from actions.refusals import Invalid, NotAllowed, NotFound, Refusal, Stale
from storage import models
from tests.actions.bureau import FARMER, Bureau, library

POOR = {"household_kind": "general", "income_per_capita": 3000, "serious_illness": True}
LONGKOU = {"code": "1101", "pack": "longkou-2021-1", "place": "龙口市东江镇毡王村"}
SEES_WANG = {"wang", "xinglong", "xiji", "hotline", "root"}
STAFF = ("wang", "li", "xinglong", "xiji", "hotline", "zhanwang", "dongjiang", "longkou", "root")

# what a colleague may ask for about a case of 王家村 in 兴隆镇
Ask = Callable[[Bureau, models.User, str], object]
ASKS: dict[str, Ask] = {
    "card": lambda b, u, r: desk.case_card(b.office, u, r),
    "reveal": lambda b, u, r: desk.case_card(b.office, u, r, reveal=True, reason="回电话"),
    "step": lambda b, u, r: desk.record_step(b.office, u, r, "household_visit"),
    "return": lambda b, u, r: desk.return_case(b.office, u, r, "请补上住院单子"),
    "fact": lambda b, u, r: desk.set_fact(b.office, u, r, "low_motivation", "false"),
    "say": lambda b, u, r: desk.say_to_household(b.office, u, r, "明天上门"),
    "place": lambda b, u, r: desk.place_case(b.office, u, r, b.area("0102")),
}
MAY = {
    "card": SEES_WANG,
    "reveal": SEES_WANG,
    "step": SEES_WANG - {"hotline"},
    "return": SEES_WANG - {"hotline"},
    "fact": SEES_WANG - {"hotline"},
    "say": SEES_WANG,
    "place": {"xiji", "root"},
}


@pytest.mark.parametrize("name", STAFF)
@pytest.mark.parametrize("ask", ASKS)
def test_everything_is_decided_by_area_and_role(bureau: Bureau, ask: str, name: str) -> None:
    receipt = bureau.apply()
    before = bureau.json(receipt)
    user = bureau.user(name)
    if name in MAY[ask]:
        ASKS[ask](bureau, user, receipt)
        return
    with pytest.raises(Refusal) as refused:
        ASKS[ask](bureau, user, receipt)
    if name in SEES_WANG:
        assert isinstance(refused.value, NotAllowed)
    else:
        with pytest.raises(NotFound) as missing:
            ASKS["card"](bureau, user, "261123-000-000")
        assert str(refused.value) == str(missing.value), "another village's case looks like no case at all"
    assert bureau.json(receipt) == before


@pytest.mark.parametrize("name", STAFF)
def test_the_list_holds_the_own_area_and_below_only(bureau: Bureau, name: str) -> None:
    here, there = bureau.apply(), bureau.apply(**LONGKOU)
    unplaced = bureau.apply(code=None, place="火星")
    listed = {line.receipt for line in desk.cases_for(bureau.office, bureau.user(name)).lines}
    expected = {here} if name in SEES_WANG else set()
    expected |= {there} if name in {"zhanwang", "dongjiang", "longkou", "root"} else set()
    expected |= {unplaced} if name in {"xiji", "hotline", "longkou", "root"} else set()
    assert listed == expected


def test_a_colleague_who_is_disabled_sees_nothing(bureau: Bureau) -> None:
    receipt = bureau.apply()
    with bureau.office.db.begin() as uow:
        user = uow.users.by_name("wang")
        assert user is not None
        user.disabled = True
        uow.commit()
    user = bureau.user("wang")
    assert desk.cases_for(bureau.office, user).lines == ()
    with pytest.raises(NotFound):
        desk.case_card(bureau.office, user, receipt)


def test_a_step_of_another_level_is_not_recorded_by_the_village(bureau: Bureau) -> None:
    receipt = bureau.apply(**LONGKOU)
    with pytest.raises(NotAllowed, match="“入户核实”由乡镇一级办"):
        desk.record_step(bureau.office, bureau.user("zhanwang"), receipt, "household_check")
    card = desk.case_card(bureau.office, bureau.user("zhanwang"), receipt)
    assert card.next is not None
    assert card.next.may_record is False
    assert desk.case_card(bureau.office, bureau.user("dongjiang"), receipt).next.may_record is True  # type: ignore[union-attr]


# the clock, colour, word, urgency of a step due on Monday 30 November
COLOURS = [
    ("2026-11-23", "green", "还剩 5 个工作日", "new"),
    ("2026-11-27", "amber", "还剩 1 个工作日", "soon"),
    ("2026-11-28", "amber", "还剩 1 个工作日", "soon"),
    ("2026-11-30", "red", "今天到期", "soon"),
    ("2026-12-01", "red", "超期 1 个工作日", "overdue"),
    ("2026-12-04", "red", "超期 4 个工作日", "overdue"),
]


@pytest.mark.parametrize(("day", "colour", "word", "urgency"), COLOURS)
def test_a_due_date_has_a_colour_and_a_word(bureau: Bureau, day: str, colour: str, word: str, urgency: str) -> None:
    bureau.apply(**LONGKOU)
    bureau.go_to(f"{day} 12:00")
    (line,) = desk.cases_for(bureau.office, bureau.user("dongjiang")).lines
    assert (line.due.colour, line.due.word, line.urgency) == (colour, word, urgency)


def test_the_most_pressing_stand_first_and_filters_count(bureau: Bureau) -> None:
    first = bureau.apply(**LONGKOU)
    bureau.later(days=2)
    second = bureau.apply(**LONGKOU)
    bureau.go_to("2026-12-01 12:00")
    found = desk.cases_for(bureau.office, bureau.user("longkou"))
    assert [line.receipt for line in found.lines] == [first, second]
    assert (found.totals["all"], found.totals["overdue"], found.totals["soon"], found.totals["done"]) == (2, 1, 1, 0)
    assert [x.receipt for x in desk.cases_for(bureau.office, bureau.user("longkou"), "overdue").lines] == [first]


def test_a_long_list_comes_in_pages(bureau: Bureau) -> None:
    for _ in range(desk.PAGE + 3):
        bureau.apply()
    wang = bureau.user("wang")
    pages = [desk.cases_for(bureau.office, wang, page=number) for number in (1, 2, 99, 0)]
    assert [len(page.lines) for page in pages] == [desk.PAGE, 3, 3, desk.PAGE]
    assert {page.pages for page in pages} == {2}
    assert not {x.receipt for x in pages[0].lines} & {x.receipt for x in pages[1].lines}


# -- the card ---------------------------------------------------------------------------------------------------


def test_the_card_tells_what_was_said_what_it_means_and_what_is_missing(bureau: Bureau) -> None:
    receipt = bureau.apply(facts=POOR)
    card = desk.case_card(bureau.office, bureau.user("wang"), receipt)
    assert card.own_words.startswith("家里有人得了大病")
    facts = {fact.id: fact for fact in card.facts}
    assert (facts["income_per_capita"].value, facts["income_per_capita"].source_word) == ("3000元", "本人说的")
    assert facts["income_per_capita"].words == "3000"
    assert card.verdict is not None
    assert card.verdict.outcome == "undetermined"
    assert {reason.clause for reason in card.verdict.reasons} >= {"三(二)"}
    assert all(reason.text for reason in card.verdict.reasons)
    vocabulary = library().vocabulary
    assert {vocabulary[fact.id].ask for fact in card.missing} <= {"cadre", "department"}
    assert {vocabulary[fact.id].ask for fact in card.missing_household} == {"applicant"}
    assert card.next is not None
    assert (card.next.title, card.next.clause) == ("入户摸底、建台账", "四(一)")
    assert card.document.endswith("（宁开办发〔2020〕8号）")


def test_the_clauses_that_exclude_are_there_for_the_departments_to_check(bureau: Bureau) -> None:
    card = desk.case_card(bureau.office, bureau.user("dongjiang"), bureau.apply(**LONGKOU, facts=POOR))
    assert {"luxury_car", "urban_flat_bought"} <= {fact.id for fact in card.missing}


def test_numbers_are_masked_until_somebody_asks_and_every_look_is_logged(bureau: Bureau) -> None:
    receipt = bureau.apply()
    wang, subject = bureau.user("wang"), f"case:{bureau.case(receipt).id}"
    card = desk.case_card(bureau.office, wang, receipt)
    assert (card.phone, card.dial) == ("138****1234", None)
    shown = desk.case_card(bureau.office, wang, receipt, reveal=True, reason="约上门时间")
    assert (shown.phone, shown.dial) == ("13800001234", "13800001234")
    with bureau.office.db.read() as uow:
        looks = [(e.actor, e.action, e.detail) for e in uow.audit.of_subject(subject) if e.actor != "conversation"]
    assert looks == [
        (f"user:{wang.id}", "case.reveal", {"reason": "约上门时间"}),
        (f"user:{wang.id}", "case.view", {}),
    ]


def test_the_name_is_whole_for_who_goes_there_and_masked_for_the_hotline(bureau: Bureau) -> None:
    receipt = bureau.apply()
    assert desk.case_card(bureau.office, bureau.user("wang"), receipt).person == "马秀英"
    assert desk.case_card(bureau.office, bureau.user("hotline"), receipt).person == "马**"
    assert desk.cases_for(bureau.office, bureau.user("hotline")).lines[0].person == "马**"


MASKED = [
    ("电话13800001234，身份证11010519491231002X。", "电话138****1234，身份证110*************2X。"),
    ("打 138 0000 1234 或 138-0000-1234", "打 138 **** 1234 或 138-****-1234"),
    ("掏了50000，单号261123-123-456", "掏了50000，单号261123-123-456"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "shown"), MASKED)
def test_phone_and_id_numbers_in_running_text_are_masked(text: str, shown: str) -> None:
    assert masking.numbers(text) == shown


def test_another_case_of_the_same_phone_is_shown_to_who_may_see_both(bureau: Bureau) -> None:
    one, two = bureau.apply(), bureau.apply(code="0102", person=FARMER)
    assert desk.case_card(bureau.office, bureau.user("wang"), one).same_phone == ()
    assert desk.case_card(bureau.office, bureau.user("xinglong"), one).same_phone == (two,)


# -- working ----------------------------------------------------------------------------------------------------


def test_the_household_hears_that_a_step_is_done_and_what_comes_next(bureau: Bureau) -> None:
    receipt = bureau.apply(**LONGKOU, conversation="farmer")
    desk.record_step(bureau.office, bureau.user("dongjiang"), receipt, "household_check", note="内部备注：已入户")
    bureau.tick()
    (said,) = bureau.heard("farmer")
    assert said.startswith(f"您的事（单号 {receipt}）有进展：“入户核实”办完了。接下来：村里会开村民代表会")
    assert "内部备注" not in said
    assert "。。" not in said
    assert any("轮到你们办" in line and receipt in line for line in bureau.told("zhanwang"))


def test_a_step_is_recorded_once(bureau: Bureau) -> None:
    receipt = bureau.apply()
    desk.record_step(bureau.office, bureau.user("wang"), receipt, "household_visit", note="去过了")
    with pytest.raises(Invalid, match="办完了"):
        desk.record_step(bureau.office, bureau.user("wang"), receipt, "household_visit")
    with pytest.raises(Invalid, match="没有“nothing”这一步"):
        desk.record_step(bureau.office, bureau.user("wang"), receipt, "nothing")
    bureau.tick()
    step = desk.case_card(bureau.office, bureau.user("wang"), receipt).steps[0]
    assert (step.status, step.note, step.done_by, str(step.done)) == ("done", "去过了", "wang", "2026-11-23")


def test_facts_found_on_a_visit_are_kept_with_the_step(bureau: Bureau) -> None:
    receipt = bureau.apply(facts=POOR)
    card = desk.record_step(
        bureau.office, bureau.user("wang"), receipt, "household_visit",
        facts={"income_per_capita": "4,200", "living_difficult": "true"},
    )  # fmt: skip
    facts = {fact.id: fact for fact in card.facts}
    assert (facts["income_per_capita"].raw, facts["income_per_capita"].verified) == (4200.0, True)
    assert (facts["income_per_capita"].by, facts["income_per_capita"].earlier) == ("wang", ("3000元",))


@pytest.mark.parametrize("day", ["2026-11-22", "2026-11-24"])
def test_a_step_cannot_be_done_before_it_began_or_tomorrow(bureau: Bureau, day: str) -> None:
    from datetime import date

    receipt = bureau.apply()
    with pytest.raises(Invalid, match="日子"):
        desk.record_step(
            bureau.office, bureau.user("wang"), receipt, "household_visit", done_on=date.fromisoformat(day)
        )


def test_a_verified_fact_brings_a_new_verdict_and_rejects_nobody(bureau: Bureau) -> None:
    receipt = bureau.apply(facts=POOR)
    card = desk.set_fact(bureau.office, bureau.user("wang"), receipt, "income_per_capita", "9000")
    assert card.verdict is not None
    assert (card.verdict.outcome, card.verdict.given) == ("not_met", 2)
    assert card.status == "open"
    assert card.next is not None
    assert any("重新预判" in event.text for event in card.history)
    with bureau.office.db.read() as uow:
        old, new = uow.cases.verdicts(bureau.case(receipt).id)
        assert old.facts["income_per_capita"] == 3000
        assert new.facts["income_per_capita"] == 9000


WRONG_FACTS = [
    ("income_per_capita", "很多"),
    ("income_per_capita", "-5"),
    ("income_per_capita", "nan"),
    ("household_size", "0"),
    ("household_size", "2.5"),
    ("serious_illness", "maybe"),
    ("serious_illness", 1),
    ("household_kind", "rich"),
    ("serious_illness", None),
    ("household_kind", ["general"]),
    ("household_kind", {}),
    ("income_year", "inf"),
    ("income_year", "一二三"),
    ("no_such_fact", "1"),
]


@pytest.mark.parametrize(("fact", "value"), WRONG_FACTS)
def test_a_wrong_value_is_refused_in_one_sentence_and_changes_nothing(bureau: Bureau, fact: str, value: Any) -> None:
    receipt = bureau.apply(facts=POOR)
    before = bureau.json(receipt)
    with pytest.raises(Invalid) as refused:
        desk.set_fact(bureau.office, bureau.user("wang"), receipt, fact, value)
    assert fact in refused.value.message or library().vocabulary[fact].zh in refused.value.message
    assert bureau.json(receipt) == before


def test_a_returned_case_asks_the_household_and_goes_on_when_it_answers(bureau: Bureau) -> None:
    from actions import cases

    receipt = bureau.apply(conversation="farmer")
    card = desk.return_case(bureau.office, bureau.user("wang"), receipt, "请补上住院的单子")
    assert (card.status, card.urgency, card.returned_reason) == ("returned", "waiting", "请补上住院的单子")
    bureau.tick()
    assert bureau.heard("farmer") == [
        f"您的申请（单号 {receipt}）还差一点情况：请补上住院的单子。直接在这里回复就行，补上接着办，不用重新申请。"
    ]
    with pytest.raises(Invalid, match="等家里补充"):
        desk.record_step(bureau.office, bureau.user("wang"), receipt, "household_visit")
    bureau.in_case(receipt, lambda uow, case: cases.add_information(bureau.office, uow, case, "单子找到了", None, {}))
    bureau.tick()
    assert bureau.case(receipt).status == "open"
    assert any("已经补上" in line for line in bureau.told("wang"))
    desk.record_step(bureau.office, bureau.user("wang"), receipt, "household_visit")


@pytest.mark.parametrize("reason", ["", "   ", "\n"])
def test_a_return_needs_a_reason(bureau: Bureau, reason: str) -> None:
    with pytest.raises(Invalid, match="写清楚"):
        desk.return_case(bureau.office, bureau.user("wang"), bureau.apply(), reason)


def test_what_staff_say_reaches_the_household_as_staff(bureau: Bureau) -> None:
    receipt = bureau.apply(conversation="farmer")
    desk.say_to_household(bureau.office, bureau.user("wang"), receipt, "我明天上午过去")
    bureau.later(seconds=1)
    desk.say_to_household(bureau.office, bureau.user("wang"), receipt, "我明天上午过去")
    bureau.tick()
    assert bureau.heard("farmer") == ["我明天上午过去"] * 2
    with bureau.office.db.read() as uow:
        assert {reply.author for reply in uow.replies.after("farmer", 0)} == {"staff"}
    for text, why in [(" ", "没有写"), ("长" * 2001, "太长")]:
        with pytest.raises(Invalid, match=why):
            desk.say_to_household(bureau.office, bureau.user("wang"), receipt, text)


# -- two people at once -------------------------------------------------------------------------------------------


def test_whoever_saw_an_older_card_is_told_and_nothing_is_overwritten(bureau: Bureau) -> None:
    receipt = bureau.apply(facts=POOR)
    seen = desk.case_card(bureau.office, bureau.user("wang"), receipt).version
    after = desk.set_fact(bureau.office, bureau.user("xinglong"), receipt, "income_per_capita", 4000, version=seen)
    assert after.version > seen
    tries: list[Callable[[], object]] = [
        lambda: desk.set_fact(bureau.office, bureau.user("wang"), receipt, "income_per_capita", 1, version=seen),
        lambda: desk.record_step(bureau.office, bureau.user("wang"), receipt, "household_visit", version=seen),
        lambda: desk.return_case(bureau.office, bureau.user("wang"), receipt, "补单子", version=seen),
    ]
    for attempt in tries:
        with pytest.raises(Stale, match="别人已经改过"):
            attempt()
    assert bureau.json(receipt)["facts"]["income_per_capita"]["value"] == 4000
    desk.record_step(bureau.office, bureau.user("wang"), receipt, "household_visit", version=after.version)


def test_of_two_who_press_at_once_one_wins_and_the_other_is_told(contested: Bureau) -> None:
    outcomes = []
    for _ in range(5):
        receipt = contested.apply(conversation=f"farmer-{len(outcomes)}")
        version = desk.case_card(contested.office, contested.user("root"), receipt).version

        def press(name: str, receipt: str = receipt, version: int = version) -> str:
            try:
                desk.record_step(contested.office, contested.user(name), receipt, "household_visit", version=version)
            except Refusal as refused:
                return type(refused).__name__
            return "done"

        with ThreadPoolExecutor(2) as pool:
            outcomes.append(sorted(pool.map(press, ["wang", "xinglong"])))
    assert outcomes == [["Stale", "done"]] * 5
    contested.tick()
    assert all(len(contested.heard(f"farmer-{n}")) == 1 for n in range(5))


def test_the_own_inbox_is_read_and_marked(bureau: Bureau) -> None:
    receipt = bureau.apply()
    bureau.tick()
    wang = bureau.user("wang")
    (line,) = desk.notifications_for(bureau.office, wang)
    assert (line.receipt, line.read_at) == (receipt, None)
    assert desk.mark_read(bureau.office, bureau.user("li"), (line.id,)) == 0, "not somebody else's line"
    assert desk.mark_read(bureau.office, wang, (line.id,)) == 1
    assert desk.notifications_for(bureau.office, wang, unread_only=True) == ()


NUMBERS = [0, -1, 10**30, 999_999]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_that_is_none_of_ours_is_not_there(bureau: Bureau, number: int) -> None:
    receipt = bureau.apply()
    root = bureau.user("root")
    with pytest.raises(NotFound):
        desk.take_task(bureau.office, root, number)
    with pytest.raises(Invalid, match="地方"):
        desk.place_case(bureau.office, root, receipt, number)
    assert desk.mark_read(bureau.office, root, (number,)) == 0


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "{receipt}%s{0}", "<script>", "\u200b" * 20])
def test_odd_words_of_staff_are_stored_and_shown_as_they_are(bureau: Bureau, text: str) -> None:
    receipt = bureau.apply(conversation="farmer")
    desk.say_to_household(bureau.office, bureau.user("wang"), receipt, "看" + text)
    desk.return_case(bureau.office, bureau.user("wang"), receipt, "补" + text)
    bureau.tick()
    shown = text.replace("\x00", "").replace("\ud800", "")
    assert bureau.heard("farmer")[0] == "看" + shown
    assert "补" + shown in bureau.heard("farmer")[1]
