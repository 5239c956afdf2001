"""Names, phones, ID and receipt numbers, villages with their homophones."""

from __future__ import annotations

import json

import pytest

from nlu import AreaName, Extractor
from tests.nlu.conftest import shared

AREAS = [
    AreaName(1, "西吉县", "county", "宁夏回族自治区/固原市/西吉县"),
    AreaName(2, "硝河乡", "town", "宁夏回族自治区/固原市/西吉县/硝河乡"),
    AreaName(3, "新庄村", "village", "宁夏回族自治区/固原市/西吉县/硝河乡/新庄村"),
    AreaName(4, "吉强镇", "town", "宁夏回族自治区/固原市/西吉县/吉强镇"),
    AreaName(5, "新庄村", "village", "宁夏回族自治区/固原市/西吉县/吉强镇/新庄村"),
    AreaName(6, "龙王坝村", "village", "宁夏回族自治区/固原市/西吉县/吉强镇/龙王坝村"),
]


@pytest.fixture(scope="module")
def office(fact_types):
    return Extractor(fact_types, AREAS)


@pytest.mark.parametrize(
    ("text", "asks", "area"),
    [
        ("我是西吉县硝河乡新庄村二组的", None, 3),
        ("吉强镇新庄村", "place", 5),
        ("龙王坝", "place", 6),
        ("龙王霸村", None, 6),
        ("笑河乡", "place", 2),
        ("隆王坝村的", "place", 6),
        ("新庄村", "place", None),
        ("西吉的", "place", 1),
        ("火星村", "place", None),
    ],
)
def test_a_place_is_the_offices_own_area_also_when_misheard(office, text, asks, area):
    places = office.extract(text, asks).places
    assert next((p.area_id for p in places if p.area_id), None) == area


@pytest.mark.parametrize(
    ("text", "province", "city", "county"),
    [
        ("宁夏固原西吉的", "宁夏回族自治区", "固原市", "西吉县"),
        ("我在金寨县斑竹园镇", "安徽省", "六安市", "金寨县"),
        ("龙口市石良镇", "山东省", "烟台市", "龙口市"),
        ("江西赣州于都的", "江西省", "赣州市", "于都县"),
        ("四川凉山那边", "四川省", "凉山彝族自治州", None),
    ],
)
def test_the_upper_levels_are_known_for_choosing_a_pack(extractor, text, province, city, county):
    place = extractor.extract(text).places[0]
    assert (place.province, place.city, place.county) == (province, city, county)


@pytest.mark.parametrize(
    "text", ["他叫李吉林", "我大连襟在外地", "合作医疗报不了", "县里没人管", "俺们镇上办不了", "农村户口"]
)
def test_what_only_looks_like_a_place_is_none(extractor, text):
    assert extractor.extract(text).places == ()


@pytest.mark.parametrize(
    ("text", "asks", "name", "role"),
    [
        ("我叫张桂兰", None, "张桂兰", "self"),
        ("张桂兰", "name", "张桂兰", "self"),
        ("俺爹李吉林瘫了八年", None, "李吉林", "applicant_for"),
        ("村支书马文军不给报", None, "马文军", "complained_about"),
        ("户主刘建国，四口人", None, "刘建国", "applicant_for"),
    ],
)
def test_a_name_is_heard_where_it_is_announced(extractor, text, asks, name, role):
    found = extractor.extract(text, asks).names
    assert [(n.text, n.role) for n in found] == [(name, role)]


@pytest.mark.parametrize(
    "text", ["黄牛死了三头", "马上要开学了", "常年吃药", "全家都感冒了", "何时能发钱", "我是低保户", "我妈有糖尿病"]
)
def test_a_surname_alone_announces_nobody(extractor, text):
    assert extractor.extract(text).names == ()


@pytest.mark.parametrize(
    ("text", "receipt", "tail"),
    [
        ("查一下261121-483-715 尾号1234", "261121483715", "1234"),
        ("２６１１２１４８３７１５", "261121483715", None),
        ("261121 483 715，后四位是8000", "261121483715", "8000"),
        ("261121483715 1234", "261121483715", "1234"),
        ("低保证号341221123456", None, None),
        ("后四位幺二三四", None, "1234"),
    ],
)
def test_a_receipt_number_is_read_however_it_is_spaced(extractor, text, receipt, tail):
    found = extractor.extract(text)
    assert (found.receipts[0].value if found.receipts else None, found.phone_tail) == (receipt, tail)


def test_phone_and_id_probes_are_all_read(extractor):
    for line in shared("probes_pii.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found = extractor.extract(row["text"])
        assert [p.value for p in found.phones] == row["phones"], row["text"]
        assert [p.value for p in found.id_numbers] == row["ids"], row["text"]
