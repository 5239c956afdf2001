"""What people say and what the office answers: conversations, the inbox, replies, stated facts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base
from storage.types import Line, Sealed, SealedJson, UtcDateTime


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
    human_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"), default=None)  # who that is
    human_until: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)  # then the assistant goes on
    address: Mapped[str | None] = mapped_column(Sealed("conversations.address"), default=None)  # chat id, phone
    household_id: Mapped[int | None] = mapped_column(ForeignKey("households.id"), default=None, index=True)
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


class Attachment(Base):
    """A photo, voice message, document or location that came with a message: kept for a person to look at.

    `reference` is what the channel needs to fetch it again (a file id), or the location itself.
    """

    __tablename__ = "attachments"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    inbound_id: Mapped[int] = mapped_column(ForeignKey("inbound_messages.id"), index=True)
    kind: Mapped[str] = mapped_column(Line(16))  # photo | voice | video | document | location | contact | other
    reference: Mapped[dict[str, Any]] = mapped_column(SealedJson("attachments.reference"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ChannelUpdate(Base):
    """Whatever an outside channel delivered, as it came: committed before it is acknowledged, worked on afterwards.

    Unique by channel and the channel's own number, so a redelivery is the row that stands there. Updates of one
    `chat` are worked on in order of `id`, one at a time; one that always fails is set aside as dead.
    """

    __tablename__ = "channel_updates"
    __table_args__ = (
        UniqueConstraint("channel", "external_id"),
        Index("ix_channel_updates_pending", "channel", "status", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    channel: Mapped[str] = mapped_column(Line(16))
    external_id: Mapped[str] = mapped_column(Line(64))
    chat: Mapped[str] = mapped_column(Line(64), index=True)  # keyed hash of the chat; orders the work
    body: Mapped[dict[str, Any]] = mapped_column(SealedJson("channel_updates.body"))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[str] = mapped_column(Line(16), default="received")  # received | done | dead
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    lease_owner: Mapped[str | None] = mapped_column(Line(64), default=None)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    last_error: Mapped[str | None] = mapped_column(Line(200), default=None)  # the kind of fault, no text of a person
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
