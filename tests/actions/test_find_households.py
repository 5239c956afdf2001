"""Looking a caller up: what fits is offered with its reasons, and only what this person may see."""

from __future__ import annotations

from typing import Any

import pytest

from actions.cases import Person
from actions.identity import HouseholdHit, find_households
from tests.actions.bureau import Bureau

ID = "11010519491231002X"
XIUYING = Person(name="赵秀英", phone="13800001234", id_number=ID)


def look(bureau: Bureau, who: str | None = "root", **clues: Any) -> tuple[HouseholdHit, ...]:
    with bureau.office.db.read() as uow:
        user = bureau.user(who) if who else None
        return find_households(bureau.office, uow, user=user, **clues)


@pytest.fixture
def receipt(bureau: Bureau) -> str:
    return bureau.apply("0101", person=XIUYING)


@pytest.mark.parametrize(
    ("clues", "reasons", "certain"),
    [
        ({"phone": "13800001234"}, {"phone"}, False),
        ({"phone": "+86 138-0000-1234"}, {"phone"}, False),
        ({"name": "赵秀英"}, {"name_sound"}, False),
        ({"name": "赵绣瑛"}, {"name_sound"}, False),
        ({"name": "赵绣瑛", "village": "王家村"}, {"village_sound", "name_sound"}, False),
        ({"name": "赵秀英", "village": "兴隆镇王家村"}, {"village_name", "village_sound", "name_sound"}, False),
        ({"name": "赵秀英", "phone": "13800001234"}, {"phone_name", "phone", "name_sound"}, False),
        (
            {"name": "赵 秀英", "phone": "13800001234", "village": "西吉县兴隆镇王家村"},
            {"phone_name", "phone", "village_name", "village_sound", "name_sound"},
            True,
        ),
        ({"id_number": "110105 19491231 002x"}, {"id_number"}, True),
        ({"id_number": "110105491231002"}, {"id_number"}, True),
        ({"village": "兴隆镇"}, {"village"}, False),
    ],
    ids=lambda value: "-".join(map(str, value.values())) if isinstance(value, dict) else "",
)
def test_a_household_is_found_by_what_the_caller_says(
    bureau: Bureau, receipt: str, clues: dict[str, str], reasons: set[str], certain: bool
) -> None:
    (hit,) = look(bureau, **clues)
    assert (set(hit.reasons), hit.certain) == (reasons, certain)
    assert (hit.head_name, hit.phone_tail, hit.open_receipts) == ("赵秀英", "1234", (receipt,))
    assert hit.village.endswith("兴隆镇王家村")


@pytest.mark.parametrize(
    "clues",
    [
        {},
        {"phone": "13900001234"},
        {"name": "赵"},
        {"name": "钱秀英"},
        {"name": "赵秀英", "village": "李家村"},
        {"id_number": "110105194912310021"},  # the check character is wrong
        {"receipt": "261123-000-000"},
        {"village": "没有这个村"},
    ],
    ids=str,
)
def test_what_does_not_fit_finds_nobody(bureau: Bureau, receipt: str, clues: dict[str, str]) -> None:
    assert look(bureau, **clues) == ()


def test_a_receipt_finds_its_household(bureau: Bureau, receipt: str) -> None:
    (hit,) = look(bureau, receipt=receipt.replace("-", " "))
    assert (hit.reasons, hit.certain, hit.open_receipts) == (("receipt",), True, (receipt,))


def test_one_phone_of_a_village_shop_stands_for_many_and_for_nobody_certainly(bureau: Bureau) -> None:
    names = ["王大山", "马小兰", "李福贵"]
    for name in names:
        bureau.apply("0101", person=Person(name=name, phone="13800001234"))
    hits = look(bureau, phone="13800001234")
    assert {hit.head_name for hit in hits} == set(names)
    assert not any(hit.certain for hit in hits)


def test_the_likeliest_comes_first(bureau: Bureau) -> None:
    bureau.apply("0101", person=Person(name="马小兰", phone="13800001234"))
    bureau.apply("0102", person=Person(name="马晓岚", phone="13900001234"))
    hits = look(bureau, name="马小兰", phone="13800001234")
    assert [hit.head_name for hit in hits] == ["马小兰", "马晓岚"]


def test_a_village_of_a_name_that_two_have_is_looked_for_in_both(bureau: Bureau) -> None:
    bureau.apply("0201", person=Person(name="赵秀英", phone="13700001234"))
    (hit,) = look(bureau, name="赵绣瑛", village="王家村")
    assert hit.village.endswith("平峰镇王家村")
    assert "village_sound" in hit.reasons


@pytest.mark.parametrize(
    ("who", "sees"),
    {"wang": 1, "li": 0, "xinglong": 1, "xiji": 1, "hotline": 1, "zhanwang": 0, "longkou": 0, "root": 1}.items(),
)
@pytest.mark.parametrize("clues", [{"phone": "13800001234"}, {"name": "赵绣瑛"}, {"id_number": ID}, {"village": "0"}])
def test_nobody_finds_households_beyond_the_own_area(
    bureau: Bureau, receipt: str, who: str, sees: int, clues: dict[str, Any]
) -> None:
    if "village" in clues:
        clues = {"village": bureau.area("0101")}
    assert len(look(bureau, who, **clues)) == sees
    assert len(look(bureau, who, receipt=receipt)) == sees


def test_operators_read_a_masked_name_and_ask_for_the_rest(bureau: Bureau, receipt: str) -> None:
    (hit,) = look(bureau, "hotline", phone="13800001234")
    assert hit.head_name == "赵**"


def test_a_complaint_is_found_by_nobody(bureau: Bureau) -> None:
    told = bureau.complain("village", "0101", person=XIUYING)
    assert look(bureau, phone=XIUYING.phone) == ()
    assert look(bureau, name=XIUYING.name) == ()
    assert look(bureau, receipt=told) == ()


def test_a_case_placed_later_is_found_in_its_village(bureau: Bureau) -> None:
    from actions import desk

    receipt = bureau.apply(None, place=None, person=XIUYING)
    assert look(bureau, "wang", phone=XIUYING.phone) == ()
    desk.place_case(bureau.office, bureau.user("root"), receipt, bureau.area("0101"))
    (hit,) = look(bureau, "wang", name="赵绣瑛", village=bureau.area("0101"))
    assert "village_sound" in hit.reasons
