"""Runs every measurement, or those named: `python -m bench turns extract assess`."""

from __future__ import annotations

import os
import sys

from bench import callers, households, interviews, live, messages, screening, turns

MEASUREMENTS = {
    "turns": turns.measure,
    "extract": messages.measure,
    "assess": households.measure,
    "interviews": interviews.measure,
    "screen": screening.measure,
    "callers": callers.measure,
    "doors": callers.doors,
    "live": live.measure,
}


def main(names: list[str]) -> None:
    unknown = [name for name in names if name not in MEASUREMENTS]
    if unknown:
        sys.exit(f"unknown measurement {unknown[0]!r}; expected some of {', '.join(MEASUREMENTS)}")
    print(
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; other work on the machine changes the absolute figures"
    )
    for name in names or MEASUREMENTS:
        print(f"\n== {name}", flush=True)
        for line in MEASUREMENTS[name]():
            print(line, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
