"""Times at which somebody can ring: the next windows of the office hours, offered to choose from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from actions import hourwords
from actions.office import Office
from actions.taskrules import task_book


@dataclass(frozen=True)
class Slot:
    """A window of office hours and how it is said («明天上午8点半到12点»)."""

    begins: datetime
    ends: datetime
    words: str


def offered(office: Office, now: datetime) -> tuple[Slot, ...]:
    """The next windows in which somebody can ring; none where the office has set no hours."""
    book = task_book().appointment
    earliest = now + timedelta(minutes=book.apart)
    found: list[Slot] = []
    for begins, ends in office.hours.windows_after(now):
        if begins < earliest:
            continue
        found.append(Slot(begins, ends, hourwords.span(office.texts, begins, ends, now)))
        if len(found) == book.slots:
            break
    return tuple(found)
