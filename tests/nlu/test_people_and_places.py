"""Names, phones, ID and receipt numbers, villages with their homophones."""

from __future__ import annotations

import json
import random

import pytest

from nlu import AreaName, Extractor
from tests.nlu.conftest import shared, table

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
        ("龙黄坝村", None, None),
        ("吉强镇心庄村", None, 5),
        ("硝河乡辛庄村", "place", 3),
        ("积强镇", None, 4),
        ("李家庄", "place", None),
    ],
)
def test_a_place_is_the_offices_own_area_also_when_misheard(office, text, asks, area):
    places = office.extract(text, asks).places
    assert next((p.area_id for p in places if p.area_id), None) == area


DIALECT = [
    AreaName(1, "黄坡村", "village", "湖南省/湘西土家族苗族自治州/花垣县/黄坡村"),
    AreaName(2, "南坪镇", "town", "湖南省/湘西土家族苗族自治州/花垣县/南坪镇"),
    AreaName(3, "刘家湾村", "village", "湖南省/湘西土家族苗族自治州/花垣县/南坪镇/刘家湾村"),
    AreaName(4, "清水塘村", "village", "湖南省/湘西土家族苗族自治州/花垣县/南坪镇/清水塘村"),
]


@pytest.mark.parametrize(
    ("text", "area"),
    [("房坡村", 1), ("蓝坪镇", 2), ("牛家湾村", 3), ("亲水塘村", 4), ("李家湾村", None), ("清水沟村", None)],
)
def test_what_dialects_mix_up_is_heard_and_other_names_are_not(fact_types, text, area):
    places = Extractor(fact_types, DIALECT).extract(f"我家在{text}", "place").places
    assert next((p.area_id for p in places if p.area_id), None) == area


@pytest.mark.parametrize(
    ("text", "province", "city", "county"),
    [
        ("宁夏固原西吉的", "宁夏回族自治区", "固原市", "西吉县"),
        ("我在金寨县斑竹园镇", "安徽省", "六安市", "金寨县"),
        ("龙口市石良镇", "山东省", "烟台市", "龙口市"),
        ("江西赣州于都的", "江西省", "赣州市", "于都县"),
        ("四川凉山那边", "四川省", "凉山彝族自治州", None),
        ("我是龙口石良镇的，俺娘中风了", "山东省", "烟台市", "龙口市"),
        ("西吉的", "宁夏回族自治区", "固原市", "西吉县"),
        ("于都那边", "江西省", "赣州市", "于都县"),
        ("俺在金寨", "安徽省", "六安市", "金寨县"),
    ],
)
def test_the_upper_levels_are_known_for_choosing_a_pack(extractor, text, province, city, county):
    place = extractor.extract(text).places[0]
    assert (place.province, place.city, place.county) == (province, city, county)


@pytest.mark.parametrize("row", table("places.yml"), ids=lambda row: row["text"])
def test_places_are_read_with_their_levels_and_what_they_are_to_the_household(extractor, row):
    found = []
    for place in extractor.extract(row["text"], row.get("asks")).places:
        levels = [place.province, place.city, place.county, place.town, place.village]
        found.append("/".join([level or "-" for level in levels] + [place.standing] * (place.standing != "home")))
    assert found == row["places"]


@pytest.mark.parametrize(
    ("text", "asks", "county", "town", "village"),
    [
        ("我是龙口石良镇的", None, "龙口市", "石良镇", None),
        ("石良镇", "place", None, "石良镇", None),
        ("俺村叫王庄", "place", None, None, "王庄"),
        ("大李庄的", "place", None, None, "大李庄"),
        ("住在红旗村", "place", None, None, "红旗村"),
        ("西吉县将台堡镇明台村三组", "place", "西吉县", "将台堡镇", "明台村"),
    ],
)
def test_town_and_village_are_told_apart(extractor, text, asks, county, town, village):
    place = extractor.extract(text, asks).places[0]
    assert (place.county, place.town, place.village) == (county, town, village)


@pytest.mark.parametrize(
    "text",
    [
        "我要投诉村支书",
        "举报村主任",
        "向村里反映过",
        "找村干部没用",
        "问过村委会",
        "村民都知道",
        "我要投诉我们村的支书",
    ],
)
def test_a_villages_cadres_are_no_place(extractor, text):
    assert extractor.extract(text).places == ()


@pytest.mark.parametrize(
    "text", ["他叫李吉林", "我大连襟在外地", "合作医疗报不了", "县里没人管", "俺们镇上办不了", "农村户口"]
)
def test_what_only_looks_like_a_place_is_none(extractor, text):
    assert extractor.extract(text).places == ()


@pytest.mark.parametrize("row", table("names.yml"), ids=lambda row: row["text"])
def test_the_names_of_people_are_read_and_nothing_that_only_follows_a_cue(extractor, row):
    assert [name.text for name in extractor.extract(row["text"]).names] == row["names"]


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
    ("text", "name", "role"),
    [
        ("我叫李强", "李强", "self"),
        ("俺叫王二小", "王二小", "self"),
        ("户主是俺爹赵德柱", "赵德柱", "applicant_for"),
        ("欧阳春兰", "欧阳春兰", "self"),
        ("我叫王月英", "王月英", "self"),
        ("张有才", "张有才", "self"),
        ("我姓李叫李建国", "李建国", "self"),
        ("写我爹的名字 赵德柱", "赵德柱", "applicant_for"),
        ("马秀花，电话13800138000", "马秀花", "self"),
        ("陈 建 国", "陈 建 国", "self"),
        ("买买提·艾力", "买买提·艾力", "self"),
        ("买买提艾力", "买买提艾力", "self"),
        ("叫马秀花就行", "马秀花", "self"),
    ],
)
def test_an_answer_to_the_question_for_a_name_holds_the_name_alone(extractor, text, name, role):
    assert [(n.text, n.role) for n in extractor.extract(text, "name").names] == [(name, role)]


@pytest.mark.parametrize(
    "text",
    [
        "不留名",
        "不想说",
        "没有电话",
        "就写他吧",
        "匿名",
        "跳过",
        "石良镇",
        "龙口石良镇",
        "西吉县",
        "江西",
        "姓王",
        "王大爷",
        "高兴",
        "马上说",
        "谢谢",
        "好的",
        "为啥要问名字",
    ],
)
def test_what_only_stands_where_a_name_should_is_none(extractor, text):
    assert extractor.extract(text, "name").names == ()


@pytest.mark.parametrize(
    "text",
    [
        "黄牛死了三头",
        "我是龙口石良镇的，俺娘中风了",
        "马上要开学了",
        "常年吃药",
        "全家都感冒了",
        "何时能发钱",
        "我是低保户",
        "我妈有糖尿病",
    ],
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


ODD_AREAS = [
    AreaName(1, "", "", ""),
    AreaName(2, "村", "x", "村/县"),
    AreaName(3, "龙口市石良镇", "town", ""),
    AreaName(4, "新庄村", "group", "//"),
    AreaName(4, "新庄村", "village", "固原市"),
    AreaName(5, " ", "county", " "),
]


@pytest.mark.parametrize("asks", [None, "place", "name"])
def test_no_text_and_no_area_table_is_too_odd(fact_types, asks):
    dice = random.Random(7)
    pieces = [*"西吉县新庄村龙口石良镇省旗的我是组0 /，\n😀\0𠮷", "村委会", "三组", "村支书", "我们村叫", "王庄"]
    odd = [Extractor(fact_types, areas) for areas in (AREAS, ODD_AREAS)]
    for _ in range(300):
        text = "".join(dice.choices(pieces, k=dice.randrange(20)))
        for extractor in odd:
            found = extractor.extract(text, asks)
            assert all(text[m.start : m.end] == m.text for m in (*found.places, *found.names))
