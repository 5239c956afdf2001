"""Questions about policy: found by the words of a topic, answered only with what a pack's `answers.yml` says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from policy_kb.evaluator import fill
from policy_kb.pack import Pack
from policy_kb.parameters import Figure
from policy_kb.schema import AnswerSpec, Entry, Id, Text

READING = "文件没有写死，这是我们的理解："
NOT_THERE = "您问的这个，我手里的这份文件没有写，我不敢乱说。"
ASK = "可以问问{ask}。"
ANYBODY = "村里、乡镇或县里负责防返贫的人"


class Topic(Entry):
    """Something people ask. Each of `words` is one way to ask: `+` joins parts that must all occur, `|` choices."""

    id: Id
    zh: Text
    words: tuple[str, ...]


@dataclass(frozen=True)
class Citation:
    """Where an answer stands."""

    pack: str
    clause: str


@dataclass(frozen=True)
class PolicyAnswer:
    """What we tell the person.

    `answerable` False: the document does not say; the answer says so and names whom to ask. `topic` None: none found.
    """

    answerable: bool
    answer: str
    citations: tuple[Citation, ...]
    topic: str | None = None


def answer(pack: Pack, topics: Sequence[Topic], figures: Mapping[str, Figure], text: str) -> PolicyAnswer:
    """The answer of `pack` to a question in free words."""
    spec = _find(pack, topics, re.sub(r"\s+", "", text))
    if spec is None:
        return PolicyAnswer(False, NOT_THERE + ASK.format(ask=ANYBODY), ())
    citations = tuple(Citation(pack.id, clause) for clause in spec.clauses)
    words = fill(spec.answer, figures)
    if spec.kind == "silent":
        return PolicyAnswer(False, words + ASK.format(ask=spec.ask or ANYBODY), citations, spec.topic)
    if spec.kind == "interpretation" and "按我们的理解" not in words:
        words = READING + words
    return PolicyAnswer(True, f"{words}（{pack.number} {'、'.join(spec.clauses)}）", citations, spec.topic)


def _find(pack: Pack, topics: Sequence[Topic], text: str) -> AnswerSpec | None:
    """The pack's answer whose topic's words fit best; the more of the question a way of asking covers, the better."""
    words = {topic.id: topic.words for topic in topics}
    scored = [
        (max((_score(way, text) for way in (*words.get(a.topic, ()), *a.words)), default=0), a) for a in pack.answers
    ]
    best = max(scored, key=lambda pair: pair[0], default=(0, None))
    return best[1] if best[0] else None


def _score(way: str, text: str) -> int:
    """How many characters of the question this way of asking covers; 0 when a part is not there."""
    total = 0
    for part in way.split("+"):
        found = [choice for choice in part.split("|") if choice in text]
        if not found:
            return 0
        total += max(map(len, found))
    return total
