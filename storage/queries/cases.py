"""Cases, their steps, verdicts and events, and who may see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased

from storage.models import Case, CaseEvent, CaseStep, User, Verdict
from storage.queries.access import in_reach, not_about
from storage.queries.base import Queries
from storage.translate import translated


class Cases(Queries):
    """Applications and complaints."""

    def get(self, case_id: int, *, lock: bool = False) -> Case | None:
        return self.uow.get(Case, case_id, lock=lock)

    def by_receipt(self, receipt: str) -> Case | None:
        """The case with this receipt number, written as it was issued."""
        return self._first(select(Case).where(Case.receipt == receipt))

    def by_dedup(self, key: str) -> Case | None:
        return self._first(select(Case).where(Case.dedup_key == key))

    def open_once(self, case: Case) -> tuple[Case, bool]:
        """Store the case unless one with its `dedup_key` exists: (the stored case, whether it is new)."""
        return self.uow.add_once(case, by="dedup_key")

    def set_phone(self, case: Case, phone: str | None) -> None:
        """Phone number with both lookup columns; digits only, or None."""
        case.phone = phone
        case.phone_index = self.uow.index(phone) if phone else None
        case.phone_tail_index = self.uow.index(phone[-4:]) if phone else None

    def set_id_number(self, case: Case, number: str | None) -> None:
        """ID number, checked and normalised by the caller, with its lookup column; or None."""
        case.id_number = number
        case.id_number_index = self.uow.index(number) if number else None

    def of_phone(self, phone: str) -> list[Case]:
        """Cases of this phone number, newest first. Needs `phone_index` = `uow.index(phone)`."""
        return self._all(select(Case).where(Case.phone_index == self.uow.index(phone)).order_by(Case.id.desc()))

    def of_conversation(self, conversation_id: str) -> list[Case]:
        """Cases opened in this conversation, newest first."""
        return self._all(select(Case).where(Case.conversation_id == conversation_id).order_by(Case.id.desc()))

    def visible_to(
        self,
        user: User,
        *,
        kind: str | None = None,
        status: str | Sequence[str] | None = None,
        area_id: int | None = None,
        before_id: int | None = None,
        limit: int = 200,
    ) -> list[Case]:
        """Cases this member of staff may see, newest first; unplaced ones among them from the county upwards.

        `area_id` narrows to one routed area exactly; `before_id` continues a list; `limit` bounds it.
        """
        query = self._seen_by(user).where(*_narrowed(kind, status))
        if area_id is not None:
            query = query.where(Case.routed_area_id == area_id)
        if before_id is not None:
            query = query.where(Case.id < before_id)
        return self._all(query.order_by(Case.id.desc()).limit(limit))

    def count_visible_to(self, user: User, *, kind: str | None = None, status: str | None = None) -> int:
        seen = self._seen_by(user).where(*_narrowed(kind, status)).subquery()
        with translated():
            return self.session.scalar(select(func.count()).select_from(seen)) or 0

    def unplaced(self, user: User, limit: int = 200) -> list[Case]:
        """Cases nobody's area is known for; empty below the county."""
        query = self._seen_by(user).where(Case.routed_area_id.is_(None))
        return self._all(query.order_by(Case.id).limit(limit))

    def may_see(self, user: User, case: Case) -> bool:
        """Whether this case is among those `visible_to` would list."""
        return self._first(self._seen_by(user).where(Case.id == case.id)) is not None

    def seen_among(self, user: User, case_ids: Sequence[int]) -> set[int]:
        """Which of these cases `visible_to` would list: one question for many."""
        if not case_ids:
            return set()
        seen = self._seen_by(user).where(Case.id.in_(case_ids)).with_only_columns(Case.id)
        with translated():
            return set(self.session.scalars(seen))

    def seen_by_receipt(self, user: User, receipt: str) -> Case | None:
        """The case with this receipt, or None where there is none or the user may not see it: the two look the same."""
        return self._first(self._seen_by(user).where(Case.receipt == receipt))

    def _seen_by(self, user: User) -> Select[Case]:
        return select(Case).where(
            in_reach(user, self._level_of(user), Case.routed_area_id), not_about(user, Case.bypassed_area_id)
        )

    def steps(self, case_id: int) -> list[CaseStep]:
        return self._all(select(CaseStep).where(CaseStep.case_id == case_id).order_by(CaseStep.position))

    def step(self, case_id: int, step: str) -> CaseStep | None:
        return self._first(select(CaseStep).where(CaseStep.case_id == case_id, CaseStep.step == step))

    def steps_of(self, case_ids: Sequence[int]) -> dict[int, list[CaseStep]]:
        """The steps of many cases in one question, by case id."""
        found: dict[int, list[CaseStep]] = {case_id: [] for case_id in case_ids}
        query = select(CaseStep).where(CaseStep.case_id.in_(case_ids)).order_by(CaseStep.case_id, CaseStep.position)
        for step in self._all(query):
            found[step.case_id].append(step)
        return found

    def due_steps(self, user: User, until: date, limit: int = 200) -> list[tuple[Case, CaseStep]]:
        """Steps due by that day in open cases the user may see, most urgent first."""
        seen = aliased(Case, self._seen_by(user).where(Case.status == "open").subquery())
        query = (
            select(seen, CaseStep)
            .join(CaseStep, CaseStep.case_id == seen.id)
            .where(CaseStep.status == "due", CaseStep.due_on <= until)
            .order_by(CaseStep.due_on, CaseStep.id)
        )
        with translated():
            return [(case, step) for case, step in self.session.execute(query.limit(limit))]

    def events(self, case_id: int, *, public_only: bool = False) -> list[CaseEvent]:
        """The history, oldest first; `public_only`: what the household may read."""
        query = select(CaseEvent).where(CaseEvent.case_id == case_id).order_by(CaseEvent.id)
        return self._all(query.where(CaseEvent.public.is_(True)) if public_only else query)

    def verdicts(self, case_id: int) -> list[Verdict]:
        """Every verdict given, oldest first."""
        return self._all(select(Verdict).where(Verdict.case_id == case_id).order_by(Verdict.id))

    def latest_verdict(self, case_id: int) -> Verdict | None:
        return self._first(select(Verdict).where(Verdict.case_id == case_id).order_by(Verdict.id.desc()))


def _narrowed(kind: str | None, status: str | Sequence[str] | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if kind is not None:
        conditions.append(Case.kind == kind)
    if status is not None:
        conditions.append(Case.status.in_([status] if isinstance(status, str) else status))
    return conditions
