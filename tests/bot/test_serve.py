"""The running command: READY when the first message can be answered, and a clean end."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

SHOUWANG = Path(sys.executable).with_name("shouwang")
ROOT = Path(__file__).resolve().parents[2]
RASA_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
READY_SECONDS = 150  # generous: a test machine may be busy; `make bench` is where speed is measured

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(400)]


class Served:
    """`shouwang serve` on a free port, with an office of its own; its output line by line."""

    def __init__(self, folder: Path) -> None:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("SHOUWANG_")}
        own = {"SHOUWANG_VAR": str(folder), "SHOUWANG_KEY_FILE": str(folder / "key"), "SHOUWANG_PORT": "0"}
        self.process = subprocess.Popen(
            [SHOUWANG, "serve"],
            env={**inherited, **own, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self._changed = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            with self._changed:
                self.lines.append(line.rstrip())
                self._changed.notify_all()

    def wait_for(self, pattern: str, seconds: float = READY_SECONDS) -> re.Match[str]:
        """The first line that fits, waiting for it."""
        end = time.monotonic() + seconds
        with self._changed:
            while True:
                for line in self.lines:
                    if match := re.match(pattern, line):
                        return match
                left = end - time.monotonic()
                assert left > 0, f"no line fits {pattern}: {self.lines}"
                assert self.process.poll() is None or left > 0, self.lines
                self._changed.wait(min(left, 1))

    def children(self) -> list[int]:
        """Processes that were started by it."""
        found = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True, check=False
        )
        return [int(pid) for pid in found.stdout.split()]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    if not RASA_PYTHON.exists():
        pytest.skip("there is no Rasa environment; `make test` sets it up")
    running = Served(tmp_path / "var")
    yield running
    if running.process.poll() is None:
        running.process.kill()
        running.process.wait()


def test_ready_means_that_the_first_message_is_answered_and_stopping_leaves_nothing(served: Served) -> None:
    address = served.wait_for(r"READY (http://127\.0\.0\.1:\d+)$")[1]
    started = time.monotonic()
    answer = httpx.post(f"{address}/api/chat/first-conversation-1", json={"text": "你好"}, timeout=20, trust_env=False)
    assert answer.json()["replies"], answer.text
    assert time.monotonic() - started < 10
    assert httpx.get(f"{address}/api/health", trust_env=False).json()["status"] == "ok"
    rasa = served.children()
    assert rasa
    served.process.terminate()
    assert served.process.wait(30) == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in rasa)
    assert not [line for line in served.lines if "Traceback" in line or "你好" in line]


def test_the_first_password_is_told_once_and_opens_the_door(served: Served) -> None:
    name, password = served.wait_for(r"First start: .* as '(\w+)' with password '([^']+)'").groups()
    address = served.wait_for(r"READY (\S+)")[1]
    given = {"name": name, "password": password}
    token = httpx.post(f"{address}/api/login", json=given, timeout=20, trust_env=False).json()["token"]
    assert token
    assert sum(password in line for line in served.lines) == 1
    served.process.send_signal(signal.SIGINT)  # Ctrl-C
    assert served.process.wait(30) == 0
