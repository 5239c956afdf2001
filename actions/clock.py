"""The office's clock: UTC instants and Asia/Shanghai calendar days."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def _system_time() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Clock:
    """Tells the time; `read` returns an aware datetime and is replaced in tests and rehearsals."""

    read: Callable[[], datetime] = _system_time

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return self.read().astimezone(UTC)

    def today(self) -> date:
        """The calendar day in Asia/Shanghai, whatever the server's zone."""
        return self.read().astimezone(SHANGHAI).date()

    @classmethod
    def fixed(cls, iso: str) -> Clock:
        """A clock that stands still at an ISO 8601 instant; without a zone it means Asia/Shanghai."""
        instant = datetime.fromisoformat(iso)
        if instant.tzinfo is None:
            instant = instant.replace(tzinfo=SHANGHAI)
        return cls(read=lambda: instant)
