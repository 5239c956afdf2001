"""The in-app inbox of staff."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from storage.models import Notification
from storage.queries.base import Queries


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
