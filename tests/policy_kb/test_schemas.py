"""The JSON Schemas that editors use: up to date, all packs fit them, and plain mistakes do not."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

import policy_kb
from policy_kb import Library
from policy_kb.editors import FOLDER, schema_texts, write_schemas
from tests.support.small_schema import problems

ROOM = Path(policy_kb.__file__).parent
FILES = sorted([*ROOM.glob("packs/*/*.yml"), *ROOM.glob("scaffold/*.yml")])


def as_json(value: Any) -> Any:
    """YAML as an editor sees it: a day is a text."""
    if isinstance(value, dict):
        return {key: as_json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_json(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def told(file: str, text: str) -> list[str]:
    schema = json.loads((FOLDER / Path(file).with_suffix(".json").name).read_text("utf-8"))
    return list(problems(as_json(yaml.safe_load(text)), schema, schema))


def test_the_schemas_are_what_packs_schema_writes(library: Library, tmp_path: Path) -> None:
    written = {path.name: path.read_text("utf-8") for path in write_schemas(library.vocabulary, tmp_path / "new")}
    assert written == schema_texts(library.vocabulary)
    assert {path.name: path.read_text("utf-8") for path in FOLDER.iterdir()} == written, "run `shouwang packs schema`"


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_pack_fits(path: Path) -> None:
    text = path.read_text("utf-8")
    assert told(path.name, text) == []
    assert text.startswith("# yaml-language-server: $schema=")
    assert text.splitlines()[0].endswith(f"/{path.stem}.json")


@pytest.mark.parametrize(
    ("file", "old", "new", "word"),
    [
        ("pack.yml", "version: 1", "version: one", ".version"),
        ("pack.yml", "clauses:", "clause:", "clauses is missing"),
        ("pack.yml", "test: household_kind = lifted", "test: household_knd = lifted", ".unstable_lifted"),
        ("pack.yml", "test: income_dropped_sharply", "test: income_dropped", ".in_difficulty"),
        ("pack.yml", "{ref: in_difficulty}", "{ref: in_difficulty, any: [disability]}", ".unstable_lifted"),
        ("parameters.yml", "unit: CNY/person/year", "unit: yuan", "0 of anyOf"),
        ("procedure.yml", "level: town ", "level: twon ", ".level"),
        ("procedure.yml", "day_kind: working", "day_kinds: working", "day_kind is missing"),
        ("measures.yml", "kind: employment", "kind: work", ".kind"),
        ("answers.yml", "kind: silent\n", "kind: quiet\n", ".kind"),
        ("examples.yml", "household_size: 4", "household_size: four", ".household_size"),
        ("examples.yml", "serious_illness: true", "serius_illness: true", ".serius_illness"),
    ],
)
def test_a_plain_mistake_does_not_fit(file: str, old: str, new: str, word: str) -> None:
    text = (ROOM / "scaffold" / file).read_text("utf-8")
    assert old in text
    found = told(file, text.replace(old, new, 1))
    assert any(word in one for one in found), found
