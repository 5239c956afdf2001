"""Who may see what lies where: the one place where areas become permissions.

A member of staff sees what is routed to the own area and to everything in it; an administrator sees all. What has no
place yet is seen from the county upwards. Whoever works in an area that is complained about, or below it, never sees
that complaint.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, false, func, literal, or_, select, true, union_all

from storage.models import User
from storage.queries.base import area_and_above, area_and_below

COUNTY_AND_ABOVE = ("province", "city", "county")
_UNPLACED = 0  # no area has this id


def sees_all(user: User) -> bool:
    return user.role == "admin" and not user.disabled


def in_reach(user: User, own_level: str | None, area_column: Any) -> ColumnElement[bool]:
    """True for rows of the user's area, which is of `own_level`, and below, and for unplaced ones where due."""
    if user.disabled:
        return false()
    if sees_all(user):
        return true()
    if user.area_id is None or own_level is None:
        return false()
    below = area_and_below(user.area_id)
    if own_level not in COUNTY_AND_ABOVE:
        condition: ColumnElement[bool] = area_column.in_(below)
        return condition
    # Hidden from the index on purpose: a county sees nearly every row, and walking them newest first ends early.
    return func.coalesce(area_column, _UNPLACED).in_(union_all(below, select(literal(_UNPLACED))))


def not_about(user: User, bypassed_column: Any) -> ColumnElement[bool]:
    """False for complaints about the user's own area or one that it lies in."""
    if sees_all(user) or user.area_id is None:
        return true()
    about_us: ColumnElement[bool] = bypassed_column.in_(area_and_above(user.area_id))
    return or_(bypassed_column.is_(None), ~about_us)
