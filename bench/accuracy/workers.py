"""A program in another Python, asked by JSON lines: one line there, one line back."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

START_SECONDS = 300  # Rasa builds its graph anew when it loads: a minute of one core


class WorkerFailed(Exception):
    """The program cannot be started, has ended, or does not answer; the message is for the table."""


def other_python() -> dict[str, str]:
    """The environment for a program in another Python: nothing of this one's search path."""
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}


class Worker:
    """One running program. What it prints that is no JSON object is passed over (some libraries greet)."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str], patience: float) -> None:
        self._name, self._patience = name, patience
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 (closed in `end`)
        try:
            self._process = subprocess.Popen(
                list(command),
                env={**other_python(), **environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._complaints,
                text=True,
                encoding="utf-8",
            )
        except OSError as error:
            raise WorkerFailed(f"{name} cannot be started: {error.strerror}") from error
        self._answers: queue.Queue[dict[str, Any] | None] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to one question; raises WorkerFailed, also with what the program itself reports as an error."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
        except OSError as error:
            raise WorkerFailed(f"{self._name} has ended") from error
        return self.next_answer()

    def next_answer(self, patience: float | None = None) -> dict[str, Any]:
        seconds = patience or self._patience
        try:
            answer = self._answers.get(timeout=seconds)
        except queue.Empty:
            raise WorkerFailed(f"{self._name} did not answer within {seconds:.0f} s") from None
        if answer is None:
            self._answers.put(None)  # it stays ended
            raise WorkerFailed(f"{self._name} has ended (status {self._process.wait()}{self._last_words()})")
        if "error" in answer:
            raise WorkerFailed(f"{self._name}: {answer['error']}")
        return answer

    def end(self) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.close()
            self._process.wait(5)
        except (OSError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        self._complaints.close()

    def _last_words(self) -> str:
        """The last line that it wrote to its standard error."""
        self._complaints.seek(0)
        lines = self._complaints.read().decode("utf-8", "replace").strip().splitlines()
        return f": {lines[-1][:200]}" if lines else ""

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            try:
                answer = json.loads(line)
            except ValueError:
                continue
            if isinstance(answer, dict):
                self._answers.put(answer)
        self._answers.put(None)


@contextmanager
def running(
    name: str, command: Sequence[str], environment: Mapping[str, str] | None = None, patience: float = 60
) -> Iterator[Worker]:
    """The program, started and ready (it says `{"ready": true}` first), ended in the end."""
    worker = Worker(name, command, environment or {}, patience)
    try:
        worker.next_answer(START_SECONDS)
        yield worker
    finally:
        worker.end()
