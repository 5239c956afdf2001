"""Rasa's stock pipeline, trained in its own environment on the messages our tables learn from; kept by its sources."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.accuracy import rasa_data, sets
from bench.accuracy.ours import our_reader
from bench.accuracy.workers import Worker, WorkerFailed, other_python, running
from nlu.evaluation import Reader
from nlu.mentions import Amount, Extraction, Hardship

PYTHON = sets.ROOT / ".venv-rasa" / "bin" / "python"
HERE = Path(__file__).parent / "rasa"
CACHE = sets.ROOT / "build" / "accuracy"
TRAINING_SECONDS = 5400  # on two slow cores; a fast one needs a third of it
_QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "",
    "PYTHONHASHSEED": "0",
}


class RasaReader:
    """Intent as the kind, entities as hardships (own, actual) and sums; `numerals` reads the sum that Rasa marked."""

    def __init__(self, worker: Worker, numerals: Reader) -> None:
        self._worker, self._numerals = worker, numerals

    def extract(self, text: str, asks: str | None = None) -> Extraction:
        """What the trained pipeline says of `text`; the question asked is not used."""
        found = self._worker.ask({"text": text})
        hardships, amounts = [], []
        for one in found["entities"]:
            start, end = one["start"], one["end"]
            if one["entity"] == rasa_data.AMOUNT:
                read = self._numerals.extract(text[start:end]).amounts
                value = read[0].value if read else None
                amounts.append(Amount(one["role"] or "other", value, text[start:end], start, end))
            else:
                hardships.append(Hardship(one["entity"], text[start:end], start, end, "self_household", "actual"))
        return Extraction(intent=found["intent"] or "other", hardships=tuple(hardships), amounts=tuple(amounts))


@contextmanager
def opened(python: Path = PYTHON) -> Iterator[RasaReader]:
    """The pipeline, trained where no model fits, and started; raises WorkerFailed where it cannot be."""
    if not python.is_file():
        raise WorkerFailed("not compared: Rasa's environment .venv-rasa is not there (`make eval` makes it)")
    ours = our_reader()
    model = trained(python, ours)
    with running("Rasa", [str(python), str(HERE / "worker.py"), str(model)], _QUIET) as worker:
        yield RasaReader(worker, ours)


def trained(python: Path, reader: Reader) -> Path:
    """The model for today's learned sets; training takes half an hour or more and is done once for the same sources."""
    learned = (row for one in sets.every_set() if one.group == sets.LEARNED for row in one.rows)
    rows = [row for row in learned if "intent" in row["gold"]]  # the same messages as our tables learn from
    data = json.dumps(rasa_data.training_data(rows, reader), ensure_ascii=False, sort_keys=True)
    sources = (data, *((path.read_text(encoding="utf-8")) for path in (HERE / "config.yml", _lock())))
    name = "rasa-" + hashlib.sha256("\0".join(sources).encode()).hexdigest()[:16]
    model = CACHE / f"{name}.tar.gz"
    if model.is_file():
        return model
    CACHE.mkdir(parents=True, exist_ok=True)
    for older in CACHE.glob("rasa-*"):
        older.unlink()
    path = CACHE / f"{name}.json"
    path.write_text(data, encoding="utf-8")
    command = [python, HERE / "worker.py", "train", HERE / "config.yml", path, CACHE, name]
    _train([str(part) for part in command])
    if not model.is_file():
        raise WorkerFailed("not compared: training Rasa left no model")
    return model


def _train(command: list[str]) -> None:
    environment = {**other_python(), **_QUIET}
    try:
        # Rasa keeps a cache of its own in the folder where it runs.
        run = subprocess.run(
            command, cwd=CACHE, env=environment, capture_output=True, timeout=TRAINING_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise WorkerFailed(f"not compared: training Rasa took longer than {TRAINING_SECONDS} s") from None
    if run.returncode:
        last = run.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or ["no word of why"]
        raise WorkerFailed(f"not compared: training Rasa failed: {last[0][:200]}")


def _lock() -> Path:
    return sets.ROOT / "requirements" / "rasa.txt"
