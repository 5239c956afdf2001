"""The audit log: who looked at or changed what. Each entry is chained to the one before by a keyed hash, so that an
entry that was changed, slipped in or taken out is noticed. A sealed head tells how many entries there are and which is
the last, so that an end that was cut off is noticed too. (What nobody inside can notice: the whole database put back
to an older state, or the log emptied together with its head; backups and the log's readers do.)"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, text

from storage.models import AuditEntry, AuditHead
from storage.queries.base import Queries
from storage.text import clean_text, clean_value, to_json

_CHAIN_LOCK = 0x5348_4155  # any number, the same in every process


class Audit(Queries):
    """Entries are collected and written at commit, so that the chain is locked only for that moment."""

    def __init__(self, uow: Any) -> None:
        super().__init__(uow)
        self._noted: list[AuditEntry] = []

    def record(self, actor: str, action: str, subject: str, **detail: Any) -> None:
        """Note it; stored if and only if this transaction commits. Put nothing personal into any part.

        `actor`: "user:ID", "system" or "conversation"; `subject`: "case:ID", "user:ID" …
        """
        actor, action, subject, detail = clean_text(actor), clean_text(action), clean_text(subject), clean_value(detail)
        self._noted.append(AuditEntry(at=self.uow.now(), actor=actor, action=action, subject=subject, detail=detail))

    def write(self) -> None:
        """Chain and store what was noted; called by commit."""
        if not self._noted:
            return
        if self.session.get_bind().dialect.name == "postgresql":
            self.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CHAIN_LOCK})
        head = self._head()
        before = head.mac if head else self._last_mac()
        for entry in self._noted:
            before = entry.mac = self._mac(before, entry)
            self.session.add(entry)
            self.session.flush()  # one by one: ids follow the chain
        if head is not None:
            head.entries, head.mac = head.entries + len(self._noted), before
            head.seal = self._seal(head)
            self.session.flush()
        self._noted = []

    def of_subject(self, subject: str, limit: int = 200) -> list[AuditEntry]:
        """Newest first."""
        return self.uow.find(AuditEntry, order="-id", subject=subject, limit=limit)

    def latest(self, limit: int = 200, before_id: int | None = None) -> list[AuditEntry]:
        """Newest first."""
        query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
        return self._all(query if before_id is None else query.where(AuditEntry.id < before_id))

    def broken_at(self) -> int | None:
        """The id of the first entry that does not fit the one before it, or None where the log is whole.

        Where the end is missing, or the head that tells of it was changed or taken away: the id after the last.
        """
        before, count, last = "", 0, 0
        for entry in self.session.scalars(select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=500)):
            if self._mac(before, entry) != entry.mac:
                return entry.id
            before, count, last = entry.mac, count + 1, entry.id
        head = self.session.get(AuditHead, 1, populate_existing=True)
        if head is None:
            return None if count == 0 else last + 1
        whole = (head.entries, head.mac) == (count, before) and head.seal == self._seal(head)
        return None if whole else last + 1

    def _head(self) -> AuditHead | None:
        """The head, made with the very first entry; where it was taken away it stays away, and the log broken."""
        head = self.session.get(AuditHead, 1, populate_existing=True)
        if head is None and not self._last_mac():
            head = AuditHead(id=1, entries=0, mac="", seal="")
            self.session.add(head)
        return head

    def _last_mac(self) -> str:
        return self.session.scalar(select(AuditEntry.mac).order_by(AuditEntry.id.desc()).limit(1)) or ""

    def _seal(self, head: AuditHead) -> str:
        return self.uow.index("audit head " + to_json([head.entries, head.mac]))

    def _mac(self, before: str, entry: AuditEntry) -> str:
        at = entry.at.astimezone(UTC).replace(tzinfo=None)
        said = [before, _to_the_microsecond(at), entry.actor, entry.action, entry.subject, entry.detail]
        return self.uow.index("audit " + to_json(said))


def _to_the_microsecond(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")
