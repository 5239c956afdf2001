"""Outside accounts that belong to members of staff."""

from __future__ import annotations

from sqlalchemy import select

from storage.models import StaffLink
from storage.queries.base import Queries


class Links(Queries):
    """Which chat is whose."""

    def active_of(self, user_id: int, channel: str) -> StaffLink | None:
        """The account of this channel that the person has linked and not revoked; the newest where there are more."""
        query = select(StaffLink).where(
            StaffLink.user_id == user_id, StaffLink.channel == channel, StaffLink.revoked_at.is_(None)
        )
        return self._first(query.order_by(StaffLink.id.desc()))
