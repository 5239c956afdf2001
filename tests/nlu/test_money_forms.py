"""Constructions that decide what a sum is, and stories told in several sums."""

from __future__ import annotations

import pytest

from nlu.evaluation import load_rows, score
from nlu.labelled_rows import LABELLED
from nlu.lexicon_files import read_yaml
from nlu.money_forms import FILES

FORMS = [form for file in FILES for form in read_yaml(file)]
EXAMPLES = [
    pytest.param(example["text"], example["amounts"], id=f"{form['form']}: {example['text']}")
    for form in FORMS
    for example in form["examples"]
]


@pytest.mark.parametrize(("text", "amounts"), EXAMPLES)
def test_the_examples_of_a_form_are_read_as_they_say(extractor, text, amounts):
    wanted = [(role, float(value)) for role, value in (a.split() for a in amounts)]
    assert [(a.role, a.value) for a in extractor.extract(text).amounts] == wanted


@pytest.mark.parametrize(("name", "floor"), [("amount value", 0.95), ("amount value+role", 0.80)])
def test_stories_of_several_sums_are_read(extractor, name, floor):
    assert score("amounts_2", load_rows(LABELLED / "amounts_2.yml"), extractor).tallies[name].f1 >= floor
