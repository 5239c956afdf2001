"""Answers to questions about policy: only what a pack's `answers.yml` says, where it stands and since when."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from policy_kb.evaluator import fill
from policy_kb.pack import Pack
from policy_kb.parameters import Figure
from policy_kb.questioning import Questions, Topic
from policy_kb.schema import AnswerSpec

READING = "文件没有写死，这是我们的理解："
NOT_THERE = "您问的这个，我手里的这份文件（{number}）没有写，我不敢乱说。"
NOT_THIS = "{zh}，这份文件（{number}）没有写。"
NO_FIGURE = "您问的{zh}，文件没有写。"
EMPTY = "没看到您问什么。请把想问的写出来，比如“公示几天”。"
ASK = "可以问问{ask}。"
READ = 1000  # characters of a question that are read
ANYBODY = "村里、乡镇或县里负责防返贫的人"
SOURCE = "（依据：《{document}》{number} {clauses}，{date}印发）"
DEPARTMENTS = "这一块的责任部门：{names}。"
WHICH = "归哪个部门"
_NAMED = re.compile(r"部门|局|委|办公室|扶贫办|工作队|村里|乡镇")
ASKS_DEPARTMENT = re.compile(r"(?:哪个|什么|啥|哪些|归|由|找)(?:个)?(?:部门|局|单位)|归(?:谁|哪)|谁(?:主管|负责|管)")


@dataclass(frozen=True)
class Citation:
    """Where an answer stands."""

    pack: str
    clause: str


@dataclass(frozen=True)
class PolicyAnswer:
    """What we tell the person.

    `answerable` False: the document does not say; the answer says so and names whom to ask. `topic` None: none found.
    `pack`: the document that was asked.
    """

    answerable: bool
    answer: str
    citations: tuple[Citation, ...]
    topic: str | None = None
    pack: str = ""


def answer(
    pack: Pack, questions: Questions, figures: Mapping[str, Figure], text: str, places: tuple[str, ...] = ()
) -> PolicyAnswer:
    """The answer of `pack` to a question in free words; `places`: names in it that say where, not what."""
    text = re.sub(r"\s+", "", text[:READ])
    if not text:
        return PolicyAnswer(False, EMPTY + ASK.format(ask=ANYBODY), (), None, pack.id)
    found = [_one(pack, questions, figures, topic, part, text) for topic, part in questions.find(text, places)]
    if not found:
        return PolicyAnswer(False, NOT_THERE.format(number=pack.number) + ASK.format(ask=ANYBODY), (), None, pack.id)
    citations = tuple(dict.fromkeys(citation for one in found for citation in one.citations))
    spoken = "\n".join(dict.fromkeys(one.answer for one in found))
    return PolicyAnswer(any(one.answerable for one in found), spoken, citations, found[0].topic, pack.id)


def spec_of(pack: Pack, questions: Questions, topic: Topic) -> AnswerSpec | None:
    """What the pack answers to a topic, or to the broader one where it has nothing for this one."""
    specs = {spec.topic: spec for spec in pack.answers}
    seen: set[str] = set()
    while topic.id not in specs and topic.broader in questions.by_id and topic.id not in seen:
        seen.add(topic.id)
        topic = questions.by_id[topic.broader]
    return specs.get(topic.id)


def _one(
    pack: Pack, questions: Questions, figures: Mapping[str, Figure], topic: Topic, part: str, text: str
) -> PolicyAnswer:
    spec = spec_of(pack, questions, topic)
    if spec is None:
        words = NOT_THIS.format(zh=topic.zh, number=pack.number) + ASK.format(ask=topic.ask or ANYBODY)
        return PolicyAnswer(False, words, (), topic.id, pack.id)
    words, clauses = fill(spec.answer, figures), list(spec.clauses)
    if spec.kind == "interpretation" and "按我们的理解" not in words:
        words = READING + words
    missing = [one.zh for one in questions.asked_for(part) if not re.search(one.given, words)]
    if ASKS_DEPARTMENT.search(part) and topic.kinds:
        names, at = _departments(pack, topic.kinds)
        words, clauses = words + (DEPARTMENTS.format(names="、".join(names)) if names else ""), [*clauses, *at]
        missing += [] if names or _NAMED.search(words) else [WHICH]
    citations = tuple(Citation(pack.id, clause) for clause in dict.fromkeys(clauses))
    if spec.kind == "silent" or missing:
        if missing and spec.kind != "silent":
            words += NO_FIGURE.format(zh="、".join(missing))
        asked = ASK.format(ask=spec.ask or topic.ask or ANYBODY)
        return PolicyAnswer(False, words + asked + _source(pack, citations), citations, topic.id, pack.id)
    words += _validity(spec.answer, figures) + _source(pack, citations)
    return PolicyAnswer(True, words, citations, topic.id, pack.id)


def _departments(pack: Pack, kinds: Iterable[str]) -> tuple[list[str], list[str]]:
    """The departments that the document makes responsible for these kinds of help, and the clauses that do."""
    named = [measure for measure in pack.measures if measure.kind in kinds and measure.department]
    names = dict.fromkeys(name for measure in named for name in measure.department)
    return list(names), list(dict.fromkeys(measure.clause for measure in named))


def _source(pack: Pack, citations: Iterable[Citation]) -> str:
    clauses = "、".join(citation.clause for citation in citations)
    if not clauses:
        return ""
    return SOURCE.format(document=pack.document, number=pack.number, clauses=clauses, date=pack.date)


def _validity(template: str, figures: Mapping[str, Figure]) -> str:
    """Since when, and until when, the figures of an answer hold; said of a period that has ended, too."""
    names = dict.fromkeys(name for _, name, _, _ in string.Formatter().parse(template) if name)
    return "".join(figures[name].period for name in names if figures[name].period)
