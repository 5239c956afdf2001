"""What the office set for itself in the pages: dated figures, days and telephone numbers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from storage.models import OfficeSetting
from storage.queries.base import Queries


class Settings(Queries):
    """Entries in force; an entry is never changed, a later one of the same key and first day takes its place."""

    def in_force(self) -> list[OfficeSetting]:
        """Everything that counts, by section, key and first day."""
        query = select(OfficeSetting).where(OfficeSetting.superseded_at.is_(None))
        return self._all(query.order_by(OfficeSetting.section, OfficeSetting.key, OfficeSetting.valid_from))

    def put(
        self,
        section: str,
        key: str,
        value: Any,
        *,
        valid_from: date,
        valid_to: date | None = None,
        source: str = "",
        set_by: int | None,
        now: datetime,
    ) -> OfficeSetting:
        """Set a value from a day on; what stood there for the same first day is superseded."""
        for row in self.uow.find(
            OfficeSetting, section=section, key=key, valid_from=valid_from, superseded_at=None
        ):  # fmt: skip
            row.superseded_at = now
        row = OfficeSetting(
            section=section, key=key, value=value, valid_from=valid_from, valid_to=valid_to, source=source,
            set_by=set_by, set_at=now,
        )  # fmt: skip
        return self.uow.add(row)

    def end(self, number: int, now: datetime) -> OfficeSetting | None:
        """Take an entry out of force; None where there is none in force with this number."""
        row = self.uow.get(OfficeSetting, number, lock=True)
        if row is None or row.superseded_at is not None:
            return None
        row.superseded_at = now
        return row

    def mark(self) -> tuple[int, int]:
        """Changes whenever an entry is set or ended."""
        row = self.session.execute(
            select(func.coalesce(func.max(OfficeSetting.id), 0), func.count(OfficeSetting.superseded_at))
        ).one()
        return int(row[0]), int(row[1])
