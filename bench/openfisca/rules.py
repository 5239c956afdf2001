"""A pack in a form that OpenFisca's worker reads: plain JSON, with nothing of ours left to import."""

from __future__ import annotations

import ast
from copy import deepcopy
from typing import Any

from policy_kb import FactSpec
from policy_kb.conditions import Condition
from policy_kb.evaluator import Evaluator

Tree = list[Any]


def rules_of(evaluator: Evaluator) -> dict[str, Any]:
    """`facts` (id → kind, those that are stated), `derived` (id → kind and expression), `parameters`, `categories`.

    A category is a tree: [all|any|not, tree …], [at_least, n, tree …], [is, fact], [in, fact, codes],
    [compare, fact, sign, number or parameter]. Words of an enum are their place in its list.
    """
    vocabulary, program = evaluator.vocabulary, evaluator.verdict.program
    roots = {name: program.nodes[root] for name, root in program.roots.items()}
    read = [name for root in program.roots.values() for name in program.facts_of(root)]
    derived = {}
    for name in dict.fromkeys(read):
        found = vocabulary.expression(name)
        if found is not None and found.tree is not None:
            derived[name] = [vocabulary[name].kind, ast.unparse(_Vectors().visit(deepcopy(found.tree)))]
    stated = {name: vocabulary[name].kind for name in dict.fromkeys(read) if name not in derived}
    return {
        "facts": stated,
        "derived": derived,
        "parameters": evaluator.values,
        "categories": {name: _tree(root, vocabulary) for name, root in roots.items()},
    }


def _tree(node: Condition, vocabulary: Any) -> Tree:
    if node.atom is not None:
        return _test(node, vocabulary[node.atom.fact])
    count = [node.count] if node.op == "at_least" else []
    return [node.op, *count, *(_tree(child, vocabulary) for child in node.children)]


def _test(node: Condition, spec: FactSpec) -> Tree:
    atom = node.atom
    assert atom is not None
    if atom.op == "is":
        return ["is", atom.fact]
    if isinstance(atom.value, tuple):
        return ["in", atom.fact, [spec.values.index(word) for word in atom.value]]
    return ["compare", atom.fact, atom.op, atom.value]


class _Vectors(ast.NodeTransformer):
    """`a and b` becomes `(a) & (b)`: NumPy's arrays know no `and`."""

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        self.generic_visit(node)
        sign: ast.operator = ast.BitAnd() if isinstance(node.op, ast.And) else ast.BitOr()
        whole = node.values[0]
        for part in node.values[1:]:
            whole = ast.BinOp(whole, sign, part)
        return whole
