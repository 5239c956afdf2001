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
        self._ops: list[tuple[str, tuple[int, ...], int]] = []
        self._numbers: dict[Condition, int] = {}
        self.atoms: list[Atom] = []
        self.roots = {name: self._add(root) for name, root in roots.items()}
        numeric = [atom for atom in self.atoms if self._is_numeric(atom)]
        self.groups: list[Group] = groups_of(numeric, vocabulary, figures)
        # Per atom: (fact, words or None) for plain facts, (group number, bit) for numeric tests.
        self.places: dict[Atom, tuple[int, int]] = {
            atom: (number, bit) for number, group in enumerate(self.groups) for bit, atom in enumerate(group.atoms)
        }
        self._plain: list[tuple[int, str, tuple[str, ...] | None]] = [
            (n, a.fact, a.value if isinstance(a.value, tuple) else None)
            for n, a in enumerate(self.atoms)
            if a not in self.places
        ]
        self._numeric = [(n, *self.places[a]) for n, a in enumerate(self.atoms) if a in self.places]
        self.facts = tuple(dict.fromkeys(atom.fact for atom in self.atoms))
        self._node_facts = [self._facts_of(node) for node in self.nodes]

    def _is_numeric(self, atom: Atom) -> bool:
        return self.vocabulary[atom.fact].numeric or self.vocabulary.expression(atom.fact) is not None

    def _add(self, condition: Condition) -> int:
        if condition in self._numbers:
            return self._numbers[condition]
        below = tuple(self._add(child) for child in condition.children)
        if condition.atom is not None:
            if condition.atom not in self.atoms:
                self.atoms.append(condition.atom)
            below = (self.atoms.index(condition.atom),)
        self._ops.append((condition.op, below, condition.count))
        self.nodes.append(condition)
        self._numbers[condition] = len(self.nodes) - 1
        return len(self.nodes) - 1

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
        atoms = [UNKNOWN] * len(self.atoms)
        for number, fact, words in self._plain:
            value = known.get(fact)
            if value is not None:
                atoms[number] = (YES if value else NO) if words is None else YES if value in words else NO
        for number, group, bit in self._numeric:
            atoms[number] = regions[group].truths[bit]
        result: list[Truth] = []
        for op, below, count in self._ops:
            if op == "atom":
                result.append(atoms[below[0]])
            elif op == "not":
                result.append(NEGATED[result[below[0]]])
            else:
                children = [result[node] for node in below]
                if op == "all":
                    result.append(NO if NO in children else UNKNOWN if UNKNOWN in children else YES)
                elif op == "any":
                    result.append(YES if YES in children else UNKNOWN if UNKNOWN in children else NO)
                else:
                    result.append(at_least(count, children))
        return result
