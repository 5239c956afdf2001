"""Where Rasa's environment is, how it is called, and what little it is told about the machine."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NLU = ROOT / "nlu"
MODELS = NLU / "models"
DEFAULT_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"

# Rasa's Python loads `nlu.rasa_component` from a bare package: nlu/__init__.py belongs to the core's Python.
BOOTSTRAP = (
    "import sys, types; nlu = types.ModuleType('nlu'); nlu.__path__ = [sys.argv[1]]; sys.modules['nlu'] = nlu; "
    "from nlu.rasa_component import main; main(sys.argv[2:])"
)

QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SANIC_WORKERS": "1",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONUNBUFFERED": "1",
    "PYTHONIOENCODING": "utf-8",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "",
    "OMP_NUM_THREADS": "1",
    "LOG_LEVEL": "WARNING",
    "LOG_LEVEL_LIBRARIES": "ERROR",
    "NO_COLOR": "1",
    "LANG": "C.UTF-8",
}


class RasaMissing(RuntimeError):
    """The Rasa environment is not installed."""


def command(*arguments: str, python: Path = DEFAULT_PYTHON) -> list[str]:
    """The command line that runs `nlu.rasa_component` with these arguments, apart from everything else (`-I`)."""
    if not python.exists():
        raise RasaMissing(f"There is no Rasa environment ({python} is missing): run `make run` once, it sets it up.")
    return [str(python), "-I", "-u", "-W", "ignore", "-c", BOOTSTRAP, str(NLU), *arguments]


def variables(home: Path, **more: str) -> dict[str, str]:
    """The whole environment of a Rasa process: no credentials, a home of its own, no telemetry."""
    home.mkdir(parents=True, exist_ok=True)
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR", "TZ") if name in os.environ}
    cache = {"RASA_CACHE_DIRECTORY": str(home / "cache"), "RASA_MAX_CACHE_SIZE": "0"}
    return {**kept, **QUIET, **cache, "HOME": str(home), "XDG_CONFIG_HOME": str(home), **more}
