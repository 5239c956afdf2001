"""`shouwang demo`: a made-up office to look around in."""

from __future__ import annotations


def demo() -> None:
    """Load a made-up office: areas, members of staff, cases in every state, all marked as a demonstration."""
    raise NotImplementedError
