"""The in-app inbox of staff."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update

from storage.models import Notification
from storage.queries.base import Queries
from storage.translate import translated


class Notifications(Queries):
    """Lines for members of staff; one per key."""

    def put(self, notification: Notification) -> tuple[Notification, bool]:
        """Store the line unless one with its key exists: (the stored one, whether it is new)."""
        return self.uow.add_once(notification)

    def of_user(self, user_id: int, *, unread_only: bool = False, limit: int = 100) -> list[Notification]:
        """Newest first."""
        query = select(Notification).where(Notification.user_id == user_id).order_by(Notification.id.desc())
        return self._all((query.where(Notification.read_at.is_(None)) if unread_only else query).limit(limit))

    def unread_count(self, user_id: int) -> int:
        return self.uow.count(Notification, user_id=user_id, read_at=None)

    def mark_read(self, user_id: int, now: datetime, ids: Sequence[int] | None = None) -> int:
        """Mark the user's own lines as read, these or all; how many were unread."""
        statement = update(Notification).where(Notification.user_id == user_id, Notification.read_at.is_(None))
        if ids is not None:
            statement = statement.where(Notification.id.in_(ids))
        self.uow.flush()
        return self._change(statement.values(read_at=now))

    def ids_after(self, floor: int, user_ids: Sequence[int], limit: int = 1000) -> list[tuple[int, int]]:
        """(id, user) of newer lines of these people, oldest first."""
        query = select(Notification.id, Notification.user_id).where(Notification.id > floor)
        query = query.where(Notification.user_id.in_(user_ids)).order_by(Notification.id).limit(limit)
        with translated():
            return [(row[0], row[1]) for row in self.session.execute(query)]

    def newest_id(self) -> int:
        """The highest id there is, 0 for none."""
        with translated():
            return self.session.scalar(select(func.max(Notification.id))) or 0

    def of_user_after(self, user_id: int, floor: int, limit: int = 50) -> list[Notification]:
        """A person's newest lines with a higher id, oldest first."""
        query = select(Notification).where(Notification.user_id == user_id, Notification.id > floor)
        return self._all(query.order_by(Notification.id.desc()).limit(limit))[::-1]

    def waiting_for_digest(self, user_id: int, limit: int = 1000) -> list[Notification]:
        """Unread lines of which no digest has told, oldest first."""
        query = select(Notification).where(
            Notification.user_id == user_id, Notification.read_at.is_(None), Notification.digested.is_(False)
        )
        return self._all(query.order_by(Notification.id).limit(limit))

    def leave_out_of_digests(self, user_id: int) -> int:
        """No digest tells of what stands in this person's inbox now."""
        statement = update(Notification).where(Notification.user_id == user_id, Notification.digested.is_(False))
        self.uow.flush()
        return self._change(statement.values(digested=True))
