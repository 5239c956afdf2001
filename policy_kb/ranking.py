"""Which question first: how much an answer is expected to decide, against what it costs the person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log2

from policy_kb.diagram import Diagram, Node
from policy_kb.vocabulary import Vocabulary

DIGITS = 12  # scores closer than this are equal: the cheaper question wins, then the one that stands first in the table


@dataclass(frozen=True)
class Asked:
    """A test and the unknown facts that settle it: a whole variable (`bit` None), or one bit of a numeric group."""

    variable: int
    bit: int | None
    facts: tuple[str, ...]


Shares = list[float]  # per verdict; together the likelihood of what they are the shares of
Rows = list[Shares]  # one per value of a variable that is still open


class Ranking:
    """Puts the questions of one pack in order. What lies below a node is worked out once and kept (`forget`)."""

    def __init__(self, diagram: Diagram, vocabulary: Vocabulary) -> None:
        self.diagram = diagram
        self._costs = {fact: spec.cost for fact, spec in vocabulary.items()}
        self._order = {fact: number for number, fact in enumerate(vocabulary)}
        self.forget()

    def forget(self) -> None:
        """Drops what is kept; to be called when the diagram forgets nodes."""
        ends = range(self.diagram.terminals)
        self._spread: dict[Node, Shares] = {end: [float(end == other) for other in ends] for end in ends}

    def rank(self, levels: Mapping[int, list[Node]], asked: Iterable[Asked]) -> tuple[str, ...]:
        """The facts of `asked`, most useful first: expected bits of verdict per cost; ties by cost, then table order.

        `levels`: what is left of the diagram, per variable its nodes, from the root down. Every open value of a
        variable counts as equally likely. A numeric test costs what all its unknown inputs cost together; of these the
        one that serves most tests comes first.
        """
        total = self._expect(levels)
        rows = self._by_value(levels, total)
        open_before = _entropy(total)
        scores: dict[str, float] = {}
        for question in asked:
            values = self.diagram.values[levels[question.variable][0]]
            gain = open_before - _left_open(question.bit, values, rows[question.variable])
            share = max(gain, 1e-9) / sum([self._costs[fact] for fact in question.facts])
            for fact in question.facts:
                scores[fact] = max(scores.get(fact, 0.0), share) + share * 0.01
        costs, order = self._costs, self._order
        return tuple(sorted(scores, key=lambda fact: (-round(scores[fact], DIGITS), costs[fact], order[fact])))

    def _expect(self, levels: Mapping[int, list[Node]]) -> Shares:
        """Learns the expected verdict below every node; returns that of the root."""
        spread, children_of = self._spread, self.diagram.children
        node = 0
        for level in reversed([*levels.values()]):
            for node in level:
                if node not in spread:
                    below = [spread[child] for child in children_of[node]]
                    spread[node] = [sum(column) / len(below) for column in zip(*below, strict=True)]
        return spread[node]

    def _by_value(self, levels: Mapping[int, list[Node]], total: Shares) -> dict[int, Rows]:
        """How the expected verdict is made up of the values of each variable."""
        spread, children_of, ends = self._spread, self.diagram.children, self.diagram.terminals
        reach: dict[Node, float] = {}
        found: dict[int, Rows] = {}
        for variable, level in levels.items():
            rows = found[variable] = [[0.0] * ends for _ in children_of[level[0]]]
            for node in level:
                share = reach.get(node, 1.0) / len(rows)  # nothing leads to the root
                for row, child in zip(rows, children_of[node], strict=True):
                    if child < ends:
                        row[child] += share
                    else:
                        reach[child] = reach.get(child, 0.0) + share
                        for end, part in enumerate(spread[child]):
                            row[end] += share * part
            _pass_by(total, rows)
        return found


def _pass_by(total: Shares, rows: Rows) -> None:
    """Ways that pass a variable by are spread evenly over its values."""
    for end, share in enumerate(total):
        for row in rows:
            share -= row[end]
        share /= len(rows)
        for row in rows:
            row[end] += share


def _left_open(bit: int | None, values: Sequence[int], rows: Rows) -> float:
    """Expected entropy of the verdict after the answer: which value, or which side of one bit of it."""
    if bit is not None:
        sides: tuple[Rows, Rows] = ([], [])
        for value, row in zip(values, rows, strict=True):
            sides[value >> bit & 1].append(row)
        rows = [[sum(column) for column in zip(*side, strict=True)] for side in sides]
    return sum([_entropy(row) for row in rows])


def _entropy(shares: Shares) -> float:
    """Entropy in bits of shares that sum to `p`, weighted by `p`."""
    mass, bits = sum(shares), 0.0
    for share in shares:
        if share > 1e-15:
            bits -= share * log2(share / mass)
    return bits
