"""Every fact in the usual ways of stating it, denying it and leaving it open; answers to every question."""

from __future__ import annotations

import pytest

from nlu.evaluation import load_rows, score
from tests.nlu.conftest import HERE, table

SAID = [
    (fact, value, text)
    for file in ("facts_one_by_one.yml", "facts_by_class.yml", "facts_not_so.yml")
    for fact, values in table(file).items()
    if fact != "yet_missed"
    for value, texts in values.items()
    for text in texts
]
ANSWERS = [(fact, row["text"], row["value"]) for fact, rows in table("answers_by_fact.yml").items() for row in rows]
WHOLE = ("facts_eleventh.yml", "facts_twelfth.yml", "facts_thirteenth.yml", "facts_fourteenth.yml")


@pytest.mark.parametrize(("fact", "value", "text"), SAID, ids=[f"{f}: {t}" for f, _, t in SAID])
def test_a_fact_is_stated_denied_or_left_open(extractor, fact, value, text):
    assert extractor.extract(text).facts.get(fact) == (None if value == "absent" else value)


@pytest.mark.parametrize(("fact", "text", "value"), ANSWERS, ids=[f"{f}: {t}" for f, t, _ in ANSWERS])
def test_a_short_answer_gives_its_fact_or_leaves_it_open(extractor, fact, text, value):
    found = extractor.extract(text, fact).facts.get(fact)
    assert found == value
    assert isinstance(found, bool) == isinstance(value, bool)


def test_whole_messages_state_their_facts_and_few_others(extractor):
    rows = [row for file in WHOLE for row in load_rows(HERE / "data" / file)]
    facts = score("whole", rows, extractor).tallies["facts"]
    assert facts.precision >= 0.92
    assert facts.recall >= 0.85


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("来电人称邻居家着火", {}),
        ("得了癌症国家有什么政策", {}),
        ("没有一二级残疾的", {"severe_disability": False}),
        ("家里没有重度残疾", {"severe_disability": False}),
        ("还不至于吃不上饭", {"severe_difficulty": False}),
        ("没娃读大学", {"university_students": 0}),
        ("听说隔壁县大病能报百分之九十，我肝癌花了二十万", {"serious_illness": True}),
        ("有车有房的吃低保", {}),
        ("能下力的就我们两口子", {"labour_full": 2}),
        ("以前一年能挣三万", {}),
        ("转发：台风明晚登陆，注意加固大棚", {}),
        ("俺庄上吃低保的净是跟书记沾亲的", {}),
        ("名额让给二组那个瞎子吧", {}),
        ("意外险交了，说不在范围里头", {}),
        ("被告要赔我十一万", {}),
        ("我要是现在没病，以后病了再申请来得及不", {}),
        ("想要个公益岗，多少挣点", {}),
        ("我爸去年走的，肺癌", {}),
    ],
)
def test_nothing_else_is_stated(extractor, text, stated):
    assert extractor.extract(text).facts == stated
