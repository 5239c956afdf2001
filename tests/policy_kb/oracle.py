"""A second, slow and simple reading of the packs: it tries every completion of a household on a grid.

It shares nothing with the engine but the parsed conditions: two-valued logic, plain arithmetic (the grid holds
halves only, so floats are exact), derivations evaluated from their text.
"""

from __future__ import annotations

import ast
import itertools
import operator
from collections.abc import Iterator, Mapping
from typing import Any

from policy_kb import Library, Pack
from policy_kb.conditions import Atom, Condition

Facts = Mapping[str, Any]
COMPARE = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}
ARITHMETIC: dict[type, Any] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Eq: operator.eq,
}  # fmt: skip


class Oracle:
    def __init__(self, library: Library, pack: Pack, figures: Mapping[str, float]) -> None:
        self.library, self.pack, self.figures = library, pack, figures
        self.trees = {
            name: ast.parse(library.vocabulary[name].derive, mode="eval").body for name in self._expressions()
        }

    def _expressions(self) -> list[str]:
        specs = self.library.vocabulary.values()
        return [s.id for s in specs if s.ask is None and s.derive]

    def askable(self) -> list[str]:
        """Every fact that can be asked and on which a category of the pack rests."""
        named = dict.fromkeys(fact for category in self.pack.categories.values() for fact in self._facts(category.when))
        return list(dict.fromkeys(leaf for fact in named for leaf in self._leaves(fact)))

    def _facts(self, condition: Condition) -> Iterator[str]:
        for node in condition.walk():
            if node.op == "ref":
                yield from self._facts(self.pack.definitions[node.ref])
            if node.atom is not None:
                yield node.atom.fact

    def _leaves(self, fact: str) -> list[str]:
        if fact not in self.trees:
            return [fact]
        names = [node.id for node in ast.walk(self.trees[fact]) if isinstance(node, ast.Name)]
        return [leaf for name in names if name in self.library.vocabulary for leaf in self._leaves(name)]

    def follow(self, facts: Facts) -> dict[str, Any]:
        """What follows outright from the stated facts, by the sentences of the fact table."""
        known = dict(facts)
        for spec in self.library.vocabulary.values():
            if spec.id not in known and spec.derive.startswith("true when "):
                source, _, values = spec.derive.removeprefix("true when ").partition(" is ")
                wanted = [True] if values == "true" else values.split(" or ")
                if known.get(source) in wanted and source in known:
                    known[spec.id] = True
        return known

    def value(self, fact: str, facts: Facts) -> Any:
        if fact in facts:
            return facts[fact]
        if fact in self.figures:
            return self.figures[fact]
        return self._evaluate(self.trees[fact], facts)

    def _evaluate(self, tree: ast.expr, facts: Facts) -> Any:
        if isinstance(tree, ast.Name):
            return self.value(tree.id, facts)
        if isinstance(tree, ast.Constant):
            return tree.value
        if isinstance(tree, ast.BinOp):
            return ARITHMETIC[type(tree.op)](self._evaluate(tree.left, facts), self._evaluate(tree.right, facts))
        if isinstance(tree, ast.Compare):
            right = self._evaluate(tree.comparators[0], facts)
            return ARITHMETIC[type(tree.ops[0])](self._evaluate(tree.left, facts), right)
        assert isinstance(tree, ast.BoolOp)
        values = [self._evaluate(part, facts) for part in tree.values]
        return all(values) if isinstance(tree.op, ast.And) else any(values)

    def holds(self, condition: Condition, facts: Facts) -> bool:
        if condition.op == "ref":
            return self.holds(self.pack.definitions[condition.ref], facts)
        if condition.atom is not None:
            return self._atom(condition.atom, facts)
        values = [self.holds(child, facts) for child in condition.children]
        if condition.op == "not":
            return not values[0]
        if condition.op == "at_least":
            return sum(values) >= condition.count
        return all(values) if condition.op == "all" else any(values)

    def _atom(self, atom: Atom, facts: Facts) -> bool:
        value = self.value(atom.fact, facts)
        if atom.op == "is":
            return bool(value)
        if isinstance(atom.value, tuple):
            return value in atom.value
        if isinstance(value, str):
            return (value == atom.value) is (atom.op == "=")
        limit = self.figures[atom.value] if isinstance(atom.value, str) else atom.value
        return bool(COMPARE[atom.op](value, limit))

    def category(self, facts: Facts) -> str | None:
        """The category of a household of which everything is known."""
        found = [name for name, category in self.pack.categories.items() if self.holds(category.when, facts)]
        assert len(found) <= 1, f"{self.pack.id}: {found} hold together"
        return found[0] if found else None

    def verdicts(self, facts: Facts, grid: Mapping[str, list[Any]]) -> tuple[set[str | None], set[str]]:
        """The categories that completions on the grid reach, and the facts that alone make a difference somewhere."""
        known = self.follow(facts)
        open_ = [fact for fact in self.askable() if fact not in known and not self._settled(fact, known)]
        points = {
            point: self.category(known | dict(zip(open_, point, strict=True)))
            for point in itertools.product(*(grid[fact] for fact in open_))
        }
        matters = set()
        for place, fact in enumerate(open_):
            lines: dict[tuple[Any, ...], set[str | None]] = {}
            for point, category in points.items():
                lines.setdefault((*point[:place], *point[place + 1 :]), set()).add(category)
            if any(len(line) > 1 for line in lines.values()):
                matters.add(fact)
        return set(points.values()), matters

    def _settled(self, fact: str, known: Facts) -> bool:
        """An input that no open derivation needs any more, because every fact above it is stated."""
        tops = [top for category in self.pack.categories.values() for top in self._facts(category.when)]
        return not any(self._needs(top, fact, known) for top in tops)

    def _needs(self, top: str, fact: str, known: Facts) -> bool:
        if top in known:
            return False
        if top == fact:
            return True
        names = [n.id for n in ast.walk(self.trees[top]) if isinstance(n, ast.Name)] if top in self.trees else []
        return any(self._needs(name, fact, known) for name in names if name in self.library.vocabulary)
