"""Reminders: rows with a due time. They become outbox rows once, whoever asks first."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from storage.models import Reminder
from storage.queries.base import Queries


class Reminders(Queries):
    """What falls due."""

    def plan_once(self, reminder: Reminder) -> tuple[Reminder, bool]:
        """Store the reminder unless one with its key exists: (the stored one, whether it is new)."""
        return self.uow.add_once(reminder)

    def due(self, now: datetime, limit: int = 100) -> list[Reminder]:
        """Pending reminders whose time has come, oldest first, locked for this transaction: two clocks that tick at
        once never get the same one. Call `fire` on each and commit."""
        query = (
            select(Reminder)
            .where(Reminder.status == "pending", Reminder.due_at <= now)
            .order_by(Reminder.due_at, Reminder.id)
        )
        return self._all(self._for_update(query.limit(limit)))

    def fire(self, reminder: Reminder, now: datetime) -> None:
        reminder.status, reminder.fired_at = "sent", now

    def cancel(self, case_id: int, *, step: str | None = None, rule: str | None = None) -> int:
        """Cancel what is pending for a case, or for one step or rule of it; how many were cancelled."""
        statement = update(Reminder).where(Reminder.case_id == case_id, Reminder.status == "pending")
        if step is not None:
            statement = statement.where(Reminder.step == step)
        if rule is not None:
            statement = statement.where(Reminder.rule == rule)
        self.uow.flush()
        return self._change(statement.values(status="cancelled"))

    def of_case(self, case_id: int) -> list[Reminder]:
        return self.uow.find(Reminder, order="due_at", case_id=case_id)

    def pending_count(self, now: datetime) -> int:
        """How many are overdue at this moment: a clock that stands still shows here."""
        return len(self._all(select(Reminder.id).where(Reminder.status == "pending", Reminder.due_at <= now)))
