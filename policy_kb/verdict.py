"""The verdict of one pack as a decision diagram: what is still possible, and exactly which facts still matter."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Lock

from policy_kb.cells import Region
from policy_kb.conditions import Atom, Condition
from policy_kb.diagram import Diagram, Node
from policy_kb.program import Known, Program
from policy_kb.ranking import Asked, rank
from policy_kb.vocabulary import Vocabulary

NODES = 300_000  # memory kept for what was worked out before; about 100 MB


@dataclass(frozen=True)
class Open:
    """What is left open: verdicts still possible (a category, or None for not met) and facts that still matter."""

    possible: tuple[str | None, ...]
    unknown: tuple[str, ...]


class Verdict:
    """Categories of a pack in order; they exclude one another (`overlaps` finds where they do not)."""

    def __init__(
        self, categories: Mapping[str, Condition], vocabulary: Vocabulary, figures: Mapping[str, int | float]
    ) -> None:
        self.vocabulary = vocabulary
        self.categories = tuple(categories)
        self.program = Program(categories, vocabulary, figures)
        self.names: tuple[str | None, ...] = (None, *self.categories)
        named = (self.program.places.get(atom, (atom.fact,))[0] for atom in self.program.atoms)
        order: list[str | int] = list(dict.fromkeys(named))
        # As the pack names them, or numeric groups last: whichever gives the smaller diagram.
        sizes = [
            self._try(categories, names) for names in (order, sorted(order, key=lambda name: isinstance(name, int)))
        ]
        if sizes[0] <= sizes[1]:
            self._try(categories, order)
        self.diagram.keep()
        # The diagram grows while it answers; requests come from several threads.
        self._lock = Lock()
        self._answers: dict[Hashable, Open] = {}
        self._groups: dict[Node, tuple[int, ...]] = {}

    def _try(self, categories: Mapping[str, Condition], order: list[str | int]) -> int:
        """Builds the diagram with one variable per plain fact and per numeric group in this order; returns its size."""
        self.facts = order
        self.domains = [self._domain(name) for name in order]
        self._singles = [{value: (n,) for n, value in enumerate(self._domain_values(name))} for name in order]
        # Terminal 0 is "no category"; terminal n is the n-th category.
        self.diagram = Diagram(len(self.names))
        self.overlaps = self._build(categories)
        return len(self.diagram.reachable(self.root))

    def _domain(self, name: str | int) -> tuple[int, ...]:
        if isinstance(name, int):
            return tuple(range(1 << len(self.program.groups[name].atoms)))
        return tuple(range(len(self._domain_values(name))))

    def _domain_values(self, name: str | int) -> tuple[object, ...]:
        if isinstance(name, int):
            return ()
        return self.vocabulary[name].values or (False, True)

    # Building -----------------------------------------------------------------------------------------------------

    def _build(self, categories: Mapping[str, Condition]) -> list[tuple[str, str]]:
        """Builds the diagram; returns pairs of categories that can hold together."""
        self.root: Node = 0
        overlaps: list[tuple[str, str]] = []
        for number, (name, condition) in enumerate(categories.items(), start=1):
            holds = self._tree(condition)
            overlaps += [(other, name) for other in self._both(self.root, holds)]
            self.root = self.diagram.combine(partial(_assign, number), self.root, holds, {})
        return overlaps

    def _both(self, assigned: Node, holds: Node) -> list[str]:
        met = self.diagram.combine(_within, assigned, holds, {})
        # Only outcomes of numeric tests that can occur together count.
        met = self.diagram.restrict(met, self._allowed({}, self.program.regions({})), {})
        ends = {met, *(child for node in self.diagram.reachable(met) for child in self.diagram.children[node])}
        return [str(self.names[end]) for end in sorted(ends) if 0 < end < len(self.names)]

    def _tree(self, condition: Condition) -> Node:
        if condition.atom is not None:
            return self._atom(condition.atom)
        below = [self._tree(child) for child in condition.children]
        if condition.op == "not":
            return self.diagram.combine(_first_zero, below[0], below[0], {})
        if condition.op == "at_least":
            return self._count(condition.count, below)
        result = below[0]
        for node in below[1:]:
            result = self.diagram.combine(_and if condition.op == "all" else _or, result, node, {})
        return result

    def _count(self, count: int, below: Sequence[Node]) -> Node:
        if count <= 0:
            return 1
        if len(below) < count:
            return 0
        with_first = self.diagram.combine(_and, below[0], self._count(count - 1, below[1:]), {})
        return self.diagram.combine(_or, with_first, self._count(count, below[1:]), {})

    def _atom(self, atom: Atom) -> Node:
        if atom in self.program.places:
            group, bit = self.program.places[atom]
            variable = self.facts.index(group)
            children = tuple(value >> bit & 1 for value in self.domains[variable])
        else:
            variable = self.facts.index(atom.fact)
            wanted = atom.value if isinstance(atom.value, tuple) else (True,)
            children = tuple(int(value in wanted) for value in self._domain_values(atom.fact))
        return self.diagram.node(variable, self.domains[variable], children)

    # Asking -------------------------------------------------------------------------------------------------------

    def open(self, known: Known, regions: Sequence[Region]) -> Open:
        """What is left open for a household; `regions` are those of `self.program`."""
        allowed = self._allowed(known, regions)
        with self._lock:
            return self._open(allowed, regions)

    def _open(self, allowed: list[tuple[int, ...]], regions: Sequence[Region]) -> Open:
        if len(self.diagram.variable) > NODES:
            self.diagram.forget()
            self._answers.clear()
            self._groups.clear()
        rest = self.diagram.restrict(self.root, allowed, {})
        if rest < self.diagram.terminals:
            return Open((self.names[rest],), ())
        groups = self._groups.get(rest)
        if groups is None:
            groups = self._groups[rest] = self._groups_below(rest)
        key = (rest, *[id(regions[group]) for group in groups])
        found = self._answers.get(key)
        if found is None:
            found = self._answers[key] = self._explore(rest, regions)
        return found

    def _groups_below(self, rest: Node) -> tuple[int, ...]:
        """The numeric groups on which an open verdict still rests."""
        names = {self.facts[self.diagram.variable[node]] for node in self.diagram.reachable(rest)}
        return tuple(sorted(name for name in names if isinstance(name, int)))

    def _allowed(self, known: Known, regions: Sequence[Region]) -> list[tuple[int, ...]]:
        """Per variable the values that are still possible."""
        return [
            regions[name].vectors if isinstance(name, int) else singles.get(known.get(name), domain)
            for name, singles, domain in zip(self.facts, self._singles, self.domains, strict=True)
        ]

    def _explore(self, rest: Node, regions: Sequence[Region]) -> Open:
        nodes = self.diagram.reachable(rest)
        ends = {child for node in nodes for child in self.diagram.children[node] if child < self.diagram.terminals}
        by_variable: dict[int, list[Node]] = {}
        for node in nodes:
            by_variable.setdefault(self.diagram.variable[node], []).append(node)
        asked = [question for variable in by_variable.items() for question in self._asked(*variable, regions)]
        return Open(
            tuple(self.names[end] for end in sorted(ends)), rank(self.diagram, rest, nodes, asked, self.vocabulary)
        )

    def _asked(self, variable: int, nodes: list[Node], regions: Sequence[Region]) -> list[Asked]:
        """How the facts behind one variable can be asked: a plain fact alone, a numeric test through its inputs."""
        name = self.facts[variable]
        if isinstance(name, str):
            return [Asked(variable, None, (name,))]
        inputs = [x for x, lines in regions[name].lines.items() if any(self._moves(node, lines) for node in nodes)]
        group = self.program.groups[name]
        tests = [(bit, tuple(x for x in group.atom_inputs[bit] if x in inputs)) for bit in range(len(group.atoms))]
        asked = [Asked(variable, bit, wanted) for bit, wanted in tests if wanted]
        left = tuple(x for x in inputs if not any(x in a.facts for a in asked))
        return [*asked, *([Asked(variable, None, left)] if left else [])]

    def _moves(self, node: Node, lines: tuple[frozenset[int], ...]) -> bool:
        """Whether two outcomes on one line lead to different places."""
        children = dict(zip(self.diagram.values[node], self.diagram.children[node], strict=True))
        return any(len({children[vector] for vector in line}) > 1 for line in lines if len(line) > 1)


def _and(one: Node, two: Node) -> Node | None:
    return 0 if 0 in (one, two) else two if one == 1 else one if two == 1 else None


def _or(one: Node, two: Node) -> Node | None:
    return 1 if 1 in (one, two) else two if one == 0 else one if two == 0 else None


def _first_zero(one: Node, two: Node) -> Node | None:
    return 1 - one if one in (0, 1) else None


def _within(one: Node, two: Node) -> Node | None:
    """The verdict `one` where the condition `two` holds, otherwise none."""
    return one if two == 1 else 0 if 0 in (one, two) else None


def _assign(number: int, one: Node, two: Node) -> Node | None:
    """Where the condition `two` holds and no earlier category does, the verdict becomes `number`."""
    if two == 0:
        return one
    return None if two != 1 or one > number else number if one == 0 else one
