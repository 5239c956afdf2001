"""The notes cut into pieces for highlighting: no two overlap, danger before what was heard before names and numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from actions.callviews import Mark

ORDER = ("danger", "changed", "accepted", "heard", "refused", "person")


@dataclass(frozen=True)
class Piece:
    """A stretch of text; `state` is None where nothing was heard."""

    text: str
    state: str | None = None
    label: str = ""


def pieces(notes: str, marks: Iterable[Mark]) -> list[Piece]:
    """All of `notes`, in order (offsets in code points)."""
    found: list[Piece] = []
    done = 0
    for mark in _apart(marks, len(notes)):
        found.append(Piece(notes[done : mark.start]))
        found.append(Piece(notes[mark.start : mark.end], mark.state, mark.label))
        done = mark.end
    found.append(Piece(notes[done:]))
    return [piece for piece in found if piece.text]


def _apart(marks: Iterable[Mark], length: int) -> list[Mark]:
    """The more important ones whole, the others where they are free."""
    taken: list[Mark] = []
    for mark in sorted(marks, key=lambda m: (ORDER.index(m.state), m.start, m.end)):
        inside = 0 <= mark.start < mark.end <= length
        if inside and all(mark.end <= other.start or mark.start >= other.end for other in taken):
            taken.append(mark)
    return sorted(taken, key=lambda mark: mark.start)
