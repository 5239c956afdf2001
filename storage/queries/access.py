"""Who may see what lies where: the one place where areas become permissions.

A member of staff sees what is routed to the own area and to everything in it; an administrator sees all. What has no
place yet is seen from the county upwards. Whoever works in an area that is complained about, or below it, never sees
that complaint.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, false, or_, select, true

from storage.models import Area, User
from storage.queries.base import area_and_above, area_and_below

COUNTY_AND_ABOVE = ("province", "city", "county")


def sees_all(user: User) -> bool:
    return user.role == "admin" and not user.disabled


def in_reach(user: User, area_column: Any) -> ColumnElement[bool]:
    """True for rows of the user's area and below, and for unplaced ones where the user may see those."""
    if user.disabled:
        return false()
    if sees_all(user):
        return true()
    if user.area_id is None:
        return false()
    from_county = select(Area.id).where(Area.id == user.area_id, Area.level.in_(COUNTY_AND_ABOVE)).exists()
    placed: ColumnElement[bool] = area_column.in_(area_and_below(user.area_id))
    return or_(placed, area_column.is_(None) & from_county)


def not_about(user: User, bypassed_column: Any) -> ColumnElement[bool]:
    """False for complaints about the user's own area or one that it lies in."""
    if sees_all(user) or user.area_id is None:
        return true()
    about_us: ColumnElement[bool] = bypassed_column.in_(area_and_above(user.area_id))
    return or_(bypassed_column.is_(None), ~about_us)
