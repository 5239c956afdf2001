"""Rows to try things on, and short ways to make them."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from typing import Any

from storage import UnitOfWork, models

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
_number = itertools.count(1)


def case(**over: Any) -> models.Case:
    number = next(_number)
    given = {
        "receipt": f"261123-{number // 1000:03d}-{number % 1000:03d}",
        "kind": "application",
        "dedup_key": f"matter-{number}",
        "pack_id": "guokaifa-2020-6",
        "pack_version": "1",
        "pack_hash": "0" * 64,
        "opened_at": NOW,
        "discovered_on": date(2026, 11, 23),
    }
    return models.Case(**(given | over))


def outgoing(key: str, **over: Any) -> models.OutboxMessage:
    given = {"key": key, "channel": "telegram", "recipient": "c1", "text": "您好", "next_at": NOW, "created_at": NOW}
    return models.OutboxMessage(**(given | over))


def user(name: str, role: str = "cadre", area: models.Area | None = None, **over: Any) -> models.User:
    given = {"name": name, "role": role, "password_hash": "-", "created_at": NOW, "area_id": area.id if area else None}
    return models.User(**(given | over))


def fact(fact_id: str, value: Any, conversation_id: str | None = "c1", **over: Any) -> models.Fact:
    given = {"conversation_id": conversation_id, "fact_id": fact_id, "value": value, "source": "applicant", "at": NOW}
    return models.Fact(**(given | over))


AREAS = [
    # code, name, level, lies in
    ("64", "宁夏", "province", None),
    ("6404", "固原市", "city", "64"),
    ("640422", "西吉县", "county", "6404"),
    ("640423", "隆德县", "county", "6404"),
    ("640422-1", "将台堡镇", "town", "640422"),
    ("640422-2", "兴隆镇", "town", "640422"),
    ("640422-1-1", "明台村", "village", "640422-1"),
    ("640422-1-2", "火家集村", "village", "640422-1"),
    ("640422-2-1", "下堡村", "village", "640422-2"),
    ("640423-1-1", "清泉村", "village", "640423"),
]


def plant_areas(uow: UnitOfWork) -> dict[str, models.Area]:
    """The tree above, children before parents on purpose; by name."""
    rows = [{"code": c, "name": n, "level": level, "parent_code": p} for c, n, level, p in reversed(AREAS)]
    return {area.name: area for area in uow.areas.import_rows(rows)}
