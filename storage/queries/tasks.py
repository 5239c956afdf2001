"""Things a person must do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from storage.models import Case, Task, User
from storage.queries.access import in_reach, not_about
from storage.queries.base import Queries
from storage.translate import translated


class Tasks(Queries):
    """Tasks for staff; one per key."""

    def get(self, task_id: int, *, lock: bool = False) -> Task | None:
        return self.uow.get(Task, task_id, lock=lock)

    def open_once(self, task: Task) -> tuple[Task, bool]:
        """Store the task unless one with its key exists: (the stored task, whether it is new)."""
        return self.uow.add_once(task)

    def by_key(self, key: str) -> Task | None:
        return self._first(select(Task).where(Task.key == key))

    def visible_to(
        self,
        user: User,
        *,
        status: str | Sequence[str] = ("open", "taken"),
        kind: str | None = None,
        limit: int = 200,
    ) -> list[Task]:
        """Tasks in the user's reach, urgent ones first, then oldest first.

        A task about a complaint follows the complaint's own rule: those complained about never see it.
        """
        query = (
            select(Task)
            .outerjoin(Case, Case.id == Task.case_id)
            .where(in_reach(user, self._level_of(user), Task.area_id), not_about(user, Case.bypassed_area_id))
            .where(Task.status.in_([status] if isinstance(status, str) else status))
            .order_by(Task.urgent.desc(), Task.id)
        )
        if kind is not None:
            query = query.where(Task.kind == kind)
        return self._all(query.limit(limit))

    def may_see(self, user: User, task: Task) -> bool:
        query = (
            select(Task)
            .outerjoin(Case, Case.id == Task.case_id)
            .where(
                Task.id == task.id,
                in_reach(user, self._level_of(user), Task.area_id),
                not_about(user, Case.bypassed_area_id),
            )
        )
        return self._first(query) is not None

    def of_case(self, case_id: int) -> list[Task]:
        return self.uow.find(Task, case_id=case_id)

    def of_conversation(self, conversation_id: str, *, status: str | None = None) -> list[Task]:
        tasks = self.uow.find(Task, conversation_id=conversation_id)
        return [task for task in tasks if status is None or task.status == status]

    def take(self, task: Task, user: User, now: datetime) -> None:
        """Put the task into this person's hands; commit raises StaleRow where somebody else was faster."""
        task.status, task.taken_by, task.taken_at = "taken", user.id, now

    def finish(self, task: Task, user: User, now: datetime, outcome: str = "") -> None:
        task.status, task.done_at, task.outcome = "done", now, outcome
        if task.taken_by is None:
            task.taken_by, task.taken_at = user.id, now

    def open_counts(self) -> dict[str, int]:
        """How many tasks are open, by kind."""
        query = select(Task.kind, func.count()).where(Task.status == "open").group_by(Task.kind)
        with translated():
            return {row[0]: row[1] for row in self.session.execute(query)}

    def gauge(self) -> tuple[int, int, int]:
        """Changes with every change of the queue and costs one look: (how many wait, highest id, sum of versions)."""
        waiting = Task.status.in_(("open", "taken"))
        query = select(func.count(), func.coalesce(func.max(Task.id), 0), func.coalesce(func.sum(Task.version), 0))
        with translated():
            row = self.session.execute(query.where(waiting)).one()
        return row[0], row[1], row[2]

    def waiting(self) -> dict[int, tuple[int, int | None]]:
        """Every task that waits: id → (version, area)."""
        query = select(Task.id, Task.version, Task.area_id).where(Task.status.in_(("open", "taken")))
        with translated():
            return {row[0]: (row[1], row[2]) for row in self.session.execute(query)}
