"""Which question first: how much an answer is expected to decide, against what it costs the person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2

from policy_kb.diagram import Diagram, Node
from policy_kb.vocabulary import Vocabulary


@dataclass(frozen=True)
class Asked:
    """A test and the unknown facts that settle it: a whole variable (`bit` None), or one bit of a numeric group."""

    variable: int
    bit: int | None
    facts: tuple[str, ...]


def rank(
    diagram: Diagram, root: Node, nodes: list[Node], asked: Sequence[Asked], vocabulary: Vocabulary
) -> tuple[str, ...]:
    """The facts of `asked`, most useful first: expected bits of verdict per cost; ties by cost, then table order.

    Every open value of a variable counts as equally likely. A numeric test costs what all its unknown inputs cost
    together; of these the one that serves most tests comes first.
    """
    joint = _joint(diagram, root, nodes)
    total = _entropy(joint.total)
    scores: dict[str, float] = {}
    for question in asked:
        gain = total - _left_open(joint, question)
        cost = sum(vocabulary[fact].cost for fact in question.facts)
        for fact in question.facts:
            share = max(gain, 1e-9) / cost
            scores[fact] = max(scores.get(fact, 0.0), share) + share * 0.01
    order = {fact: number for number, fact in enumerate(vocabulary)}
    return tuple(sorted(scores, key=lambda fact: (-scores[fact], vocabulary[fact].cost, order[fact])))


@dataclass(frozen=True)
class Joint:
    """Expected verdicts: `total`, and per variable and value the share of each (together: that value's likelihood)."""

    total: list[float]
    by_value: Mapping[int, Mapping[int, list[float]]]


def _joint(diagram: Diagram, root: Node, nodes: list[Node]) -> Joint:
    children_of, values_of, variable_of, ends = diagram.children, diagram.values, diagram.variable, diagram.terminals
    spread: dict[Node, list[float]] = {end: [float(end == other) for other in range(ends)] for end in range(ends)}
    for node in reversed(nodes):
        below = [spread[child] for child in children_of[node]]
        share = 1.0 / len(below)
        spread[node] = [share * sum(column) for column in zip(*below, strict=True)]
    reach = dict.fromkeys(nodes, 0.0)
    reach[root] = 1.0
    by_value: dict[int, dict[int, list[float]]] = {}
    for node in nodes:
        children, values = children_of[node], values_of[node]
        share = reach[node] / len(children)
        shares = by_value.get(variable_of[node])
        if shares is None:
            shares = by_value[variable_of[node]] = {value: [0.0] * ends for value in values}
        for value, child in zip(values, children, strict=True):
            row = shares[value]
            if child < ends:
                row[child] += share
            else:
                reach[child] += share
                for end, part in enumerate(spread[child]):
                    row[end] += share * part
    total = spread[root]
    for shares in by_value.values():
        # Ways that pass a variable by are spread evenly over its values.
        passed = [sum(column) for column in zip(*shares.values(), strict=True)]
        past = [(all_ - some) / len(shares) for all_, some in zip(total, passed, strict=True)]
        for value, found in shares.items():
            shares[value] = [old + new for old, new in zip(found, past, strict=True)]
    return Joint(total, by_value)


def _left_open(joint: Joint, question: Asked) -> float:
    """Expected entropy of the verdict after the answer."""
    values = joint.by_value[question.variable]
    if question.bit is None:
        return sum(_entropy(shares) for shares in values.values())
    sides = [[0.0] * len(joint.total) for _ in range(2)]
    for value, shares in values.items():
        side = sides[value >> question.bit & 1]
        for end, share in enumerate(shares):
            side[end] += share
    return sum(_entropy(side) for side in sides)


def _entropy(shares: Sequence[float]) -> float:
    """Entropy in bits of shares that sum to `p`, weighted by `p`."""
    mass = sum(shares)
    return -sum(share * log2(share / mass) for share in shares if share > 1e-15) if mass > 1e-15 else 0.0
