"""What the clock does for the queue: hands that fell silent are opened, drafts left behind become tasks."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from actions import abandoned, handover
from actions.office import Office

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ticked:
    """What one tick did."""

    conversations: int = 0
    tasks: int = 0
    drafts: int = 0


def tick(office: Office, *, sweep: bool = True) -> Ticked:
    """Ask what has lapsed; any number of processes may do so at once. `sweep`: look for drafts left behind as well,
    which once a minute is enough."""
    return Ticked(
        conversations=_tried(handover.lapse_due, office),
        tasks=_tried(handover.release_due, office),
        drafts=_tried(abandoned.sweep, office) if sweep else 0,
    )


def _tried(work: Callable[[Office], int], office: Office) -> int:
    """One part that fails does not keep the others from running; it is tried again at the next tick."""
    try:
        return work(office)
    except Exception:
        log.exception("%s failed; it is tried again", work.__name__)
        return 0
