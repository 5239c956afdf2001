"""Is the audit log whole?"""

from __future__ import annotations

from actions.office import Office
from storage import models


def look(office: Office) -> tuple[int, int | None]:
    """How many entries there are, and the id of the first that does not fit (None: all do)."""
    with office.db.read() as uow:
        return uow.count(models.AuditEntry), uow.audit.broken_at()
