"""How fast lines are answered: reading JSON, the work itself, writing JSON."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from bot.cli import lines

SHOUWANG = Path(sys.executable).with_name("shouwang")


@dataclass(frozen=True)
class Speed:
    """Answers a second, by processor time and by the clock.

    Processor time is what one core can do; the clock shows less where other work has the machine.
    """

    by_processor: float
    by_clock: float

    def __str__(self) -> str:
        return f"{self.by_processor:,.0f}/s of one core's time ({self.by_clock:,.0f}/s by the clock)"


def speed(handle: lines.Handler, given: list[bytes]) -> Speed:
    """How fast `handle` answers these lines, after a warm-up; raises RuntimeError when an answer is an error."""
    lines.run(handle, given[: len(given) // 10], io.BytesIO())
    clock, processor = time.perf_counter(), time.process_time()
    if lines.run(handle, given, io.BytesIO()):
        raise RuntimeError("some lines of the measurement were answered with an error")
    return Speed(len(given) / (time.process_time() - processor), len(given) / (time.perf_counter() - clock))


def start_seconds(*arguments: str, line: bytes) -> float:
    """Seconds from calling the command until its first answer has come and it has ended."""
    started = time.perf_counter()
    subprocess.run([SHOUWANG, *arguments], input=line, capture_output=True, check=True)
    return time.perf_counter() - started


def peak_megabytes(*arguments: str, given: list[bytes]) -> float:
    """The most memory that the command held while it answered these lines; read off before it ends.

    What the system tells of an ended process may count the memory of the one that started it.
    """
    with subprocess.Popen([SHOUWANG, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as command:
        if command.stdin is None or command.stdout is None:
            raise RuntimeError("the command has no pipes to be talked to through")
        for line in given:
            command.stdin.write(line + b"\n")
            command.stdin.flush()
            command.stdout.readline()
        status = Path(f"/proc/{command.pid}/status").read_text(encoding="ascii")
        command.stdin.close()
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1024
