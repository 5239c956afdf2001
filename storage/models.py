"""The tables: what the office remembers, one class a table.

Times are timezone-aware UTC (`UtcDateTime`); dates are Asia/Shanghai calendar days.
`Sealed` columns are encrypted at rest (see `sealed.py`); `*_index` columns are keyed
hashes that let a sealed value be looked up without being readable.
Rows that people edit carry `version` (optimistic lock, raised as `StaleRow` on conflict).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, dataclass_transform

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, MetaData, UniqueConstraint, inspect
from sqlalchemy import text as sql
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column

from storage.types import Line, Sealed, SealedJson, UtcDateTime

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


@dataclass_transform(kw_only_default=True, field_specifiers=(mapped_column,))  # what type checkers cannot see
class Base(MappedAsDataclass, DeclarativeBase, kw_only=True, repr=False, eq=False):
    metadata = MetaData(naming_convention=NAMING)

    def __repr__(self) -> str:
        """Class and key only: whatever logs a row must not log a person."""
        key = inspect(self).identity
        return f"<{type(self).__name__} {key[0] if key else 'new'}>"


class Area(Base):
    """A place of the office's own area table: province, city, county, town or village."""

    __tablename__ = "areas"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    code: Mapped[str] = mapped_column(Line(32), unique=True)
    name: Mapped[str] = mapped_column(Line(80))
    level: Mapped[str] = mapped_column(Line(16))  # province | city | county | town | village
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"), default=None, index=True)
    path: Mapped[str] = mapped_column(Line(300), default="", index=True)  # names joined by "/", own name last


class User(Base):
    """A member of staff."""

    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    name: Mapped[str] = mapped_column(Line(80), unique=True)
    password_hash: Mapped[str] = mapped_column(Line(200))
    role: Mapped[str] = mapped_column(Line(16))  # operator | cadre | admin
    area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"), default=None, index=True)
    display_name: Mapped[str] = mapped_column(Line(80), default="")
    disabled: Mapped[bool] = mapped_column(default=False)
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (declarative reads it)


class Session(Base):
    """A signed-in session; only the hash of its token is kept."""

    __tablename__ = "sessions"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    token_hash: Mapped[str] = mapped_column(Line(64), unique=True)
    csrf: Mapped[str] = mapped_column(Line(64))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Conversation(Base):
    """One person talking with the office through one channel; `state` is the draft being worked on."""

    __tablename__ = "conversations"
    id: Mapped[str] = mapped_column(Line(80), primary_key=True)
    channel: Mapped[str] = mapped_column(Line(16))  # web | terminal | telegram | phone
    stage: Mapped[str] = mapped_column(Line(16), default="opening")
    asks: Mapped[str | None] = mapped_column(Line(64), default=None)
    consent_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    consent_version: Mapped[str | None] = mapped_column(Line(16), default=None)
    place: Mapped[str | None] = mapped_column(Sealed("conversations.place"), default=None)
    area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"), default=None)
    pack_id: Mapped[str | None] = mapped_column(Line(64), default=None)
    state: Mapped[dict[str, Any]] = mapped_column(SealedJson("conversations.state"), default_factory=dict)
    last_seq: Mapped[int] = mapped_column(default=0)
    human: Mapped[bool] = mapped_column(default=False)  # True: a person has taken over
    lease_owner: Mapped[str | None] = mapped_column(Line(64), default=None)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_active_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class InboundMessage(Base):
    """The inbox: committed before it is acknowledged, unique by channel and external id."""

    __tablename__ = "inbound_messages"
    __table_args__ = (
        UniqueConstraint("channel", "conversation_id", "external_id"),
        Index("ix_inbound_messages_pending", "status", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    channel: Mapped[str] = mapped_column(Line(16))
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    external_id: Mapped[str] = mapped_column(Line(120))
    text: Mapped[str] = mapped_column(Sealed("inbound_messages.text"))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[str] = mapped_column(Line(16), default="received")  # received | answered | dead | deleted
    attempts: Mapped[int] = mapped_column(default=0)
    late_notice: Mapped[bool] = mapped_column(default=False)  # "we will answer later" was said
    act: Mapped[str | None] = mapped_column(Line(32), default=None)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    asks: Mapped[str | None] = mapped_column(Line(64), default=None)  # the three below: as they stood after this turn
    stage: Mapped[str | None] = mapped_column(Line(16), default=None)
    receipt: Mapped[str | None] = mapped_column(Line(24), default=None)
    origin_index: Mapped[str | None] = mapped_column(Line(64), default=None)  # sender's address, until it is answered


class Reply(Base):
    """What the office said in a conversation, in order of `seq` (1, 2, 3 … within the conversation)."""

    __tablename__ = "replies"
    __table_args__ = (UniqueConstraint("conversation_id", "seq"),)
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    seq: Mapped[int] = mapped_column()
    inbound_id: Mapped[int | None] = mapped_column(ForeignKey("inbound_messages.id"), default=None, index=True)
    author: Mapped[str] = mapped_column(Line(16), default="assistant")  # assistant | staff | reminder
    text: Mapped[str] = mapped_column(Sealed("replies.text"))
    choices: Mapped[list[dict[str, str]]] = mapped_column(SealedJson("replies.choices"), default_factory=list)
    details: Mapped[list[dict[str, str]]] = mapped_column(
        SealedJson("replies.details"), default_factory=list
    )  # one tap away: {title, text}
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Fact(Base):
    """One statement of one fact with its provenance; a later statement supersedes, nothing is overwritten."""

    __tablename__ = "facts"
    __table_args__ = (  # one statement of a fact is current; one with a case belongs to the case alone
        Index(
            "uq_facts_current_of_conversation", "conversation_id", "fact_id", unique=True,
            sqlite_where=sql("superseded_at IS NULL AND case_id IS NULL"),
            postgresql_where=sql("superseded_at IS NULL AND case_id IS NULL"),
        ),
        Index(
            "uq_facts_current_of_case", "case_id", "fact_id", unique=True,
            sqlite_where=sql("superseded_at IS NULL AND case_id IS NOT NULL"),
            postgresql_where=sql("superseded_at IS NULL AND case_id IS NOT NULL"),
        ),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id"), default=None, index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), default=None, index=True)
    fact_id: Mapped[str] = mapped_column(Line(64))
    value: Mapped[Any] = mapped_column(SealedJson("facts.value"))
    source: Mapped[str] = mapped_column(Line(16))  # applicant | proxy | operator | cadre | department | office
    said_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"), default=None)  # a member of staff
    inbound_id: Mapped[int | None] = mapped_column(ForeignKey("inbound_messages.id"), default=None)
    words: Mapped[str | None] = mapped_column(Sealed("facts.words"), default=None)
    start: Mapped[int | None] = mapped_column(default=None)  # code points in the message
    end: Mapped[int | None] = mapped_column(default=None)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    verified: Mapped[bool] = mapped_column(default=False)
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class Case(Base):
    """An application or a complaint under way."""

    __tablename__ = "cases"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    receipt: Mapped[str] = mapped_column(Line(24), unique=True)
    kind: Mapped[str] = mapped_column(Line(16))  # application | complaint
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id"), default=None, index=True)
    dedup_key: Mapped[str] = mapped_column(Line(120), unique=True)  # one open case per conversation and matter
    pack_id: Mapped[str] = mapped_column(Line(64))
    pack_version: Mapped[str] = mapped_column(Line(32))
    pack_hash: Mapped[str] = mapped_column(Line(64))
    place: Mapped[str | None] = mapped_column(Sealed("cases.place"), default=None)
    area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"), default=None, index=True)
    routed_area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"), default=None, index=True)  # who acts
    bypassed_area_id: Mapped[int | None] = mapped_column(
        ForeignKey("areas.id"), default=None
    )  # complained about: never sees it
    status: Mapped[str] = mapped_column(Line(16), default="open")  # open | returned | withdrawn | closed
    outcome: Mapped[str | None] = mapped_column(Line(16), default=None)
    category: Mapped[str | None] = mapped_column(Line(32), default=None)
    complaint_topic: Mapped[str | None] = mapped_column(Line(40), default=None)
    person_name: Mapped[str | None] = mapped_column(Sealed("cases.person_name"), default=None)
    phone: Mapped[str | None] = mapped_column(Sealed("cases.phone"), default=None)
    phone_index: Mapped[str | None] = mapped_column(Line(64), default=None, index=True)
    phone_tail_index: Mapped[str | None] = mapped_column(Line(64), default=None)  # last four digits
    proxy_name: Mapped[str | None] = mapped_column(Sealed("cases.proxy_name"), default=None)
    proxy_relation: Mapped[str | None] = mapped_column(Sealed("cases.proxy_relation"), default=None)
    proxy_consent: Mapped[bool | None] = mapped_column(default=None)  # the person concerned agreed
    own_words: Mapped[str] = mapped_column(Sealed("cases.own_words"), default="")
    details: Mapped[dict[str, Any]] = mapped_column(SealedJson("cases.details"), default_factory=dict)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    discovered_on: Mapped[date] = mapped_column()
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (declarative reads it)


class CaseStep(Base):
    """One step of the procedure for one case. `due_on` is null where neither document nor office gives days."""

    __tablename__ = "case_steps"
    __table_args__ = (UniqueConstraint("case_id", "step"),)
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    step: Mapped[str] = mapped_column(Line(64))
    position: Mapped[int] = mapped_column()
    clause: Mapped[str] = mapped_column(Line(64))
    level: Mapped[str] = mapped_column(Line(16))  # who acts: village | town | county
    status: Mapped[str] = mapped_column(Line(16), default="waiting")  # waiting | due | done | skipped | cancelled
    started_on: Mapped[date | None] = mapped_column(default=None)
    due_on: Mapped[date | None] = mapped_column(default=None)
    due_provisional: Mapped[bool] = mapped_column(default=False)  # computed without that year's published calendar
    done_on: Mapped[date | None] = mapped_column(default=None)
    done_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"), default=None)
    note: Mapped[str | None] = mapped_column(Sealed("case_steps.note"), default=None)


class Verdict(Base):
    """A verdict as it was given: pack, version and hash, date, facts, and the whole assessment."""

    __tablename__ = "verdicts"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), default=None, index=True)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id"), default=None)
    pack_id: Mapped[str] = mapped_column(Line(64))
    pack_version: Mapped[str] = mapped_column(Line(32))
    pack_hash: Mapped[str] = mapped_column(Line(64))
    on_date: Mapped[date] = mapped_column()
    facts: Mapped[dict[str, Any]] = mapped_column(SealedJson("verdicts.facts"))
    assessment: Mapped[dict[str, Any]] = mapped_column(SealedJson("verdicts.assessment"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class CaseEvent(Base):
    """The history of a case: what happened, who did it, and whether the household may read it."""

    __tablename__ = "case_events"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(Line(32))
    by_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), default=None)
    text: Mapped[str] = mapped_column(Sealed("case_events.text"), default="")
    public: Mapped[bool] = mapped_column(default=False)


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
    status: Mapped[str] = mapped_column(Line(16), default="open")  # open | taken | done
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"), default=None)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    outcome: Mapped[str | None] = mapped_column(Sealed("tasks.outcome"), default=None)
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
    __table_args__ = (Index("ix_outbox_due", "status", "next_at"),)
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    key: Mapped[str] = mapped_column(Line(200), unique=True)  # idempotency: recipient and purpose
    channel: Mapped[str] = mapped_column(Line(16))  # conversation | staff | telegram | webhook
    recipient: Mapped[str] = mapped_column(Line(80))  # conversation id or user id
    text: Mapped[str] = mapped_column(Sealed("outbox.text"))
    payload: Mapped[dict[str, Any]] = mapped_column(
        SealedJson("outbox.payload"), default_factory=dict
    )  # choices, receipt …
    status: Mapped[str] = mapped_column(Line(16), default="pending")  # pending | sent | dead
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
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


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
