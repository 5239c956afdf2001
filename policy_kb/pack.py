"""A policy pack as loaded: what one document says, with where it says it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from policy_kb import schema
from policy_kb.conditions import Condition
from policy_kb.errors import Fault
from policy_kb.reading import load
from policy_kb.yamlfile import Path_, YamlFile


@dataclass(frozen=True, eq=False)
class Pack:
    """One document. `hash` covers every file of the folder; `place` is where it holds, for people to read."""

    id: str
    version: int
    hash: str
    title: str
    document: str
    number: str
    date: str
    places: schema.Places
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


def read_pack(folder: Path, faults: list[Fault]) -> Pack | None:
    """Loads one folder; None when a file does not fit. All faults are added to `faults`."""
    parts: dict[str, object] = {}
    files: dict[str, YamlFile] = {}
    before = len(faults)
    for name, shape in SHAPES.items():
        if name in OPTIONAL and not (folder / name).exists():
            parts[name], files[name] = OPTIONAL[name], YamlFile(f"{folder.name}/{name}")
            continue
        parts[name], files[name] = load(folder / name, f"{folder.name}/{name}", shape, faults)
    if len(faults) > before:
        return None
    main, procedure, examples = parts["pack.yml"], parts["procedure.yml"], parts["examples.yml"]
    assert isinstance(main, schema.PackFile)
    assert isinstance(procedure, schema.ProcedureFile)
    assert isinstance(examples, schema.ExamplesFile)
    return Pack(
        hash=folder_hash(folder),
        parameters=parts["parameters.yml"] or {},  # type: ignore[arg-type]
        procedure=procedure.steps,
        duties=procedure.duties,
        exit=procedure.exit,
        guards=procedure.guards,
        measures=parts["measures.yml"],  # type: ignore[arg-type]
        answers=parts["answers.yml"],  # type: ignore[arg-type]
        examples=examples,
        files=files,
        **{name: getattr(main, name) for name in schema.PackFile.model_fields},
    )


def folder_hash(folder: Path) -> str:
    """First 16 hex digits of the SHA-256 over names and contents of the folder's YAML files."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.yml")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
