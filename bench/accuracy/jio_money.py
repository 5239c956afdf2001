"""JioNLP's reading of money, in its own environment (`.venv-eval`, made by `make eval`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.accuracy.sets import ROOT
from bench.accuracy.workers import Worker, WorkerFailed, running
from nlu.mentions import Amount, Extraction

PYTHON = ROOT / ".venv-eval" / "bin" / "python"


class JioReader:
    """Sums of money alone; the centre of a range, as our own reading gives it."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    def extract(self, text: str, asks: str | None = None) -> Extraction:
        """What JioNLP finds in `text`; the question asked is not used. Raises WorkerFailed where it raises."""
        sums = self._worker.ask({"text": text})["sums"]
        return Extraction(amounts=tuple(_amount(text, one["span"], one["num"]) for one in sums))


def _amount(text: str, span: list[int], number: Any) -> Amount:
    start, end = span
    numbers = [float(n) for n in (number if isinstance(number, list) else [number])]
    return Amount("other", sum(numbers) / len(numbers), text[start:end], start, end)


@contextmanager
def opened(python: Path = PYTHON) -> Iterator[JioReader]:
    """JioNLP, started; raises WorkerFailed where its environment is not there."""
    if not python.is_file():
        raise WorkerFailed("not compared: its environment .venv-eval is not there (`make eval` makes it)")
    with running("JioNLP", [str(python), str(Path(__file__).parent / "jio" / "worker.py")]) as worker:
        yield JioReader(worker)
