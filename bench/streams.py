"""How fast lines are answered: reading JSON, the work itself, writing JSON."""

from __future__ import annotations

import io
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
