"""Checking what is said about a household before anything is made of it."""

from __future__ import annotations

import math
from collections.abc import Mapping

from policy_kb.errors import FactError
from policy_kb.vocabulary import FactSpec, Vocabulary


def check_facts(facts: Mapping[str, object], vocabulary: Vocabulary) -> dict[str, object]:
    """The facts without the absent ones (None), counts as int; raises `FactError` for the first that cannot be."""
    known: dict[str, object] = {}
    for fact, value in facts.items():
        spec = vocabulary.get(fact)
        if spec is None:
            raise FactError(
                str(fact), f"There is no fact {fact[:60]!r}; the table of facts lists {len(vocabulary)} of them."
            )
        if value is not None:
            known[fact] = check_value(spec, value)
    return known


def check_value(spec: FactSpec, value: object) -> object:
    """The value as the engine uses it; raises `FactError`."""
    if spec.kind == "bool":
        if isinstance(value, bool):
            return value
        raise _error(spec, value, "true or false")
    if spec.kind == "enum":
        if isinstance(value, str) and value in spec.values:
            return value
        raise _error(spec, value, f"one of {', '.join(spec.values)}")
    return _number(spec, value)


def _number(spec: FactSpec, value: object) -> int | float:
    wanted = "a whole number" if spec.kind == "int" else "a number"
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _error(spec, value, wanted)
    if isinstance(value, float) and not math.isfinite(value):
        raise _error(spec, value, f"{wanted} that is finite")
    if value < spec.lowest:
        raise _error(spec, value, f"{wanted} of at least {spec.lowest:g}")
    if spec.highest is not None and value > spec.highest:
        raise _error(spec, value, f"{wanted} of at most {spec.highest:g}")
    if spec.kind == "int":
        if value != int(value):
            raise _error(spec, value, wanted)
        return int(value)
    return value


def _error(spec: FactSpec, value: object, wanted: str) -> FactError:
    shown = repr(value)
    shown = shown if len(shown) <= 60 else shown[:57] + "…"
    return FactError(
        spec.id, f"{spec.id} ({spec.zh}): found {shown}, expected {wanted}; give such a value or leave it out."
    )
