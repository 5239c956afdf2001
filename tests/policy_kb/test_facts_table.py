"""The table of facts: what farmers read is plain, what cadres read is short, and the examples fit their facts."""

from __future__ import annotations

import re

import pytest

from policy_kb import Library, load_library

# Words of documents and offices that nobody says at a kitchen table.
JARGON = "刚性支出|两不愁|三保障|合规|分级诊疗|转移性|内生动力|可支配|纯收入|监测|致贫|非义务教育|法定|监护|赡养"
OFFICE = "劳动能力|产业|就业|骤|缩减|系数|不可抗力|资源|全日制|失能|变更|权属"


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def test_what_an_applicant_is_asked_is_plain_and_short(library: Library) -> None:
    for spec in library.vocabulary.values():
        if spec.ask == "applicant":
            asked = [spec.question, *(part.question for part in spec.sub_questions)]
            assert all(asked), f"{spec.id} has no question"
            for sentence in asked:
                assert len(sentence) <= 45, f"{spec.id}: too long for one breath: {sentence}"
                assert sentence.endswith("？"), f"{spec.id}: {sentence}"
                assert not re.search(f"{JARGON}|{OFFICE}", sentence), f"{spec.id}: {sentence}"


def test_every_question_says_why_and_what_counts(library: Library) -> None:
    for spec in library.vocabulary.values():
        assert spec.why, spec.id
        assert spec.why.endswith("。"), spec.id
        assert spec.help, spec.id


def test_cadres_and_departments_have_their_own_short_question(library: Library) -> None:
    for spec in library.vocabulary.values():
        if spec.ask in ("cadre", "department"):
            assert spec.cadre_question, f"{spec.id} has no question for them"
            assert not spec.question, f"{spec.id} would be put to an applicant"
            assert len(spec.cadre_question) <= 50, spec.id


def test_nobody_is_asked_whether_they_are_lazy(library: Library) -> None:
    spec = library.vocabulary["low_motivation"]

    assert spec.ask == "cadre"
    assert not spec.question


def test_two_to_four_short_buttons(library: Library) -> None:
    for spec in library.vocabulary.values():
        groups = [spec.buttons, *(part.buttons for part in spec.sub_questions)]
        for buttons in groups:
            assert len(buttons) <= 4, spec.id
            assert all(len(button.title) <= 14 for button in buttons), spec.id
        if spec.kind in ("bool", "enum"):
            assert len(spec.buttons) >= 2, spec.id
        if spec.kind == "bool":
            assert {button.value for button in spec.buttons} == {True, False}, spec.id
        if spec.kind == "enum" and not spec.sub_questions:
            assert [button.value for button in spec.buttons] != [], spec.id


def test_the_guarantees_are_asked_in_five_plain_parts(library: Library) -> None:
    parts = library.vocabulary["guarantees_status"].sub_questions

    assert [part.id for part in parts] == ["food_clothing", "school", "doctor", "house", "water"]
    assert all({button.value for button in part.buttons} == {"secure", "potential_risk", "affected"} for part in parts)


def test_every_fact_has_sentences_that_state_it_and_sentences_that_do_not(library: Library) -> None:
    for spec in library.vocabulary.values():
        stated = [*spec.examples.true, *spec.examples.false, *spec.examples.values]
        assert stated, spec.id
        if spec.ask == "applicant":
            assert len(stated) >= 4, spec.id
            assert spec.examples.absent, spec.id
        if spec.kind == "bool":
            assert spec.examples.true or spec.examples.false, spec.id


def test_values_of_examples_are_values_of_their_facts(library: Library) -> None:
    for spec in library.vocabulary.values():
        for example in spec.examples.values:
            assert library.check_facts({spec.id: example.value}) == {spec.id: example.value}
