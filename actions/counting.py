"""The numbers in a person's menu: one answer for every page and for the live stream."""

from __future__ import annotations

from dataclasses import dataclass

from actions import duplicates, tasks
from actions.office import Office
from storage import UnitOfWork
from storage.models import User


@dataclass(frozen=True)
class Counts:
    """Tasks that wait, urgent ones among them, suggestions of duplicates to decide, unread lines of the inbox."""

    tasks: int
    urgent: int
    duplicates: int
    notifications: int


def counts_in(uow: UnitOfWork, user: User) -> Counts:
    """The numbers as this transaction sees them."""
    found = tasks.queue(uow, user)
    return Counts(
        tasks=len(found),
        urgent=sum(task.urgent for task in found),
        duplicates=duplicates.waiting(uow, user),
        notifications=uow.notifications.unread_count(user.id),
    )


def counts_for(office: Office, user: User) -> Counts:
    """The numbers as they are now."""
    with office.db.read() as uow:
        return counts_in(uow, user)
