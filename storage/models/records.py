"""The office watching itself: the audit log, the keys that sealed something here, who holds what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base
from storage.types import Line, UtcDateTime


class AuditEntry(Base):
    """Who looked at or changed what; holds no personal datum itself."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(Line(80))  # user:ID | system | conversation
    action: Mapped[str] = mapped_column(Line(48))
    subject: Mapped[str] = mapped_column(Line(80), index=True)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default_factory=dict)
    mac: Mapped[str] = mapped_column(Line(64), default="")  # chained keyed hash, see queries/audit.py


class AuditHead(Base):
    """How many entries the audit log has and where it ends, under a keyed seal; one row, see queries/audit.py."""

    __tablename__ = "audit_head"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    entries: Mapped[int] = mapped_column()
    mac: Mapped[str] = mapped_column(Line(64))  # of the last entry
    seal: Mapped[str] = mapped_column(Line(64))


class Allowance(Base):
    """How often something was tried since `since`, counted across processes; see queries/allowances.py."""

    __tablename__ = "allowances"
    key: Mapped[str] = mapped_column(Line(64), primary_key=True)  # keyed hash of what is counted
    spent: Mapped[int] = mapped_column()
    since: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class SealingKey(Base):
    """A key that sealed something here, with a value it must open: a lost or foreign key file is noticed at start."""

    __tablename__ = "sealing_keys"
    key_id: Mapped[str] = mapped_column(Line(16), primary_key=True)
    canary: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Lease(Base):
    """A job that one process does at a time (polling a bot, for instance); another takes over when it ends."""

    __tablename__ = "leases"
    name: Mapped[str] = mapped_column(Line(80), primary_key=True)
    owner: Mapped[str] = mapped_column(Line(64))
    until: Mapped[datetime] = mapped_column(UtcDateTime)
