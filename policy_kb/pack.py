"""A policy pack as loaded: what one document says, with where it says it."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from policy_kb import schema
from policy_kb.conditions import Condition
from policy_kb.errors import Fault
from policy_kb.hints import nearest
from policy_kb.reading import fit_rest, load
from policy_kb.yamlfile import Path_, YamlFile


@dataclass(frozen=True, eq=False)
class Pack:
    """One document. `hash` covers every file of the folder; `place` is where it holds, for people to read.

    `written` are the files as they are, `files` the same without entries that could not be read, `lost` the names in
    those; a pack with lost names serves to find further faults and nothing else.
    """

    id: str
    version: int
    hash: str
    title: str
    document: str
    number: str
    date: str
    places: schema.Places
    clauses: tuple[str, ...]
    not_computable: tuple[schema.LeftOut, ...]
    partly: tuple[schema.LeftOut, ...]
    income: schema.Income | None
    interpretations: Mapping[str, schema.Cited]
    notes: tuple[schema.Cited, ...]
    definitions: Mapping[str, Condition]
    categories: Mapping[str, schema.Category]
    exclusions: tuple[schema.Exclusion, ...]
    bars: tuple[schema.Bar, ...]
    flags: tuple[schema.Flag, ...]
    parameters: Mapping[str, schema.Parameter]
    procedure: tuple[schema.Step, ...]
    duties: tuple[schema.Duty, ...]
    exit: schema.Exit
    guards: tuple[schema.Cited, ...]
    measures: tuple[schema.MeasureSpec, ...]
    answers: tuple[schema.AnswerSpec, ...]
    examples: schema.ExamplesFile
    files: Mapping[str, YamlFile] = field(repr=False)
    written: Mapping[str, YamlFile] = field(default_factory=dict, repr=False)
    lost: Container[object] = ()

    @property
    def place(self) -> str:
        return self.places.display

    def step(self, step_id: str) -> schema.Step:
        """The step of the procedure or of the exit with this id; KeyError when there is none."""
        for step in (*self.procedure, *self.exit.steps):
            if step.id == step_id:
                return step
        raise KeyError(f"{self.id} has no step {step_id!r}")

    def conditions(self) -> Iterator[tuple[str, Path_, Condition]]:
        """Every condition tree with the file and the path where it is written."""
        for name, tree in self.definitions.items():
            yield "pack.yml", ("definitions", name), tree
        for name, category in self.categories.items():
            yield "pack.yml", ("categories", name, "when"), category.when
        parts: dict[str, Sequence[schema.Exclusion | schema.Flag]]
        parts = {"exclusions": self.exclusions, "bars": self.bars, "flags": self.flags}
        for part, entries in parts.items():
            for number, entry in enumerate(entries):
                if entry.when is not None:
                    yield "pack.yml", (part, number, "when"), entry.when
        for number, measure in enumerate(self.measures):
            if measure.when is not None:
                yield "measures.yml", (number, "when"), measure.when
        for path, steps in ((("steps",), self.procedure), (("exit", "steps"), self.exit.steps)):
            for number, step in enumerate(steps):
                if step.skip_when is not None:
                    yield "procedure.yml", (*path, number, "skip_when"), step.skip_when


SHAPES = {
    "pack.yml": schema.PackFile,
    "parameters.yml": dict[schema.Id, schema.Parameter] | None,
    "procedure.yml": schema.ProcedureFile,
    "measures.yml": tuple[schema.MeasureSpec, ...],
    "answers.yml": tuple[schema.AnswerSpec, ...],
    "examples.yml": schema.ExamplesFile,
}

OPTIONAL: Mapping[str, object] = {"parameters.yml": {}, "answers.yml": ()}
# What stands in for a file or a head entry that cannot be read, so that the rest can still be checked.
_EXIT: dict[str, Any] = {"clause": "?", "text": "?"}
STANDINS: Mapping[str, dict[str, Any]] = {
    "pack.yml": {"version": 0, "title": "?", "document": "?", "number": "?", "date": "2000-01", "places": {}}
    | {"clauses": ["?"]},
    "procedure.yml": {"exit": _EXIT},
}
EMPTY: Mapping[str, Any] = {
    "parameters.yml": {},
    "procedure.yml": schema.ProcedureFile.model_construct(exit=schema.Exit(**_EXIT), steps=()),
    "measures.yml": (),
    "answers.yml": (),
    "examples.yml": schema.ExamplesFile.model_construct(nodes={}, households=()),
}


class _Anything:
    """Where a whole file is unreadable, any name may stand in it."""

    def __contains__(self, name: object) -> bool:
        return True


def read_pack(folder: Path, faults: list[Fault]) -> Pack | None:
    """Loads one folder. All faults are added to `faults`; with any, the pack is what could be read, or None."""
    parts: dict[str, Any] = {}
    files: dict[str, YamlFile] = {}
    written: dict[str, YamlFile] = {}
    lost: Container[object] = set()
    faults += _strangers(folder)
    for name, shape in SHAPES.items():
        label = f"{folder.name}/{name}"
        if name in OPTIONAL and not (folder / name).exists():
            parts[name], files[name], written[name] = OPTIONAL[name], YamlFile(label), YamlFile(label)
            continue
        before = len(faults)
        parts[name], written[name] = load(folder / name, label, shape, faults)
        files[name] = written[name]
        if len(faults) > before:
            standins = STANDINS.get(name, {}) | ({"id": folder.name} if name == "pack.yml" else {})
            parts[name], files[name], out = fit_rest(written[name], shape, standins)
            if parts[name] is None:
                parts[name], lost = EMPTY.get(name), _Anything()
            if isinstance(lost, set):
                lost |= _words(out)
    if parts["pack.yml"] is None:
        return None
    return _pack(parts, hash=folder_hash(folder), files=files, written=written, lost=lost)


def _pack(parts: Mapping[str, Any], **read: Any) -> Pack:
    main, procedure = parts["pack.yml"], parts["procedure.yml"]
    return Pack(
        parameters=parts["parameters.yml"] or {},
        procedure=procedure.steps,
        duties=procedure.duties,
        exit=procedure.exit,
        guards=procedure.guards,
        measures=parts["measures.yml"],
        answers=parts["answers.yml"],
        examples=parts["examples.yml"],
        **read,
        **{name: getattr(main, name) for name in schema.PackFile.model_fields},
    )


def _strangers(folder: Path) -> Iterator[Fault]:
    """Files that look as if they belonged to the pack and are not read: `parameter.yml`, `answers.yaml`."""
    for path in sorted((*folder.glob("*.yml"), *folder.glob("*.yaml"))):
        if path.name not in SHAPES:
            near = nearest(path.name, tuple(SHAPES))
            hint = f"did you mean {near!r}?" if near else f"a pack has {', '.join(SHAPES)}."
            yield Fault(f"{folder.name}/{path.name}", 1, 1, f"This file is not read; {hint}")


def _words(data: Any) -> set[object]:
    """Every key and every text in data that was taken out."""
    if isinstance(data, dict):
        return {word for key, value in data.items() for word in {key} | _words(value)}
    if isinstance(data, list):
        return {word for value in data for word in _words(value)}
    return {data} if isinstance(data, str) else set()


def folder_hash(folder: Path) -> str:
    """First 16 hex digits of the SHA-256 over names and contents of the folder's YAML files."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.yml")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
