"""Households: who is one and the same across chat, Telegram and phone; merged by people only, with an undo."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base
from storage.types import Line, Sealed, UtcDateTime


class Household(Base):
    """One household as the office knows it; `merged_into` names the one it was found to be the same as."""

    __tablename__ = "households"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    head_name: Mapped[str | None] = mapped_column(Sealed("households.head_name"), default=None)
    area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"), default=None, index=True)
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("households.id"), default=None, index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (declarative reads it)


class HouseholdKey(Base):
    """One thing a household can be found by, as a keyed hash: an ID number, a phone with a name, a village with
    the sound of a name. `kind` says which; one hash may belong to several households, then a person decides."""

    __tablename__ = "household_keys"
    __table_args__ = (
        UniqueConstraint("household_id", "kind", "key_index", "conversation_id"),
        Index("ix_household_keys_lookup", "kind", "key_index"),
    )
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), index=True)
    kind: Mapped[str] = mapped_column(
        Line(24)
    )  # id_number | phone | phone_name | village_name | village_sound | name_sound
    key_index: Mapped[str] = mapped_column(Line(64))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), default=None)  # where it was learnt
    conversation_id: Mapped[str | None] = mapped_column(
        ForeignKey("conversations.id"), default=None, index=True
    )  # in which it was told; forgotten with it
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class HouseholdMatch(Base):
    """Two households that may be the same: suggested by the machine, decided by a person, undone by a person."""

    __tablename__ = "household_matches"
    __table_args__ = (UniqueConstraint("first_id", "second_id"),)
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    first_id: Mapped[int] = mapped_column(ForeignKey("households.id"), index=True)  # the smaller id
    second_id: Mapped[int] = mapped_column(ForeignKey("households.id"), index=True)
    reasons: Mapped[list[str]] = mapped_column(JSON, default_factory=list)  # kinds of keys they share
    status: Mapped[str] = mapped_column(Line(16), default="suggested")  # suggested | merged | different | undone
    moved: Mapped[dict[str, Any]] = mapped_column(JSON, default_factory=dict)  # ids that a merge moved, for the undo
    suggested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"), default=None)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (declarative reads it)
