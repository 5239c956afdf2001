"""The plain answers that reading knows fit the questions as the facts table words them today."""

from __future__ import annotations

import pytest

from actions.reading import fact_types
from nlu import Extractor
from nlu.lexicon_files import read_yaml
from policy_kb import load_library

LIBRARY = load_library()
PLAIN = read_yaml("answers.yml")["plain"]
ASKED = {fact: spec for fact, spec in LIBRARY.vocabulary.items() if spec.ask == "applicant"}
BUTTONS = [(fact, button.title, button.value) for fact, spec in ASKED.items() for button in spec.buttons]


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor(fact_types(LIBRARY))


@pytest.mark.parametrize(("fact", "title", "value"), BUTTONS, ids=[f"{fact}: {title}" for fact, title, _ in BUTTONS])
def test_the_words_on_a_button_say_what_the_button_says(
    extractor: Extractor, fact: str, title: str, value: object
) -> None:
    found = extractor.extract(title, fact).facts.get(fact)
    assert found == value
    assert isinstance(found, bool) == isinstance(value, bool)


@pytest.mark.parametrize("fact", [f for f, spec in ASKED.items() if spec.kind in {"bool", "enum"}])
def test_the_meaning_of_a_plain_answer_was_thought_over_for_this_wording(fact: str) -> None:
    assert fact in PLAIN, f"{fact} is asked of applicants: tell in nlu/lexicon/answers.yml what yes and no mean"
    assert PLAIN[fact]["question"] in LIBRARY.vocabulary[fact].question, (
        f"{fact} is worded anew: think its plain answers over in nlu/lexicon/answers.yml and correct `question` there"
    )


@pytest.mark.parametrize("fact", PLAIN)
def test_a_plain_answer_gives_a_value_of_the_fact(fact: str) -> None:
    spec = LIBRARY.vocabulary[fact]
    meant = [value for key, value in PLAIN[fact].items() if key != "question" and value is not None]
    assert all(value in spec.type.values if spec.kind == "enum" else isinstance(value, bool) for value in meant)
    assert spec.kind == "bool" or {"so", "not_so", "have", "have_not"} <= PLAIN[fact].keys()
