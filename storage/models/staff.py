"""The office itself: its areas and the people who work there, how they sign in and how they are reached."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base
from storage.types import Line, Sealed, UtcDateTime


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
    phone: Mapped[str | None] = mapped_column(Sealed("users.phone"), default=None)  # for the office's SMS gateway
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


class StaffPreferences(Base):
    """How a member of staff wants to be told; nobody's row is missing, its absence means the defaults."""

    __tablename__ = "staff_preferences"
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    telegram: Mapped[bool] = mapped_column(default=True)  # where an account is linked
    webhook: Mapped[bool] = mapped_column(default=True)  # where the office has one
    digest: Mapped[bool] = mapped_column(default=False)  # one message a day instead of many; urgent ones come at once
    digest_at: Mapped[time | None] = mapped_column(default=None)  # Asia/Shanghai; None: the office's time
    quiet_from: Mapped[time | None] = mapped_column(default=None)  # Asia/Shanghai; None: the office's quiet hours
    quiet_to: Mapped[time | None] = mapped_column(default=None)
    last_digest_on: Mapped[date | None] = mapped_column(default=None)


class StaffLink(Base):
    """An outside account (a Telegram chat) that belongs to a member of staff; a revoked one stays for the record."""

    __tablename__ = "staff_links"
    __table_args__ = (
        Index(
            "uq_staff_links_active", "channel", "address_index", unique=True,
            sqlite_where=sql("revoked_at IS NULL"), postgresql_where=sql("revoked_at IS NULL"),
        ),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    channel: Mapped[str] = mapped_column(Line(16))  # telegram
    address: Mapped[str] = mapped_column(Sealed("staff_links.address"))
    address_index: Mapped[str] = mapped_column(Line(64))
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class LinkCode(Base):
    """A one-time code with which a member of staff links an outside account; only its hash is kept."""

    __tablename__ = "link_codes"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    code_hash: Mapped[str] = mapped_column(Line(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class OfficeSetting(Base):
    """One figure of the office for one period (a line, default days, an emergency number), set in the pages.

    A later entry of the same key and period supersedes; nothing is overwritten. Wins over the office file.
    """

    __tablename__ = "office_settings"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    section: Mapped[str] = mapped_column(Line(24))  # contacts | parameters | step_days | places | hours
    key: Mapped[str] = mapped_column(Line(160), index=True)  # "office_phone"; "PACK/PARAMETER"; "PLACE/PARAMETER"
    value: Mapped[Any] = mapped_column(JSON)
    valid_from: Mapped[date] = mapped_column()
    valid_to: Mapped[date | None] = mapped_column(default=None)  # included; None: until further notice
    source: Mapped[str] = mapped_column(Line(300), default="")  # the paper it rests on
    set_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"), default=None)
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
