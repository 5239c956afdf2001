"""`shouwang extract`: short messages a second on one core (aim: at least 1,000)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import yaml

from bench.streams import lines_per_second

TRAINING = Path(__file__).parents[1] / "nlu" / "training"
COUNT = 4000
AIM = 1000


def measure() -> Iterator[str]:
    """Every example of the training data, again and again: what people really write is as short."""
    texts = sorted(set(_texts()))
    lines = [json.dumps({"id": n, "text": texts[n % len(texts)]}).encode() for n in range(COUNT)]
    first, rate = lines_per_second(["extract"], lines)
    mean = sum(map(len, texts)) / len(texts)
    yield f"first answer after {first:.2f} s; then {rate:,.0f} messages/s of {mean:.0f} characters (aim {AIM:,})"


def _texts() -> Iterator[str]:
    for file in sorted(TRAINING.rglob("*.yml")):
        for block in (yaml.safe_load(file.read_text("utf-8")) or {}).get("nlu", []):
            yield from _examples(block)


def _examples(block: dict[str, object]) -> Iterator[str]:
    examples = block.get("examples")
    if isinstance(examples, str):
        yield from (line.removeprefix("- ").strip() for line in examples.splitlines() if line.strip())
    elif isinstance(examples, list):
        yield from (str(example["text"] if isinstance(example, dict) else example).strip() for example in examples)
