"""The cheap look before a search never hides a match."""

from __future__ import annotations

import re

import pytest

from nlu.needles import Sieve, may_match, needles
from nlu.statements import forms
from tests.nlu.conftest import table

FILES = ("chat.yml", "operator.yml", "sixth.yml", "seventh.yml", "answers.yml")


@pytest.mark.parametrize(
    ("pattern", "needs"),
    [
        ("没(?:有)?房", [{"没"}, {"房"}]),
        ("(?:没有|冇)房", [{"房"}, {"没", "冇"}]),
        ("(?:没|.)房", [{"房"}]),
        ("[^，]*(?<!不)(?:有)*(?!吗)", []),
        ("[0-2]级", [{"级"}, {"0", "1", "2"}]),
    ],
)
def test_what_a_pattern_cannot_do_without(pattern, needs):
    assert sorted(map(sorted, needles(re.compile(pattern)))) == sorted(map(sorted, needs))


def test_no_form_that_holds_is_passed_over():
    texts = [row["text"] for file in FILES for row in table(file)]
    found = [(form, text) for form in forms() for text in texts if re.search(form.pattern, text)]
    assert len(found) > 100
    assert all(may_match(form.needles, frozenset(text)) for form, text in found)


def test_the_sieve_keeps_what_asking_each_pattern_would_keep():
    texts = [row["text"] for file in FILES for row in table(file)]
    sieve = Sieve([form.needles for form in forms()])
    for text in texts:
        characters = frozenset(text)
        assert sieve.may_match(characters) == [
            at for at, form in enumerate(forms()) if may_match(form.needles, characters)
        ]
