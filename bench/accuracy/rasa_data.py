"""Training data for Rasa's stock pipeline out of labelled rows: the kind as intent, hardships and sums as entities.

Rows written by hand have no spans. A hardship or sum of theirs is located where our own reading finds the same; a row
of which something cannot be located is left out, since a text with a hardship unmarked would teach that it is none; so
are the few very long ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nlu.evaluation import Reader, Row
from nlu.mentions import Extraction

AMOUNT = "amount"
LONGEST = (
    90  # characters; every text of a batch is padded to the longest, and one of 244 made an epoch four times as long
)


def training_data(rows: Iterable[Row], reader: Reader) -> dict[str, Any]:
    """Rasa's JSON form of training data. A row that does not say its kind gets the one that `reader` gives."""
    examples = [example for row in rows if (example := _example(row, reader)) is not None]
    return {"rasa_nlu_data": {"common_examples": examples}}


def _example(row: Row, reader: Reader) -> dict[str, Any] | None:
    gold = row["gold"]
    if row.get("asks") or len(row["text"]) > LONGEST or not {"intent", "hardships", "amounts"} & set(gold):
        return None
    found = reader.extract(row["text"])
    hardships = _hardships(gold, found)
    sums = _sums(gold, found)
    if hardships is None or sums is None:
        return None
    intent = gold.get("intent") or found.intent
    entities = [{**one, "value": row["text"][one["start"] : one["end"]]} for one in _apart(hardships + sums)]
    return {"text": row["text"], "intent": intent, "entities": entities}


def _hardships(gold: Row, found: Extraction) -> list[dict[str, Any]] | None:
    spans = {h.type: (h.start, h.end) for h in reversed(found.hardships)}
    marked = []
    for item in gold.get("hardships", [{"type": h.type} for h in found.hardships]):
        start, end = (item["start"], item["end"]) if "start" in item else spans.get(item["type"], (0, 0))
        if start == end:
            return None
        marked.append({"start": start, "end": end, "entity": item["type"]})
    return marked


def _sums(gold: Row, found: Extraction) -> list[dict[str, Any]] | None:
    """Spans of our reading with the roles of the labels, in order of values."""
    wanted = gold.get("amounts", [{"role": a.role, "value": a.value} for a in found.amounts])
    left = list(found.amounts)
    marked = []
    for item in wanted:
        place = next((a for a in left if a.value == item["value"]), None)
        start, end = (place.start, place.end) if place else (item.get("start", 0), item.get("end", 0))
        if start == end:
            return None
        if place:
            left.remove(place)
        marked.append({"start": start, "end": end, "entity": AMOUNT, "role": item["role"]})
    return marked


def _apart(entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rasa knows no overlapping entities; of two the earlier stays."""
    kept: list[dict[str, Any]] = []
    for one in sorted(entities, key=lambda e: (e["start"], e["end"])):
        if not kept or one["start"] >= kept[-1]["end"]:
            kept.append(one)
    return kept
