"""Questions about policy as people ask them: the right topic is found, and only what a document says is said."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from policy_kb import Library, load_library

ON = date(2020, 6, 1)
SHEETS = Path(__file__).parent / "questions"
SAID = yaml.safe_load((SHEETS / "said.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def test_where_a_document_has_no_answer_the_topic_names_whom_to_ask(library: Library) -> None:
    for pack in library.packs.values():
        for topic in library.questions.topics:
            found = library.answer(pack, topic.asked[0], ON)
            assert found.answerable or "可以问问" in found.answer, (pack.id, topic.id)


@pytest.mark.parametrize("line", SAID["answered"], ids=lambda line: f"{line['pack']}: {line['question']}")
def test_what_the_document_says_is_answered_with_its_clause(library: Library, line: dict[str, object]) -> None:
    found = library.answer(str(line["pack"]), str(line["question"]), line.get("date", ON))  # type: ignore[arg-type]

    assert found.answerable
    assert str(line["says"]) in found.answer
    assert line["clause"] in [citation.clause for citation in found.citations]


@pytest.mark.parametrize("line", SAID["interpreted"], ids=lambda line: f"{line['pack']}: {line['question']}")
def test_our_reading_is_called_our_reading(library: Library, line: dict[str, str]) -> None:
    found = library.answer(line["pack"], line["question"], ON)

    assert found.answerable
    assert "我们" in found.answer
    assert "理解" in found.answer


@pytest.mark.parametrize("line", SAID["silent"], ids=lambda line: f"{line['pack']}: {line['question']}")
def test_what_no_document_says_is_declined_and_somebody_is_named(library: Library, line: dict[str, str]) -> None:
    found = library.answer(line["pack"], line["question"], ON)

    assert not found.answerable
    assert "没" in found.answer
    assert "可以问问" in found.answer


@pytest.mark.parametrize("words", SAID["not_a_policy_question"])
def test_words_about_something_else_find_no_topic(library: Library, words: str) -> None:
    assert [pack for pack in library.packs if library.answer(pack, words, ON).answerable] == []
