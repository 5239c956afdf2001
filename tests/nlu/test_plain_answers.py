"""A plain «没有», «是» or «还行» means what it means in the wording of its question; a guess means nothing."""

from __future__ import annotations

import pytest

from nlu.lexicon_files import read_yaml
from tests.nlu.conftest import table

ANSWERS = [
    (fact, str(words), value) for fact, row in table("plain_answers.yml").items() for words, value in row.items()
]
FACTS = sorted(table("plain_answers.yml"))
DONT_KNOW = (
    "不知道",
    "不晓得",
    "说不清",
    "不清楚呢",
    "我也不知道",
    "记不得了",
    "不太清楚",
    "这个我不懂",
    "搞不清楚",
    "不好说",
)
GUESSES = ("可能有吧", "好像有", "好像没有", "应该没有吧", "可能是", "说不定有", "也许吧")


@pytest.mark.parametrize(("fact", "words", "value"), ANSWERS, ids=[f"{f}: {w}" for f, w, _ in ANSWERS])
def test_a_plain_answer_has_the_polarity_of_its_question(extractor, fact, words, value):
    found = extractor.extract(words, fact).facts.get(fact)
    assert found == value
    assert isinstance(found, bool) == isinstance(value, bool)


@pytest.mark.parametrize("fact", FACTS)
@pytest.mark.parametrize("words", DONT_KNOW)
def test_not_knowing_states_nothing(extractor, fact, words):
    assert not extractor.extract(words, fact).facts


@pytest.mark.parametrize("fact", FACTS)
@pytest.mark.parametrize("words", GUESSES)
def test_a_guess_states_nothing(extractor, fact, words):
    assert not extractor.extract(words, fact).facts


def test_every_question_of_the_table_has_examples():
    assert set(read_yaml("answers.yml")["plain"]) <= set(FACTS)
