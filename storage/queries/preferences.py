"""How members of staff want to be told."""

from __future__ import annotations

from datetime import date

from sqlalchemy import or_, select

from storage.models import StaffPreferences, User
from storage.queries.base import Queries
from storage.translate import translated


class Preferences(Queries):
    """One row a person; where there is none, the defaults hold."""

    def of(self, user_id: int) -> StaffPreferences:
        """The person's row, or the defaults (not stored)."""
        return self.uow.get(StaffPreferences, user_id) or StaffPreferences(user_id=user_id)

    def of_to_change(self, user_id: int) -> StaffPreferences:
        """The person's row, made where there is none; nobody else changes it before we commit."""
        self.uow.add_once(StaffPreferences(user_id=user_id), by="user_id")
        row = self.uow.get(StaffPreferences, user_id, lock=True)
        assert row is not None
        return row

    def digests_open(self, today: date) -> list[tuple[StaffPreferences, User]]:
        """Who has a daily digest, works here, and has not had the one of `today`."""
        query = (
            select(StaffPreferences, User)
            .join(User, User.id == StaffPreferences.user_id)
            .where(
                StaffPreferences.digest.is_(True),
                User.disabled.is_(False),
                or_(StaffPreferences.last_digest_on.is_(None), StaffPreferences.last_digest_on < today),
            )
            .order_by(StaffPreferences.user_id)
        )
        with translated():
            return [(row[0], row[1]) for row in self.session.execute(query)]
