"""The proof of a verdict as a tree: each step with its clause, whether it holds, and the facts that it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from policy_kb.assessment import Brief
from policy_kb.conditions import Condition
from policy_kb.evaluator import Evaluator, fill
from policy_kb.program import Program, derive
from policy_kb.saying import Speaker
from policy_kb.truth import Truth


@dataclass(frozen=True)
class Step:
    """One step of the proof.

    `op`: all | any | not | at_least (`count` of them) | test. `holds`: True, False, None unknown. `text`: the
    document's point in our words, or the test as it is made; empty where a step only joins others. `facts`: what is
    known of the facts of a test, None for what is not.
    """

    op: str
    holds: bool | None
    clause: str
    text: str
    interpretation: bool = False
    count: int = 0
    facts: Mapping[str, object] | None = None
    steps: tuple[Step, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Ready for `json.dumps`; keys that say nothing are left out."""
        found: dict[str, Any] = {"op": self.op, "holds": self.holds, "clause": self.clause, "text": self.text}
        if self.interpretation:
            found["interpretation"] = True
        if self.count:
            found["count"] = self.count
        if self.facts is not None:
            found["facts"] = dict(self.facts)
        if self.steps:
            found["steps"] = [step.to_json() for step in self.steps]
        return found


@dataclass(frozen=True)
class Explanation:
    """`categories`: id → tree; `limits`: id of an exclusion or a bar → tree."""

    categories: Mapping[str, Step]
    limits: Mapping[str, Step]

    def to_json(self) -> dict[str, Any]:
        return {
            "categories": {name: step.to_json() for name, step in self.categories.items()},
            "limits": {name: step.to_json() for name, step in self.limits.items()},
        }


def explain(evaluator: Evaluator, facts: Mapping[str, object]) -> Explanation:
    """Every category and limit of the pack for a household; `facts` were checked before."""
    known = derive(dict(facts), evaluator.vocabulary)
    pack, brief = evaluator.pack, evaluator.brief(facts)
    main = _Teller(evaluator, evaluator.verdict.program, known)
    side = _Teller(evaluator, evaluator.side, known)
    categories = {}
    for name, category in pack.categories.items():
        root = main.step(main.program.nodes[main.program.roots[name]], category.clause)
        words = f"{category.zh}：{fill(category.text, evaluator.figures)}"
        holds = _settled(name, brief)
        categories[name] = _named(root, holds, category.clause, words, bool(category.interpretation))
    limits = {}
    for entry in evaluator.limits:
        root = side.step(side.program.nodes[side.program.roots[entry.id]], entry.clause)
        limits[entry.id] = _named(
            root, root.holds, entry.clause, fill(entry.text, evaluator.figures), bool(entry.interpretation)
        )
    return Explanation(categories, limits)


def _settled(name: str, brief: Brief) -> bool | None:
    if name not in brief.possible:
        return False
    return None if brief.outcome == "undetermined" else True


def _named(root: Step, holds: bool | None, clause: str, words: str, reading: bool) -> Step:
    """The whole of an entry under its own words; a root that says something itself stays as the step below."""
    steps = root.steps if root.op != "test" and not root.text else (root,)
    op = root.op if steps is root.steps else "all"
    return Step(op, holds, clause, words, reading, root.count if steps is root.steps else 0, None, steps)


class _Teller:
    """Tells the nodes of one program."""

    def __init__(self, evaluator: Evaluator, program: Program, known: Mapping[str, object]) -> None:
        self.evaluator, self.program, self.known = evaluator, program, known
        self._truths: Sequence[Truth] = program.truths(known, program.regions(known))
        self._shown = evaluator.shown(dict(known))
        self._speaker = Speaker(evaluator.pack.definitions, evaluator.vocabulary, evaluator.figures)

    def step(self, node: Condition, clause: str) -> Step:
        number = self.program.number(node)
        holds = self._truths[number].plain
        clause = node.clause or clause
        reading = bool(node.interpretation)
        text = fill(node.text, self.evaluator.figures) if node.text else ""
        if self._is_test(node):
            facts = {name: self._shown.get(name) for name in self.program.facts_of(number)}
            return Step("test", holds, clause, text or self._said(node), reading, facts=facts)
        steps = tuple(self.step(child, clause) for child in node.children)
        if len(steps) == 1 and not text and node.op in ("all", "any"):
            return steps[0]
        return Step(node.op, holds, clause, text, reading, node.count, None, steps)

    def _said(self, node: Condition) -> str:
        """The test in words, with the figure of the day where it names one."""
        atom = node.atom or node.children[0].atom
        figure = self.evaluator.figures.get(atom.value) if atom and isinstance(atom.value, str) else None
        return self._speaker.say(node) + (f"（{figure.spoken}）" if figure else "")

    def _is_test(self, node: Condition) -> bool:
        """A single test, or its opposite."""
        return node.atom is not None or (node.op == "not" and node.children[0].atom is not None)
