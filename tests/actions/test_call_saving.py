"""A call becomes a case: the same as from the chat, once, with the caller's own words; or it ends without one."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest

from actions import callers, calls
from actions.call_sheet import sheet
from actions.clock import SHANGHAI
from actions.refusals import Invalid, NotFound, Stale
from actions.transcript import read_transcript
from storage import models
from tests.actions.bureau import Bureau
from tests.actions.hotline import COMPLAINT, STORY, Hotline

ID = "11010519491231002X"
HOME = "西吉县兴隆镇王家村"
NUMBER = "13800001234"


@pytest.fixture
def line(bureau: Bureau) -> Hotline:
    return Hotline(bureau)


@pytest.fixture
def told(line: Hotline) -> Hotline:
    """An application that is ready to be saved."""
    line.types(f"{STORY}\n〔住址〕{HOME}", consent=True, name="马秀英", phone=NUMBER)
    return line


def complaint(line: Hotline, **fields: object) -> None:
    line.types(f"{COMPLAINT}\n〔住址〕{HOME}", kind="complaint", consent=True, **fields)


# -- applications ----------------------------------------------------------------------------------------------------


def test_a_saved_call_is_the_same_kind_of_case_as_from_the_chat(told: Hotline) -> None:
    told.decides("fact:household_size", "changed", "6")
    told.decides("fact:employment_unstable", "refused")
    saved = told.saves()
    assert saved.receipt is not None
    assert saved.receipt in saved.say
    assert saved.next
    case, data = told.bureau.case(saved.receipt), told.bureau.json(saved.receipt)
    assert (case.kind, case.pack_id, case.person_name, case.phone) == (
        "application",
        "ningxia-2020-8",
        "马秀英",
        NUMBER,
    )
    assert case.own_words == told.given.notes
    assert case.details["hardships"] == ["illness"]
    assert data["place"] == "宁夏回族自治区固原市西吉县兴隆镇王家村"
    assert data["facts"]["household_size"] == {"value": 6, "verified": False, "source": "operator"}
    assert "employment_unstable" not in data["facts"]
    assert told.bureau.steps(saved.receipt)
    told.bureau.tick()
    assert any(saved.receipt in text for text in told.bureau.told("wang"))


def test_every_fact_names_its_operator_and_the_words_in_the_message(told: Hotline) -> None:
    receipt = told.saves().receipt
    assert receipt is not None
    with told.bureau.office.db.read() as uow:
        case = told.bureau.case(receipt)
        (message,) = uow.inbox.of_conversation(f"phone:{told.key}")
        for fact in uow.facts.current(case_id=case.id).values():
            assert (fact.source, fact.said_by, fact.inbound_id) == ("operator", told.user.id, message.id)
            assert fact.start is not None
            assert message.text[fact.start : fact.end] == fact.words
        conversation = uow.conversations.get(f"phone:{told.key}")
        assert conversation is not None
        assert (conversation.channel, conversation.address, conversation.stage) == ("phone", NUMBER, "submitted")
        assert conversation.consent_at is not None
        assert [line.author for line in read_transcript(uow, conversation.id).lines] == ["person"]
        assert uow.inbox.backlog() == 0, "nobody but the operator answers a call"


def test_scenario_53_saving_twice_is_one_case(told: Hotline) -> None:
    first, again = told.saves(), told.saves()
    assert first.receipt == again.receipt
    with told.bureau.office.db.read() as uow:
        assert uow.count(models.Case) == 1


@pytest.mark.timeout(120)
def test_scenario_53_many_presses_at_once_are_one_case(contested: Bureau) -> None:
    line = Hotline(contested)
    receipts: list[str | None] = []
    for _ in range(5):
        line.hangs_up()
        line.types(f"{STORY}\n〔住址〕{HOME}", consent=True, phone=NUMBER)
        both = [threading.Thread(target=lambda: receipts.append(line.saves().receipt)) for _ in range(4)]
        for thread in both:
            thread.start()
        for thread in both:
            thread.join()
    assert len(receipts) == 20
    assert len(set(receipts)) == 5
    with contested.office.db.read() as uow:
        assert uow.count(models.Case) == 5


def test_the_sheet_says_everything_that_will_be_stored(told: Hotline) -> None:
    told.adds("欠着八万块的账")
    told.decides("fact:employment_unstable", "refused")
    read = sheet(told.bureau.office, told.user, told.key)
    text = "\n".join(read.lines)
    for words in ("家里有人得了大病", "5万元", "5口人", "2万元", "欠着8万元", "马秀英", "138 0000 1234", "王家村"):
        assert words in text
    assert "不稳当" not in text
    assert (read.faults, read.words, read.undecided) == ((), told.given.notes, 5)


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"consent": None}, "同不同意"),
        ({"consent": False}, "不同意"),
        ({"notes": "  \n"}, "没记"),
        ({"kind": "question"}, "不是申请也不是投诉"),
        ({"phone": "一三八"}, "一三八"),
    ],
)
def test_what_is_missing_is_said_in_one_sentence(told: Hotline, fields: dict[str, object], word: str) -> None:
    told.types(**fields)
    (fault,) = sheet(told.bureau.office, told.user, told.key).faults
    assert word in fault
    with pytest.raises(Invalid, match=word):
        told.saves()
    with told.bureau.office.db.read() as uow:
        assert uow.count(models.Case) == 0
        assert uow.conversations.get(f"phone:{told.key}") is None


def test_saving_what_another_window_changed_meanwhile_is_refused(told: Hotline) -> None:
    version = told.looks().version
    told.adds("还有一句")
    with pytest.raises(Stale):
        told.saves(version=version, window="other")


def test_a_saved_call_cannot_be_changed_and_is_no_draft_any_more(told: Hotline) -> None:
    told.saves()
    with pytest.raises(Invalid):
        told.types("别的")
    assert calls.drafts(told.bureau.office, told.user) == ()
    (ended,) = calls.ended_today(told.bureau.office, told.user)
    assert ended.outcome == "已登记"


def test_who_speaks_for_a_neighbour_is_kept_apart_from_the_household(line: Hotline) -> None:
    line.types(
        f"我替邻居报，她叫马秀英，瘫在床上了，住{HOME}",
        consent=True,
        name="马秀英",
        proxy_name="周小芹",
        proxy_consent=False,
    )
    receipt = line.saves().receipt
    assert receipt is not None
    case = line.bureau.case(receipt)
    assert (case.person_name, case.proxy_name, case.proxy_relation) == ("马秀英", "周小芹", "neighbour")
    assert case.proxy_consent is False


def test_without_a_known_place_the_county_sorts_it_out(line: Hotline) -> None:
    line.types(f"{STORY}，住在没有这个地方的村", consent=True)
    assert line.saves().receipt is not None
    assert line.bureau.tasks("unplaced")


# -- going on with an open case ---------------------------------------------------------------------------------------


def test_a_second_call_goes_on_with_the_open_case(told: Hotline) -> None:
    receipt = told.saves().receipt
    told.hangs_up()
    told.types("他又住院了，自己又掏了两万", consent=True, phone=NUMBER, continues=receipt, receipt=receipt)
    assert told.looks().script.asks == "ready", "the open case knows the household already"
    again = told.saves()
    assert (again.receipt, again.outcome) == (receipt, "continued")
    with told.bureau.office.db.read() as uow:
        assert uow.count(models.Case) == 1
    assert any("又住院了" in text for text in told.bureau.history(receipt or ""))
    told.bureau.tick()
    assert any("补充了情况" in text for text in told.bureau.told("wang"))
    listed = calls.calls_of_case(told.bureau.office, told.bureau.user("wang"), receipt or "")
    assert [call.outcome for call in listed] == ["已登记", "补到原来那一件"]


def test_an_open_application_of_the_same_household_is_continued_and_not_told_to_a_stranger(told: Hotline) -> None:
    receipt = told.saves().receipt
    told.hangs_up()
    told.types(f"{STORY}\n〔住址〕{HOME}", consent=True, name="马秀英", phone=NUMBER)
    again = told.saves()
    assert (again.receipt, again.case, again.outcome) == (None, receipt, "continued")
    assert (receipt or "") not in again.say
    assert again.next == ()
    assert told.saves() == again, "pressed again it says no more"
    with told.bureau.office.db.read() as uow:
        assert uow.count(models.Case) == 1


@pytest.mark.parametrize(("number", "said"), [(ID, True), ("110105194912310039", False)])
def test_who_shows_the_id_number_is_told_the_receipt(told: Hotline, number: str, said: bool) -> None:
    told.types(id_number=ID)
    receipt = told.saves().receipt
    told.hangs_up()
    told.types(f"{STORY}\n〔住址〕{HOME}", consent=True, id_number=number, continues=receipt)
    if said:
        assert told.saves().receipt == receipt
    else:
        with pytest.raises(Invalid, match="身份证号"):
            told.saves()


def test_an_id_number_is_kept_sealed_with_the_case_and_read_back(told: Hotline) -> None:
    told.adds(f"身份证号{ID}")
    assert told.looks().id_number == ID
    assert f"身份证号：{ID}" in sheet(told.bureau.office, told.user, told.key).lines
    case = told.bureau.case(told.saves().receipt or "")
    assert case.id_number == ID
    assert case.household_id is not None


def test_looking_up_a_caller_offers_and_never_assumes(told: Hotline) -> None:
    receipt = told.saves().receipt
    office, user = told.bureau.office, told.user
    (person,) = callers.look_up(office, user, phone=NUMBER).people
    assert (person.certain, person.name, person.phone_tail) == (False, "马**", "1234")
    assert person.reasons == ("电话一样",)
    assert person.cases[0].receipt == receipt
    assert person.cases[0].status
    assert callers.look_up(office, user, receipt=receipt or "").people[0].certain
    assert callers.look_up(office, user, name="马绣英", village="王家村").people, "misheard names are found"
    assert callers.look_up(office, user, phone=NUMBER).earlier == 1
    assert callers.look_up(office, user, phone="13999999999").people == ()
    assert callers.look_up(office, user).asked is False


def test_only_a_case_of_the_own_area_can_be_gone_on_with(told: Hotline) -> None:
    foreign = told.bureau.apply("1101", pack="longkou-2021-1", place="龙口市东江镇毡王村")
    told.types(continues=foreign)
    with pytest.raises(Invalid, match=foreign):
        told.saves()
    with pytest.raises(NotFound):
        calls.calls_of_case(told.bureau.office, told.user, foreign)


# -- complaints -------------------------------------------------------------------------------------------------------


def test_a_complaint_goes_past_the_level_complained_about(line: Hotline) -> None:
    complaint(line, wish="重新评一次", name="钱满仓", phone=NUMBER)
    receipt = line.saves().receipt
    assert receipt is not None
    case = line.bureau.case(receipt)
    assert (case.kind, case.complaint_topic, case.person_name) == ("complaint", "unfair_list", "钱满仓")
    assert case.details["against"] == "王二狗"
    assert case.details["wish"] == "重新评一次"
    assert "重新评一次" in case.own_words
    assert case.routed_area_id == line.bureau.area("01")
    line.bureau.tick()
    assert not any(receipt in text for text in line.bureau.told("wang"))
    assert any(receipt in text for text in line.bureau.told("xinglong"))


def test_an_unnamed_complaint_leaves_no_name_and_no_number_anywhere(line: Hotline) -> None:
    complaint(line, anonymous=True, name="钱满仓", phone=NUMBER)
    line.adds(f"我叫钱满仓，电话13800001234，身份证{ID}，别说是我说的")
    saved = line.saves()
    assert "没有留您的名字" in saved.say
    case, row = line.bureau.case(saved.receipt or ""), line.row()
    assert (case.person_name, case.phone, case.phone_index) == (None, None, None)
    assert (row.phone, row.phone_index, row.state) == (None, None, {})
    with line.bureau.office.db.read() as uow:
        conversation = uow.conversations.get(f"phone:{line.key}")
        assert conversation is not None
        assert conversation.address is None
        kept = [row.notes, case.own_words, str(case.details), str(conversation.state)]
        kept += [message.text for message in uow.inbox.of_conversation(conversation.id)]
        kept += [task.text for task in uow.find(models.Task)]
    assert not [text for text in kept if "钱满仓" in text or NUMBER in text or ID in text]
    assert "王二狗" in case.own_words, "whom it is about stays"


@pytest.mark.parametrize("outcome", ["hung_up", "answered"])
def test_an_unnamed_complaint_that_comes_to_nothing_leaves_no_name_either(line: Hotline, outcome: str) -> None:
    complaint(line, anonymous=True, name="钱满仓", phone=NUMBER)
    line.adds("我叫钱满仓，逼得我不想活了")
    line.ends(outcome)
    row = line.row()
    assert (row.phone, row.phone_index, row.state) == (None, None, {})
    kept = [row.notes, *(task.text for task in line.bureau.tasks())]
    assert not [text for text in kept if "钱满仓" in text or NUMBER in text]
    assert len(line.bureau.tasks("danger")) == 1


def test_the_sheet_of_a_complaint_says_who_will_not_see_it(line: Hotline) -> None:
    complaint(line, anonymous=True, wish="重新评一次")
    text = "\n".join(sheet(line.bureau.office, line.user, line.key).lines)
    for words in ("名单不公平", "王二狗", "不经过村", "乡镇", "重新评一次", "不留名"):
        assert words in text


# -- other ends -------------------------------------------------------------------------------------------------------


def test_calling_back_is_an_appointment_in_the_queue(line: Hotline) -> None:
    line.types(STORY, phone=NUMBER, name="马秀英")
    ended = line.ends("call_back", callback="next09")
    assert ended.callback == datetime(2026, 11, 24, 9, 0, tzinfo=SHANGHAI)
    (task,) = line.bureau.tasks("person")
    assert task.due_at == ended.callback
    assert "11月24日 09:00" in task.text
    assert NUMBER in task.text
    assert line.row().status == "saved"


@pytest.mark.parametrize(
    ("outcome", "more", "word"),
    [
        ("call_back", {}, "什么时候"),
        ("call_back", {"callback": "2026-11-22T09:00"}, "现在以后"),
        ("call_back", {"callback": "2029-01-01T09:00"}, "三个月"),
        ("call_back", {"callback": "soon"}, "什么时候"),
        ("passed_on", {"note": " "}, "转给了谁"),
        ("recorded", {}, "没有“recorded”"),
        ("nonsense", {}, "没有“nonsense”"),
    ],
)
def test_an_end_that_lacks_something_says_what(line: Hotline, outcome: str, more: dict[str, str], word: str) -> None:
    line.types(STORY, phone=NUMBER)
    with pytest.raises(Invalid, match=word):
        line.ends(outcome, **more)
    assert line.row().status == "draft"


def test_calling_back_needs_a_number(line: Hotline) -> None:
    line.types(STORY)
    with pytest.raises(Invalid, match="号码"):
        line.ends("call_back", callback="in30")


def test_a_saved_call_may_have_an_appointment_too(told: Hotline) -> None:
    told.saves(callback=(told.bureau.at + timedelta(days=1)).isoformat())
    (task,) = told.bureau.tasks("person")
    assert task.case_id is not None


def test_a_line_that_broke_after_a_hardship_is_called_back(line: Hotline) -> None:
    line.types(STORY, phone=NUMBER)
    line.ends("hung_up")
    (task,) = line.bureau.tasks("abandoned")
    assert NUMBER in task.text


@pytest.mark.parametrize("outcome", ["refused", "wrong_number", "nobody"])
def test_nothing_is_kept_of_a_call_that_nobody_agreed_to(line: Hotline, outcome: str) -> None:
    line.types(STORY, phone=NUMBER, name="马秀英")
    line.ends(outcome)
    row = line.row()
    assert (row.status, row.notes, row.phone, row.phone_index, row.state) == ("dropped", "", None, None, {})
    assert line.bureau.tasks() == []


def test_a_complaint_that_is_no_case_yet_is_not_told_in_the_queue(line: Hotline) -> None:
    complaint(line, phone=NUMBER)
    line.ends("call_back", callback="in30")
    (task,) = line.bureau.tasks("person")
    assert "王二狗" not in task.text
    assert task.area_id == line.bureau.area("640422"), "not the village that it is about"


def test_what_has_ended_stays_ended(line: Hotline) -> None:
    line.types(STORY, phone=NUMBER)
    assert line.ends("hung_up").outcome == "hung_up"
    assert line.ends("wrong_number").outcome == "hung_up"
    assert line.row().notes == STORY
