"""The rooms and their doors: who may import whom, and that each room is ours."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOMS, ROOT, imported, modules

LONGEST_FILE = 500  # lines; most have less than 200
COMPONENT = ROOT / "nlu" / "rasa_component.py"


def test_the_import_table_holds() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_the_one_of_this_repository(room: str) -> None:
    """There are packages of the same names elsewhere (`nlu` on PyPI is one)."""
    found = importlib.import_module(room).__file__
    assert found is not None
    assert Path(found).is_relative_to(ROOT)


def test_only_the_component_file_imports_rasa() -> None:
    importers = {file for file, tree in modules().items() if any(_top(name) == "rasa" for name in imported(tree))}
    assert importers <= {COMPONENT}


def test_the_component_file_imports_nothing_else_of_ours() -> None:
    assert not {name for name in imported(modules()[COMPONENT]) if _top(name) in ROOMS}


def test_no_file_grows_beyond_what_one_sitting_reads() -> None:
    lines = {str(file.relative_to(ROOT)): len(file.read_text("utf-8").splitlines()) for file in modules()}
    long = {file: n for file, n in lines.items() if n > LONGEST_FILE and "/migrations/versions/" not in file}
    assert not long


def _top(name: str) -> str:
    return name.partition(".")[0]
