"""From a YAML file to checked entries: every fault becomes one sentence with its place, and all are collected."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from policy_kb.errors import Fault
from policy_kb.hints import keys_of, nearest
from policy_kb.yamlfile import Mark, Path_, YamlFile, read

T = TypeVar("T")
ROUNDS = 20  # of taking out what does not fit


def load(path: Path, name: str, shape: Any, faults: list[Fault]) -> tuple[Any | None, YamlFile]:
    """Reads `path` into `shape`; None when it does not fit. Faults are added to `faults`."""
    if not path.is_file():
        others = {other.stem: other.name for other in path.parent.glob("*") if other.is_file()}
        near = nearest(path.stem, others)
        hint = f"rename {others[near]!r}?" if near else "add it (see packs/README.md)."
        faults.append(Fault(name, 1, 1, f"This file is missing; {hint}"))
        return None, YamlFile(name)
    file = read(path, name)
    faults += file.faults
    if file.faults and file.data is None:
        return None, file
    return fit(file, shape, faults), file


def fit(file: YamlFile, shape: Any, faults: list[Fault], data: Any = ..., at: tuple[str | int, ...] = ()) -> Any | None:
    """Fits data that was read (all of the file, or `data` found at path `at`) into `shape`."""
    try:
        return TypeAdapter(shape).validate_python(file.data if data is ... else data)
    except ValidationError as error:
        problems = error.errors()
        for problem in problems:
            if problem["type"] == "too_short" and any(_above(problem["loc"], other["loc"]) for other in problems):
                continue  # it has items, and what is wrong in them is told
            faults.extend(_sentences(file, shape, at, problem))
        return None


def _above(one: Path_, other: Path_) -> bool:
    return len(one) < len(other) and other[: len(one)] == one


def fit_rest(file: YamlFile, shape: Any, standins: Mapping[str, Any]) -> tuple[Any | None, YamlFile, list[Any]]:
    """What still fits once the entries that do not are taken out, the file without them, and these entries.

    `standins` are put in the place of keys of the file itself that do not fit or are missing.
    """
    rest = replace(file, data=copy.deepcopy(file.data), keys=dict(file.keys), values=dict(file.values))
    lost: list[Any] = []
    for _ in range(ROUNDS):
        try:
            return TypeAdapter(shape).validate_python(rest.data), rest, lost
        except ValidationError as error:
            paths = {_existing(rest.data, problem["loc"]) for problem in error.errors()}
        if () in paths and not (standins and isinstance(rest.data, dict)):
            break
        # From the end, so that the places of list items before them stay.
        for path in sorted(paths - {()}, key=lambda path: [(isinstance(p, str), p) for p in path], reverse=True):
            lost += _take_out(rest, path)
        if () in paths:
            rest.data, standins = {**standins, **rest.data}, {}
    return None, rest, lost


def _existing(data: Any, loc: Iterable[str | int]) -> Path_:
    """The part of the path that is in the data; for a missing key that is the entry without it."""
    path: list[str | int] = []
    for part in loc:
        if not _has(data, part):
            break
        data = data[part]
        path.append(part)
    return tuple(path)


def _has(data: Any, part: str | int) -> bool:
    if isinstance(data, list):
        return isinstance(part, int) and part < len(data)
    return isinstance(data, dict) and part in data


def _take_out(file: YamlFile, path: Path_) -> list[Any]:
    data = file.data
    for part in path[:-1]:
        if not _has(data, part):
            return []  # taken out already, together with what is above it
        data = data[part]
    if not _has(data, path[-1]):
        return []
    if isinstance(data, list):
        file.keys, file.values = _moved_up(file.keys, path), _moved_up(file.values, path)
    return [path[-1], data.pop(path[-1])]


def _moved_up(marks: dict[Path_, Mark], path: Path_) -> dict[Path_, Mark]:
    """The places once the list item at `path` is gone: those behind it move up by one."""
    above, last = path[:-1], path[-1]
    moved: dict[Path_, Mark] = {}
    for place, mark in marks.items():
        part = place[len(above)] if len(place) > len(above) and place[: len(above)] == above else None
        if not isinstance(part, int) or not isinstance(last, int) or part < last:
            moved[place] = mark
        elif part > last:
            moved[(*above, part - 1, *place[len(above) + 1 :])] = mark
    return moved


def _sentences(file: YamlFile, shape: Any, at: Path_, problem: Any) -> Iterable[Fault]:
    # pydantic adds pieces to a path that are not in the file; the place is then that of the nearest part above.
    inside = tuple(part for part in problem["loc"] if part != "[key]")
    path = (*at, *inside)
    inner = problem.get("ctx", {}).get("faults")
    if inner is not None:
        for below, message in inner:
            yield file.fault((*path, *below), message)
        return
    kind, found = problem["type"], problem["input"]
    if kind == "missing":
        yield file.fault(path[:-1], f"`{path[-1]}` is missing here; add it.", at_key=True)
    elif kind == "extra_forbidden":
        keys = keys_of(shape, inside[:-1])
        near = nearest(path[-1], keys)
        hint = f"did you mean {near!r}?" if near else f"take it out; known are {', '.join(keys)}."
        yield file.fault(path, f"This key is not known here; {hint}", at_key=True)
    else:
        yield file.fault(path, f"Found {_short(found)}; {_expected(problem)}", at_key="[key]" in problem["loc"])


# What pydantic calls a thing, and how it is written in YAML.
PLAIN = (
    (r"^input should be a valid dictionary.*", "expected a mapping (`key: value`)"),
    (r"^input should be a valid (tuple|list).*", "expected a list (`[a, b]`, or lines that begin with `-`)"),
    (r"^input should be a valid string.*", "expected a text; put quotes around it"),
    (r"^input should be a valid (integer|number).*", r"expected a whole \1"),
    (r"^string should match pattern '\^\[a-z\].*", "expected a name of small letters, digits and _"),
    (r"^string should match pattern '\^\\d\{4\}.*", "expected a date as YYYY-MM-DD or YYYY-MM"),
    (r"^input should be a valid date.*", "expected a date as YYYY-MM-DD"),
    (r"^datetimes provided to dates.*", "expected a date as YYYY-MM-DD"),
    (r"^string should have at least 1 character", "expected a text"),
)


def _expected(problem: Any) -> str:
    message = str(problem["msg"]).removeprefix("Value error, ").rstrip(".")
    message = message[:1].lower() + message[1:]
    for pattern, words in PLAIN:
        message = re.sub(pattern, words, message)
    message = message.replace("input should be", "expected")
    message = message.replace("whole number", "number").replace("whole integer", "whole number")
    choices = re.findall(r"'([^']+)'", str(problem.get("ctx", {}).get("expected", "")))
    near = nearest(problem["input"], choices)
    return f"{message}; did you mean {near!r}?" if near else f"{message}; correct it."


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"
