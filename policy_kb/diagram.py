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
        if children.count(children[0]) == len(children):
            return children[0]
        return self._inner(variable, values, children)

    def _inner(self, variable: int, values: tuple[int, ...], children: tuple[Node, ...]) -> Node:
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

    def restrict(self, root: Node, allowed: Sequence[tuple[int, ...]]) -> Node:
        """What is left of the function when every variable keeps only its allowed values (ascending)."""
        left = {end: end for end in range(self.terminals)}
        return root if root in left else self._restrict(root, allowed, left)

    def _restrict(self, node: Node, allowed: Sequence[tuple[int, ...]], left: dict[Node, Node]) -> Node:
        """`left`: what is left of the nodes seen before."""
        variable, children = self.variable[node], self.children[node]
        values = allowed[variable]
        rests = []
        for value in values:
            child = children[value]
            rest = left.get(child)
            rests.append(self._restrict(child, allowed, left) if rest is None else rest)
        same = rests.count(rests[0]) == len(rests)
        found = left[node] = rests[0] if same else self._inner(variable, values, tuple(rests))
        return found

    def levels(self, root: Node) -> tuple[dict[int, list[Node]], list[Node]]:
        """What can be reached from `root`: per variable its nodes, from `root` down; and the terminals in order."""
        seen = {root}
        stack = [root]
        while stack:
            for child in self.children[stack.pop()]:
                if child not in seen:
                    seen.add(child)
                    stack.append(child)
        ends = [end for end in range(self.terminals) if end in seen]
        levels: dict[int, list[Node]] = {}
        for node in sorted(seen.difference(ends), key=self.variable.__getitem__):
            levels.setdefault(self.variable[node], []).append(node)
        return levels, ends
