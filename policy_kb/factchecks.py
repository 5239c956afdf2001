"""Does the table of facts hold together? Derivations lead somewhere, are linear and run in no circle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policy_kb import formulas
from policy_kb.cells import groups_of
from policy_kb.conditions import Atom
from policy_kb.errors import FactError, Fault
from policy_kb.facts import check_value
from policy_kb.hints import expected, nearest
from policy_kb.reading import fit
from policy_kb.schema import Parameter
from policy_kb.vocabulary import Button, FactSpec, Vocabulary
from policy_kb.yamlfile import Path_, YamlFile


def fact_spec(file: YamlFile, fact: str, entry: Mapping[str, object], faults: list[Fault]) -> FactSpec | None:
    """One entry of the fact table; None when it does not fit."""
    spec = fit(file, FactSpec, faults, {**entry, "id": fact}, (fact,))
    return spec if isinstance(spec, FactSpec) else None


def check_vocabulary(
    vocabulary: Vocabulary, files: Mapping[str, YamlFile], shared: Mapping[str, Parameter]
) -> list[Fault]:
    """Derivations lead somewhere and are linear; answers to tap are values of the fact."""
    return [
        files[fact].fault((fact, *path), message)
        for fact in vocabulary
        for path, message in _fact(vocabulary, fact, shared)
    ]


def _fact(vocabulary: Vocabulary, fact: str, shared: Mapping[str, Parameter]) -> Iterator[tuple[Path_, str]]:
    spec = vocabulary[fact]
    derivation = vocabulary.derivations.get(fact)
    for name in derivation.sources if derivation else ():
        if name not in vocabulary and name not in shared:
            yield ("derive",), expected(name, (*vocabulary, *shared), "the name")
            return
    if derivation and _circular(vocabulary, fact, ()):
        yield ("derive",), f"{fact} derives from itself; take the circle out."
        return
    if spec.ask is None and (derivation is None or derivation.op != "expression"):
        yield (), "Nobody is asked and nothing derives it; add `ask`, or `derive` with an expression."
    if derivation and derivation.op == "expression" and spec.ask is not None:
        yield ("ask",), "A fact with an expression is never asked itself; its inputs are; take `ask` out."
    yield from _arithmetic(vocabulary, fact, shared)
    buttons: list[tuple[Path_, Button]] = [(("buttons", n), button) for n, button in enumerate(spec.buttons)]
    for part, question in enumerate(spec.sub_questions):
        buttons += [(("sub_questions", part, "buttons", n), button) for n, button in enumerate(question.buttons)]
    for path, button in buttons:
        for target, value in {fact: button.value, **button.also}.items():
            message = value_fault(vocabulary, target, value)
            if message:
                yield path, message


def value_fault(vocabulary: Vocabulary, fact: str, value: object) -> str | None:
    """What is wrong with a value stated for a fact; None when it can be."""
    if fact not in vocabulary:
        return expected(fact, tuple(vocabulary), "the fact")
    try:
        check_value(vocabulary[fact], value)
    except FactError as error:
        near = nearest(value, vocabulary[fact].values)
        return f"{error.message.rstrip('.')}; did you mean {near!r}?" if near else error.message
    return None


def _circular(vocabulary: Vocabulary, fact: str, above: tuple[str, ...]) -> bool:
    derivation = vocabulary.derivations.get(fact)
    sources = derivation.sources if derivation else ()
    return fact in above or any(_circular(vocabulary, name, (*above, fact)) for name in sources if name in vocabulary)


def _arithmetic(vocabulary: Vocabulary, fact: str, shared: Mapping[str, Parameter]) -> Iterator[tuple[Path_, str]]:
    """Tries the derivation with every shared figure at its first value."""
    if vocabulary.expression(fact) is None:
        return
    figures = {name: parameter.values[0].value for name, parameter in shared.items()}
    spec = vocabulary[fact]
    try:
        atom = Atom(fact, "is") if spec.kind == "bool" else Atom(fact, ">", 0.0)
        groups_of([atom], vocabulary, figures)[0].region({})
    except (formulas.FormulaFault, AssertionError, KeyError) as error:
        yield (
            ("derive",),
            f"Found {spec.derive!r}, which cannot be worked out ({error}); expected sums, shares and tests of amounts.",
        )
