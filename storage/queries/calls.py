"""Calls at the hotline: the draft an operator types, then a line of the record."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from storage.models import Call
from storage.queries.base import Queries

DRAFT = "draft"


class Calls(Queries):
    """Telephone calls; one per key."""

    def begin_once(self, call: Call) -> tuple[Call, bool]:
        """Store the call unless one with its key exists: (the stored call, whether it is new)."""
        return self.uow.add_once(call)

    def by_key(self, key: str, *, lock: bool = False) -> Call | None:
        """`lock`: nobody else changes the row before we commit; it is then read anew."""
        query = select(Call).where(Call.key == key)
        if lock:
            query = query.with_for_update().execution_options(populate_existing=True)
        return self._first(query)

    def drafts_of(self, user_id: int, limit: int = 50) -> list[Call]:
        """What this operator has not finished, newest first: after a crash it is all here."""
        query = select(Call).where(Call.user_id == user_id, Call.status == DRAFT).order_by(Call.kept_at.desc())
        return self._all(query.limit(limit))

    def ended_since(self, user_id: int, moment: datetime, limit: int = 50) -> list[Call]:
        """What this operator has finished since then, newest first."""
        query = select(Call).where(Call.user_id == user_id, Call.ended_at >= moment).order_by(Call.ended_at.desc())
        return self._all(query.limit(limit))

    def of_phone(self, phone: str, limit: int = 20) -> list[Call]:
        """Finished calls from this number, newest first; a number is no person."""
        query = select(Call).where(Call.phone_index == self.uow.index(phone), Call.status != DRAFT)
        return self._all(query.order_by(Call.id.desc()).limit(limit))

    def of_case(self, case_id: int) -> list[Call]:
        """Calls that opened this case or went on with it, oldest first."""
        return self._all(select(Call).where(Call.case_id == case_id).order_by(Call.id))

    def set_phone(self, call: Call, phone: str | None) -> None:
        """The number with its lookup column, or neither."""
        call.phone = phone
        call.phone_index = self.uow.index(phone) if phone else None
