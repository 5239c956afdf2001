"""Every condition that a pack writes, by who owns it: to find it, to try it, and to put another one in its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from policy_kb.conditions import Condition
from policy_kb.pack import Pack
from policy_kb.schema import ExamplesFile, NodeExamples
from policy_kb.yamlfile import Path_

# The parts of examples.yml, and what each one's names stand for.
SECTIONS = ("nodes", "exclusions", "bars", "flags", "measures", "steps")
Named = tuple[str, str]  # section of examples.yml, name


@dataclass(frozen=True)
class Owned:
    """One condition tree. `part`: definitions, categories, exclusions, bars, flags, measures or steps."""

    part: str
    name: str
    file: str
    path: Path_
    tree: Condition


def owned(pack: Pack) -> Iterator[Owned]:
    """Every condition tree of the pack with its owner, in the order of the files."""
    for name, tree in pack.definitions.items():
        yield Owned("definitions", name, "pack.yml", ("definitions", name), tree)
    for name, category in pack.categories.items():
        yield Owned("categories", name, "pack.yml", ("categories", name, "when"), category.when)
    for part in ("exclusions", "bars", "flags"):
        for number, entry in enumerate(getattr(pack, part)):
            if entry.when is not None:
                yield Owned(part, entry.id, "pack.yml", (part, number, "when"), entry.when)
    for number, measure in enumerate(pack.measures):
        if measure.when is not None:
            yield Owned("measures", measure.id, "measures.yml", (number, "when"), measure.when)
    for path, steps in ((("steps",), pack.procedure), (("exit", "steps"), pack.exit.steps)):
        for number, step in enumerate(steps):
            if step.skip_when is not None:
                yield Owned("steps", step.id, "procedure.yml", (*path, number, "skip_when"), step.skip_when)


def named(pack: Pack) -> dict[Named, Condition]:
    """The conditions that need examples: categories, nodes with an id, and every `when` of the other parts."""
    found: dict[Named, Condition] = {}
    for one in owned(pack):
        if one.part in ("definitions", "categories"):
            found |= {("nodes", node.id): node for node in one.tree.walk() if node.id}
        if one.part != "definitions":
            found["nodes" if one.part == "categories" else one.part, one.name] = one.tree
    return found


def put(pack: Pack, one: Owned, tree: Condition) -> Pack:
    """The pack with another tree in the place of this one."""
    if one.part == "definitions":
        return replace(pack, definitions={**pack.definitions, one.name: tree})
    if one.part == "categories":
        category = pack.categories[one.name].model_copy(update={"when": tree})
        return replace(pack, categories={**pack.categories, one.name: category})
    if one.part == "steps":
        steps = _changed(pack.procedure, one.name, "skip_when", tree)
        ending = pack.exit.model_copy(update={"steps": _changed(pack.exit.steps, one.name, "skip_when", tree)})
        return replace(pack, procedure=steps, exit=ending)
    parts: dict[str, Any] = {one.part: _changed(getattr(pack, one.part), one.name, "when", tree)}
    return replace(pack, **parts)


def _changed(entries: tuple[Any, ...], name: str, key: str, tree: Condition) -> tuple[Any, ...]:
    return tuple(entry.model_copy(update={key: tree}) if entry.id == name else entry for entry in entries)


def section(examples: ExamplesFile, name: str) -> dict[str, NodeExamples]:
    """The examples of one section of examples.yml by name."""
    found: dict[str, NodeExamples] = getattr(examples, name)
    return found


def expanded(tree: Condition, pack: Pack) -> Iterator[Condition]:
    """Every node of the tree, those of the definitions it refers to among them."""
    for node in tree.walk():
        yield node
        if node.op == "ref":
            yield from expanded(pack.definitions[node.ref], pack)
