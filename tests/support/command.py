"""`shouwang` run as a person runs it, on an office of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

SHOUWANG = Path(sys.executable).with_name("shouwang")


class Command:
    """Runs `shouwang` with an office of its own."""

    def __init__(self, folder: Path) -> None:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("SHOUWANG_")}
        self.environment = {
            **inherited,
            "SHOUWANG_VAR": str(folder / "var"),
            "SHOUWANG_KEY_FILE": str(folder / "key"),
            "SHOUWANG_NOW": "2026-03-02T09:00:00+08:00",
        }

    def __call__(self, *arguments: str, given: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [SHOUWANG, *arguments],
            input=given,
            env={**self.environment, **environment},
            capture_output=True,
            timeout=60,
            check=False,
        )

    def lines(self, *arguments: str, given: list[Any]) -> tuple[list[dict[str, Any]], int]:
        """The answers to these lines (bytes as they are, everything else as JSON), and the exit status."""
        raw = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in given]
        done = self(*arguments, given=b"\n".join(raw) + b"\n")
        assert not done.stderr, done.stderr.decode()
        return [json.loads(line) for line in done.stdout.splitlines()], done.returncode
