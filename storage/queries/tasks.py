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
        limit: int = 500,
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

    def open_in(self, conversation_id: str, kind: str | None = None) -> list[Task]:
        """What is not done yet of one conversation, oldest first."""
        query = select(Task).where(Task.conversation_id == conversation_id, Task.status != "done").order_by(Task.id)
        return self._all(query if kind is None else query.where(Task.kind == kind))

    def lapsed(self, now: datetime, limit: int = 100) -> list[Task]:
        """Tasks in hands whose time has run out, locked for this transaction."""
        query = select(Task).where(Task.status == "taken", Task.taken_until <= now).order_by(Task.id)
        return self._all(self._for_update(query.limit(limit)))

    def take(self, task: Task, user_id: int, now: datetime, until: datetime) -> None:
        """Put the task into this person's hands; commit raises StaleRow where somebody else was faster."""
        task.status, task.taken_by, task.taken_at, task.taken_until = "taken", user_id, now, until

    def release(self, task: Task) -> None:
        """Back to the queue, for anybody."""
        task.status, task.taken_by, task.taken_at, task.taken_until = "open", None, None, None

    def hand_back_all(self, user: User) -> int:
        """Put whatever this person had taken back into the queue; how many."""
        taken = self.uow.find(Task, taken_by=user.id, status="taken")
        for task in taken:
            self.release(task)
        return len(taken)

    def finish(self, task: Task, user: User, now: datetime, outcome: str = "") -> None:
        task.status, task.done_at, task.outcome, task.taken_until = "done", now, outcome, None
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

    def waiting(self) -> dict[int, tuple[int, int | None, int | None]]:
        """Every task that waits: id → (version, area, whose hands it is in)."""
        query = select(Task.id, Task.version, Task.area_id, Task.taken_by).where(Task.status.in_(("open", "taken")))
        with translated():
            return {row[0]: (row[1], row[2], row[3]) for row in self.session.execute(query)}
