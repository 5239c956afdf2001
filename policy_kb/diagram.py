"""Decision diagrams: a pack's verdict as a function of its facts, in reduced ordered form.

A *variable* is a yes/no fact, an enum fact, or a group of numeric tests (its values are bit vectors of outcomes).
Nodes are numbers; the first ones are the possible verdicts (terminals). Equal functions have equal numbers, so a
fact can still change the verdict exactly when its variable occurs in the diagram of what is left open.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

Node = int


class Diagram:
    """A unique table of nodes over variables 0 … n-1; a node has one child per branch of its variable."""

    def __init__(self, terminals: int) -> None:
        self.terminals = terminals
        self.variable: list[int] = [1 << 30] * terminals
        self.values: list[tuple[int, ...]] = [()] * terminals
        self.children: list[tuple[Node, ...]] = [()] * terminals
        self._unique: dict[Hashable, Node] = {}
        self._kept = terminals

    def keep(self) -> None:
        """Everything built so far stays when `forget` is called."""
        self._kept = len(self.variable)

    def forget(self) -> None:
        """Drops what `restrict` has added since `keep`, so that the table stays small in a long run."""
        self._unique = {key: node for key, node in self._unique.items() if node < self._kept}
        for column in (self.variable, self.values, self.children):
            del column[self._kept :]

    def node(self, variable: int, values: tuple[int, ...], children: tuple[Node, ...]) -> Node:
        """The node with these branches; when all lead to the same place, that place."""
        first = children[0]
        if children.count(first) == len(children):
            return first
        key = (variable, values, children)
        found = self._unique.get(key)
        if found is None:
            found = self._unique[key] = len(self.variable)
            self.variable.append(variable)
            self.values.append(values)
            self.children.append(children)
        return found

    def combine(
        self, op: Callable[[Node, Node], Node | None], one: Node, two: Node, memo: dict[Hashable, Node]
    ) -> Node:
        """The diagram of `op` over two diagrams; `op` returns a node once it can, else None."""
        decided = op(one, two)
        if decided is not None:
            return decided
        key = (one, two)
        if key in memo:
            return memo[key]
        variable = min(self.variable[one], self.variable[two])
        lead = one if self.variable[one] == variable else two
        values = self.values[lead]
        ones = self.children[one] if self.variable[one] == variable else (one,) * len(values)
        twos = self.children[two] if self.variable[two] == variable else (two,) * len(values)
        pairs = zip(ones, twos, strict=True)
        memo[key] = self.node(variable, values, tuple(self.combine(op, a, b, memo) for a, b in pairs))
        return memo[key]

    def restrict(self, node: Node, allowed: Sequence[tuple[int, ...]], memo: dict[Node, Node]) -> Node:
        """What is left of the function when every variable keeps only its allowed values (ascending)."""
        if node < self.terminals:
            return node
        found = memo.get(node)
        if found is not None:
            return found
        variable, children = self.variable[node], self.children[node]
        keep = allowed[variable]
        if len(keep) == 1:
            found = self.restrict(children[keep[0]], allowed, memo)
        elif len(keep) == 2:
            one, two = self.restrict(children[keep[0]], allowed, memo), self.restrict(children[keep[1]], allowed, memo)
            found = one if one == two else self.node(variable, keep, (one, two))
        else:
            found = self.node(variable, keep, tuple([self.restrict(children[value], allowed, memo) for value in keep]))
        memo[node] = found
        return found

    def reachable(self, root: Node) -> list[Node]:
        """All inner nodes below `root`, every node before its children."""
        seen = {root}
        stack = [root]
        while stack:
            for child in self.children[stack.pop()]:
                if child not in seen:
                    seen.add(child)
                    stack.append(child)
        return sorted((n for n in seen if n >= self.terminals), key=self.variable.__getitem__)
