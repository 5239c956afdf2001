"""The categories of a pack as one decision diagram, and the order of its variables in which it is small."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from policy_kb.cells import Region
from policy_kb.conditions import Atom, Condition
from policy_kb.diagram import Diagram, Node
from policy_kb.program import Known, Program

Name = str | int  # of a variable: a plain fact, or the number of a numeric group of the program
PASSES = 3


class Building:
    """The diagram with its variables in this order. Terminal 0 is "no category", terminal n is the n-th category."""

    def __init__(self, program: Program, categories: Mapping[str, Condition], order: Sequence[Name]) -> None:
        self.program = program
        self.categories = tuple(categories)
        self.facts = list(order)
        self.domains = [self._domain(name) for name in order]
        singles: list[dict[object, tuple[int, ...]]]
        singles = [{value: (n,) for n, value in enumerate(self._domain_values(name))} for name in order]
        facts = ["" if isinstance(name, int) else name for name in order]
        self._variables = list(zip(facts, singles, self.domains, strict=True))
        self.groups = [(variable, name) for variable, name in enumerate(order) if isinstance(name, int)]
        self.diagram = Diagram(len(categories) + 1)
        self._holds = [self._tree(condition) for condition in categories.values()]
        self.root: Node = 0
        for number, holds in enumerate(self._holds, start=1):
            self.root = self.diagram.combine(partial(_assign, number), self.root, holds, {})

    @property
    def size(self) -> int:
        """How many nodes the diagram has."""
        return sum(len(level) for level in self.diagram.levels(self.root)[0].values())

    def allowed(self, known: Known, regions: Sequence[Region]) -> list[tuple[int, ...]]:
        """Per variable the values that are still possible for a household."""
        allowed = [singles.get(known.get(name), domain) for name, singles, domain in self._variables]
        for variable, group in self.groups:
            allowed[variable] = regions[group].vectors
        return allowed

    def overlaps(self) -> list[tuple[str, str]]:
        """Pairs of categories that can hold together."""
        found: list[tuple[str, str]] = []
        assigned: Node = 0
        for number, (name, holds) in enumerate(zip(self.categories, self._holds, strict=True), start=1):
            found += [(other, name) for other in self._both(assigned, holds)]
            assigned = self.diagram.combine(partial(_assign, number), assigned, holds, {})
        return found

    def _both(self, assigned: Node, holds: Node) -> list[str]:
        met = self.diagram.combine(_within, assigned, holds, {})
        # Only outcomes of numeric tests that can occur together count.
        met = self.diagram.restrict(met, self.allowed({}, self.program.regions({})))
        return [self.categories[end - 1] for end in self.diagram.levels(met)[1] if end]

    def _domain(self, name: Name) -> tuple[int, ...]:
        if isinstance(name, int):
            return tuple(range(1 << len(self.program.groups[name].atoms)))
        return tuple(range(len(self._domain_values(name))))

    def _domain_values(self, name: Name) -> tuple[object, ...]:
        if isinstance(name, int):
            return ()
        return self.program.vocabulary[name].values or (False, True)

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


def as_named(program: Program) -> list[Name]:
    """The variables in the order in which the pack names them."""
    return list(dict.fromkeys(program.places.get(atom, (atom.fact,))[0] for atom in program.atoms))


def small(program: Program, categories: Mapping[str, Condition]) -> Building:
    """The diagram in an order in which it is small, so that it answers fast.

    As the pack names them, or numeric groups last; from there every variable is tried first and last in turn, until
    nothing helps any more. Trying all places would halve some diagrams once more, and take ten times as long.
    """
    named = as_named(program)
    starts = (named, sorted(named, key=lambda name: isinstance(name, int)))
    best = min((Building(program, categories, order) for order in starts), key=lambda built: built.size)
    for _ in range(PASSES):
        before = best.size
        for name in named:
            rest = [other for other in best.facts if other != name]
            tries = [Building(program, categories, order) for order in ([name, *rest], [*rest, name])]
            best = min((best, *tries), key=lambda built: built.size)
        if best.size == before:
            break
    return best


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
