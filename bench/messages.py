"""`shouwang extract`: short messages and petitions a second on one core, one long text, and the memory it takes."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from bench.streams import peak_megabytes, speed, start_seconds
from bot import parts
from bot.cli.extract import handler
from nlu import Extractor

ROOT = Path(__file__).parents[1]
COUNT = 3000
AIM = 1000
PETITIONS = 300
PETITION_AIM = 200
LONG = 34_000  # characters of Chinese are 100 kB
LONG_AIM = 2.0
MEMORY_AIM = 200


def measure() -> Iterator[str]:
    """Answers as in the training data of the dialogue acts, and whole stories as in the tests of the reading."""
    handle = handler()
    for name, texts in (("answers", set(_answers())), ("stories", set(_stories()))):
        every = sorted(texts)
        lines = [json.dumps({"id": n, "text": every[n % len(every)]}).encode() for n in range(COUNT)]
        mean = sum(map(len, every)) / len(every)
        yield f"{name} of {mean:.0f} characters on average: {speed(handle, lines)} (aim {AIM:,})"
    petitions = [str(one) for one in yaml.safe_load(Path(__file__).with_name("petitions.yml").read_text("utf-8"))]
    lines = [json.dumps({"id": n, "text": petitions[n % len(petitions)]}).encode() for n in range(PETITIONS)]
    mean = sum(map(len, petitions)) / len(petitions)
    yield f"petitions of {mean:.0f} characters on average: {speed(handle, lines)} (aim {PETITION_AIM:,})"
    yield from _long(_repeated(petitions))
    peak = peak_megabytes("extract", given=[*lines, json.dumps({"id": "long", "text": _repeated(petitions)}).encode()])
    yield f"memory of the command at its peak, petitions and long text read: {peak:,.0f} MB (aim below {MEMORY_AIM})"
    one = '{"id": 1, "text": "你好"}'.encode()
    yield f"the command answers its first line after {start_seconds('extract', line=one):.2f} s"


def _repeated(petitions: list[str]) -> str:
    words = "\n".join(petitions)
    return (words * (LONG // len(words) + 1))[:LONG]


def _long(text: str) -> Iterator[str]:
    """Half a text and the whole of it, as far as texts are read at all."""
    extractor = parts.build_extractor(parts.build_library())
    half, whole = (min(_seconds(extractor, text[:length]) for _ in range(3)) for length in (LONG // 2, LONG))
    yield (
        f"one text of {LONG:,} characters ({len(text.encode()) // 1000} kB): {whole:.2f} s (aim below {LONG_AIM:.0f}), "
        f"{whole / half:.1f} times as long as half of it"
    )


def _seconds(extractor: Extractor, text: str) -> float:
    start = time.process_time()
    extractor.extract(text)
    return time.process_time() - start


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
