"""What must be done and what must leave: tasks, calls, reminders, the outbox, inboxes of the staff."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base
from storage.types import Line, Sealed, SealedJson, UtcDateTime


class Task(Base):
    """Something a person must do: call back, danger, unplaced case, failed reminder …"""

    __tablename__ = "tasks"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    key: Mapped[str] = mapped_column(Line(120), unique=True)  # one task per matter
    kind: Mapped[str] = mapped_column(
        Line(24)
    )  # danger | person | unplaced | abandoned | delivery_failed | household_says_no
    urgent: Mapped[bool] = mapped_column(default=False)
    area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"), default=None, index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), default=None)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id"), default=None)
    text: Mapped[str] = mapped_column(Sealed("tasks.text"), default="")
    status: Mapped[str] = mapped_column(Line(16), default="open", index=True)  # open | taken | done
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None, index=True)  # an appointment
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"), default=None)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    taken_until: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)  # then anybody may take it over
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    outcome: Mapped[str | None] = mapped_column(Sealed("tasks.outcome"), default=None)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (declarative reads it)


class Call(Base):
    """A telephone call at the hotline: a draft while the operator types, then part of the record.

    `state` is the draft (notes as heard, what was accepted, changed or refused, the complaint). One phone number may
    stand for many people, so it identifies nobody.
    """

    __tablename__ = "calls"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    key: Mapped[str] = mapped_column(Line(64), unique=True)  # made by the page: starting twice is one call
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)  # the operator
    status: Mapped[str] = mapped_column(Line(16), default="draft")  # draft | saved | dropped
    kind: Mapped[str] = mapped_column(Line(16), default="application")  # application | complaint | question | other
    phone: Mapped[str | None] = mapped_column(Sealed("calls.phone"), default=None)
    phone_index: Mapped[str | None] = mapped_column(Line(64), default=None, index=True)
    notes: Mapped[str] = mapped_column(Sealed("calls.notes"), default="")
    state: Mapped[dict[str, Any]] = mapped_column(SealedJson("calls.state"), default_factory=dict)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id"), default=None)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), default=None, index=True)
    outcome: Mapped[str | None] = mapped_column(Line(24), default=None)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)  # when the draft was last kept
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (declarative reads it)


class Reminder(Base):
    """A reminder that falls due; it becomes outbox rows when its time has come, once."""

    __tablename__ = "reminders"
    __table_args__ = (Index("ix_reminders_due", "status", "due_at"),)
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    key: Mapped[str] = mapped_column(Line(160), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    step: Mapped[str | None] = mapped_column(Line(64), default=None)
    rule: Mapped[str] = mapped_column(Line(48))  # id in the reminder rules
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[str] = mapped_column(Line(16), default="pending")  # pending | sent | cancelled
    fired_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class OutboxMessage(Base):
    """A message that leaves after commit: claimed by a lease, retried with back-off, dead-lettered in sight."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_due", "status", "next_at"), Index("ix_outbox_recipient", "recipient", "sent_at"))
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    key: Mapped[str] = mapped_column(Line(200), unique=True)  # idempotency: recipient and purpose
    channel: Mapped[str] = mapped_column(Line(16))  # conversation | staff | telegram | webhook
    recipient: Mapped[str] = mapped_column(Line(80))  # conversation id; user id (staff); "user:ID" (outside channels)
    text: Mapped[str] = mapped_column(Sealed("outbox.text"))
    payload: Mapped[dict[str, Any]] = mapped_column(
        SealedJson("outbox.payload"), default_factory=dict
    )  # choices, receipt …
    status: Mapped[str] = mapped_column(
        Line(16), default="pending"
    )  # pending | sent | dead | merged (told in a summary) | dropped (no longer this person's)
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_owner: Mapped[str | None] = mapped_column(Line(64), default=None)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    last_error: Mapped[str | None] = mapped_column(Line(500), default=None)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class Notification(Base):
    """A line in the in-app inbox of a member of staff."""

    __tablename__ = "notifications"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    key: Mapped[str] = mapped_column(Line(200), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), default=None)
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"), default=None)
    text: Mapped[str] = mapped_column(Sealed("notifications.text"))
    urgent: Mapped[bool] = mapped_column(default=False)
    digested: Mapped[bool] = mapped_column(default=False)  # no daily digest has to tell of it any more
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
