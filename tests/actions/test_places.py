"""Which place a household means: by name, never by guessing; and how an office's table of places comes in."""

from __future__ import annotations

import pytest

from actions import places
from nlu import Extractor
from tests.actions.bureau import Bureau

# what the person says, the code of the area that is meant (None: nowhere or not clear)
SAID = [
    ("宁夏回族自治区固原市西吉县兴隆镇王家村", "0101"),
    ("宁夏回族自治区/固原市/西吉县/兴隆镇/王家村", "0101"),
    ("兴隆镇王家村", "0101"),
    ("平峰镇王家村", "0201"),
    ("兴隆镇 王家村 三组", "0101"),
    ("我家在宁夏西吉县兴隆镇王家村", "0101"),
    ("西吉县兴隆镇", "01"),
    ("西吉兴隆", "01"),
    ("西吉", "640422"),
    ("西吉县", "640422"),
    ("兴隆", "01"),
    ("李家村", "0102"),
    ("李家", "0102"),
    ("王家村", None),
    ("西吉县王家村", None),
    ("火星镇王家村", None),
    ("火星镇李家村", None),
    ("甘肃省李家村", None),
    ("兴隆镇火星村", "01"),
    ("宁夏固原市西吉县火星镇火星村", "640422"),
    ("龙口", "370681"),
    ("烟台龙口市东江镇", "11"),
    ("ＸＩＬ龙口市", "370681"),
    ("北京", None),
    ("", None),
    ("   ", None),
    (None, None),
    ("村", None),
    ("县", None),
    ("%", None),
    ("\u200b兴隆镇\u200b李家村", "0102"),
]


@pytest.mark.parametrize(
    ("text", "homes"),
    [
        ("老家赣州现在龙口住", ["龙口"]),
        ("老家六安的", ["六安"]),
        ("不在龙口，在六安", ["六安"]),
        ("从宁夏嫁过来的", []),
        ("儿子在银川打工摔断了腿", []),
        ("户口在金寨县古碑镇，人在上海打工", ["金寨县古碑镇"]),
        ("西吉县的", ["西吉县"]),
    ],
)
def test_where_somebody_lives_is_not_where_they_work_or_come_from(text: str, homes: list[str]) -> None:
    assert [place.text for place in places.lived_at(Extractor({}).extract(text).places)] == homes


@pytest.mark.parametrize(("said", "code"), SAID)
def test_a_place_is_found_by_its_name(bureau: Bureau, said: str | None, code: str | None) -> None:
    with bureau.office.db.read() as uow:
        area = places.resolve_area(uow, said)
        assert (area.code if area else None) == code


def test_what_fits_two_villages_can_be_asked_back_and_is_put_right_at_the_county(bureau: Bureau) -> None:
    with bureau.office.db.read() as uow:
        assert {area.code for area in places.candidates(uow, "王家村")} == {"0101", "0201"}
        shared = places.nearest_common(uow, "王家村")
        assert shared is not None
        assert shared.name == "西吉县"


def test_the_extractor_is_given_every_area(bureau: Bureau) -> None:
    with bureau.office.db.read() as uow:
        names = places.area_names(uow)
    assert ("王家村", "village") in {(name.name, name.level) for name in names}
    assert len(names) == 14


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_table_comes_in_whatever_the_office_saved_it_as(bureau: Bureau, encoding: str) -> None:
    table = "code,name,level,parent_code\r\n0104, 张家村 ,village,01\r\n03,新营乡,town,640422\r\n"
    with bureau.office.db.begin() as uow:
        report = places.import_areas(uow, places.read_csv(table.encode(encoding)))
        uow.commit()
    assert (report.added, report.changed, report.errors) == (2, 0, ())
    with bureau.office.db.read() as uow:
        found = places.resolve_area(uow, "张家村")
        assert found is not None
        assert found.path == "宁夏回族自治区/固原市/西吉县/兴隆镇/张家村"


def test_a_parent_may_stand_below_its_children_and_a_new_name_reaches_every_path(bureau: Bureau) -> None:
    rows = [
        {"code": "0401", "name": "石岔村", "level": "village", "parent_code": "04"},
        {"code": "04", "name": "硝河乡", "level": "town", "parent_code": "640422"},
        {"code": "01", "name": "兴隆新镇", "level": "town", "parent_code": "640422"},
    ]
    with bureau.office.db.begin() as uow:
        report = places.import_areas(uow, rows)
        uow.commit()
    assert (report.added, report.changed) == (2, 1)
    with bureau.office.db.read() as uow:
        assert uow.areas.by_path("宁夏回族自治区/固原市/西吉县/硝河乡/石岔村") is not None
        assert uow.areas.by_path("宁夏回族自治区/固原市/西吉县/兴隆新镇/王家村") is not None


WRONG_ROWS = [
    ({"code": "", "name": "甲村", "level": "village", "parent_code": "01"}, "code"),
    ({"code": "9", "name": "", "level": "village", "parent_code": "01"}, "name"),
    ({"code": "9", "name": "甲/乙", "level": "village", "parent_code": "01"}, "name"),
    ({"code": "9", "name": "甲村", "level": "hamlet", "parent_code": "01"}, "level"),
    ({"code": "9", "name": "甲村", "level": "village", "parent_code": "77"}, "77"),
    ({"code": "9", "name": "甲村", "level": "village", "parent_code": "9"}, "自己"),
    ({"code": "9", "name": "甲镇", "level": "town", "parent_code": "0101"}, "级别"),
]


@pytest.mark.parametrize(("row", "why"), WRONG_ROWS)
def test_a_wrong_line_is_named_and_the_others_come_in(bureau: Bureau, row: dict[str, str], why: str) -> None:
    good = {"code": "0109", "name": "好村", "level": "village", "parent_code": "01"}
    with bureau.office.db.begin() as uow:
        report = places.import_areas(uow, [row, good])
        uow.commit()
    assert report.added == 1
    assert [error.row for error in report.errors] == [2]
    assert why in report.errors[0].message


def test_a_line_below_a_wrong_line_is_wrong_too_and_a_code_counts_once(bureau: Bureau) -> None:
    rows = [
        {"code": "8", "name": "八镇", "level": "town", "parent_code": "77"},
        {"code": "81", "name": "八一村", "level": "village", "parent_code": "8"},
        {"code": "82", "name": "八二村", "level": "village", "parent_code": "01"},
        {"code": "82", "name": "八三村", "level": "village", "parent_code": "01"},
    ]
    with bureau.office.db.begin() as uow:
        report = places.import_areas(uow, rows)
    assert [error.row for error in report.errors] == [2, 3, 5]
    assert report.added == 1


NO_TABLE = [
    (b"code,name\n1,2\n", "level"),
    (b"", "code"),
    (b"\x81\xff\xfe\x00", "UTF-8"),
    (b"\xff\xfe\x00", "UTF-8"),
    (b"code,name,level,parent_code\n1," + b"x" * 200_000 + b",town,\n", "130000"),
]


@pytest.mark.parametrize(("data", "why"), NO_TABLE)
def test_a_file_that_is_no_table_is_refused_in_one_sentence(data: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        places.read_csv(data)
