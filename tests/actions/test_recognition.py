"""Is it the same household? Certain, perhaps, or not: examples as data. And nothing is ever merged in silence."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from actions import rulebook
from actions.cases import Person
from actions.idnumbers import read_id_number, read_phone
from actions.sounds import sound
from storage import models
from tests.actions.bureau import Bureau

ID, OTHER_ID = "11010519491231002X", "510108197205052137"
PHONE, OTHER_PHONE = "13800001234", "13900005678"
WANG, LI, FAR = "0101", "0102", "0201"  # 王家村 and 李家村 of one town, 王家村 of another


@dataclass(frozen=True)
class One:
    name: str | None = "赵秀英"
    phone: str | None = PHONE
    village: str | None = WANG
    id_number: str | None = None

    def person(self) -> Person:
        return Person(name=self.name, phone=self.phone, id_number=self.id_number)


SAME, SUGGEST, DIFFERENT = "same", "suggest", "different"
NAMESAKE = One(phone=None, id_number=OTHER_ID)
PAIRS = [
    ("phone, name and village", One(), One(), SAME),
    ("the name with a blank in it", One(), One(name="赵 秀英"), SAME),
    ("ID number, other phone and village", One(id_number=ID), One("赵秀英", OTHER_PHONE, LI, ID), SAME),
    ("ID number of fifteen digits", One(id_number=ID), One(phone=None, id_number="110105491231002"), SAME),
    ("ID number, name that sounds the same", One(id_number=ID), One(name="赵绣瑛", phone=None, id_number=ID), SAME),
    ("ID number, no name", One(id_number=ID), One(name=None, phone=None, village=None, id_number=ID), SAME),
    ("ID number, quite another name", One(id_number=ID), One(name="马建国", phone=None, id_number=ID), SUGGEST),
    ("all the same but the ID number", One(id_number=ID), One(id_number=OTHER_ID), SUGGEST),
    ("phone and name, other village", One(), One(village=LI), SUGGEST),
    ("phone and name, no village", One(), One(village=None), SUGGEST),
    ("phone and name, town only", One(), One(village="01"), SUGGEST),
    ("phone and a name that sounds alike", One(), One(name="赵绣瑛"), SUGGEST),
    ("village and name, other phone", One(), One(phone=OTHER_PHONE), SUGGEST),
    ("village and name, no phone", One(), One(phone=None), SUGGEST),
    ("village and a name that sounds alike", One(), One(name="赵绣瑛", phone=OTHER_PHONE), SUGGEST),
    ("a couple with one phone in one village", One(), One(name="王大山"), SUGGEST),
    ("one phone, other name, other village", One(), One(name="王大山", village=LI), DIFFERENT),
    ("name alone", One(), One(phone=OTHER_PHONE, village=LI), DIFFERENT),
    ("two villages of one name", One(), One(phone=OTHER_PHONE, village=FAR), DIFFERENT),
    ("same name and village, each with an ID number", One(phone=None, id_number=ID), NAMESAKE, DIFFERENT),
    ("an ID number with a wrong end", One(id_number=ID), One("马建国", None, WANG, f"{ID[:-1]}1"), DIFFERENT),
    ("nothing known of either", One(None, None), One(None, None), DIFFERENT),
    ("everything different", One(), One("马建国", OTHER_PHONE, LI, OTHER_ID), DIFFERENT),
]  # fmt: skip


def apply(bureau: Bureau, one: One, **more: str) -> str:
    return bureau.apply(one.village, person=one.person(), **more)


@pytest.mark.parametrize(("first", "second", "verdict"), [p[1:] for p in PAIRS], ids=[p[0] for p in PAIRS])
@pytest.mark.parametrize("way", ["as told", "the other way round"])
def test_pairs(bureau: Bureau, first: One, second: One, verdict: str, way: str) -> None:
    pair = (first, second) if way == "as told" else (second, first)
    # another document for the second, so that the one is not simply continued
    apply(bureau, pair[0], pack="ningxia-2020-8")
    apply(bureau, pair[1], pack="guokaifa-2020-6")
    with bureau.office.db.read() as uow:
        homes = {case.household_id for case in uow.find(models.Case)}
        matches = uow.find(models.HouseholdMatch)
        merged = [home for home in uow.find(models.Household) if home.merged_into is not None]
    found = SUGGEST if matches else SAME if len(homes) == 1 and None not in homes else DIFFERENT
    assert found == verdict
    assert not merged, "a machine never merges"
    assert all(match.status == "suggested" for match in matches)


def test_a_shop_s_phone_of_many_households_suggests_nothing_by_itself(bureau: Bureau) -> None:
    names = ["王大山", "马小兰", "李福贵", "白玉兰", "单长江", "海建军"]
    for name in names:
        apply(bureau, One(name=name))
    shared_from = rulebook.identity_book().shared_phone_from
    with bureau.office.db.read() as uow:
        asked = uow.count(models.HouseholdMatch)
        assert uow.households.count() == len(names)
    assert asked == sum(range(shared_from - 1)), "only while it may still be the phone of one family"


def test_a_complaint_makes_no_household_and_leaves_no_key(bureau: Bureau) -> None:
    bureau.complain(person=One(id_number=ID).person())
    with bureau.office.db.read() as uow:
        assert uow.households.count() == 0
        assert uow.count(models.HouseholdKey) == 0


def test_no_key_holds_anything_in_clear(bureau: Bureau) -> None:
    apply(bureau, One(id_number=ID))
    with bureau.office.db.read() as uow:
        keys = uow.find(models.HouseholdKey)
        assert {key.kind for key in keys} == {
            "id_number", "phone", "phone_name", "village_name", "village_sound", "name_sound",
        }  # fmt: skip
        assert all(len(key.key_index) == 64 and int(key.key_index, 16) for key in keys)


def test_a_suggestion_is_told_to_the_people_of_the_smallest_area_that_holds_both(bureau: Bureau) -> None:
    apply(bureau, One())
    apply(bureau, One(village=LI))
    bureau.tick()
    told = {name: sum("同一家" in text for text in bureau.told(name)) for name in ("wang", "li", "xinglong", "xiji")}
    assert told == {"wang": 0, "li": 0, "xinglong": 1, "xiji": 0}


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("赵秀英", "赵绣瑛", True),
        ("牛林", "刘玲", True),
        ("周志强", "邹自强", True),
        ("黄福", "方胡", True),
        ("陈胜", "岑森", True),
        ("单红", "山宏", True),  # a surname that is read otherwise than the word
        ("曾强", "增强", True),
        ("阿卜杜拉·买买提", "阿卜杜拉买买提", True),
        ("赵秀英", "赵秀兰", False),
        ("赵秀英", "钱秀英", False),
        ("马军", "马俊英", False),
    ],
)
def test_names_that_sound_alike(one: str, other: str, alike: bool) -> None:
    assert (sound(one) == sound(other)) is alike


@pytest.mark.parametrize("name", ["", "王", "  ", "·"])
def test_what_is_no_name_has_no_sound(name: str) -> None:
    assert sound(name) == ""


SPELLINGS = [
    "11010519491231002x",
    "１１０１０５１９４９１２３１００２Ｘ",
    "110105 19491231 002X",
    "1101\u200b0519491231002X",
    "\u202e11010519491231002X\u202c",
    "١١٠١٠٥١٩٤٩١٢٣١٠٠٢X",
    "110105-19491231-002X",
]


@pytest.mark.parametrize("text", SPELLINGS)
def test_scenario_57_an_id_number_is_the_same_however_it_is_written(text: str) -> None:
    assert read_id_number(text) == ID


@pytest.mark.parametrize(
    "text", ["", None, "110105194912310021", "110105194913310027", "11010519491231002", "abc", "000000000000000000"]
)
def test_what_fails_its_check_is_no_id_number(text: str | None) -> None:
    assert read_id_number(text) is None


@pytest.mark.parametrize("text", ["13800001234", "138 0000 1234", "+86 13800001234", "１３８００００１２３４"])
def test_a_phone_is_the_same_however_it_is_written(text: str) -> None:
    assert read_phone(text) == PHONE
