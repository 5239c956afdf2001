"""A small judge for JSON Schema (draft 7): the words that our own schemas use, and no others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

TYPES = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "null": type(None)}
WORDS = {
    "$schema", "$defs", "$ref", "title", "description", "default", "type", "format", "enum", "const", "pattern",
    "minLength", "minimum", "minItems", "minProperties", "items", "properties", "patternProperties", "propertyNames",
    "additionalProperties", "required", "dependencies", "anyOf", "oneOf",
}  # fmt: skip


def problems(value: Any, schema: Any, root: Any, path: str = "") -> Iterator[str]:
    """Where `value` is not what the schema says."""
    if isinstance(schema, bool):
        yield from () if schema else [f"{path}: nothing may stand here"]
        return
    assert set(schema) <= WORDS, f"words that this judge does not know: {set(schema) - WORDS}"
    if "$ref" in schema:
        yield from problems(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root, path)
    for word, count in (("anyOf", lambda n: n >= 1), ("oneOf", lambda n: n == 1)):
        if word in schema:
            fitting = sum(not list(problems(value, part, root, path)) for part in schema[word])
            if not count(fitting):
                yield f"{path}: {fitting} of {word} fit {value!r}"
    kinds = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type")
    if kinds and not any(_is(value, kind) for kind in kinds):
        yield f"{path}: {value!r} is no {kinds}"
        return
    yield from (f"{path}: {said}" for said in _single(value, schema))
    if isinstance(value, dict):
        yield from _mapping(value, schema, root, path)
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from problems(item, schema.get("items", True), root, f"{path}[{number}]")


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return kind != "boolean" and isinstance(value, TYPES[kind])


def _single(value: Any, schema: dict[str, Any]) -> Iterator[str]:
    if "enum" in schema and value not in schema["enum"]:
        yield f"{value!r} is none of the values"
    if "const" in schema and value != schema["const"]:
        yield f"{value!r} is not {schema['const']!r}"
    if isinstance(value, str):
        if not re.search(schema.get("pattern", ""), value):
            yield f"{value!r} does not match {schema['pattern']}"
        if len(value) < schema.get("minLength", 0):
            yield "the text is empty"
    if isinstance(value, int | float) and value < schema.get("minimum", value):
        yield f"{value} is too small"
    if isinstance(value, list | dict) and len(value) < schema.get("minItems", schema.get("minProperties", 0)):
        yield "there is too little"


def _mapping(value: dict[str, Any], schema: dict[str, Any], root: Any, path: str) -> Iterator[str]:
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{path}: {name} is missing"
    for name, others in schema.get("dependencies", {}).items():
        if name in value and not set(others) <= set(value):
            yield f"{path}: {name} needs {others}"
    patterns = schema.get("patternProperties", {})
    for name, inner in value.items():
        here = f"{path}.{name}"
        yield from problems(name, schema.get("propertyNames", True), root, here)
        matching = [part for pattern, part in patterns.items() if re.search(pattern, name)]
        if name in schema.get("properties", {}):
            matching.append(schema["properties"][name])
        for part in matching or [schema.get("additionalProperties", True)]:
            yield from problems(inner, part, root, here)
