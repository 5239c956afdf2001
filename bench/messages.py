"""`shouwang extract`: short messages a second on one core (aim: at least 1,000)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from bench.streams import speed, start_seconds
from bot.cli.extract import handler

ROOT = Path(__file__).parents[1]
COUNT = 3000
AIM = 1000


def measure() -> Iterator[str]:
    """Answers as in the training data of the dialogue acts, and whole stories as in the tests of the reading."""
    handle = handler()
    for name, texts in (("answers", set(_answers())), ("stories", set(_stories()))):
        every = sorted(texts)
        lines = [json.dumps({"id": n, "text": every[n % len(every)]}).encode() for n in range(COUNT)]
        mean = sum(map(len, every)) / len(every)
        yield f"{name} of {mean:.0f} characters on average: {speed(handle, lines)} (aim {AIM:,})"
    one = '{"id": 1, "text": "你好"}'.encode()
    yield f"the command answers its first line after {start_seconds('extract', line=one):.2f} s"


def _answers() -> Iterator[str]:
    for file in sorted((ROOT / "nlu" / "training").rglob("*.yml")):
        for block in (yaml.safe_load(file.read_text("utf-8")) or {}).get("nlu", []):
            yield from _examples(block.get("examples"))


def _examples(examples: str | Iterable[object] | None) -> Iterator[str]:
    if isinstance(examples, str):
        yield from (line.removeprefix("- ").strip() for line in examples.splitlines() if line.strip())
    else:
        yield from (str(one["text"] if isinstance(one, dict) else one).strip() for one in examples or ())


def _stories() -> Iterator[str]:
    for file in sorted((ROOT / "tests" / "nlu" / "data").glob("*.yml")):
        found = yaml.safe_load(file.read_text("utf-8"))
        yield from (str(one["text"]) for one in found if isinstance(one, dict) and "text" in one)
