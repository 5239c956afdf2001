from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import policy_kb
from policy_kb import Library, load_library


@pytest.fixture(scope="session")
def library() -> Library:
    return load_library()


@pytest.fixture
def copied(tmp_path: Path) -> Callable[..., Path]:
    """A copy of all data files with one piece of text in one file replaced; returns the folder."""

    def copy(file: str, old: str, new: str) -> Path:
        root = tmp_path / "kb"
        shutil.copytree(Path(policy_kb.__file__).parent, root, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        path = root / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} no longer contains {old!r}; the example needs another one"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return root

    return copy
