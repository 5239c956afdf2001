"""What is new for the people who look at the workbench at this moment (实时): one look a second for all of them.

A watcher remembers what it saw. It says for whom something changed, and only for those asks for numbers and lines, so
that a quiet second costs two small questions however many pages are open.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from actions.counting import Counts, counts_in
from actions.office import Office
from actions.taskdesk import NotificationLine, notification_lines
from storage import UnitOfWork
from storage.models import User

LATE = 30.0  # seconds in which a line with a lower id may still appear (PostgreSQL gives ids before the commit)
MISSED = 50  # lines told again to somebody who was away


@dataclass(frozen=True)
class News:
    """What changed for one person: new lines of the inbox, the numbers in the menu, whether the queue changed."""

    lines: tuple[NotificationLine, ...]
    counts: Counts
    tasks: bool


@dataclass
class Watcher:
    """Looks for one process; not for several threads at once. The first look only learns how things are."""

    office: Office
    clock: Callable[[], float] = time.monotonic
    _floor: int | None = None
    _seen: dict[int, float] = field(default_factory=dict)
    _gauge: tuple[int, int, int] | None = None
    _queue: dict[int, tuple[int, int | None, int | None]] = field(default_factory=dict)

    def look(self, users: Collection[User], nudged: Collection[int] = ()) -> dict[int, News]:
        """User id → what changed since the last look, of these users; `nudged`: look at these in any case."""
        by_id = {user.id: user for user in users}
        with self.office.db.read() as uow:
            lines = self._new_lines(uow, by_id)
            for_tasks = self._touched(uow, by_id.values())
            changed = sorted((lines.keys() | for_tasks | set(nudged)) & by_id.keys())
            return {number: _news(uow, by_id[number], lines.get(number, []), number in for_tasks) for number in changed}

    def _new_lines(self, uow: UnitOfWork, users: Mapping[int, User]) -> dict[int, list[int]]:
        """User → ids of lines that were not there before."""
        if self._floor is None:
            self._floor = uow.notifications.newest_id()
            return {}
        found: dict[int, list[int]] = {}
        now = self.clock()
        for number, user_id in uow.notifications.ids_after(self._floor, list(users)):
            if number not in self._seen:
                self._seen[number] = now
                found.setdefault(user_id, []).append(number)
        old = [number for number, at in self._seen.items() if now - at > LATE]
        self._floor = max([self._floor, *old])
        self._seen = {number: at for number, at in self._seen.items() if number > self._floor}
        return found

    def _touched(self, uow: UnitOfWork, users: Collection[User]) -> set[int]:
        """Whose queue may have changed. More than really may be named, never fewer: what they see is asked anew."""
        gauge = uow.tasks.gauge()
        if gauge == self._gauge:
            return set()
        first, self._gauge = self._gauge is None, gauge
        before, self._queue = self._queue, uow.tasks.waiting()
        if first:
            return set()
        changed = {*before.items()} ^ {*self._queue.items()}
        areas = {area for _, (_, area, _) in changed}
        holders = {holder for _, (_, _, holder) in changed}
        if None in areas:
            return {user.id for user in users}
        above = {area.id for number in areas for area in uow.areas.ancestors(number or 0)}
        return {user.id for user in users if user.role == "admin" or user.area_id in above or user.id in holders}


def _news(uow: UnitOfWork, user: User, line_ids: list[int], tasks: bool) -> News:
    rows = uow.notifications.of_user_after(user.id, min(line_ids) - 1) if line_ids else []
    fresh = [row for row in rows if row.id in line_ids]
    return News(notification_lines(uow, user, fresh), counts_in(uow, user), tasks)


def missed(office: Office, user: User, after: int | None) -> tuple[News, int]:
    """(what somebody who saw everything up to line `after` has missed, the newest id of their inbox)."""
    with office.db.read() as uow:
        rows = uow.notifications.of_user_after(user.id, after, MISSED) if after is not None else []
        newest = uow.notifications.of_user(user.id, limit=1)
        return News(notification_lines(uow, user, rows), counts_in(uow, user), False), newest[0].id if newest else 0
