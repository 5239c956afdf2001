"""Which characters a text must hold for a pattern to match at all: a cheap look before the costly search."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

_LARGEST = 60  # a set of more characters than this tells little


def required(pattern: str) -> tuple[frozenset[str], ...]:
    """Sets of characters of which every match holds at least one each; few and small ones, the smallest first."""
    tree = re._parser.parse(pattern)  # type: ignore[attr-defined]
    return tuple(sorted(set(_of_sequence(tree)), key=lambda chars: (len(chars), sorted(chars))))[:6]


def may_match(needs: Iterable[frozenset[str]], chars: set[str]) -> bool:
    """Whether a text made of `chars` can hold a match."""
    for need in needs:  # noqa: SIM110  # a plain loop takes half the time here
        if need.isdisjoint(chars):
            return False
    return True


def _of_sequence(items: Sequence[tuple[Any, Any]]) -> list[frozenset[str]]:
    return [need for name, value in items for need in _of_one(str(name), value) if 0 < len(need) <= _LARGEST]


def _of_one(name: str, value: Any) -> list[frozenset[str]]:
    if name == "LITERAL":
        return [frozenset(chr(value))]
    if name == "IN":
        return [chars] if (chars := _of_class(value)) else []
    if name == "SUBPATTERN":
        return _of_sequence(value[3])
    if name == "MAX_REPEAT" and value[0] > 0:
        return _of_sequence(value[2])
    return _of_branches(value[1]) if name == "BRANCH" else []


def _of_class(members: Sequence[tuple[Any, Any]]) -> frozenset[str]:
    if any(str(name) not in ("LITERAL", "RANGE") for name, _ in members):
        return frozenset()
    chars: set[str] = set()
    for name, value in members:
        chars.update(map(chr, range(value[0], value[1] + 1)) if str(name) == "RANGE" else chr(value))
    return frozenset(chars)


def _of_branches(branches: Sequence[Any]) -> list[frozenset[str]]:
    """One character of each branch, if every branch needs one."""
    each = [min(_of_sequence(branch), key=len, default=frozenset[str]()) for branch in branches]
    return [frozenset().union(*each)] if all(each) else []
