"""Which document holds where."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from policy_kb import Library

PLACES = {
    "ningxia-2020-8": [
        "宁夏固原市西吉县",
        "西吉县新营乡",
        "宁夏",
        "银川市兴庆区",
        "宁夏回族自治区吴忠市",
        "中卫",
        "同心",
        "宁夏大武口",
        "宁夏同心下马关镇",
    ],
    "longkou-2021-1": ["龙口", "龙口市芦头镇", "山东省烟台市龙口市", "山东 龙口市", "山东烟台龙口七甲镇"],
    "luan-2019-15": ["六安市金寨县", "安徽六安", "金寨县梅山镇", "安徽省六安市裕安区"],
    "ganzhou-2020-4": [
        "赣州市于都县",
        "江西赣州",
        "于都县",
        "瑞金市叶坪镇",
        "江西省赣州市南康区",
        "兴国",
        "江西大余",
        "江西省石城",
    ],
    "guokaifa-2020-6": [
        "",
        "四川省凉山州昭觉县",
        "山东省烟台市莱州市",
        "广东省广州市天河区龙口西路",
        "不知道",
        "贵州龙口镇",
        "大家要同心协力",
        "四川省兴国",
        "江西省兴国路",
    ],
}


@pytest.mark.parametrize(("pack", "place"), [(pack, place) for pack in PLACES for place in PLACES[pack]])
def test_a_place_finds_its_document(library: Library, pack: str, place: str) -> None:
    assert library.pack_for_place(place).id == pack


SAID = yaml.safe_load(Path(__file__).with_name("places.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("pack", "place"), [(pack, place) for pack in SAID for place in SAID[pack]])
def test_a_place_as_people_tell_it_finds_the_document_of_their_home(library: Library, pack: str, place: str) -> None:
    assert library.pack_for_place(place).id == pack


@pytest.mark.parametrize("text", ["\x00", "a" * 5000, "龙口" * 5000, "long kou " * 2000, "😀龙口\ud800", "' OR 1=1"])
def test_no_place_is_too_odd(library: Library, text: str) -> None:
    assert library.pack_for_place(text).id


def test_no_place_is_the_whole_country(library: Library) -> None:
    assert library.pack_for_place(None).id == "guokaifa-2020-6"
