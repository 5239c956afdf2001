"""The engine as a function of a row's facts, for the rows that SQL leaves open."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping

from policy_kb import Brief as Verdict
from policy_kb import Library, PackSql

Brief = Callable[[Mapping[str, object]], Verdict]
Exact = Callable[..., str]


def as_function(library: Library, brief: Brief, pack: PackSql) -> Exact:
    """A function of the pack's facts in their order, None for unknown; it answers in the text form of the query:
    outcome, category, possible, exclusions and unknown with `|` between them and `;` between ids."""
    whole = frozenset(name for name in pack.facts if library.vocabulary[name].kind == "int")

    def exact(*values: object) -> str:
        known = {
            name: int(value) if name in whole else value  # type: ignore[call-overload]
            for name, value in zip(pack.facts, values, strict=True)
            if value is not None
        }
        verdict = brief(known)
        lists = [";".join(names) for names in (verdict.possible, verdict.exclusions, verdict.unknown)]
        return "|".join([verdict.outcome, verdict.category or "", *lists])

    # DuckDB counts the parameters of the signature.
    places = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in pack.facts]
    exact.__signature__ = inspect.Signature(places)  # type: ignore[attr-defined]
    return exact
