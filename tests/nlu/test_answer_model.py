"""Answers that no rule was thought of for: learned from examples, in the question's terms, safe without the table."""

from __future__ import annotations

import pytest

from nlu import learned
from nlu.answer_model import ANSWER, folded, judged, word_of
from nlu.answer_training import examples
from nlu.answers import read_answer
from nlu.mentions import FactType
from nlu.stated import Stated

SAID_OTHERWISE = [  # fact, answer, what it says; none of them is an example
    ("employment_unstable", "这家干一天那家干一天", True),
    ("employment_unstable", "厂里签的长期合同", False),
    ("income_dropped_sharply", "连往年一半都不到", True),
    ("income_dropped_sharply", "跟往年一个样", False),
    ("lacks_capital", "咋不缺呢", True),
    ("dwelling_adobe_only", "红砖盖的平房", False),
    ("upheaval", "我男人去年没了", True),
    ("wants_training", "年纪大了学不进去", False),
    ("main_labourer_incapacity", "从楼上摔下来，现在躺着", "full"),
    ("main_labourer_incapacity", "轻的还能干，重的扛不动", "partial"),
    ("guarantees_status", "吃穿都不愁，样样都过得去", "secure"),
]
LEFT_OPEN = [
    ("disability", "你问这个做什么"),
    ("upheaval", "我不想说这个"),
    ("lacks_capital", "等我儿子回来你问他"),
    ("serious_illness", "还在医院查，结果没出来"),
]
PUT_RIGHT = [  # an answer that corrects what was said: read by its plain words, whatever is asked now
    ("disability", "不对，有的", True),
    ("disability", "说错了，没有", False),
    ("household_kind", "不对，从来不是", "general"),
    ("guarantees_status", "不对，从来不是", None),
    ("chronic_illness", "不对，从来不是", None),
    ("employment_unstable", "不对，从来不是", None),
    ("household_kind", "哦，错了，以前是", "lifted"),
    ("disability", "不对，是四口人", None),
    ("household_kind", "说错了，我家是四口人", None),
    ("serious_illness", "说错了，不是五口人，是四口人", None),
    ("household_size", "不对，是四口人", 4),
    ("labour_full", "不对，我叫王二", None),
    ("disability", "不好意思弄错了，有", True),
    ("disability", "不对！有的", True),
    ("disability", "不对不对，有的", True),
    ("disability", "没错，有的", True),
    ("disability", "没错，是的", True),
]
SUMS = [  # fact, answer, what it adds up to
    ("income_year", "人均6000，家里5口人", 30000),
    ("income_year", "低保每月300，别的没有了", 3600),
    ("income_year", "卖了三万斤果子，刨掉肥料落两万", 20000),
    ("income_year", "我两万，老婆一万五", 35000),
    ("medical_self_paid_year", "一盒45，一个月吃两盒", 1080),
    ("medical_self_paid_year", "一次自己出两百，一个星期三次", 31200),
    ("income_year", "杂七杂八的，哪记得清", None),
    ("labour_partial", "我和他妈，喂喂猪", 2),
    ("labour_full", "我六十三了，还下地", None),
    ("university_students", "一个都冇考起", 0),
]


@pytest.mark.parametrize(("asks", "text", "value"), SAID_OTHERWISE, ids=[row[1] for row in SAID_OTHERWISE])
def test_an_answer_in_other_words_is_understood(extractor, asks, text, value):
    assert extractor.extract(text, asks).facts.get(asks) == value


@pytest.mark.parametrize(("asks", "text", "value"), PUT_RIGHT, ids=[f"{row[0]}: {row[1]}" for row in PUT_RIGHT])
def test_a_correction_is_read_by_its_plain_words(extractor, asks, text, value):
    assert extractor.extract(text, asks).facts.get(asks) == value


@pytest.mark.parametrize(("asks", "text"), LEFT_OPEN, ids=[row[1] for row in LEFT_OPEN])
def test_what_is_no_answer_leaves_the_question_open(extractor, asks, text):
    assert asks not in extractor.extract(text, asks).facts


@pytest.mark.parametrize(("asks", "text", "value"), SUMS, ids=[row[1] for row in SUMS])
def test_a_sum_or_count_is_worked_out_as_it_is_told(extractor, asks, text, value):
    assert extractor.extract(text, asks).facts.get(asks) == value


def test_a_yes_is_told_in_the_terms_of_its_question():
    assert word_of(False, "employment_unstable") == "yes"  # «活稳当吗» «稳当»
    assert word_of("partial", "main_labourer_incapacity") == "partly"
    assert word_of(None, "disability") == "open"
    with pytest.raises(ValueError, match="answers no question of disability"):
        word_of("lifted", "disability")


def test_words_of_one_meaning_are_made_one():
    assert folded("俺爹冇2万块。。") == "我家父没有0万块"
    assert folded("证上是二级") == "证上是二级"


def test_every_question_of_the_table_is_learned_from():
    asked = {row.asks for row in examples()}
    assert {"disability", "employment_unstable", "guarantees_status", "household_kind"} <= asked


def test_rules_answer_where_the_table_cannot_be_made(monkeypatch, caplog):
    def broken(*_args):
        raise RuntimeError("no memory")

    monkeypatch.setattr(learned.Learned, "ensure", broken)
    ANSWER.forget()
    try:
        assert judged("稳当得很", "employment_unstable", False) is False
        stated = Stated()
        read_answer(stated, "有的", "disability", FactType("bool"), False)
        assert stated.values == {"disability": True}
    finally:
        ANSWER.forget()
    assert "the rules of answers alone are used" in caplog.text
