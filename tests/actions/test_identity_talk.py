"""In the chat: an ID number is asked for only where that is safe, and a household that comes back is continued."""

from __future__ import annotations

from pathlib import Path

import pytest

from actions import desk, places
from actions.entrance import enter
from actions.office import Office
from actions.transcript import transcript
from storage import models
from tests.actions.bureau import AREAS
from tests.actions.test_turn import STORY
from tests.support.desk import Talking, make_office

PLACE = "山东省烟台市龙口市东江镇毡王村"
ID, OTHER_ID = "11010519491231002X", "510108197205052137"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = make_office(tmp_path)
    with made.db.begin() as uow:
        keys = ("code", "name", "level", "parent_code")
        places.import_areas(uow, [dict(zip(keys, row, strict=True)) for row in AREAS])
        uow.commit()
    return made


def talking(office: Office, name: str, secure: bool = False) -> Talking:
    enter(office, name, None, secure=secure)
    return Talking(office, name)


async def tell(talk: Talking, stop: str = "confirm_submit", **given: str) -> None:
    """Tell the story and answer what is asked until `stop`."""
    answers = {"place": PLACE, "name": "王大山", "phone": "13800138000", "confirm_facts": "对，没错", "consent": "同意",
               "id_number": "不想说"} | given  # fmt: skip
    await talk.say(STORY)
    for _ in range(40):
        asks = talk.last.asks or ""
        if asks == stop:
            return
        act = "affirm" if asks in {"confirm_facts", "consent"} else "inform" if asks in answers else "dont_know"
        await talk.say(answers.get(asks, "不知道"), act)
    raise AssertionError(f"{stop} was never asked; last asked: {talk.last.asks}")


async def hand_in(talk: Talking, **given: str) -> str | None:
    await tell(talk, **given)
    return (await talk.say("交上去", "affirm")).receipt


def the_case(office: Office) -> models.Case:
    with office.db.read() as uow:
        (case,) = uow.find(models.Case)
        return case


# -- the ID number -------------------------------------------------------------------------------------------------


async def test_over_tls_the_id_number_is_asked_for_and_kept_sealed(office: Office) -> None:
    talk = talking(office, "web-1", secure=True)
    assert await hand_in(talk, id_number="110105 19491231 002x")
    assert "加密存着" in "".join(reply.text for answer in talk.answers for reply in answer.replies)
    assert the_case(office).id_number == ID
    with office.db.read() as uow:
        raw = uow.find(models.Household)
        assert len(raw) == 1


async def test_without_tls_it_is_not_asked_for(office: Office) -> None:
    talk = talking(office, "web-1")
    await hand_in(talk)
    assert "id_number" not in [answer.asks for answer in talk.answers]


async def test_when_the_connection_is_not_safe_any_more_it_is_not_asked_for(office: Office) -> None:
    talk = talking(office, "web-1", secure=True)
    await tell(talk, stop="name")
    enter(office, "web-1", None, secure=False)
    await talk.say("王大山")
    await talk.say("13800138000")
    assert talk.last.asks == "confirm_submit"


async def test_a_wrong_one_is_asked_for_once_more_and_then_left(office: Office) -> None:
    talk = talking(office, "web-1", secure=True)
    await tell(talk, stop="id_number")
    await talk.say("110105194912310021")
    assert talk.last.asks == "id_number"
    assert "对不上" in talk.text
    await talk.say("110105194912310021")
    assert talk.last.asks == "confirm_submit"


async def test_one_typed_unasked_is_kept_sealed_and_masked_on_every_screen(office: Office) -> None:
    talk = talking(office, "web-1")
    receipt = await hand_in(talk, name=f"我叫王大山，身份证{ID}")
    assert receipt is not None
    assert the_case(office).id_number == ID
    with office.db.begin() as uow:
        root = uow.add(models.User(name="root", password_hash="x", role="admin", created_at=office.clock.now()))
        uow.commit()
    shown = str(desk.case_card(office, root, receipt))
    assert ID not in shown
    assert "110*************2X" in shown
    assert ID not in str(transcript(office, "web-1"))
    assert ID not in "".join(reply.text for answer in talk.answers for reply in answer.replies)


async def test_one_told_after_submission_is_kept_with_the_case(office: Office) -> None:
    talk = talking(office, "web-1")
    await hand_in(talk)
    await talk.say(f"补一个身份证号{ID}")
    assert the_case(office).id_number == ID
    assert ID not in talk.text


async def test_of_two_id_numbers_nobody_knows_whose_is_whose(office: Office) -> None:
    talk = talking(office, "web-1")
    await hand_in(talk, name=f"我叫王大山，身份证{ID}，我媳妇的{OTHER_ID}")
    assert the_case(office).id_number is None


# -- coming back ---------------------------------------------------------------------------------------------------


async def test_who_proves_it_by_the_id_number_gets_the_receipt_again(office: Office) -> None:
    first = await hand_in(talking(office, "web-1", secure=True), id_number=ID)
    again = talking(office, "web-2", secure=True)
    assert await hand_in(again, id_number=ID) == first
    assert "您家已经有一件在办" in again.text
    assert str(first) in again.text


async def test_to_a_stranger_nothing_of_the_open_application_is_said(office: Office) -> None:
    first = await hand_in(talking(office, "web-1"))
    assert first is not None
    stranger = talking(office, "web-2")
    assert await hand_in(stranger) is None
    said = "".join(reply.text for answer in stranger.answers for reply in answer.replies)
    assert first not in said
    assert first.replace("-", "") not in said
    assert "已经有一件在办" not in said
    assert "都交到经办的人手里" in stranger.text
    assert the_case(office).receipt == first, "and it is not opened twice"


async def test_what_a_stranger_adds_later_is_kept_without_a_word_about_the_case(office: Office) -> None:
    first = await hand_in(talking(office, "web-1"))
    stranger = talking(office, "web-2")
    await hand_in(stranger)
    await stranger.say("对了，我家房子还漏雨，屋顶塌了一块")
    assert "交给经办的人" in stranger.text
    assert str(first) not in stranger.text
    await stranger.say("撤回", "withdraw")
    assert str(first) not in stranger.text
    with office.db.read() as uow:
        events = [event.text for event in uow.cases.events(the_case(office).id)]
    assert any("屋顶塌了一块" in text for text in events)
    assert the_case(office).status == "open"


async def test_who_shows_receipt_and_phone_afterwards_is_at_home_in_the_case(office: Office) -> None:
    first = await hand_in(talking(office, "web-1"))
    again = talking(office, "web-2")
    await hand_in(again)
    await again.say(f"{first} 8000", "check_status")
    assert again.last.receipt == first
    await again.say("我家还欠着药费，补一句")
    assert f"已经补到单号{first}里了" in again.text


async def test_who_has_shown_them_before_gets_the_receipt_at_once(office: Office) -> None:
    first = await hand_in(talking(office, "web-1"))
    again = talking(office, "web-2")
    await again.say(f"{first} 8000", "check_status")
    assert await hand_in(again) == first
