"""JSON Schemas of a pack's files, so that an editor completes and checks them while they are written.

They know the facts that are installed; what a schema cannot say (names that lead somewhere, examples that hold) is left
to `packs check`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from policy_kb.conditions import OPERATORS
from policy_kb.pack import SHAPES
from policy_kb.vocabulary import FactSpec, Vocabulary

DRAFT = "http://json-schema.org/draft-07/schema#"
FOLDER = Path(__file__).parent / "schema"
NUMBERS = {"bool": "boolean", "int": "integer", "number": "number"}


def schema_texts(vocabulary: Vocabulary) -> dict[str, str]:
    """File name (`pack.json` for pack.yml) to the text of its schema."""
    return {
        Path(name).with_suffix(".json").name: json.dumps(_schema(name, vocabulary), ensure_ascii=False, indent=1) + "\n"
        for name in SHAPES
    }


def write_schemas(vocabulary: Vocabulary, folder: Path) -> list[Path]:
    """Writes the schemas into `folder`, which is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, text in schema_texts(vocabulary).items():
        paths.append(folder / name)
        paths[-1].write_text(text, encoding="utf-8")
    return paths


def _schema(name: str, vocabulary: Vocabulary) -> dict[str, Any]:
    made = TypeAdapter(SHAPES[name]).json_schema()
    inner = {"condition": _condition(vocabulary), "facts": _facts(vocabulary)}
    made = _referred(made)
    defs = made.setdefault("$defs", {})
    for key, schema in inner.items():
        if f"#/$defs/{key}" in json.dumps(made):
            defs[key] = schema
    return {"$schema": DRAFT, "title": name, **made}


def _referred(schema: Any) -> Any:
    """With the marks of schema.py for conditions and facts turned into references."""
    if isinstance(schema, list):
        return [_referred(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("$comment") in ("condition", "facts"):
        rest = {key: value for key, value in schema.items() if key in ("description", "title")}
        return {**rest, "$ref": f"#/$defs/{schema['$comment']}"}
    return {key: _referred(value) for key, value in schema.items()}


def _condition(vocabulary: Vocabulary) -> dict[str, Any]:
    """A test of a fact, or a mapping with exactly one operator and, if it is for people, clause and text."""
    here = {"$ref": "#/$defs/condition"}
    many = {"type": "array", "items": here, "minItems": 1}
    of = {"count": {"type": "integer"}, "of": many}
    parts: dict[str, Any] = {
        "all": many,
        "any": many,
        "not": here,
        "at_least": {"type": "object", "properties": of, "required": ["count", "of"], "additionalProperties": False},
        "ref": {"type": "string", "description": "A name under `definitions`."},
        "test": _test(vocabulary),
        "id": {"type": "string", "description": "The name for its examples."},
        "clause": {"type": "string", "description": "The address of the clause; one of `clauses`."},
        "text": {"type": "string", "description": "In plain words, read aloud to people; {name} is a parameter."},
        "interpretation": {"type": "string", "description": "A name under `interpretations`."},
    }
    mapping = {
        "type": "object",
        "properties": parts,
        "additionalProperties": False,
        "oneOf": [{"required": [name]} for name in OPERATORS],
        "dependencies": {"text": ["clause"]},
    }
    return {"anyOf": [_test(vocabulary), mapping]}


def _test(vocabulary: Vocabulary) -> dict[str, Any]:
    yes_no = [name for name, spec in vocabulary.items() if spec.kind == "bool"]
    choices = [f"{name} = {value}" for name, spec in vocabulary.items() for value in spec.values]
    others = "|".join(name for name, spec in vocabulary.items() if spec.kind != "bool")
    words = {"enum": [*yes_no, *(f"not {name}" for name in yes_no), *choices]}
    compared = {"type": "string", "pattern": rf"^({others})\s*(<=|>=|!=|=|<|>|in\s)\s*\S"}
    return {"anyOf": [words, compared]}


def _facts(vocabulary: Vocabulary) -> dict[str, Any]:
    properties = {name: {"description": spec.zh, **_value(spec)} for name, spec in vocabulary.items()}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _value(spec: FactSpec) -> dict[str, Any]:
    if spec.values:
        return {"enum": [*spec.values, None]}
    return {"type": [NUMBERS[spec.kind], "null"]} | ({"minimum": spec.lowest} if spec.numeric else {})
