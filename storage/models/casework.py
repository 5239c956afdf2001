"""Cases: what is applied for or complained about, its steps, verdicts and history; changes of rules for them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base
from storage.types import Line, Sealed, SealedJson, UtcDateTime


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
    id_number: Mapped[str | None] = mapped_column(Sealed("cases.id_number"), default=None)
    id_number_index: Mapped[str | None] = mapped_column(Line(64), default=None, index=True)
    household_id: Mapped[int | None] = mapped_column(ForeignKey("households.id"), default=None, index=True)
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


class ChangeSet(Base):
    """A change of rules for cases under way (口径变更): prepared by one person, approved by another, then applied."""

    __tablename__ = "change_sets"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    from_pack: Mapped[str] = mapped_column(Line(64))
    from_hash: Mapped[str] = mapped_column(Line(64))
    from_date: Mapped[date] = mapped_column()
    to_pack: Mapped[str] = mapped_column(Line(64))
    to_hash: Mapped[str] = mapped_column(Line(64))
    to_date: Mapped[date] = mapped_column()
    figures: Mapped[str] = mapped_column(Line(64))  # hash of the figures that were in force when it was prepared
    status: Mapped[str] = mapped_column(Line(16), default="prepared")  # prepared | applying | applied | refused
    case_ids: Mapped[list[int]] = mapped_column(JSON, default_factory=list)
    flips: Mapped[dict[str, Any]] = mapped_column(
        SealedJson("change_sets.flips"), default_factory=dict
    )  # case id → outcome and category before and after, and the clauses in words, as they were prepared
    prepared_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    prepared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"), default=None)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (declarative reads it)
