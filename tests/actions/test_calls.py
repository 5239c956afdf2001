"""A call while it is typed: read, decided on, kept, recovered."""

from __future__ import annotations

import pytest

from actions import calls
from actions.call_draft import CallInput, phone_digits
from actions.refusals import Invalid, NotAllowed, NotFound, Stale
from tests.actions.bureau import Bureau
from tests.actions.hotline import COMPLAINT, STORY, Hotline, item, state, values


@pytest.fixture
def line(bureau: Bureau) -> Hotline:
    return Hotline(bureau)


# -- reading ---------------------------------------------------------------------------------------------------


def test_what_was_heard_stands_with_the_very_words_it_came_from(line: Hotline) -> None:
    view = line.types(STORY)
    assert values(view) == {
        "fact:serious_illness": True,
        "fact:medical_self_paid_year": 50000.0,
        "fact:household_size": 5,
        "fact:employment_unstable": True,
        "fact:income_year": 20000.0,
    }
    for one in view.items:
        assert STORY[one.start : one.end] == one.words
        assert one.state == "heard"
    assert {STORY[mark.start : mark.end] for mark in view.marks} >= {"肺癌", "五万多", "两万来块"}


def test_reading_stores_nothing(line: Hotline) -> None:
    view = calls.read(line.bureau.office, line.user, line.key, CallInput(notes=STORY))
    assert values(view)["fact:household_size"] == 5
    assert calls.drafts(line.bureau.office, line.user) == ()


@pytest.mark.parametrize(
    ("answer", "fact", "value"),
    [
        ("〔家庭人口〕5", "household_size", 5),
        ("〔脱贫户/一般农户〕从来不是", "household_kind", "general"),
        ("〔严重困难、影响基本生活〕还没到那一步", "severe_difficulty", False),
        ("〔收入骤减〕少了一大半", "income_dropped_sharply", True),
        (" 〔脱贫户/一般农户〕 以前是，后来脱贫了", "household_kind", "lifted"),
    ],
)
def test_an_answer_is_understood_in_the_light_of_its_question(
    line: Hotline, answer: str, fact: str, value: object
) -> None:
    names = {spec.id: spec.zh for spec in line.bureau.office.library.vocabulary.values()}
    answer = answer.replace("〔家庭人口〕", f"〔{names['household_size']}〕")
    answer = answer.replace("〔收入骤减〕", f"〔{names['income_dropped_sharply']}〕")
    view = line.types(f"日子难\n{answer}\n还有别的事")
    assert values(view)[f"fact:{fact}"] == value


def test_a_later_answer_supersedes_the_story(line: Hotline) -> None:
    name = line.bureau.office.library.vocabulary["household_size"].zh
    assert values(line.types(f"{STORY}\n〔{name}〕四口"))["fact:household_size"] == 4


def test_a_line_with_an_unknown_name_is_part_of_the_story(line: Hotline) -> None:
    assert values(line.types(f"〔备注〕{STORY}"))["fact:household_size"] == 5


@pytest.mark.parametrize(
    "notes", ["", "〔", "〔〕", "〔电话〕", "\n\n〔电话〕\n", "𠮷〔电话〕𠮷", "〔家庭人口〕" * 50, "0" * 5000]
)
def test_any_notes_are_read(line: Hotline, notes: str) -> None:
    view = line.types(notes)
    assert all(0 <= one.start <= one.end <= len(notes) for one in view.items)


# -- deciding --------------------------------------------------------------------------------------------------


def test_what_was_refused_does_not_come_back_for_the_same_words(line: Hotline) -> None:
    line.types(STORY)
    assert state(line.decides("fact:income_year", "refused"), "fact:income_year") == "refused"
    assert "fact:income_year" not in values(line.adds("还有俩娃念书"))
    assert values(line.adds("不对，一年挣一万五"))["fact:income_year"] == 15000


def test_where_the_latest_is_refused_the_earlier_one_holds(line: Hotline) -> None:
    line.types(f"{STORY}\n不对，是四口人")
    assert values(line.decides("fact:household_size", "refused"))["fact:household_size"] == 5


def test_a_changed_value_stays_the_operators(line: Hotline) -> None:
    line.types(STORY)
    view = line.decides("fact:household_size", "changed", "6")
    assert values(view)["fact:household_size"] == 6
    view = line.adds("家里五口人")
    assert (values(view)["fact:household_size"], state(view, "fact:household_size")) == (6, "changed")
    assert state(line.decides("fact:household_size", "accepted"), "fact:household_size") == "changed"


def test_accepting_is_about_these_words_only(line: Hotline) -> None:
    line.types(STORY)
    assert state(line.decides("fact:household_size", "accepted"), "fact:household_size") == "accepted"
    view = line.adds("不对，是四口人")
    assert (values(view)["fact:household_size"], state(view, "fact:household_size")) == (4, "heard")


def test_a_refusal_is_taken_back(line: Hotline) -> None:
    line.types(STORY)
    line.decides("fact:household_size", "refused")
    assert state(line.decides("fact:household_size", "accepted"), "fact:household_size") == "accepted"


def test_a_sum_that_is_no_fact_is_decided_on_too(line: Hotline) -> None:
    view = line.types("家里欠着八万块的账")
    debt = item(view, "amount:debt")
    assert debt is not None
    assert (debt.value, debt.words, debt.shown) == (80000, "八万块", "欠着8万元")
    changed = item(line.decides("amount:debt", "changed", "90000"), "amount:debt")
    assert changed is not None
    assert changed.value == 90000


@pytest.mark.parametrize(
    ("name", "choice", "value"),
    [
        ("fact:household_size", "changed", "0"),
        ("fact:household_size", "changed", "三点五"),
        ("fact:household_kind", "changed", "rich"),
        ("fact:no_such_fact", "changed", "1"),
        ("fact:disability", "accepted", None),  # nobody spoke of it
        ("amount:debt", "changed", "-1"),
        ("amount:debt", "changed", "nan"),
        ("nonsense", "refused", None),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(line: Hotline, name: str, choice: str, value: object) -> None:
    line.types(f"{STORY}，欠着八万块的账")
    with pytest.raises(Invalid) as refused:
        line.decides(name, choice, value)
    assert refused.value.message.endswith("。")


def test_a_fact_may_be_set_that_nobody_heard(line: Hotline) -> None:
    line.types(STORY)
    assert values(line.decides("fact:disability", "changed", "true"))["fact:disability"] is True
    assert "fact:disability" not in values(line.decides("fact:disability", "refused"))


# -- what to say next --------------------------------------------------------------------------------------------


def test_the_script_goes_the_way_of_the_chat(line: Hotline) -> None:
    asked = [line.types().script.asks]
    asked.append(line.types(consent=True).script.asks)
    asked.append(line.types(STORY).script.asks)
    view = line.adds("〔住址〕西吉县兴隆镇王家村")
    asked.append(view.script.asks)
    assert asked == ["consent", "problem", "place", "household_kind"]
    spec = line.bureau.office.library.vocabulary["household_kind"]
    assert (view.script.say, view.script.mark, view.script.why) == (spec.question, spec.zh, spec.why)
    assert [choice.title for choice in view.script.choices] == [*(b.title for b in spec.buttons), "不知道"]
    assert view.area == "宁夏回族自治区固原市西吉县兴隆镇王家村"
    assert view.verdict is not None
    assert "宁夏" in view.verdict.document or "宁" in view.verdict.document


def test_an_answer_that_is_not_known_is_not_asked_again(line: Hotline) -> None:
    line.types(f"{STORY}，住西吉县兴隆镇王家村", consent=True)
    for _ in range(30):
        script = line.looks().script
        if script.mark is None:
            break
        view = line.adds(f"〔{script.mark}〕不知道")
        assert view.script.asks != script.asks
    assert line.looks().script.asks == "ready"


def test_what_was_refused_is_asked_and_may_stay_unknown(line: Hotline) -> None:
    view = line.types(f"{STORY}，住西吉县兴隆镇王家村", consent=True)
    view = line.decides("fact:household_size", "refused")
    assert view.script.asks == "household_size"
    assert line.adds(f"〔{view.script.mark}〕不知道").script.asks != "household_size"


def test_an_answer_that_nobody_understands_is_asked_once_more_and_then_left(line: Hotline) -> None:
    line.types(f"{STORY}，住西吉县兴隆镇王家村", consent=True)
    first = line.looks().script
    view = line.adds(f"〔{first.mark}〕嗯啊那个啥")
    assert (view.script.asks, view.script.unread) == (first.asks, True)
    assert line.adds(f"〔{first.mark}〕哎呀").script.asks != first.asks


def test_a_complaint_has_its_own_questions(line: Hotline) -> None:
    line.types("", kind="complaint", consent=True)
    assert line.looks().script.asks == "complaint_detail"
    view = line.types(COMPLAINT)
    assert (view.topic, view.against, view.against_level) == ("unfair_list", "王二狗", "village")
    assert view.script.asks == "place"
    assert line.adds("〔住址〕西吉县兴隆镇王家村").script.asks == "wish"
    assert line.adds("〔想要的结果〕重新评一次").script.asks == "name"
    assert line.types(anonymous=True).script.asks == "ready"
    assert line.looks().wish == "重新评一次"


def test_the_notes_suggest_another_kind_of_call(line: Hotline) -> None:
    assert line.types(COMPLAINT).suggests == "complaint"
    assert line.types(STORY).suggests is None
    assert line.types(STORY, kind="question").suggests == "application"


def test_a_question_is_answered_from_the_documents(line: Hotline) -> None:
    view = line.types("监测线是多少", kind="question", place="西吉县")
    assert view.answer is not None
    assert "元" in view.answer


# -- the caller ----------------------------------------------------------------------------------------------------


def test_name_number_and_place_are_heard_and_the_typed_ones_win(line: Hotline) -> None:
    view = line.types("我叫马秀英，电话13800001234，家在西吉县兴隆镇王家村")
    assert (view.name, view.phone, view.place) == ("马秀英", "13800001234", "西吉县兴隆镇王家村")
    view = line.types(name="马秀兰", phone="", place="龙口市东江镇毡王村")
    assert (view.name, view.phone) == ("马秀兰", "")
    assert view.area == "山东省烟台市龙口市东江镇毡王村"


def test_a_place_told_in_two_breaths_is_one_place(line: Hotline) -> None:
    view = line.types("家在西吉县，老头子病了\n〔住址〕兴隆镇王家村")
    assert view.area == "宁夏回族自治区固原市西吉县兴隆镇王家村"


def test_somebody_who_speaks_for_a_neighbour_is_the_proxy(line: Hotline) -> None:
    view = line.types("我替邻居马秀英问问，她瘫在床上了", consent=True)
    assert view.proxy
    assert line.types(proxy=False).proxy is False


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("138 0000 1234", "13800001234"),
        ("１３８００００１２３４", "13800001234"),
        ("+86-138-0000-1234", "13800001234"),
        ("0954-3012345", "09543012345"),
        ("12317", "12317"),
        ("", ""),
        (None, ""),
        ("138", None),
        ("1380000123a", None),
        ("138000012345678", None),
    ],
)
def test_a_phone_number_however_it_is_typed(typed: str | None, digits: str | None) -> None:
    assert phone_digits(typed) == digits


# -- keeping -------------------------------------------------------------------------------------------------------


def test_beginning_twice_is_one_call(line: Hotline) -> None:
    office, user = line.bureau.office, line.user
    first = calls.begin(office, user, line.key)
    again = calls.begin(office, user, line.key)
    assert (first.key, first.version) == (again.key, again.version)
    assert len(calls.drafts(office, user)) == 1


def test_a_draft_is_there_again_after_a_crash(line: Hotline) -> None:
    line.types(STORY, consent=True, name="马秀英")
    line.decides("fact:household_size", "changed", "6")
    (draft,) = calls.drafts(line.bureau.office, line.user)
    assert (draft.key, draft.name, draft.words) == (line.key, "马秀英", STORY[:40])
    view = line.looks()
    assert (view.input.notes, view.input.consent, values(view)["fact:household_size"]) == (STORY, True, 6)


def test_scenario_54_two_windows_never_overwrite_each_other(line: Hotline) -> None:
    office, user, key = line.bureau.office, line.user, line.key
    kept = calls.keep(office, user, key, CallInput(notes="一"), 0, "left", 1)
    mine = calls.keep(office, user, key, CallInput(notes="一二"), kept.version, "left", 2)
    for window in ("right", ""):
        with pytest.raises(Stale):
            calls.keep(office, user, key, CallInput(notes="别的"), kept.version, window, 1)
        with pytest.raises(Stale):
            calls.decide_on(
                office, user, key, "fact:disability", "changed", "true", version=kept.version, window=window
            )
    assert line.looks().input.notes == "一二"
    taken = calls.keep(office, user, key, CallInput(notes="右边的"), mine.version, "right", 1)
    with pytest.raises(Stale):
        calls.keep(office, user, key, CallInput(notes="左边又来"), mine.version, "left", 3)
    assert taken.version > mine.version
    assert line.looks().input.notes == "右边的"


def test_a_page_whose_answer_was_lost_keeps_on_keeping(line: Hotline) -> None:
    office, user, key = line.bureau.office, line.user, line.key
    kept = calls.keep(office, user, key, CallInput(notes="一"), 0, "page", 1)
    calls.keep(office, user, key, CallInput(notes="一二"), kept.version, "page", 2)  # the answer does not arrive
    calls.keep(office, user, key, CallInput(notes="一二三"), kept.version, "page", 3)
    assert line.looks().input.notes == "一二三"
    calls.keep(office, user, key, CallInput(notes="一"), kept.version, "page", 1)  # delivered late
    assert line.looks().input.notes == "一二三"


def test_words_of_danger_are_a_task_at_once(line: Hotline) -> None:
    view = line.types("他说家里断粮了，不想活了", phone="13800001234", place="西吉县兴隆镇王家村")
    assert view.danger is not None
    assert "110" in view.danger.say
    line.adds("他说家里断粮了，真的不想活了")
    (task,) = line.bureau.tasks("danger")
    assert task.urgent
    assert "13800001234" in task.text
    assert task.area_id == line.bureau.area("0101")


# -- whose call it is ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["wang", "xinglong", "xiji"])
def test_cadres_take_no_calls(line: Hotline, name: str) -> None:
    office, user = line.bureau.office, line.bureau.user(name)
    for act in (
        lambda: calls.begin(office, user, line.key),
        lambda: calls.look(office, user, line.key),
        lambda: calls.read(office, user, line.key, CallInput()),
        lambda: calls.drafts(office, user),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_colleagues_call_is_not_there(line: Hotline) -> None:
    line.types(STORY)
    office = line.bureau.office
    with office.db.begin() as uow:
        other = line.bureau.user("wang")
        other.role = "operator"
        uow.session.merge(other)
        uow.commit()
    other = line.bureau.user("wang")
    for act in (
        lambda: calls.look(office, other, line.key),
        lambda: calls.read(office, other, line.key, CallInput()),
        lambda: calls.keep(office, other, line.key, CallInput(notes="x")),
        lambda: calls.decide_on(office, other, line.key, "fact:household_size", "refused"),
    ):
        with pytest.raises(NotFound):
            act()
    assert calls.look(office, line.bureau.user("root"), line.key).input.notes == STORY


@pytest.mark.parametrize("key", ["", "x", "../1", "5f0c1b1e-0000-4000-8000-00000000000010", "１"])
def test_a_key_is_a_uuid(line: Hotline, key: str) -> None:
    with pytest.raises(Invalid):
        calls.begin(line.bureau.office, line.user, key)
