"""Which topic a question is about: the one whose examples it shares most with, or none.

A question and an example are sets of concepts (`wording.py`). What they share weighs the more, the fewer topics it
occurs in; what either has alone counts against, less where another example of the topic has it. Below the threshold of
`questions.yml` no topic is found. How well that works is tried by leaving every example out in turn
(`tests/policy_kb/test_retrieval.py`).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from policy_kb.wording import Wording

# Chosen by leave-one-out over all examples of questions.yml; the figures change little around them.
RARE = 1.25  # how steeply a concept's weight grows with its rarity among topics
ASKING, CHARACTER = 0.7, 0.3  # how something is asked, and a single character, say less than what is asked about
UNSAID = 0.6  # what the example has and the question has not
FOREIGN, RELATED = 1.2, 0.48  # what the question has alone: never met in the topic, or met in another example of it
USUAL = 0.3  # share of the score that looks at all examples of the topic together


@dataclass(frozen=True)
class Match:
    """A topic, how well the question fits it (0 to 1), and the example that it fits best."""

    topic: str
    score: float
    example: str


@dataclass(frozen=True)
class _Example:
    topic: str
    text: str
    tokens: frozenset[str]


class Retrieval:
    """Examples by topic, ready to be searched; immutable, threads may share one."""

    def __init__(self, wording: Wording, asked: Mapping[str, Sequence[str]], threshold: float) -> None:
        self.wording, self.threshold = wording, threshold
        self._examples = [_Example(t, text, wording.tokens(text)) for t, texts in asked.items() for text in texts]
        self._by_token: dict[str, list[_Example]] = defaultdict(list)
        self._met: dict[str, Counter[str]] = {topic: Counter() for topic in asked}
        self._sizes = {topic: len(texts) for topic, texts in asked.items()}
        for example in self._examples:
            self._met[example.topic].update(example.tokens)
            for token in example.tokens:
                self._by_token[token].append(example)
        topics = {token: len({e.topic for e in examples}) for token, examples in self._by_token.items()}
        self._weights = {token: self._weight(token, seen) for token, seen in topics.items()}

    def find(self, tokens: frozenset[str], without: str | None = None) -> Match | None:
        """The best topic above the threshold. `without`: an example to be left out (to try how well it is found)."""
        best = next(iter(self.ranked(tokens, without)), None)
        return best if best is not None and best.score >= self.threshold else None

    def ranked(self, tokens: frozenset[str], without: str | None = None) -> list[Match]:
        """Every topic that shares something with the question, best first."""
        near = {id(e): e for token in tokens for e in self._by_token.get(token, ()) if e.text != without}
        left_out = next((e for e in self._examples if e.text == without), None) if without else None
        usual = {topic: self._usual(topic, tokens, left_out) for topic in {e.topic for e in near.values()}}
        best: dict[str, Match] = {}
        for example in near.values():
            score = (1 - USUAL) * self._overlap(tokens, example, left_out) + USUAL * usual[example.topic]
            if example.topic not in best or score > best[example.topic].score:
                best[example.topic] = Match(example.topic, score, example.text)
        return sorted(best.values(), key=lambda match: (-match.score, match.topic))

    def _overlap(self, tokens: frozenset[str], example: _Example, left_out: _Example | None) -> float:
        shared = 2 * self._sum(tokens & example.tokens)
        unsaid = UNSAID * self._sum(example.tokens - tokens)
        alone = 0.0
        for token in tokens - example.tokens:
            related = self._count(example.topic, token, left_out) > 0
            alone += (RELATED if related else FOREIGN) * self._of(token)
        return shared / (shared + unsaid + alone)

    def _usual(self, topic: str, tokens: frozenset[str], left_out: _Example | None) -> float:
        """How usual the words of the question are in the topic, 0 to 1."""
        size = self._sizes[topic] - (left_out is not None and left_out.topic == topic)
        met = sum(self._of(t) * math.sqrt(self._count(topic, t, left_out) / size) for t in tokens) if size else 0.0
        return met / (self._sum(tokens) or 1.0)

    def _count(self, topic: str, token: str, left_out: _Example | None) -> int:
        own = left_out is not None and left_out.topic == topic and token in left_out.tokens
        return self._met[topic][token] - own

    def _weight(self, token: str, topics: int) -> float:
        """`topics`: in how many of them the token occurs."""
        many = max(len(self._sizes), 2)
        rare = math.pow(math.log(1 + many / topics) / math.log(1 + many), RARE)
        return rare * (CHARACTER if len(token) == 1 else ASKING if token in self.wording.asking else 1.0)

    def _of(self, token: str) -> float:
        return self._weights.get(token) or self._weight(token, 1)

    def _sum(self, tokens: Iterable[str]) -> float:
        return sum(self._of(token) for token in tokens)
