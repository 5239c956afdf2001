"""What a text might mean by a household's size, and the table that chooses: complete, repeatable, safe without one."""

from __future__ import annotations

import pytest

from nlu import household_choice, learned
from nlu.household_candidates import candidates
from nlu.household_choice import CHOICE, weight
from nlu.household_training import Example, examples, looked_at, train
from nlu.normalise import read
from nlu.terms import lexicon

LITTLE = [
    Example("我家五口人，房子漏雨", 5),
    Example("家里四口人，都靠我", 4),
    Example("邻居家五口人都吃低保", None),
    Example("村里来了四个人查账", None),
]


def sizes(text):
    copy = read(text).text
    return {c.value for c in candidates(copy, lexicon().index.find(copy))}


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("我和老伴带俩孙子过", 4),
        ("夫妻+2孩+母，夫瘫", 5),
        ("就我跟我爹两个", 2),
        ("原来五口，婆婆去年走了", 4),
        ("婆婆、我和一个细伢子，三口", 3),
        ("户主、配偶、长子、次女、老母", 5),
        ("户3/劳1", 3),
        ("光棍一条", 1),
        ("户主+2，均务农", 3),
        ("户籍7，实住4", 4),
        ("户情：老2壮1幼2", 5),
        ("三个大人两个细人仔住一间屋", 5),
        ("我跟妈妈还有外婆，三个女人过日子", 3),
        ("家里六张嘴等饭吃", 6),
        ("人口数：肆", 4),
        ("我同阿妹两个人，爹娘都不在", 2),
        ("男，独，六十一，砍柴为生", 1),
    ],
)
def test_a_size_that_is_meant_is_among_the_candidates(text, size):
    assert size in sizes(text)


@pytest.mark.parametrize("text", ["", "今年三月房子漏雨", "孩" * 5000, "三口人" * 2000])
def test_any_text_has_few_candidates_none_beyond_a_household(text):
    assert len(candidates(text, lexicon().index.find(text))) <= 60
    assert all(0 < value <= 20 for value in sizes(text))


def test_nearly_every_stated_size_of_the_examples_is_a_candidate():
    rows = [looked_at(row) for row in examples() if row.size]
    assert sum(row.size in row.values for row in rows) >= 0.97 * len(rows)


def test_the_same_examples_give_the_same_table():
    assert train(LITTLE)[CHOICE].written() == train(LITTLE)[CHOICE].written()


def test_the_table_learns_whose_people_are_counted():
    table = train(LITTLE * 2)[CHOICE]
    own, others = (looked_at(Example(t, None)).signs[0] for t in ("我家三口人", "邻居家三口人"))
    assert weight(table, own) > weight(table, others)


def test_without_a_model_a_plain_count_is_still_read(monkeypatch):
    monkeypatch.setattr(learned.Learned, "tables", lambda self: None)
    text = "我家5口，求助"
    found = household_choice.chosen(text, lexicon().index.find(text))
    assert found
    assert found.candidate.value == 5


def test_every_example_has_a_size_of_people_or_none():
    assert all(row.size is None or 0 < row.size <= 20 for row in examples())
