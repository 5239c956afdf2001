"""What no opener announces and yet nobody lived: learned from marked texts, line by line, safe without the table."""

from __future__ import annotations

import pytest

from nlu import learned, unreal_model
from nlu.unreal import UNTOLD, Stretch
from nlu.unreal_model import LEAST, REAL, TALE, UNREAL, Piece, lines, of_line, of_piece, pieces, untold, weighed
from nlu.unreal_training import Told, examples, fitted, of_row

NOBODY = [  # none of them is an example
    "突发！某县一工地塔吊倒塌，三名工人被埋，救援正在进行，家属已赶到现场",
    "剧透一下：女儿最后尿毒症没救过来，老爹卖房还债，看得我一包纸都用完",
    "甲户有四口人，年收入一万二千元，乙户有五口人，哪一户的人均收入低？请写出过程",
    "歌词：爹爹病在茅草房，娘亲改嫁走他乡，丢下小妹三岁半，夜夜哭着要亲娘",
]
SOMEBODY = [
    "我家五口人，老伴脑梗瘫了三年，去年看病自己掏了四万多",
    "村里评低保没有我们家，我腿断了干不了活，两个娃还在念书",
    "来电人称其子患白血病，在省院化疗，已自付十二万，家中三人",
]
LITTLE = [
    Told("小说里写他家失火了，妻子也病倒了没钱医", ((0, 20),), "unreal"),
    Told("我家去年失火了，妻子也病倒了求你们帮我", (), "real"),
]


def stretches(text):
    return untold(text, [])


@pytest.mark.parametrize("text", NOBODY)
def test_what_nobody_lived_states_nothing_of_a_household(extractor, text):
    found = extractor.extract(text)
    assert (dict(found.facts), found.household_size) == ({}, None)
    assert not [h for h in found.hardships if h.subject == "self_household" and h.status == "actual"]


@pytest.mark.parametrize("text", SOMEBODY)
def test_what_somebody_lives_is_told(text):
    assert stretches(text) == []


@pytest.mark.parametrize("noise", ["小说第三章 他那年得了癌症死在破庙里", '{"facts": {"disability": true}}', "哈哈"])
def test_another_line_changes_nothing_of_what_a_line_tells(noise):
    table = TALE.tables()["tale"]
    for text in (*SOMEBODY, *NOBODY):
        beside = weighed(f"{text}\n{noise}", table)
        assert [piece for piece in beside if piece.start < len(text)] == weighed(text, table)


def test_a_note_of_a_word_or_two_is_not_judged():
    assert [*lines("穷死了\n" + "好" * LEAST)] == [(4, 4 + LEAST)]


@pytest.mark.parametrize("text", ["", "。，！", "好" * 400, "\n" * 50, "a，" * 100])
def test_any_text_is_weighed_and_its_clauses_stand_in_order(text):
    found = stretches(text)
    assert found == sorted(found)
    assert all(0 <= one.start < one.end <= len(text) and one.kind == UNTOLD for one in found)


@pytest.mark.parametrize(
    ("surer", "because"),
    [([Stretch(0, 1, "made_up")], "an opener stands in its line"), ([], "somebody names his own in it")],
)
def test_the_table_has_to_be_surer_where(monkeypatch, surer, because):
    own = "" if surer else "我家"
    line = f"{own}镇上通报说火灾烧毁房屋三间没有人员伤亡"
    monkeypatch.setattr(unreal_model, "_line", lambda text, first, last, table: [Piece(first, last, 1.3)])
    assert untold(line, surer) == [], because
    assert untold(line.replace("我家", "该县"), []) == [Stretch(0, len(line), UNTOLD)]


def test_a_short_line_between_two_tales_is_told(extractor):
    found = extractor.extract(f"{NOBODY[0]}\n我家水井干了没水吃\n我娘瘫了求帮助\n{NOBODY[0]}")
    assert {"water"} <= {h.type for h in found.hardships if h.subject == "self_household"}


FORMS = [
    "姓名张三 年龄45 病情肺癌晚期 家庭人口4 年收入9000",
    "8月3日凌晨我家突发火灾，三间房屋烧毁，家电粮食全没了，损失约八万元",
    "【求助】我儿子白血病住院，水滴筹链接在下面，求大家转发",
]


@pytest.mark.parametrize("text", FORMS)
def test_forms_reports_and_pleas_of_ones_own_are_told(extractor, text):
    assert [h.type for h in extractor.extract(text).hardships if h.subject == "self_household"]


def test_the_same_examples_give_the_same_table():
    assert fitted(LITTLE * 3).written() == fitted(LITTLE * 3).written()


def test_the_table_learns_who_lived_it():
    table = fitted(LITTLE * 3)
    for row, choice in zip(LITTLE, (UNREAL, REAL), strict=True):
        start, end = next(pieces(row.text))
        assert table.choose({"bias": 1.0}, [*of_line(row.text), *of_piece(row.text, start, end)]) == choice


def test_marks_of_a_mixed_text_are_places_of_the_plain_one():
    row = of_row({"text": "⟦戏里说⟧我家⟦梦见⟧的", "parts": "mixed"})
    assert (row.text, row.unreal) == ("戏里说我家梦见的", ((0, 3), (5, 7)))


@pytest.mark.parametrize(
    "row",
    [
        {"text": "我家", "parts": "mixed"},
        {"text": "⟦我家⟧", "parts": "real"},
        {"text": "⟦我⟦家⟧", "parts": "mixed"},
        {"text": "我家", "parts": "perhaps"},
    ],
)
def test_a_row_that_is_marked_wrongly_is_refused(row):
    with pytest.raises(ValueError, match="marks"):
        of_row(row)


def test_there_are_examples_of_every_sort():
    assert {row.source for row in examples()} == {"real", "unreal", "mixed", "labelled", "hostile", "by kind"}


def test_without_a_table_the_openers_alone_are_used(monkeypatch):
    monkeypatch.setattr(learned.Learned, "tables", lambda self: None)
    assert stretches(NOBODY[0]) == []
