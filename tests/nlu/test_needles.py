"""The cheap look before a search never hides a match."""

from __future__ import annotations

import re

import pytest

from nlu.needles import Sieve, needles, pieces
from nlu.statements import forms
from tests.nlu.conftest import table

FILES = ("chat.yml", "operator.yml", "sixth.yml", "seventh.yml", "answers.yml")


@pytest.mark.parametrize(
    ("pattern", "needs"),
    [
        ("没(?:有)?房", [{"没房", "有房"}]),
        ("(?:没有|冇)房", [{"有房", "冇房"}]),
        ("没.房子", [{"没"}, {"房子"}]),
        ("没(?!有)(?<!也没)钱(?=花)", [{"没钱"}, {"花"}]),
        ("(?:没|.)房", [{"房"}]),
        ("(?:没|有)+房", [{"没", "有"}, {"房"}]),
        ("(?:没有.|冇)房", [{"没有", "冇"}, {"房"}]),
        ("[^，]*(?<!不)(?:有)*(?!吗)", []),
        ("[0-2]级", [{"0级", "1级", "2级"}]),
    ],
)
def test_what_a_pattern_cannot_do_without(pattern, needs):
    assert sorted(map(sorted, needles(re.compile(pattern)))) == sorted(map(sorted, needs))


def test_no_form_that_holds_is_passed_over():
    texts = [row["text"] for file in FILES for row in table(file)]
    every = forms()
    sieve = Sieve([needles(form.pattern) for form in every])
    found = [(number, text) for number, form in enumerate(every) for text in texts if re.search(form.pattern, text)]
    assert len(found) > 100
    assert all(number in sieve.worth_trying(pieces(text)) for number, text in found)


def test_fewforms_are_tried_on_a_text():
    sieve = Sieve([needles(re.compile(words)) for words in ("没(?:有)?房", "[^，]*", "(?:没有|冇)钱", "房.*塌")])
    assert sieve.worth_trying(pieces("家里没有房")) == [0, 1]
    assert sieve.worth_trying(pieces("房子塌了")) == [1, 3]
    assert sieve.worth_trying(frozenset()) == [1]
