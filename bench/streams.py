"""Feeding many lines to a command of ours and timing the answers."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

SHOUWANG = Path(sys.executable).with_name("shouwang")


def lines_per_second(arguments: list[str], lines: list[bytes]) -> tuple[float, float]:
    """(seconds to the first answer, answers per second after it); one process, so one core."""
    started = time.perf_counter()
    process = subprocess.Popen([SHOUWANG, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin
    assert process.stdout
    feeder = threading.Thread(target=_feed, args=(process, lines), daemon=True)
    feeder.start()
    process.stdout.readline()
    first = time.perf_counter()
    count = sum(1 for _ in process.stdout)
    seconds = time.perf_counter() - first
    feeder.join()
    process.wait()
    if count != len(lines) - 1:
        raise RuntimeError(f"shouwang {' '.join(arguments)} answered {count + 1} of {len(lines)} lines")
    return first - started, count / seconds


def _feed(process: subprocess.Popen[bytes], lines: list[bytes]) -> None:
    assert process.stdin
    process.stdin.write(b"\n".join(lines) + b"\n")
    process.stdin.close()
