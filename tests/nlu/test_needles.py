"""The cheap look before a search never hides a match."""

from __future__ import annotations

import math
import re

import pytest

from nlu.needles import pieces, reach, ways
from nlu.sieve import Gated, Sieve
from nlu.statements import forms
from tests.nlu.conftest import table

FILES = ("chat.yml", "operator.yml", "sixth.yml", "seventh.yml", "answers.yml")


@pytest.mark.parametrize(
    ("pattern", "needs"),
    [
        ("没(?:有)?房", [[{"没房", "有房"}]]),
        ("(?:没有|冇)房", [[{"有房", "冇房"}]]),
        ("没.房子", [[{"没"}, {"房子"}]]),
        ("没(?!有)(?<!也没)钱(?=花)", [[{"没钱"}, {"花"}]]),
        ("(?:没|.)房", [[{"没房"}], [{"房"}]]),
        ("(?:没|有)+房", [[{"没", "有"}, {"房"}]]),
        ("(?:没有.|冇)房", [[{"没有"}, {"房"}], [{"冇房"}]]),
        ("(?:没.{3}(?:房|屋子)|冇)住", [[{"没"}, {"房住", "子住"}], [{"冇住"}]]),
        ("没房|[^，]*(?<!不)(?:有)*(?!吗)", [[]]),
        ("[0-2]级", [[{"0级", "1级", "2级"}]]),
    ],
)
def test_what_each_way_to_match_cannot_do_without(pattern, needs):
    found = [sorted(map(sorted, needed)) for needed in ways(pattern)]
    assert sorted(found) == sorted(sorted(map(sorted, needed)) for needed in needs)


@pytest.mark.parametrize(
    ("pattern", "characters"),
    [("没(?:有)?房", 3), ("(?:没有|冇){1,2}(?=房)(?<!也)", 6), ("没[^，]{0,8}房", 10), ("没.*房", math.inf)],
)
def test_how_far_a_match_and_what_it_looks_at_reach(pattern, characters):
    assert reach(pattern) == characters


def test_no_form_that_holds_is_passed_over():
    texts = [row["text"] for file in FILES for row in table(file)]
    every = forms()
    sieve = Sieve([form.pattern for form in every])
    texts += [" ".join(texts[at : at + 12]) for at in range(0, len(texts), 12)]
    found = [(number, text) for number, form in enumerate(every) for text in texts if form.pattern.search(text)]
    assert len(found) > 100
    assert all(number in sieve.worth_trying(pieces(text)) for number, text in found)
    assert all(number in sieve.likely(text) for number, text in found)


def test_few_forms_are_tried_on_a_text():
    sieve = Sieve([re.compile(words) for words in ("没(?:有)?房", "[^，]*", "(?:没有|冇)钱", "房.*塌")])
    assert sieve.worth_trying(pieces("家里没有房")) == [0, 1]
    assert sieve.worth_trying(pieces("房子塌了")) == [1, 3]
    assert sieve.worth_trying(frozenset()) == [1]


def test_where_the_pieces_stand_too_far_apart_a_form_is_not_tried():
    sieve = Sieve([re.compile("没[^，]{0,8}房"), re.compile("没.*房")])
    text = "家里没有" + "，" * 60 + "房子塌了"
    assert sieve.worth_trying(pieces(text)) == [0, 1]
    assert list(sieve.likely(text)) == [1]
    assert list(sieve.likely(text + "，没有房")) == [0, 1]


def test_a_gated_pattern_finds_what_the_pattern_finds():
    texts = [row["text"] for file in FILES for row in table(file)]
    for words in ("没(?:有)?房", "(?:一家|全家)([三四五六])口", "^(?:我|俺)", "。$"):
        plain, gated = re.compile(words), Gated(re.compile(words))
        for text in ["".join(texts[at : at + 4]) for at in range(0, len(texts), 4)]:
            assert [m.span() for m in gated.finditer(text)] == [m.span() for m in plain.finditer(text)]
            assert (gated.search(text) is None) == (plain.search(text) is None)
