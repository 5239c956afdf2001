"""How far a numeric fact would have to move for a set of tests to come out otherwise (exact, one fact at a time)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from policy_kb import formulas
from policy_kb.cells import Group, roots_along, samples_along
from policy_kb.formulas import Formula

MOST_MOVED = 2  # facts of one group that move together; more is no small change any more


@dataclass(frozen=True)
class Bound:
    """Where a number would have to be: `op` (< <= = >= >) and `value` in the unit of the fact; `example`: one such."""

    op: str
    value: float
    example: float


def movers(group: Group, known: Mapping[str, object], vector: int) -> tuple[tuple[str, ...], ...]:
    """The smallest sets of stated facts that alone would have to be other for the outcomes `vector`; () where none."""
    stated = [name for name in group.facts if known.get(name) is not None]
    for number in range(1, MOST_MOVED + 1):
        found = tuple(
            some for some in _subsets(stated, number) if vector in group.region(_without(known, some)).vectors
        )
        if found:
            return found
    return ()


def bound_for(group: Group, known: Mapping[str, object], fact: str, vector: int) -> Bound | None:
    """The nearest value, or side of a value, at which `fact` alone brings about `vector`.

    None where another input is unknown, the fact is not a number, or no value does.
    """
    spec, now = group.vocabulary[fact], known[fact]
    if not spec.numeric or isinstance(now, bool) or not isinstance(now, int | float):
        return None
    rest = {n: v for n, v in known.items() if n in group.facts and n != fact and v is not None}
    values = {n: formulas.exact(v) for n, v in rest.items() if isinstance(v, int | float) and not isinstance(v, bool)}
    parts = [(bit, group.formula(atom, rest.keys(), rest)) for bit, atom in enumerate(group.atoms)]
    told = [(bit, part) for bit, part in parts if all(name in values or name == fact for name in _facts_of(part))]
    roots = roots_along(fact, [test.form.put(values) for _, part in told for test in formulas.tests(part)])
    cells = samples_along(roots, spec)
    hits = {value for value in cells if _agree(told, {**values, fact: value}, vector)}
    here = formulas.exact(now)
    if not hits or here in hits:  # the first: no value does; the second: what is unknown decides
        return None
    return _side(cells, hits, roots, here, whole=spec.kind == "int")


def _side(cells: list[Fraction], hits: set[Fraction], roots: list[Fraction], here: Fraction, whole: bool) -> Bound:
    """The nearest of `hits` as a side of its edge, seen from where the fact stands now."""
    nearest = min(hits, key=lambda value: abs(value - here))
    down = nearest < here
    beyond = [value for value in cells if (value < nearest if down else value > nearest)]
    goes_on = bool(beyond) and (beyond[-1] if down else beyond[0]) in hits
    edges = [root for root in roots if (root > nearest if down else root < nearest)]
    if whole or nearest in roots or not edges:
        return Bound((("<=" if down else ">=") if goes_on else "="), float(nearest), float(nearest))
    return Bound("<" if down else ">", float(edges[0] if down else edges[-1]), float(nearest))


def _agree(parts: Sequence[tuple[int, Formula]], values: Mapping[str, Fraction], vector: int) -> bool:
    """Whether these tests come out as `vector` says."""
    signs = {test.form: test.form.sign_at(values) for _, part in parts for test in formulas.tests(part)}
    return all(formulas.holds(part, signs) == bool(vector >> bit & 1) for bit, part in parts)


def _facts_of(part: Formula) -> Iterable[str]:
    return (name for test in formulas.tests(part) for name, _ in test.form.terms)


def _subsets(names: Sequence[str], number: int) -> list[tuple[str, ...]]:
    if number == 1:
        return [(name,) for name in names]
    return [(one, two) for place, one in enumerate(names) for two in names[place + 1 :]]


def _without(known: Mapping[str, object], some: Sequence[str]) -> dict[str, object]:
    return {name: value for name, value in known.items() if name not in some}
