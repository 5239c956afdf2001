"""What the tests of the architecture read: our own source files and what they import."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("bot", "nlu", "actions", "policy_kb", "storage")


@cache
def modules() -> dict[Path, ast.Module]:
    """Every Python file of the five rooms, parsed."""
    files = (file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py")))
    return {file: ast.parse(file.read_text("utf-8")) for file in files}


def imported(tree: ast.AST) -> Iterator[str]:
    """The dotted names of the modules that a file imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module


def calls(tree: ast.AST, method: str) -> Iterator[ast.Call]:
    """Every call `something.method(…)` of a file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method:
            yield node
