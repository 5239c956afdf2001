"""Are both sides of every number shown? One example stands on each line, limit and count, and one just beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from policy_kb import formulas
from policy_kb.conditions import Atom
from policy_kb.errors import Fault
from policy_kb.formulas import Ratio, exact
from policy_kb.library import Library
from policy_kb.pack import Pack
from policy_kb.trees import Named, expanded, named, section
from policy_kb.trials import cases, example_day
from policy_kb.vocabulary import FactSpec, Vocabulary
from policy_kb.yamlfile import Path_

# The smallest step by which an amount of a unit can differ: a fen, one of a hundred, a tenth, one whole.
STEPS = {"share": Fraction(1, 100), "coefficient": Fraction(1, 10)}
FEN, WHOLE = Fraction(1, 100), Fraction(1)


def step_of(unit: str) -> Fraction:
    """The smallest step of a figure or fact with this unit."""
    if unit.startswith("CNY"):
        return FEN
    return STEPS.get("share" if unit == "0..1" else unit, WHOLE)


def fact_step(spec: FactSpec) -> Fraction:
    """The smallest step by which what is stated of a fact can differ."""
    if spec.kind == "int":
        return WHOLE
    return step_of(spec.unit if spec.unit not in ("", "none") else "coefficient")


def exact_value(fact: str, facts: Mapping[str, object], vocabulary: Vocabulary) -> Fraction | None:
    """The amount of a fact, stated or worked out from what is; None where that is not possible."""
    stated = facts.get(fact)
    if isinstance(stated, int | float):
        return exact(stated)
    derivation = vocabulary.expression(fact)
    if derivation is None or derivation.tree is None:
        return None
    ratio = formulas.numeric(derivation.tree, Ratio.fact)
    names = {name for form in (ratio.top, ratio.bottom) for name, _ in form.terms}
    parts = {name: exact_value(name, facts, vocabulary) for name in names}
    known = {name: value for name, value in parts.items() if value is not None}
    if len(known) < len(names):
        return None
    bottom = ratio.bottom.put(known).constant
    return ratio.top.put(known).constant / bottom if bottom else None


def boundary_faults(library: Library, pack: Pack) -> list[Fault]:
    """The sides of numbers that no example stands on, told at the innermost condition that has the number."""
    return [pack.files["examples.yml"].fault(path, message) for path, message in _faults(library, pack)]


def _faults(library: Library, pack: Pack) -> Iterator[tuple[Path_, str]]:
    vocabulary, figures = library.vocabulary, library.figures(pack, example_day(pack))
    decided = [case for case in cases(pack) if case.wanted is not None]
    for atom, names in _homes(pack, vocabulary).items():
        spec = vocabulary[atom.fact]
        limit = exact(figures[atom.value].value if isinstance(atom.value, str) else float(str(atom.value)))
        shown = {exact_value(atom.fact, case.facts, vocabulary) for case in decided if case.named in names}
        for value, low, high in _sides(atom.op, limit, fact_step(spec)):
            part, name = names[0]
            if name not in section(pack.examples, part):
                continue  # that it has none at all is told already
            if low < spec.lowest or any(x is not None and low <= x <= high for x in shown):
                continue
            message = f"No example that holds or fails has {atom.fact} {_words(value, limit)} (`{atom}`); add one."
            yield (part, name), message


def _homes(pack: Pack, vocabulary: Vocabulary) -> dict[Atom, list[Named]]:
    """The tests of numbers, and the conditions with examples that they stand in, innermost first."""
    homes: dict[Atom, list[Named]] = {}
    trees = {name: list(expanded(tree, pack)) for name, tree in named(pack).items()}
    for name, nodes in sorted(trees.items(), key=lambda pair: len(pair[1])):
        for node in nodes:
            if node.atom is not None and vocabulary[node.atom.fact].numeric:
                homes.setdefault(node.atom, []).append(name)
    return homes


def _sides(op: str, limit: Fraction, step: Fraction) -> Iterator[tuple[Fraction, Fraction, Fraction]]:
    """The values that must be shown: (an example of it, lowest, highest)."""
    tiny = step / 1000
    yield limit, limit, limit
    if op in ("<", ">=", "=", "!="):
        yield limit - step, limit - step, limit - tiny
    if op in ("<=", ">", "=", "!="):
        yield limit + step, limit + tiny, limit + step


def _words(value: Fraction, limit: Fraction) -> str:
    number = f"{float(value):.10g}"
    if value == limit:
        return f"{number}, which is the boundary itself"
    return f"{number}, just {'below' if value < limit else 'above'} the boundary {float(limit):.10g}"
