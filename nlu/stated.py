"""Facts as a text states them, each with where it does, and the same in the types of the vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nlu.mentions import FactType, Value


@dataclass(slots=True)
class Stated:
    """Facts with the range of the reading copy that states them."""

    values: dict[str, Value] = field(default_factory=dict)
    spans: dict[str, tuple[int, int]] = field(default_factory=dict)

    def state(self, fact: str, value: Value, start: int, end: int, over: bool = False) -> None:
        """Record a fact; a plain "yes" outlives a "no", and the first number stands."""
        old = self.values.get(fact)
        if old is None or over or (old is False and value is True):
            self.values[fact] = value
            self.spans[fact] = (start, end)

    def forget(self, fact: str) -> None:
        """Leave a fact out again."""
        del self.values[fact], self.spans[fact]


def typed(stated: Stated, types: Mapping[str, FactType]) -> dict[str, Value]:
    """Only the facts of the vocabulary, each in its own type; a value that does not fit is left out."""
    values: dict[str, Value] = {}
    for fact, value in stated.values.items():
        kind = types.get(fact)
        if kind is None:
            continue
        fitted = _fit(kind, value)
        if fitted is not None:
            values[fact] = fitted
    return values


def _fit(kind: FactType, value: Any) -> Value | None:
    if kind.kind == "bool":
        return value if isinstance(value, bool) else None
    if kind.kind == "enum":
        return value if value in kind.values else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if kind.kind == "int":
        return int(value) if float(value).is_integer() else None
    return float(value)
