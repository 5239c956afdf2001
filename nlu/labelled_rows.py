"""The labelled messages of `labelled/` that tables are learned from: rows `{text, asks?, genre?, gold: {…}}`, or
`{text, size}` where only the household's size is labelled.

What `gold` lacks is not known of a row, and nothing is learned from it there. Sums are written in full or short
(`medical_total 86000`, `other null`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

LABELLED = Path(__file__).parent / "labelled"
SUBJECTS = {"self": "self_household", "other": "other_person", "general": "general"}  # as written short


@dataclass(frozen=True, slots=True)
class Told:
    """A hardship that a message tells; `words` as they stand there, "" where they are not labelled."""

    type: str
    subject: str
    status: str
    words: str
    optional: bool  # a careful reader may leave it


@dataclass(frozen=True, slots=True)
class Labelled:
    """One message; what is None is not labelled of it.

    sums: (role, CNY or None where no figure is named); facts: what it states of the own household; open_facts: what
    a careful reader may or may not take from it.
    """

    text: str
    asks: str | None
    genre: str
    kind: str | None
    second_kind: str | None
    topic: str | None
    sums: tuple[tuple[str, float | None], ...] | None
    sizes: tuple[int | None, ...]  # the household's size (or None: not stated) where it is labelled, else empty
    hardships: tuple[Told, ...] | None
    facts: Mapping[str, Any] | None
    open_facts: Mapping[str, Any]
    file: str = ""  # the name of its file, without «.yml»


@cache
def labelled(folder: Path = LABELLED) -> tuple[Labelled, ...]:
    """All rows of the folder in the order of the files; ValueError names the file and row that is none."""
    found = []
    for path in sorted(folder.glob("*.yml")):
        for number, row in enumerate(yaml.safe_load(path.read_text(encoding="utf-8")) or [], 1):
            try:
                found.append(replace(row_of(row), file=path.stem))
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise ValueError(
                    f"nlu/labelled/{path.name}: row {number} is no labelled message ({error!r}); "
                    "write {text, gold: {…}} or {text, size}"
                ) from error
    return tuple(found)


def row_of(row: dict[str, Any]) -> Labelled:
    """A row of a file as a message; KeyError, TypeError, ValueError or AttributeError where it is none."""
    gold = {"household_size": row["size"]} if "size" in row else row["gold"]
    sums = gold.get("amounts")
    return Labelled(
        text=str(row["text"]),
        asks=row.get("asks"),
        genre=str(row.get("genre", "")),
        kind=gold.get("intent"),
        second_kind=gold.get("alt_intent"),
        topic=gold.get("complaint_topic"),
        sums=None if sums is None else tuple(map(_sum, sums)),
        sizes=(gold["household_size"],) if "household_size" in gold else (),
        hardships=_told(gold, str(row["text"])),
        facts=gold.get("facts"),
        open_facts=dict(gold.get("optional_facts") or {}),
    )


def _told(gold: dict[str, Any], text: str) -> tuple[Told, ...] | None:
    """The hardships of a message, None where they are not labelled; one written short is told by all of its words."""
    if gold.get("hardships") is None:
        return None
    rows = [(one, False) for one in gold["hardships"]] + [(one, True) for one in gold.get("optional_hardships") or ()]
    return tuple(_hardship(one, free, text) for one, free in rows)


def _hardship(one: Any, free: bool, text: str) -> Told:
    if isinstance(one, str):
        kind, subject, status = one.split()
        return Told(kind, SUBJECTS[subject], status, text, free)
    return Told(one["type"], one["subject"], one["status"], one.get("text", ""), free)


def _sum(item: Any) -> tuple[str, float | None]:
    if isinstance(item, str):
        role, _, value = item.partition(" ")
        return role, None if value == "null" else float(value)
    return item["role"], None if item["value"] is None else float(item["value"])
