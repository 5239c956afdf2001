"""What would have to be different: the smallest changes of stated facts after which a verdict would not be what it is.

Exact: a change is a way through the pack's decision diagram to another end, and the shortest ways are all found. Facts
that are not known may be anything on the way, so after a change a verdict may be open rather than the other way round.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from policy_kb.assessment import Brief
from policy_kb.conditions import Atom
from policy_kb.diagram import Node
from policy_kb.evaluator import Evaluator
from policy_kb.nearest import Bound, bound_for, movers
from policy_kb.program import derive

MOST = 5  # ways that are told
WAYS = 400  # shortest ways that are looked at
FIXED = 2  # what a fact costs that says who a household is, against 1 for others
NEVER = 99
Steps = tuple[tuple[int, int], ...]  # variable and its other value


@dataclass(frozen=True)
class Change:
    """One fact that would have to be other: another `value`, or a number on one side of a `bound`.

    Both are None where it takes part together with others or where its other inputs are unknown; `tests` are then
    what would have to come out otherwise: test and outcome.
    """

    fact: str
    now: object
    value: object = None
    bound: Bound | None = None
    tests: tuple[tuple[Atom, bool], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """`{"fact", "now"}` with `value`, or `op` and `bound`, or `tests` as text → outcome."""
        found: dict[str, Any] = {"fact": self.fact, "now": self.now}
        if self.bound is not None:
            return found | {"op": self.bound.op, "bound": self.bound.value}
        if self.tests:
            return found | {"tests": {str(atom): outcome for atom, outcome in self.tests}}
        return found | {"value": self.value}


@dataclass(frozen=True)
class Difference:
    """Changes that belong together. `category` is what the household could then be in, None: in none."""

    changes: tuple[Change, ...]
    category: str | None

    def to_json(self) -> dict[str, Any]:
        return {"changes": [change.to_json() for change in self.changes], "category": self.category}


class Differences:
    """Finds the differences of one pack on one day."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._built = evaluator.verdict.built
        self._names = evaluator.verdict.names
        self._vocabulary = evaluator.vocabulary

    def of(self, facts: Mapping[str, object]) -> tuple[Difference, ...]:
        """The smallest differences, at most `MOST`; none while the verdict is open. `facts` were checked before."""
        known = derive(dict(facts), self._vocabulary)
        brief = self._evaluator.brief(facts)
        if brief.outcome == "undetermined":
            return ()
        if brief.outcome == "excluded":
            return tuple(self._without_exclusions(known, brief))
        found: dict[tuple[Change, ...], Difference] = {}
        for steps, end in self._ways(known, brief):
            for changes in self._spelled(known, steps):
                if not self._moves(facts, changes, brief):
                    continue
                found.setdefault(changes, Difference(changes, self._names[end]))
        return tuple(sorted(found.values(), key=self._plainness)[:MOST])

    def _moves(self, facts: Mapping[str, object], changes: tuple[Change, ...], brief: Brief) -> bool:
        """Whether the verdict moves with changes that can be told outright; others are right by the diagram alone."""
        new = dict(facts)
        for change in changes:
            if change.tests:
                return True
            new[change.fact] = change.bound.example if change.bound else change.value
            if self._vocabulary[change.fact].kind == "int":
                new[change.fact] = int(new[change.fact])  # type: ignore[call-overload]
        after = self._evaluator.brief(new)
        return (after.outcome, after.category) != (brief.outcome, brief.category)

    # Ways through the diagram ---------------------------------------------------------------------------------------

    def _ways(self, known: Mapping[str, object], brief: Brief) -> Iterator[tuple[Steps, Node]]:
        """The cheapest ways to another end, as the steps that leave what is known."""
        diagram, root = self._built.diagram, self._built.root
        here = self._names.index(brief.category)
        allowed = [set(values) for values in self._built.allowed(known, self._evaluator.verdict.program.regions(known))]
        costs = _Costs(self, known, allowed)
        far: dict[Node, int] = {end: NEVER if end == here else 0 for end in range(diagram.terminals)}
        for node in sorted(_below(diagram, root), key=diagram.variable.__getitem__, reverse=True):
            if node not in far:
                far[node] = min(cost + far[child] for _, cost, child in costs.branches(node))
        if far[root] >= NEVER:
            return
        stack: list[tuple[Node, Steps]] = [(root, ())]
        ways = 0
        while stack and ways < WAYS:
            node, steps = stack.pop()
            if node < diagram.terminals:
                ways += 1
                yield steps, node
                continue
            for value, cost, child in costs.branches(node):
                if cost + far[child] == far[node]:
                    stack.append((child, (*steps, (diagram.variable[node], value)) if cost else steps))

    def cost(self, known: Mapping[str, object], variable: int, value: int) -> int:
        """What it takes to bring a variable to a value that what is known rules out."""
        name = self._built.facts[variable]
        if isinstance(name, str):
            return self._weight(name)
        sets = movers(self._evaluator.verdict.program.groups[name], known, value)
        return min((sum(map(self._weight, some)) for some in sets), default=NEVER)

    def _weight(self, fact: str) -> int:
        return FIXED if self._vocabulary[fact].fixed else 1

    # Saying them as facts ---------------------------------------------------------------------------------------------

    def _spelled(self, known: Mapping[str, object], steps: Steps) -> Iterator[tuple[Change, ...]]:
        """Every way to bring about all steps of a way, by facts."""
        if not steps:
            yield ()
            return
        for rest in self._spelled(known, steps[1:]):
            for changes in self._step(known, *steps[0]):
                yield (*changes, *rest)

    def _step(self, known: Mapping[str, object], variable: int, value: int) -> Iterator[tuple[Change, ...]]:
        name = self._built.facts[variable]
        if isinstance(name, str):
            values = self._vocabulary[name].values or (False, True)
            yield (Change(name, known[name], values[value]),)
            return
        group = self._evaluator.verdict.program.groups[name]
        now = group.region(known).vectors
        tests = tuple(
            (atom, bool(value >> bit & 1))
            for bit, atom in enumerate(group.atoms)
            if all((vector ^ value) >> bit & 1 for vector in now)
        )
        sets = movers(group, known, value)
        least = min(sum(map(self._weight, some)) for some in sets)
        for some in sets:
            if sum(map(self._weight, some)) == least:
                bound = bound_for(group, known, some[0], value) if len(some) == 1 else None
                yield tuple(self._change(known, fact, bound, tests) for fact in some)

    def _change(
        self, known: Mapping[str, object], fact: str, bound: Bound | None, tests: tuple[tuple[Atom, bool], ...]
    ) -> Change:
        if self._vocabulary[fact].kind == "bool":
            return Change(fact, known[fact], value=not known[fact])
        return Change(fact, known[fact], bound=bound, tests=() if bound else tests)

    def _without_exclusions(self, known: Mapping[str, object], brief: Brief) -> Iterator[Difference]:
        changes = tuple(Change(fact, known.get(fact, True), value=False) for fact in brief.exclusions)
        yield Difference(changes, brief.category)

    def _plainness(self, difference: Difference) -> tuple[int, int, int]:
        """Few changes first, then those that can be said outright, then as the table of facts goes."""
        order = list(self._vocabulary)
        vague = sum(change.bound is None and change.value is None for change in difference.changes)
        return len(difference.changes), vague, sum(order.index(change.fact) for change in difference.changes)


class _Costs:
    """The branches of a node with their costs, each variable worked out once."""

    def __init__(self, of: Differences, known: Mapping[str, object], allowed: list[set[int]]) -> None:
        self._of, self._known, self._allowed = of, known, allowed
        self._kept: dict[tuple[int, int], int] = {}

    def branches(self, node: Node) -> Iterator[tuple[int, int, Node]]:
        """Value, cost and child."""
        diagram = self._of._built.diagram
        variable = diagram.variable[node]
        for value, child in zip(diagram.values[node], diagram.children[node], strict=True):
            key = (variable, value)
            if key not in self._kept:
                free = value in self._allowed[variable]
                self._kept[key] = 0 if free else self._of.cost(self._known, variable, value)
            yield value, self._kept[key], child


def _below(diagram: object, root: Node) -> list[Node]:
    levels, ends = diagram.levels(root)  # type: ignore[attr-defined]
    return [*ends, *(node for level in levels.values() for node in level)]
