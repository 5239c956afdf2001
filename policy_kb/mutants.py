"""Every small mistake that a pack could hold: a comparison, connective or figure changed, a branch dropped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from policy_kb.boundaries import fact_step, step_of
from policy_kb.conditions import Atom, Condition
from policy_kb.figurechecks import ONE_DAY
from policy_kb.formulas import exact
from policy_kb.pack import Pack
from policy_kb.schema import Period
from policy_kb.trees import expanded, named, owned, put
from policy_kb.vocabulary import FactSpec, Vocabulary
from policy_kb.yamlfile import Path_

COMPARISONS = ("<", "<=", ">", ">=", "=", "!=")
Change = tuple[Path_, str, Condition]  # where in the tree, in words, the tree with the change


@dataclass(frozen=True, eq=False)
class Mutant:
    """The pack with one change. `where` and `change` name it, in reports and under `equivalents` of examples.yml."""

    file: str
    path: Path_
    where: str
    change: str
    pack: Pack


def mutants(pack: Pack, vocabulary: Vocabulary) -> Iterator[Mutant]:
    """All changes of conditions, of exclusions, bars, flags and measures as a whole, of figures."""
    for one in owned(pack):
        for path, change, tree in _changes(one.tree, (), vocabulary):
            where = f"{one.part} {one.name}"
            yield Mutant(one.file, (*one.path, *path), where, change, put(pack, one, tree))
    for part in ("exclusions", "bars", "flags", "measures"):
        yield from _entry_changes(pack, part)
    for name in sorted(figures_used(pack, vocabulary)):
        yield from _figure_changes(pack, name)


def _entry_changes(pack: Pack, part: str) -> Iterator[Mutant]:
    """Each entry of a list left out, or with less (or more) in one of its own lists."""
    entries: tuple[Any, ...] = getattr(pack, part)
    file, above = ("measures.yml", ()) if part == "measures" else ("pack.yml", (part,))
    for number, entry in enumerate(entries):
        for key, change, kept in _less(entry):
            parts: dict[str, Any] = {part: (*entries[:number], *kept, *entries[number + 1 :])}
            yield Mutant(file, (*above, number, key), f"{part} {entry.id}", change, replace(pack, **parts))


def _less(entry: Any) -> Iterator[tuple[str, str, tuple[Any, ...]]]:
    """(Key, in words, what is put in the entry's place): the kinds of help that a bar takes away, the outcomes beside
    which a flag stands, the categories that a measure is for (none named: all)."""
    yield "id", "left out", ()
    for key, attribute, fewest in (("bars", "bars", 1), ("outcomes", "outcomes", 1), ("for", "for_", 0)):
        words = getattr(entry, attribute, ())
        for word in words if len(words) > fewest else ():
            rest = tuple(one for one in words if one != word)
            yield key, f"{word} left out of {key}", (entry.model_copy(update={attribute: rest}),)


def figures_used(pack: Pack, vocabulary: Vocabulary) -> set[str]:
    """The pack's parameters that a condition compares with, itself or through a derived fact."""
    atoms = {node.atom for tree in named(pack).values() for node in expanded(tree, pack) if node.atom is not None}
    used = {str(atom.value) for atom in atoms if isinstance(atom.value, str)}
    for atom in atoms:
        for fact in vocabulary.closure(atom.fact):
            derivation = vocabulary.derivations.get(fact)
            used |= set(derivation.sources if derivation else ())
    return used & set(pack.parameters)


def _figure_changes(pack: Pack, name: str) -> Iterator[Mutant]:
    parameter = pack.parameters[name]
    for number, period in enumerate(parameter.values):
        for key, change, changed in _period_changes(period, step_of(parameter.unit), number == 0):
            values = (*parameter.values[:number], changed, *parameter.values[number + 1 :])
            figures = {**pack.parameters, name: parameter.model_copy(update={"values": values})}
            path = (name, "values", number, key)
            yield Mutant("parameters.yml", path, f"parameters {name}", change, replace(pack, parameters=figures))


def _period_changes(period: Period, step: Fraction, first: bool) -> Iterator[tuple[str, str, Period]]:
    """The value a step up and down, the days on which the period begins and ends a day off: (key, in words, period).

    Before the first period its value holds all the same, so that the day on which it begins changes nothing.
    """
    for one in (step, -step):
        value = float(exact(period.value) + one)
        if value >= 0:
            words = f"{period.value:.10g} from {period.start} → {value:.10g}"
            yield "value", words, period.model_copy(update={"value": value})
    for key, attribute, day in (("from", "start", None if first else period.start), ("to", "to", period.to)):
        for off in (-ONE_DAY, ONE_DAY):
            if day is not None:
                yield key, f"{key} {day} → {day + off}", period.model_copy(update={attribute: day + off})


def _changes(node: Condition, path: Path_, vocabulary: Vocabulary) -> Iterator[Change]:
    """Every change of this node and of those below it; `path` where the node itself knows none."""
    here = node.path or path
    if node.atom is not None:
        yield from ((here, words, one) for words, one in _atom_changes(node, node.atom, vocabulary))
    elif node.op == "not":
        yield from _negation_changes(node, here, vocabulary)
    elif node.op != "ref":
        yield from _list_changes(node, here)
        for number, child in enumerate(node.children):
            for below, words, changed in _changes(child, here, vocabulary):
                yield below, words, _with(node, number, changed)


def _negation_changes(node: Condition, here: Path_, vocabulary: Vocabulary) -> Iterator[Change]:
    (child,) = node.children
    yield here, f"not {_short(child)} → {_short(child)}", _marked(child, node)
    if child.atom is None or child.atom.op != "is":  # of a plain fact that is all there is
        for below, words, changed in _changes(child, here, vocabulary):
            yield below, words, replace(node, children=(changed,))


def _list_changes(node: Condition, here: Path_) -> Iterator[Change]:
    if len(node.children) > 1:
        if node.op == "at_least":
            for count in (node.count - 1, node.count + 1):
                if 1 <= count <= len(node.children):
                    yield here, f"at_least {node.count} → at_least {count}", replace(node, count=count)
        else:
            other = "any" if node.op == "all" else "all"
            yield here, f"{_short(node)} → {other}", replace(node, op=other)
        for number, child in enumerate(node.children):
            rest = (*node.children[:number], *node.children[number + 1 :])
            if node.op != "at_least" or node.count <= len(rest):
                yield child.path or here, f"{_short(child)} dropped from {_short(node)}", replace(node, children=rest)


def _atom_changes(node: Condition, atom: Atom, vocabulary: Vocabulary) -> Iterator[tuple[str, Condition]]:
    spec = vocabulary[atom.fact]
    if atom.op == "is":
        yield f"{atom} → not {atom}", _denied(node, atom)
    elif spec.kind == "enum":
        yield from _choice_changes(node, atom, spec)
    else:
        for op in COMPARISONS:
            if op != atom.op:
                yield from _changed(node, atom, replace(atom, op=op))
        if isinstance(atom.value, float | int):
            for step in (fact_step(spec), -fact_step(spec)):
                if exact(atom.value) + step >= 0:
                    yield from _changed(node, atom, replace(atom, value=float(exact(atom.value) + step)))


def _choice_changes(node: Condition, atom: Atom, spec: FactSpec) -> Iterator[tuple[str, Condition]]:
    if isinstance(atom.value, tuple):
        yield f"{atom} → not {atom}", _denied(node, atom)
        for word in spec.values:
            kept = tuple(value for value in atom.value if value != word)
            words = kept if word in atom.value else (*atom.value, word)
            if words and len(words) < len(spec.values):
                yield from _changed(node, atom, replace(atom, value=words))
        return
    yield from _changed(node, atom, replace(atom, op="!=" if atom.op == "=" else "="))
    for word in spec.values:
        if word != atom.value:
            yield from _changed(node, atom, replace(atom, value=word))


def _changed(node: Condition, before: Atom, after: Atom) -> Iterator[tuple[str, Condition]]:
    yield f"{before} → {after}", replace(node, atom=after)


def _denied(node: Condition, atom: Atom) -> Condition:
    return replace(node, op="not", atom=None, children=(Condition("atom", atom=atom),))


def _marked(child: Condition, node: Condition) -> Condition:
    """`child` in the place of `node`, with the marks and the path of that."""
    return replace(
        child,
        id=node.id or child.id,
        clause=node.clause or child.clause,
        text=node.text or child.text,
        interpretation=node.interpretation or child.interpretation,
        path=node.path,
    )


def _with(node: Condition, number: int, child: Condition) -> Condition:
    return replace(node, children=(*node.children[:number], child, *node.children[number + 1 :]))


def _short(node: Condition) -> str:
    """A node in a word or two: its id, its test, its reference, or its connective."""
    if node.id:
        return node.id
    if node.atom is not None:
        return str(node.atom)
    if node.op == "not":
        return f"not {_short(node.children[0])}"
    if node.op == "ref":
        return f"ref {node.ref}"
    return f"{node.op}[{', '.join(_short(child) for child in node.children)}]"
