"""One open application of a household is continued through whichever door it speaks again, and never doubled."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from actions import cases, casework
from actions.cases import Person
from storage import models
from tests.actions.bureau import FARMER, Bureau, farmer

ID = "11010519491231002X"
WITH_ID = Person(name="马秀英", phone="13800001234", id_number=ID)


def count(bureau: Bureau) -> tuple[int, int]:
    """(open applications, households that stand for somebody)"""
    with bureau.office.db.read() as uow:
        return uow.count(models.Case, status="open"), uow.count(models.Household, merged_into=None)


def test_the_second_telling_goes_into_the_open_application(bureau: Bureau) -> None:
    one = bureau.apply(conversation="web", person=FARMER, facts={"serious_illness": True})
    two = bureau.apply(conversation="elsewhere", person=FARMER, facts={"serious_illness": True, "household_size": 4})
    assert two == one
    assert count(bureau) == (1, 1)
    facts = bureau.json(one)["facts"]
    assert facts["household_size"]["value"] == 4
    assert any("同一家又来说（网上聊天）" in line for line in bureau.history(one))
    assert any("家里补充：家里有人得了大病" in line for line in bureau.history(one)), "its words are kept"


def test_the_cadre_hears_that_something_was_added(bureau: Bureau) -> None:
    bureau.apply(person=FARMER)
    bureau.apply(person=FARMER)
    bureau.tick()
    assert any("补充了情况" in text for text in bureau.told("wang"))


def test_the_same_telling_delivered_twice_is_added_once(bureau: Bureau) -> None:
    one = bureau.apply(conversation="web", person=FARMER)
    for _ in range(3):
        assert bureau.apply(conversation="elsewhere", person=FARMER) == one
    assert sum("同一家又来说" in line for line in bureau.history(one)) == 1


def test_what_a_cadre_has_verified_is_not_overwritten(bureau: Bureau) -> None:
    one = bureau.apply(person=FARMER, facts={"household_size": 5})
    casework.set_fact(bureau.office, bureau.user("wang"), one, "household_size", 5)
    bureau.apply(person=FARMER, facts={"household_size": 2})
    assert bureau.json(one)["facts"]["household_size"] == {"value": 5, "verified": True, "source": "cadre"}


def test_a_returned_application_goes_on(bureau: Bureau) -> None:
    one = bureau.apply(person=FARMER)
    casework.return_case(bureau.office, bureau.user("wang"), one, "差一张单子")
    assert bureau.apply(person=FARMER) == one
    assert bureau.case(one).status == "open"


@pytest.mark.parametrize(
    "other",
    [
        {"pack": "guokaifa-2020-6"},
        {"code": "0102", "person": WITH_ID},
        {"person": Person("马秀英", "13900005678")},
        {"person": Person("马绣瑛", "13800001234")},
        {"code": None, "place": None},
    ],
    ids=["another document", "another village", "another phone", "another name", "no place"],
)
def test_what_is_not_certainly_the_same_matter_is_a_case_of_its_own(bureau: Bureau, other: dict[str, object]) -> None:
    one = bureau.apply(**({"person": WITH_ID} | {}))
    assert bureau.apply(**({"person": FARMER} | other)) != one  # type: ignore[arg-type]
    assert count(bureau)[0] == 2


def test_after_the_end_of_one_application_a_new_one_is_opened_for_the_same_household(bureau: Bureau) -> None:
    one = bureau.apply(person=FARMER)
    bureau.in_case(one, lambda uow, case: cases.withdraw(bureau.office, uow, case, "不办了"))
    two = bureau.apply(person=FARMER)
    assert two != one
    assert bureau.case(two).household_id == bureau.case(one).household_id


@pytest.mark.parametrize(
    ("conversation", "id_number", "receipts", "shown"),
    [
        ("web", None, False, True),
        ("elsewhere", None, False, False),
        ("elsewhere", ID, False, True),
        ("elsewhere", "510108197205052137", False, False),
        ("elsewhere", "110105194912310021", False, False),
        ("elsewhere", None, True, True),
    ],
    ids=["same conversation", "a stranger", "same ID", "other ID", "broken ID", "receipt and phone"],
)
def test_the_receipt_is_said_to_who_proves_it(
    bureau: Bureau, conversation: str, id_number: str | None, receipts: bool, shown: bool
) -> None:
    one = bureau.apply(conversation="web", person=WITH_ID)
    bureau.apply(conversation="elsewhere", person=FARMER)
    with bureau.office.db.read() as uow:
        case, talk = uow.cases.by_receipt(one), uow.conversations.get(conversation)
        assert case is not None
        assert talk is not None
        known = [one] if receipts else []
        assert cases.proven(uow, case, talk, id_number=id_number, receipts=known) is shown


def test_a_stranger_s_telling_teaches_no_new_key(bureau: Bureau) -> None:
    """Else somebody who knows name, phone and village could put an ID number of their own on the household."""
    bureau.apply(conversation="web", person=FARMER)
    bureau.apply(conversation="elsewhere", person=WITH_ID)
    with bureau.office.db.read() as uow:
        assert not uow.find(models.HouseholdKey, kind="id_number")
        (case,) = uow.find(models.Case)
        assert case.id_number is None


def test_scenario_53_two_doors_at_once_open_one_application(contested: Bureau) -> None:
    """The bar is 200 pairs; here 30 on each engine, the whole 200 in `make bench ARGS=doors`."""
    pairs = 30
    tellings = [(f"{door}-{n}", farmer(f"household-{n}")) for n in range(pairs) for door in ("chat", "phone")]

    def tell(telling: tuple[str, Person]) -> str:
        conversation, person = telling
        return contested.apply(conversation=conversation, person=person)

    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(tell, tellings))
    assert receipts[::2] == receipts[1::2]
    assert len(set(receipts)) == pairs
    assert count(contested) == (pairs, pairs)


def test_two_doors_at_once_of_people_who_sound_alike_are_seen_by_a_person(contested: Bureau) -> None:
    people = [Person("赵秀英", "13800001234"), Person("赵绣瑛", "13900005678")]
    with ThreadPoolExecutor(2) as pool:
        receipts = set(pool.map(lambda person: contested.apply(conversation=person.phone, person=person), people))
    assert len(receipts) == 2
    with contested.office.db.read() as uow:
        assert uow.count(models.HouseholdMatch) == 1


# -- forgetting -------------------------------------------------------------------------------------------------


def forget(bureau: Bureau, conversation: str) -> None:
    with bureau.office.db.begin() as uow:
        row = uow.conversations.get(conversation)
        assert row is not None
        uow.conversations.forget(row)
        uow.commit()


def keys(bureau: Bureau) -> set[str]:
    with bureau.office.db.read() as uow:
        return {row.kind for row in uow.find(models.HouseholdKey)}


def test_forgetting_a_conversation_drops_the_keys_of_an_application_that_was_withdrawn(bureau: Bureau) -> None:
    one = bureau.apply(conversation="web", person=WITH_ID)
    bureau.in_case(one, lambda uow, case: cases.withdraw(bureau.office, uow, case, "不同意了"))
    forget(bureau, "web")
    assert keys(bureau) == set()


def test_forgetting_a_conversation_leaves_what_another_one_told_too(bureau: Bureau) -> None:
    one = bureau.apply(conversation="web", person=WITH_ID)
    bureau.apply(conversation="elsewhere", person=FARMER, pack="guokaifa-2020-6")
    bureau.in_case(one, lambda uow, case: cases.withdraw(bureau.office, uow, case, "不同意了"))
    forget(bureau, "web")
    assert keys(bureau) == {"phone", "phone_name", "village_name", "village_sound", "name_sound"}


def test_the_keys_of_an_application_under_way_stay_with_it(bureau: Bureau) -> None:
    bureau.apply(conversation="web", person=FARMER)
    forget(bureau, "web")
    assert "phone_name" in keys(bureau)
