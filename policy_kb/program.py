"""Condition trees made ready for one set of figures: fast three-valued evaluation with every node's truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from policy_kb.cells import Group, Region, groups_of
from policy_kb.conditions import Atom, Condition
from policy_kb.truth import NEGATED, NO, UNKNOWN, YES, Truth, at_least
from policy_kb.vocabulary import Vocabulary

Known = Mapping[str, object]


def resolve(condition: Condition, definitions: Mapping[str, Condition], vocabulary: Vocabulary) -> Condition:
    """The tree with references filled in (their own marks win) and every test in one of the forms is, in, <, <=, =."""
    if condition.op == "ref":
        target = resolve(definitions[condition.ref], definitions, vocabulary)
        marks = {k: v for k in ("id", "clause", "text", "interpretation") if (v := getattr(condition, k))}
        return replace(target, **marks) if marks else target
    if condition.atom is not None:
        return _resolve_atom(condition, condition.atom, vocabulary)
    children = tuple(resolve(child, definitions, vocabulary) for child in condition.children)
    return replace(condition, children=children)


# A test and its opposite are one test, so that a household cannot be on both sides of a line.
OPPOSITE = {">=": "<", ">": "<=", "!=": "="}


def _resolve_atom(condition: Condition, atom: Atom, vocabulary: Vocabulary) -> Condition:
    if vocabulary[atom.fact].kind != "enum":
        if atom.op not in OPPOSITE:
            return condition
        opposite = Atom(atom.fact, OPPOSITE[atom.op], atom.value)
        return replace(condition, op="not", atom=None, children=(Condition("atom", atom=opposite),))
    if atom.op == "in":
        return condition
    member = Atom(atom.fact, "in", (str(atom.value),))
    if atom.op == "!=":
        return replace(condition, op="not", atom=None, children=(Condition("atom", atom=member),))
    return replace(condition, atom=member)


def derive(known: dict[str, object], vocabulary: Vocabulary) -> dict[str, object]:
    """Adds what follows outright from the stated facts (`true when …`) to `known`; a stated value is never touched."""
    for fact, derivation in vocabulary.derivations.items():
        if fact not in known and derivation.op == "true_when" and derivation.atom is not None:
            value = known.get(derivation.atom.fact)
            words = derivation.atom.value
            if value is True if words is None else isinstance(words, tuple) and value in words:
                known[fact] = True
    return known


class Program:
    """Several named trees over the same facts. Node numbers are positions in `nodes`; children come before parents."""

    def __init__(
        self, roots: Mapping[str, Condition], vocabulary: Vocabulary, figures: Mapping[str, int | float]
    ) -> None:
        self.vocabulary = vocabulary
        self.nodes: list[Condition] = []
        self._inner: list[tuple[int, str, tuple[int, ...], int]] = []  # node, operator, nodes below, count
        self._numbers: dict[Condition, int] = {}
        self.atoms: list[Atom] = []
        self.roots = {name: self._add(root) for name, root in roots.items()}
        numeric = [atom for atom in self.atoms if self._is_numeric(atom)]
        self.groups: list[Group] = groups_of(numeric, vocabulary, figures)
        # Per numeric test: group number and bit.
        self.places: dict[Atom, tuple[int, int]] = {
            atom: (number, bit) for number, group in enumerate(self.groups) for bit, atom in enumerate(group.atoms)
        }
        leaves = [(number, node.atom) for number, node in enumerate(self.nodes) if node.atom is not None]
        self._numeric = [(number, *self.places[atom]) for number, atom in leaves if atom in self.places]
        # Node, fact, words or None.
        self._plain: list[tuple[int, str, tuple[str, ...] | None]] = [
            (number, atom.fact, atom.value if isinstance(atom.value, tuple) else None)
            for number, atom in leaves
            if atom not in self.places
        ]
        self.facts = tuple(dict.fromkeys(atom.fact for atom in self.atoms))
        self._node_facts = [self._facts_of(node) for node in self.nodes]

    def _is_numeric(self, atom: Atom) -> bool:
        return self.vocabulary[atom.fact].numeric or self.vocabulary.expression(atom.fact) is not None

    def _add(self, condition: Condition) -> int:
        if condition in self._numbers:
            return self._numbers[condition]
        below = tuple(self._add(child) for child in condition.children)
        number = self._numbers[condition] = len(self.nodes)
        self.nodes.append(condition)
        if condition.atom is None:
            self._inner.append((number, condition.op, below, condition.count))
        elif condition.atom not in self.atoms:
            self.atoms.append(condition.atom)
        return number

    def _facts_of(self, condition: Condition) -> tuple[str, ...]:
        atoms = [node.atom for node in condition.walk() if node.atom is not None]
        return tuple(dict.fromkeys(name for atom in atoms for name in self.vocabulary.closure(atom.fact)))

    def number(self, condition: Condition) -> int:
        """The node number of a condition of these trees."""
        return self._numbers[condition]

    def facts_of(self, node: int) -> tuple[str, ...]:
        """Every fact that the node reads, derived-from facts included."""
        return self._node_facts[node]

    def regions(self, known: Known) -> list[Region]:
        return [group.region(known) for group in self.groups]

    def truths(self, known: Known, regions: Sequence[Region]) -> list[Truth]:
        """The truth of every node (strong Kleene; a numeric test is decided as soon as its known inputs decide it)."""
        result = [UNKNOWN] * len(self.nodes)
        for number, fact, words in self._plain:
            value = known.get(fact)
            if value is not None:
                result[number] = YES if (value if words is None else value in words) else NO
        for number, group, bit in self._numeric:
            result[number] = regions[group].truths[bit]
        for number, op, below, count in self._inner:
            children = [result[node] for node in below]
            if op == "all":
                result[number] = NO if NO in children else UNKNOWN if UNKNOWN in children else YES
            elif op == "any":
                result[number] = YES if YES in children else UNKNOWN if UNKNOWN in children else NO
            else:
                result[number] = NEGATED[children[0]] if op == "not" else at_least(count, children)
        return result
