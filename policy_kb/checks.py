"""Does a pack hold together, in itself and with the facts? Every fault is one sentence with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policy_kb.building import Building, as_named
from policy_kb.conditions import Atom, Condition
from policy_kb.coverage import coverage_faults
from policy_kb.errors import Fault
from policy_kb.examplechecks import check_examples, check_other_examples
from policy_kb.figurechecks import check_figures, check_placeholders, unit_fault, without_clause
from policy_kb.hints import expected, nearest
from policy_kb.namechecks import Found, check_names, check_written
from policy_kb.pack import Pack
from policy_kb.program import Program, resolve
from policy_kb.schema import Parameter
from policy_kb.vocabulary import FactSpec, Vocabulary
from policy_kb.yamlfile import Path_


def one_national(packs: Mapping[str, Pack], expected: bool = False) -> list[Fault]:
    """At most one pack is the national one; with `expected` exactly one, where all packs could be read."""
    national = [pack for pack in packs.values() if pack.places.national]
    if not national and expected and not any(pack.lost for pack in packs.values()):
        return [Fault("packs", 1, 1, "Found no `places: {national: true}`; expected exactly one pack with it; add it.")]
    message = "Found a second national pack beside {}; expected exactly one pack; take it out."
    return [
        pack.files["pack.yml"].fault(("places", "national"), message.format(national[0].id)) for pack in national[1:]
    ]


def pack_faults(vocabulary: Vocabulary, pack: Pack, shared: Mapping[str, Parameter]) -> list[Fault]:
    """Everything that is wrong within one pack."""
    faults = [pack.files[file].fault(path, message) for file, path, message in _pack(pack, vocabulary, shared)]
    return faults + [pack.written[file].fault(path, message) for file, path, message in check_written(pack)]


def gaps(pack: Pack) -> list[Fault]:
    """What a pack leaves out, and works without: clauses of which nothing is said, examples, where a figure stands."""
    missing = [pack.files[file].fault(path, message) for file, path, message in check_other_examples(pack)]
    nowhere = [pack.files["parameters.yml"].fault(path, message) for path, message in without_clause(pack.parameters)]
    return coverage_faults(pack) + missing + nowhere


def _pack(pack: Pack, vocabulary: Vocabulary, shared: Mapping[str, Parameter]) -> Iterator[Found]:
    folder = pack.files["pack.yml"].name.partition("/")[0]
    if pack.id != folder:
        yield "pack.yml", ("id",), f"Found {pack.id!r} in the folder {folder!r}; expected the folder's name; use it."
    figures = {**shared, **pack.parameters}
    broken = False
    for file, path, condition in pack.conditions():
        for below, message in _condition(condition, pack, vocabulary, figures):
            broken = True
            yield file, (*path, *below), message
    yield from (("parameters.yml", path, message) for path, message in check_figures(pack.parameters))
    if not broken and not pack.lost:
        yield from _categories(pack, vocabulary, {name: p.values[0].value for name, p in figures.items()})
    yield from _limits(pack, vocabulary)
    yield from check_names(pack)
    yield from check_placeholders(pack, figures)
    yield from check_examples(pack, vocabulary)


def _condition(
    tree: Condition, pack: Pack, vocabulary: Vocabulary, figures: Mapping[str, Parameter]
) -> Iterator[tuple[Path_, str]]:
    for node in tree.walk():
        if node.op == "ref" and node.ref not in pack.definitions:
            if node.ref not in pack.lost:
                yield node.path, expected(node.ref, tuple(pack.definitions), "the reference", "no definition")
        elif node.op == "ref" and _refers(pack, node.ref, node.ref):
            yield node.path, f"The definition {node.ref!r} refers to itself; take the circle out."
        if node.atom is not None:
            message = _atom(node.atom, pack, vocabulary, figures)
            if message:
                yield node.path, message


def _refers(pack: Pack, name: str, target: str, seen: frozenset[str] = frozenset()) -> bool:
    nodes = pack.definitions[name].walk() if name in pack.definitions and name not in seen else ()
    return any(n.op == "ref" and (n.ref == target or _refers(pack, n.ref, target, seen | {name})) for n in nodes)


def _atom(atom: Atom, pack: Pack, vocabulary: Vocabulary, figures: Mapping[str, Parameter]) -> str | None:
    spec = vocabulary.get(atom.fact)
    if spec is None:
        return expected(atom.fact, tuple(vocabulary), "the fact")
    if atom.op == "is":
        return None if spec.kind == "bool" else f"{atom.fact} is no yes/no fact; compare it with a value."
    if spec.kind == "bool":
        return f"{atom.fact} is a yes/no fact; write `{atom.fact}` or `not {atom.fact}`."
    if spec.kind == "enum":
        return _choice(atom, spec)
    if isinstance(atom.value, tuple):
        return f"{atom.fact} is a number; compare it with <, <=, >, >=, = or !=."
    if not isinstance(atom.value, str):
        return None
    if atom.value in figures:
        return unit_fault(atom, spec, figures[atom.value])
    return None if atom.value in pack.lost else expected(atom.value, tuple(figures), "the parameter")


def _choice(atom: Atom, spec: FactSpec) -> str | None:
    words = atom.value if isinstance(atom.value, tuple) else (str(atom.value),)
    wrong = [word for word in words if word not in spec.values]
    if atom.op in ("=", "!=", "in") and not wrong:
        return None
    near = nearest(wrong[0], spec.values) if wrong else None
    hint = f"did you mean {near!r}?" if near else "use =, != or in with these."
    return f"Found `{atom}`; {atom.fact} is one of {', '.join(spec.values)}; {hint}"


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
                near = nearest(entry.id, [name for name in vocabulary if vocabulary[name].kind == "bool"])
                hint = f"did you mean {near!r}?" if near else "see facts/ for those there are."
                yield "pack.yml", (part, number, "id"), f"Found {entry.id!r}; expected the id of a yes/no fact; {hint}"
