"""Nothing is read from what is not told of real life; a real trouble among such noise is."""

from __future__ import annotations

import pytest

from nlu import unreal
from nlu.lexicon_files import LexiconError
from nlu.terms import lexicon
from tests.nlu.conftest import table

ROWS = table("unreal.yml")


def own(found):
    return [h.type for h in found.hardships if h.subject == "self_household" and h.status == "actual"]


@pytest.mark.parametrize("row", [row for row in ROWS if "own" not in row], ids=lambda row: row["id"])
def test_nothing_is_read_from_what_is_not_real(extractor, row):
    found = extractor.extract(row["text"])
    assert (own(found), dict(found.facts), found.household_size) == ([], {}, None)


@pytest.mark.parametrize("row", [row for row in ROWS if "own" in row], ids=lambda row: row["id"])
def test_a_real_trouble_among_noise_is_read(extractor, row):
    assert row["own"] in own(extractor.extract(row["text"]))


def test_sums_are_read_everywhere(extractor):
    found = extractor.extract("那部电视剧里男主欠了三十万，我家倒没欠这么多，就两万")
    assert [a.value for a in found.amounts] == [300000, 20000]


def test_news_tells_of_many_and_a_case_that_is_put_of_a_class(extractor):
    (struck,) = extractor.extract("据报道，昨日邻县遭遇特大暴雨，群众转移三千人").hardships
    assert (struck.type, struck.subject, struck.status) == ("disaster", "general", "actual")
    (put,) = extractor.extract("假设有一户男的得了癌症，能不能进监测").hardships
    assert (put.type, put.subject, put.status) == ("illness", "general", "hypothetical")


def test_a_trouble_of_somebody_in_a_film_clip_stays_his(extractor):
    (seen,) = extractor.extract("抖音刷到一个老人得了尿毒症，真可怜").hardships
    assert (seen.type, seen.subject) == ("illness", "other_person")


def test_a_stretch_is_blanked_where_it_stands():
    text = "你好<b title='大病'>我爸</b>住院"
    told = unreal.blanked(text, unreal.stretches(text, lexicon().index.find(text)))
    assert (len(told), told.replace("。", "")) == (len(text), "你好我爸住院")


def test_overlapping_stretches_are_blanked_once():
    assert unreal.blanked("abcdef", [unreal.Stretch(1, 5, "made_up"), unreal.Stretch(2, 3, "made_up")]) == "a。。。。f"


def test_an_unknown_reach_is_named(monkeypatch):
    known = {"openers": {"tale": {"kind": "made_up", "reach": "far", "forms": ["剧"]}}}
    monkeypatch.setattr(unreal, "read_yaml", lambda name: known)
    with pytest.raises(LexiconError, match="tale"):
        unreal._openers.__wrapped__()
