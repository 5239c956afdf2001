"""What can go wrong in this room.

PolicyError
├── PackError    packs, fact table or office file do not hold together; carries every fault found
├── FactError    a fact about a household that cannot be (unknown id, wrong type, impossible value)
└── NoSuchPack   a pack id that is not there
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that is wrong in a data file: one sentence, with the place to look at (counted from 1)."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class PolicyError(Exception):
    """Base of all errors of this room."""


class PackError(PolicyError):
    """The data files do not hold together; `faults` lists everything that was found."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(map(str, self.faults)))


class FactError(PolicyError):
    """A fact about a household that cannot be; `fact` is its id, `message` one sentence."""

    def __init__(self, fact: str, message: str) -> None:
        self.fact = fact
        self.message = message
        super().__init__(message)


class NoSuchPack(PolicyError):
    """A pack id that no folder has."""

    def __init__(self, pack_id: str, known: Iterable[str]) -> None:
        super().__init__(f"There is no pack {pack_id!r}; the packs are {', '.join(sorted(known))}.")
