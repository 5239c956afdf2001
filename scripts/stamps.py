"""What a step of set-up was last done for: a hash of its inputs, kept beside its result."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def fingerprint(files: Iterable[Path], *words: str) -> str:
    """The hash of the files' contents and some words; a file that is not there counts as empty."""
    digest = hashlib.sha256()
    for file in files:
        content = file.read_bytes() if file.is_file() else b""
        digest.update(f"{file.name}:{len(content)}:".encode() + content)
    for word in words:
        digest.update(f"{word}\n".encode())
    return digest.hexdigest()


def is_fresh(stamp: Path, wanted: str) -> bool:
    """Whether the step was finished for exactly these inputs."""
    return stamp.is_file() and stamp.read_text(encoding="ascii", errors="replace").strip() == wanted


def write(stamp: Path, value: str) -> None:
    """Say that the step is finished; an interrupted step leaves no stamp and is taken up again."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(value + "\n", encoding="ascii")
