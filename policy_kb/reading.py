"""From a YAML file to checked entries: every fault becomes one sentence with file and line, and all are collected."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from policy_kb.errors import Fault
from policy_kb.yamlfile import YamlFile, read

T = TypeVar("T")


def load(path: Path, name: str, shape: Any, faults: list[Fault]) -> tuple[Any | None, YamlFile]:
    """Reads `path` into `shape`; None when it does not fit. Faults are added to `faults`."""
    if not path.is_file():
        faults.append(Fault(name, 1, "This file is missing; a pack needs it (see packs/README.md)."))
        return None, YamlFile(name)
    file = read(path, name)
    faults += file.faults
    if file.faults:
        return None, file
    return fit(file, shape, faults), file


def fit(file: YamlFile, shape: Any, faults: list[Fault], data: Any = ..., at: tuple[str | int, ...] = ()) -> Any | None:
    """Fits data that was read (all of the file, or `data` found at path `at`) into `shape`."""
    try:
        return TypeAdapter(shape).validate_python(file.data if data is ... else data)
    except ValidationError as error:
        for problem in error.errors():
            faults.extend(_sentences(file, (*at, *problem["loc"]), problem))
        return None


def _sentences(file: YamlFile, where: tuple[str | int, ...], problem: Any) -> Iterable[Fault]:
    # pydantic adds pieces to a path that are not in the file; the line is then that of the nearest part above.
    path = tuple(part for part in where if part != "[key]")
    inner = problem.get("ctx", {}).get("faults")
    if inner is not None:
        for below, message in inner:
            yield file.fault((*path, *below), message)
        return
    kind, found = problem["type"], problem["input"]
    if kind == "missing":
        yield file.fault(path[:-1], f"`{path[-1]}` is missing here; add it.")
    elif kind == "extra_forbidden":
        yield file.fault(path, "This key is not known here; correct its spelling or take it out.")
    else:
        message = str(problem["msg"]).removeprefix("Value error, ").rstrip(".")
        yield file.fault(path, f"Found {_short(found)}; {_lower(message)}; correct it.")


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
