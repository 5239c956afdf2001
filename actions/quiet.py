"""Hours in which nobody is disturbed (免打扰), and minutes in which every robot talks."""

from __future__ import annotations

from datetime import datetime, timedelta

from actions.clock import SHANGHAI
from actions.rulebook import QuietHours

BUSY_MINUTES = (0, 30)  # providers of office chat are crowded on the hour and on the half hour
SPREAD = 9  # minutes over which people are spread then


def after_quiet(moment: datetime, quiet: QuietHours) -> datetime:
    """The moment itself, or the end of the quiet hours it falls into. Equal times mean no quiet hours."""
    local = moment.astimezone(SHANGHAI)
    clock = local.time()
    morning = local.replace(hour=quiet.end.hour, minute=quiet.end.minute, second=0, microsecond=0)
    if quiet.start <= quiet.end:
        return morning if quiet.start <= clock < quiet.end else moment
    if clock < quiet.end:
        return morning
    return morning + timedelta(days=1) if clock >= quiet.start else moment


def off_the_hour(moment: datetime, user_id: int) -> datetime:
    """The moment, moved by a few minutes where it lies on the hour or half hour; each person by their own."""
    if moment.minute not in BUSY_MINUTES:
        return moment
    return moment + timedelta(minutes=1 + user_id % SPREAD)
