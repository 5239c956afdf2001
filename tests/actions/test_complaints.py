"""A complaint goes past the person and the level complained about, and is worked on by somebody else."""

from __future__ import annotations

import pytest

from actions import desk
from actions.cases import Person
from actions.refusals import Invalid, NotFound
from storage import models
from tests.actions.bureau import Bureau

EVERYBODY = ("wang", "li", "xinglong", "xiji", "longkou", "root")

# level complained about, place known as, who hears, who may open the card
WAYS = [
    ("village", "0101", ["xinglong"], {"xinglong", "xiji", "root"}),
    ("town", "0101", ["xiji"], {"xiji", "root"}),
    ("town", "01", ["xiji"], {"xiji", "root"}),
    ("village", "01", ["xinglong"], {"xinglong", "xiji", "root"}),
    ("village", "0201", ["xiji"], {"xiji", "root"}),
    ("county", "0101", ["root"], {"root"}),
    ("county", None, ["root"], {"root"}),
    (None, "0101", ["xinglong"], {"xinglong", "xiji", "root"}),
]


@pytest.mark.parametrize(("level", "code", "hear", "see"), WAYS)
def test_a_complaint_never_reaches_the_level_complained_about(
    bureau: Bureau, level: str | None, code: str | None, hear: list[str], see: set[str]
) -> None:
    receipt = bureau.complain(level, code)
    bureau.later(days=30)
    bureau.tick()
    heard = {name for name in EVERYBODY if any(receipt in line for line in bureau.told(name))}
    assert heard <= see
    for name in EVERYBODY:
        user = bureau.user(name)
        listed = receipt in {line.receipt for line in desk.cases_for(bureau.office, user).lines}
        assert listed is (name in see), name
        if name in see:
            assert desk.case_card(bureau.office, user, receipt).kind == "complaint"
        else:
            with pytest.raises(NotFound):
                desk.case_card(bureau.office, user, receipt)
            with pytest.raises(NotFound):
                desk.record_step(bureau.office, user, receipt, "accept")
            assert receipt not in "".join(task.text for task in desk.tasks_for(bureau.office, user))
            assert bureau.told(name) == []
    assert all(any(receipt in line or "待办" in line for line in bureau.told(name)) for name in hear)


def test_without_a_place_the_county_takes_it(bureau: Bureau) -> None:
    receipt = bureau.complain("village", None)
    bureau.tick()
    assert bureau.tasks("unplaced")[0].case_id == bureau.case(receipt).id
    assert desk.case_card(bureau.office, bureau.user("xiji"), receipt).topic == "名单不公平"
    with pytest.raises(NotFound):
        desk.case_card(bureau.office, bureau.user("xinglong"), receipt)


def test_a_complaint_about_the_county_waits_for_somebody_not_complained_about(bureau: Bureau) -> None:
    receipt = bureau.complain("county")
    (task,) = bureau.tasks("complaint_county")
    assert receipt in task.text
    assert "没有被反映的人" in task.text
    assert desk.tasks_for(bureau.office, bureau.user("xiji")) == ()
    assert [t.receipt for t in desk.tasks_for(bureau.office, bureau.user("root"))] == [receipt]


def test_where_the_table_knows_a_city_with_people_it_takes_what_is_about_the_county(bureau: Bureau) -> None:
    with bureau.office.db.begin() as uow:
        city = uow.areas.by_code("6404")
        assert city is not None
        uow.add(models.User(name="guyuan", password_hash="x", role="cadre", area_id=city.id, created_at=bureau.at))
        uow.commit()
    receipt = bureau.complain("county")
    bureau.tick()
    assert any(receipt in line for line in bureau.told("guyuan"))
    assert bureau.tasks("complaint_county") == []
    with pytest.raises(NotFound):
        desk.case_card(bureau.office, bureau.user("xiji"), receipt)


@pytest.mark.parametrize("how", ["against", "own_words"])
def test_a_colleague_who_is_named_never_sees_it_wherever_they_sit(bureau: Bureau, how: str) -> None:
    with bureau.office.db.begin() as uow:
        town = uow.areas.by_code("01")
        assert town is not None
        row = models.User(
            name="zhao", password_hash="x", role="cadre", area_id=town.id, display_name="赵大军", created_at=bureau.at
        )
        uow.add(row)
        uow.commit()
    said = {"against": "赵大军"} if how == "against" else {"own_words": "镇上的赵大军要了我两条烟"}
    receipt = bureau.complain("village", **said)
    bureau.tick()
    assert not any(receipt in line for line in bureau.told("zhao"))
    assert any(receipt in line for line in bureau.told("xinglong"))
    with pytest.raises(NotFound):
        desk.case_card(bureau.office, bureau.user("zhao"), receipt)
    assert desk.cases_for(bureau.office, bureau.user("zhao")).lines == ()


def test_it_may_be_told_without_a_name_and_is_kept_once(bureau: Bureau) -> None:
    receipt = bureau.complain(conversation="quiet")
    assert bureau.complain(conversation="quiet") == receipt
    card = desk.case_card(bureau.office, bureau.user("xinglong"), receipt)
    assert (card.person, card.phone) == ("没有留名字", None)


def test_its_steps_are_the_offices_own_with_days_and_the_answer_reaches_the_person(bureau: Bureau) -> None:
    receipt = bureau.complain(conversation="told")
    assert bureau.steps(receipt) == {
        "accept": ("due", "2026-11-25"),
        "look_into": ("waiting", None),
        "answer": ("waiting", None),
    }
    card = desk.case_card(bureau.office, bureau.user("xinglong"), receipt)
    assert card.next is not None
    assert (card.next.days_source, card.next.clause) == ("office", "本办公室规定")
    for step, note in [
        ("accept", "内部：由老刘去"),
        ("look_into", "内部：查了账"),
        ("answer", "名单重新评过，您家补进去了。"),
    ]:
        desk.record_step(bureau.office, bureau.user("xinglong"), receipt, step, note=note)
    bureau.tick()
    heard = "\n".join(bureau.heard("told"))
    assert "名单重新评过" in heard
    assert "内部" not in heard
    assert bureau.case(receipt).status == "closed"


def test_a_complaint_is_not_closed_without_an_answer(bureau: Bureau) -> None:
    receipt = bureau.complain()
    for step in ("accept", "look_into"):
        desk.record_step(bureau.office, bureau.user("xinglong"), receipt, step)
    with pytest.raises(Invalid, match="答复"):
        desk.record_step(bureau.office, bureau.user("xinglong"), receipt, "answer", note="  ")
    assert bureau.case(receipt).status == "open"


def test_overdue_it_climbs_upward_only(bureau: Bureau) -> None:
    receipt = bureau.complain("village")
    bureau.go_to("2026-11-26 09:30")
    bureau.tick()
    assert any("超期" in line and receipt in line for line in bureau.told("xiji"))
    assert bureau.told("wang") == []


def test_an_application_of_the_same_conversation_does_not_show_the_complaint_to_the_village(bureau: Bureau) -> None:
    receipt = bureau.apply(conversation="both", person=Person(name="马秀英", phone="13800001234"))
    bureau.complain("village", conversation="both", own_words="村支书把低保给了他侄子")
    with bureau.office.db.begin() as uow:
        uow.inbox.accept("web", "both", "m1", "村支书把低保给了他侄子", bureau.at)
        uow.commit()
    card = desk.case_card(bureau.office, bureau.user("wang"), receipt)
    assert "侄子" not in repr(card)
    assert card.same_phone == ()


def test_placing_it_later_still_goes_past_the_village(bureau: Bureau) -> None:
    receipt = bureau.complain("village", None)
    desk.place_case(bureau.office, bureau.user("xiji"), receipt, bureau.area("0101"))
    bureau.tick()
    assert any(receipt in line for line in bureau.told("xinglong"))
    assert bureau.told("wang") == []
    with pytest.raises(NotFound):
        desk.case_card(bureau.office, bureau.user("wang"), receipt)
