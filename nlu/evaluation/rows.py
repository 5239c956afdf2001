"""Labelled rows as files hold them: JSON lines or YAML, in the shapes that the sets of this project have.

A row is `{text, asks?, gold: {...}, genre?, tags?}`; a key that `gold` lacks is not scored. By hand one writes short:
`hardships: [illness, housing self negated]`, `amounts: [debt 30000, other null]`; a hardship in full may name its words
(`text`), which are then found in the message. `optional_…` hold what is as defensible. Other shapes become rows too: an
answer `{asks, text, value}`, a table of answers `{fact: {words: value}}`, a danger `{text, kind}`, and the probes of
money, names, numbers and places.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from nlu.mentions import FactType

Row = dict[str, Any]

_SUBJECTS = {"self": "self_household", "other": "other_person", "general": "general"}
_DANGERS = ("suicide", "violence", "hunger", "collapse", None)
_PLACE = ("province", "city", "county", "town", "village")


def load_rows(path: Path) -> list[Row]:
    """Labelled rows of a JSON-lines or YAML file; none where the file holds something else than labelled messages."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".jsonl":
        content: Any = [json.loads(line) for line in text.splitlines() if line.strip()]
    else:
        content = yaml.safe_load(text)
    if isinstance(content, dict):
        content = list(_table_of_answers(content))
    return [row for raw in content or [] if (row := _row(raw)) is not None]


def _table_of_answers(content: Mapping[str, Any]) -> Iterator[Row]:
    """Answers by fact: words and their value, or rows `{text, value}`; other tables by fact hold no answers."""
    for fact, answers in content.items():
        if isinstance(answers, dict):
            told = [(words, value) for words, value in answers.items() if not isinstance(value, list | dict)]
        else:
            told = [(row["text"], row["value"]) for row in answers or () if set(row) == {"text", "value"}]
        for words, value in told:
            yield {"asks": fact, "text": str(words), "value": value}


def _row(raw: Any) -> Row | None:
    if not isinstance(raw, dict) or "text" not in raw:
        return None
    gold = _gold(raw)
    return None if gold is None else {**raw, "gold": gold}


def _gold(raw: Row) -> Row | None:
    """What a row says is right, in one shape."""
    gold = raw.get("gold")
    if isinstance(gold, dict):
        return _written_out(gold, str(raw["text"]))
    if "asks" in raw and "value" in raw:
        return {"answer": {raw["asks"]: raw["value"]}}
    if "lo" in raw:
        return {"sums": _sums(raw)}
    if "names" in raw:
        return {"names": raw["names"]}
    if "phones" in raw:
        return {"phones": raw["phones"], "id_numbers": raw.get("ids", [])}
    if "county" in raw:
        return {"place": {level: raw.get(level) for level in _PLACE}}
    if raw.get("kind", "") in _DANGERS:
        return {"danger": raw["kind"]}
    return None


def _sums(raw: Row) -> list[list[float]]:
    """The range in which each sum of a money probe must lie; none for text that only looks like money."""
    if raw["lo"] is None or raw.get("kind") in ("neg", "ratio"):
        return []
    if isinstance(raw["lo"], list):
        return [[low, high] for low, high in zip(raw["lo"], raw["hi"], strict=True)]
    return [[raw["lo"], raw["hi"]]]


def _written_out(gold: Mapping[str, Any], text: str) -> Row:
    whole = dict(gold)
    for key in ("hardships", "optional_hardships"):
        if key in gold:
            whole[key] = [_placed(_written_hardship(h) if isinstance(h, str) else h, text) for h in gold[key]]
    for key in ("amounts", "optional_amounts"):
        if key in gold:
            whole[key] = [_written_amount(a) if isinstance(a, str) else a for a in gold[key]]
    return whole


def _placed(hardship: Row, text: str) -> Row:
    """The hardship with the place of its words, where it names words and no place."""
    words = hardship.get("text")
    if "start" in hardship or not words or words not in text:
        return hardship
    start = text.index(words)
    return {**hardship, "start": start, "end": start + len(words)}


def _written_hardship(words: str) -> Row:
    """`housing self negated`; the writer's own and actual unless said otherwise."""
    kind, subject, status = (words.split() + ["self", "actual"][len(words.split()) - 1 :])[:3]
    return {
        "type": kind,
        "subject": _SUBJECTS[subject],
        "status": "past_resolved" if status == "past" else status,
    }


def _written_amount(words: str) -> Row:
    role, value = words.split()
    return {"role": role, "value": None if value == "null" else float(value)}


def types_from_vocabulary(folder: Path) -> dict[str, FactType]:
    """Fact types from YAML files `{id: {type: bool | int | number | enum[a, b], …}}`, such as the canonical list."""
    types: dict[str, FactType] = {}
    for path in sorted(folder.glob("*.y*ml")) if folder.is_dir() else [folder]:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        for fact, spec in content.get("facts", content).items():
            if "type" not in spec:  # the figures of a pack, which stand in the same folder
                continue
            kind = str(spec["type"])
            values = tuple(v.strip() for v in kind[5:-1].split(",")) if kind.startswith("enum") else ()
            types[fact] = FactType("enum" if values else kind, values)  # type: ignore[arg-type]
    return types
