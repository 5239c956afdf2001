"""The model of the dialogue acts: trained when its sources changed, never otherwise."""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.rasa_link import environment
from bot.settings import Settings

log = logging.getLogger(__name__)
Progress = Callable[[str], None]
KEPT_MODELS = 2


class TrainingFailed(RuntimeError):
    """Rasa could not train a model; the message ends with what it said."""


def sources(root: Path = environment.ROOT) -> list[Path]:
    """Everything the model depends on, Rasa's pinned requirements included."""
    fixed = ["config.yml", "nlu/domain.yml", "nlu/rules.yml", "nlu/rasa_component.py", "requirements/rasa.txt"]
    return [root / name for name in fixed] + sorted((root / "nlu/training").rglob("*.yml"))


def source_hash(files: Iterable[Path]) -> str:
    """Twelve hex digits over names and contents."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def ensure_model(settings: Settings | None = None, progress: Progress | None = None) -> Path:
    """The model file that fits the sources; trains it first (about 20 s) if there is none.

    Safe to call from several processes at once: one trains, the others wait.
    Raises TrainingFailed or RasaMissing with one sentence.
    """
    say = progress or (lambda line: log.info("%s", line))
    model = environment.MODELS / f"acts-{source_hash(sources())}.tar.gz"
    if model.is_file():
        return model
    environment.MODELS.mkdir(parents=True, exist_ok=True)
    with _only_one(environment.MODELS / ".lock"):
        if not model.is_file():
            _train(model, say, settings.rasa_python if settings else environment.DEFAULT_PYTHON)
            _tidy(model)
    return model


@contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _train(model: Path, say: Progress, python: Path) -> None:
    started = time.monotonic()
    say("Training the assistant (about 20 seconds) …")
    work = Path(tempfile.mkdtemp(prefix=".training-", dir=model.parent))
    try:
        fresh = work / model.name
        train_to(fresh, home=work / "home", python=python)
        os.replace(fresh, model)  # noqa: PTH105 - atomic within one folder tree
    finally:
        shutil.rmtree(work, ignore_errors=True)
    say(f"Trained in {time.monotonic() - started:.0f} s: {model.name}")


def train_to(
    model: Path,
    home: Path,
    training: Path = environment.NLU / "training",
    python: Path = environment.DEFAULT_PYTHON,
) -> None:
    """Train on the examples under `training` and write the model file; raises TrainingFailed."""
    run = subprocess.run(  # noqa: S603 - our own command line
        environment.command(
            *("train", "--model", str(model), "--config", str(environment.ROOT / "config.yml")),
            *("--domain", str(environment.NLU / "domain.yml"), "--rules", str(environment.NLU / "rules.yml")),
            *("--training", str(training)),
            python=python,
        ),
        env=environment.variables(home),
        cwd=home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if run.returncode != 0 or not model.is_file():
        said = (run.stderr or run.stdout).decode("utf-8", "replace").strip().splitlines()[-15:]
        raise TrainingFailed("Rasa could not train the model; it said: " + "\n".join(said))


def _tidy(model: Path) -> None:
    """Keep the newest models only."""
    models = sorted(model.parent.glob("acts-*.tar.gz"), key=lambda file: file.stat().st_mtime, reverse=True)
    for old in models[KEPT_MODELS:]:
        if old != model:
            old.unlink(missing_ok=True)
