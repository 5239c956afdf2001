"""Do the data files hold together? Every fault found is one sentence with file and line."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping, Sequence

from policy_kb import formulas
from policy_kb.building import Building, as_named
from policy_kb.cells import groups_of
from policy_kb.conditions import Atom, Condition
from policy_kb.errors import Fault
from policy_kb.facts import check_value
from policy_kb.pack import Pack
from policy_kb.program import Program, resolve
from policy_kb.reading import fit
from policy_kb.schema import Facts, Parameter
from policy_kb.vocabulary import Button, FactSpec, Vocabulary
from policy_kb.yamlfile import Path_, YamlFile


def fact_spec(file: YamlFile, fact: str, entry: Mapping[str, object], faults: list[Fault]) -> FactSpec | None:
    """One entry of the fact table; None when it does not fit."""
    spec = fit(file, FactSpec, faults, {**entry, "id": fact}, (fact,))
    return spec if isinstance(spec, FactSpec) else None


# The fact table ---------------------------------------------------------------------------------------------------


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
            yield ("derive",), f"Found {name!r}; expected the id of a fact or of a parameter in facts/parameters.yml."
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
            message = _value_fault(vocabulary, target, value)
            if message:
                yield path, message


def _value_fault(vocabulary: Vocabulary, fact: str, value: object) -> str | None:
    if fact not in vocabulary:
        return f"There is no fact {fact!r}; correct the name."
    try:
        check_value(vocabulary[fact], value)
    except Exception as error:  # the sentence is what we want
        return str(error)
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
        groups_of([Atom(fact, "is") if spec.kind == "bool" else Atom(fact, ">", 0.0)], vocabulary, figures)[0].region(
            {}
        )
    except (formulas.FormulaFault, AssertionError, KeyError) as error:
        yield (
            ("derive",),
            f"Found {spec.derive!r}, which cannot be worked out ({error}); expected sums, shares and tests of amounts.",
        )


# Packs ------------------------------------------------------------------------------------------------------------


def cross_check(vocabulary: Vocabulary, packs: Mapping[str, Pack], shared: Mapping[str, Parameter]) -> list[Fault]:
    """Everything that the packs name exists, suits its use, and stands only once."""
    faults = [
        pack.files[file].fault(path, message)
        for pack in packs.values()
        for file, path, message in _pack(pack, vocabulary, shared)
    ]
    national = [pack for pack in packs.values() if pack.places.national]
    if len(national) != 1:
        found = ", ".join(pack.id for pack in national) or "none"
        faults.append(Fault("packs", 1, f"Found {found} with `places: {{national: true}}`; expected exactly one pack."))
    return faults


Found = tuple[str, Path_, str]


def _pack(pack: Pack, vocabulary: Vocabulary, shared: Mapping[str, Parameter]) -> Iterator[Found]:
    folder = pack.files["pack.yml"].name.partition("/")[0]
    if pack.id != folder:
        yield "pack.yml", ("id",), f"Found {pack.id!r} in the folder {folder!r}; expected the folder's name."
    figures = {**shared, **pack.parameters}
    broken = False
    for file, path, condition in pack.conditions():
        for below, message in _condition(condition, pack, vocabulary, figures):
            broken = True
            yield file, (*path, *below), message
    if not broken:
        yield from _categories(pack, vocabulary, {name: p.values[0].value for name, p in figures.items()})
    yield from _limits(pack, vocabulary)
    yield from _names(pack)
    yield from _procedure(pack)
    yield from _answers(pack)
    yield from _placeholders(pack, figures)
    yield from _examples(pack, vocabulary)


def _condition(
    tree: Condition, pack: Pack, vocabulary: Vocabulary, figures: Mapping[str, Parameter]
) -> Iterator[tuple[Path_, str]]:
    for node in tree.walk():
        if node.op == "ref" and node.ref not in pack.definitions:
            yield (
                node.path,
                f"Found the reference {node.ref!r}; expected one of {', '.join(pack.definitions) or 'no definitions'}.",
            )
        elif node.op == "ref" and _refers(pack, node.ref, node.ref):
            yield node.path, f"The definition {node.ref!r} refers to itself; take the circle out."
        if node.interpretation and node.interpretation not in pack.interpretations:
            yield node.path, f"Found the interpretation {node.interpretation!r}; expected one of `interpretations`."
        if node.atom is not None:
            message = _atom(node.atom, vocabulary, figures)
            if message:
                yield node.path, message


def _refers(pack: Pack, name: str, target: str, seen: frozenset[str] = frozenset()) -> bool:
    nodes = pack.definitions[name].walk() if name in pack.definitions and name not in seen else ()
    return any(n.op == "ref" and (n.ref == target or _refers(pack, n.ref, target, seen | {name})) for n in nodes)


def _atom(atom: Atom, vocabulary: Vocabulary, figures: Mapping[str, Parameter]) -> str | None:
    spec = vocabulary.get(atom.fact)
    if spec is None:
        return f"There is no fact {atom.fact!r}; correct the name or add it to the table of facts."
    if atom.op == "is":
        return None if spec.kind == "bool" else f"{atom.fact} is no yes/no fact; compare it with a value."
    if spec.kind == "bool":
        return f"{atom.fact} is a yes/no fact; write `{atom.fact}` or `not {atom.fact}`."
    if spec.kind == "enum":
        words = atom.value if isinstance(atom.value, tuple) else (str(atom.value),)
        wrong = [word for word in words if word not in spec.values]
        if atom.op not in ("=", "!=", "in") or wrong:
            return f"Found `{atom}`; {atom.fact} is one of {', '.join(spec.values)}; use =, != or in with these."
        return None
    if isinstance(atom.value, tuple):
        return f"{atom.fact} is a number; compare it with <, <=, >, >=, = or !=."
    if isinstance(atom.value, str) and atom.value not in figures:
        return f"Found the parameter {atom.value!r}; parameters.yml has {', '.join(figures) or 'none'}."
    return None


def _categories(pack: Pack, vocabulary: Vocabulary, figures: Mapping[str, float]) -> Iterator[Found]:
    trees = {name: resolve(category.when, pack.definitions, vocabulary) for name, category in pack.categories.items()}
    program = Program(trees, vocabulary, figures)
    for one, two in Building(program, trees, as_named(program)).overlaps():
        yield (
            "pack.yml",
            ("categories", two),
            f"A household can be {one} and {two} at once; make the categories exclude one another.",
        )


def _limits(pack: Pack, vocabulary: Vocabulary) -> Iterator[Found]:
    for part, entries in (("exclusions", pack.exclusions), ("bars", pack.bars)):
        for number, entry in enumerate(entries):
            if entry.id not in vocabulary or vocabulary[entry.id].kind != "bool":
                yield "pack.yml", (part, number, "id"), f"Found {entry.id!r}; expected the id of a yes/no fact."


def _names(pack: Pack) -> Iterator[Found]:
    """Ids stand once; interpretations and categories that are named exist."""
    lists: list[tuple[str, Path_, Sequence[str]]] = [
        ("pack.yml", ("exclusions",), [e.id for e in (*pack.exclusions, *pack.bars)]),
        ("pack.yml", ("flags",), [flag.id for flag in pack.flags]),
        ("procedure.yml", ("steps",), [step.id for step in (*pack.procedure, *pack.exit.steps)]),
        ("procedure.yml", ("duties",), [duty.id for duty in pack.duties]),
        ("measures.yml", (), [measure.id for measure in pack.measures]),
        ("answers.yml", (), [answer.topic for answer in pack.answers]),
        ("pack.yml", ("categories",), [*pack.categories, *_node_ids(pack)]),
    ]
    for file, path, ids in lists:
        for name in sorted({name for name in ids if ids.count(name) > 1}):
            yield file, path, f"The id {name!r} stands here more than once; give each its own."
    for file, path, reading in _readings(pack):
        if reading and reading not in pack.interpretations:
            yield (
                file,
                path,
                f"Found the interpretation {reading!r}; pack.yml has {', '.join(pack.interpretations) or 'none'}.",
            )
    for number, measure in enumerate(pack.measures):
        for name in measure.for_:
            if name not in pack.categories:
                yield (
                    "measures.yml",
                    (number, "for"),
                    f"Found the category {name!r}; the pack has {', '.join(pack.categories)}.",
                )


def _node_ids(pack: Pack) -> list[str]:
    trees = [*pack.definitions.values(), *(category.when for category in pack.categories.values())]
    return [node.id for tree in trees for node in tree.walk() if node.id]


def _readings(pack: Pack) -> Iterator[tuple[str, Path_, str]]:
    for name, category in pack.categories.items():
        yield "pack.yml", ("categories", name), category.interpretation
    for part, entries in (
        ("exclusions", pack.exclusions),
        ("bars", pack.bars),
        ("flags", pack.flags),
        ("notes", pack.notes),
    ):
        for number, entry in enumerate(entries):
            yield "pack.yml", (part, number), entry.interpretation
    if pack.income:
        yield "pack.yml", ("income",), pack.income.interpretation
    for name, parameter in pack.parameters.items():
        for number, period in enumerate(parameter.values):
            yield (
                "parameters.yml",
                (name, "values", number),
                period.interpretation if isinstance(period.interpretation, str) else "",
            )
    for number, step in enumerate(pack.procedure):
        yield "procedure.yml", ("steps", number), step.interpretation
    for number, measure in enumerate(pack.measures):
        yield "measures.yml", (number,), measure.interpretation
    for number, answer in enumerate(pack.answers):
        yield "answers.yml", (number,), answer.interpretation


def _procedure(pack: Pack) -> Iterator[Found]:
    for path, steps in ((("steps",), pack.procedure), (("exit", "steps"), pack.exit.steps)):
        before: list[str] = []
        for number, step in enumerate(steps):
            here = (*path, number)
            if step.after is not None and step.after not in before:
                yield (
                    "procedure.yml",
                    (*here, "after"),
                    f"Found {step.after!r}; expected null or a step further up ({', '.join(before) or 'none'}).",
                )
            if (step.days is None) != (step.day_kind is None):
                yield "procedure.yml", here, "`days` and `day_kind` belong together: both given, or both null."
            before.append(step.id)


def _answers(pack: Pack) -> Iterator[Found]:
    for number, answer in enumerate(pack.answers):
        if answer.kind != "silent" and not answer.clauses:
            yield "answers.yml", (number,), "An answer from the document needs `clauses`."
        if answer.kind == "silent" and not answer.ask:
            yield "answers.yml", (number,), "Where the document is silent, `ask` names whom to ask; add it."


def _placeholders(pack: Pack, figures: Mapping[str, Parameter]) -> Iterator[Found]:
    texts: list[tuple[str, Path_, str]] = [("answers.yml", (n, "answer"), a.answer) for n, a in enumerate(pack.answers)]
    texts += [("pack.yml", ("categories", name, "text"), category.text) for name, category in pack.categories.items()]
    for part, entries in (("exclusions", pack.exclusions), ("bars", pack.bars), ("flags", pack.flags)):
        texts += [("pack.yml", (part, number, "text"), entry.text) for number, entry in enumerate(entries)]
    for file, path, tree in pack.conditions():
        texts += [(file, (*path, *node.path, "text"), node.text) for node in tree.walk() if node.text]
    for file, path, text in texts:
        try:
            names = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
        except ValueError as error:
            yield file, path, f"The braces in this text do not match ({error}); correct them."
            continue
        for name in names:
            if name not in figures:
                yield (
                    file,
                    path,
                    f"Found the placeholder {{{name}}}; parameters.yml has {', '.join(figures) or 'none'}.",
                )


def _examples(pack: Pack, vocabulary: Vocabulary) -> Iterator[Found]:
    nodes = {*pack.categories, *_node_ids(pack)}
    for name in sorted(nodes - set(pack.examples.nodes)):
        yield "examples.yml", ("nodes",), f"The node {name!r} has no examples; add holds, fails and open."
    for name in sorted(set(pack.examples.nodes) - nodes):
        yield "examples.yml", ("nodes", name), f"There is no node {name!r}; correct the name or take it out."
    households: list[tuple[Path_, Facts]] = [
        (("households", n), h.facts) for n, h in enumerate(pack.examples.households)
    ]
    for name, examples in pack.examples.nodes.items():
        for side in ("holds", "fails", "open"):
            households += [(("nodes", name, side, n), facts) for n, facts in enumerate(getattr(examples, side))]
    for path, facts in households:
        for fact, value in facts.items():
            message = None if value is None and fact in vocabulary else _value_fault(vocabulary, fact, value)
            if message:
                yield "examples.yml", path, message
