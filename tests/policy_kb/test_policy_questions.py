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


@pytest.mark.parametrize("line", SAID["elsewhere"], ids=lambda line: f"{line['pack']}: {line['question']}")
def test_another_offices_matter_is_not_answered_from_this_document(library: Library, line: dict[str, str]) -> None:
    assert not library.answer(line["pack"], line["question"], ON).answerable


def test_the_place_in_a_question_picks_the_document_before_the_place_beside_it(library: Library) -> None:
    asked = {
        ("龙口今年监测线多少", None): "longkou-2021-1",
        ("霍邱县的边缘户标准多少", "龙口市"): "luan-2019-15",
        ("河南的线是多少", "龙口市"): "guokaifa-2020-6",
        ("公示几天", "江西赣州"): "ganzhou-2020-4",
        ("公示几天", None): "guokaifa-2020-6",
    }

    assert {key: library.ask(key[0], ON, key[1]).pack for key in asked} == asked


def test_a_figure_comes_with_its_days_and_one_whose_days_are_over_says_so(library: Library) -> None:
    within, after = (library.ask("龙口监测线多少", day).answer for day in (date(2021, 8, 1), date(2026, 11, 28)))

    for answer in (within, after):
        assert "从2021年1月1日起，到2021年12月31日为止" in answer
        assert "《" in answer
        assert "龙扶贫组字〔2021〕1号 二(二)" in answer
    assert "已经过期" not in within
    assert "已经过期" in after


def test_a_question_for_the_department_is_answered_with_the_document_s_own(library: Library) -> None:
    named = library.ask("产业奖补归哪个局管", ON, "赣州市兴国县")
    unnamed = library.ask("产业扶持归哪个局管", ON, "六安市金寨县")

    assert named.answerable
    assert "市农业农村局" in named.answer
    assert not unnamed.answerable
    assert "归哪个部门，文件没有写" in unnamed.answer


def test_two_questions_in_one_are_both_answered(library: Library) -> None:
    found = library.ask("入户核实几天？公示几天？", ON, "龙口市")

    assert {citation.clause for citation in found.citations} >= {"四(一)", "四(四)"}
    assert "5个工作日" in found.answer
    assert "5天" in found.answer


@pytest.mark.parametrize("words", SAID["not_a_policy_question"])
def test_words_about_something_else_find_no_topic(library: Library, words: str) -> None:
    assert [pack for pack in library.packs if library.answer(pack, words, ON).answerable] == []
