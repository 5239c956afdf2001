"""Single entries that an office sets for itself while it runs, on top of its office file."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from math import isfinite

from policy_kb import schema
from policy_kb.errors import PolicyError

MAX_DAYS = 365


@dataclass(frozen=True)
class OwnFigure:
    """A figure the office set for itself: `start` to `to` (both included; None: no end set). `source`: the paper."""

    pack: str
    name: str
    value: float
    start: date
    to: date | None
    source: str


@dataclass(frozen=True)
class OwnDays:
    """Days for a step that the office set for itself."""

    pack: str
    step: str
    days: int
    kind: schema.DayKind


def check_figure(figure: OwnFigure, unit: str) -> None:
    """Raise PolicyError unless the value can be one of this unit and the period has days."""
    if not isfinite(figure.value) or figure.value < 0:
        raise PolicyError(f"{figure.value} for {figure.name} cannot be; expected 0 or more.")
    if unit in ("share", "0..1") and figure.value > 1:
        raise PolicyError(f"{figure.value} for {figure.name} cannot be a share; expected 0 to 1.")
    if unit in ("day", "person", "year", "month") and figure.value != int(figure.value):
        raise PolicyError(f"{figure.value} for {figure.name} cannot be a number of {unit}s; expected a whole number.")
    if figure.to is not None and figure.to < figure.start:
        raise PolicyError(f"The period of {figure.name} ends before it begins; expected {figure.start} or later.")


def check_days(one: OwnDays, steps: Collection[str]) -> None:
    """Raise PolicyError unless the step is one of the document's `steps` and the number of days can be."""
    if one.step not in steps:
        raise PolicyError(f"{one.pack} has no step {one.step!r}; it has {', '.join(steps)}.")
    if not 1 <= one.days <= MAX_DAYS:
        raise PolicyError(f"{one.days} days for {one.step} cannot be; expected 1 to {MAX_DAYS}.")
