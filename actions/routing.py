"""Who acts on a case, and who may know of it: the area table, the level of a step, and who is complained about.

A place without staff is never a dead end: its work goes to the next level up, at last to the administrators.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from actions import places, rulebook
from actions.places import RANK
from storage import UnitOfWork
from storage.models import Area, Case, User

CADRE = "cadre"
OPERATOR = "operator"
ADMIN = "admin"
SHORTEST_NAME = 2


@dataclass(frozen=True)
class Responsible:
    """Who acts: the area (None: the administrators' queue) and its people."""

    area: Area | None
    users: tuple[User, ...]

    @property
    def level(self) -> str | None:
        return self.area.level if self.area is not None else None


def responsible(uow: UnitOfWork, case: Case, level: str) -> Responsible:
    """The people who act on a step at `level`: the case's own area there or, where nobody is, the next one up."""
    if case.kind == "complaint" and case.routed_area_id is None:
        return Responsible(None, administrators(uow, case))
    home = uow.get(Area, case.area_id or 0) or uow.get(Area, case.routed_area_id or 0)
    return _first_staffed(uow, case, places.at_level(uow, home, level))


def above(uow: UnitOfWork, case: Case, level: str) -> Responsible:
    """The people one level above those who act on a step at `level`."""
    acting = responsible(uow, case, level).area
    parent = uow.get(Area, acting.parent_id) if acting is not None and acting.parent_id is not None else None
    return _first_staffed(uow, case, parent)


def administrators(uow: UnitOfWork, case: Case | None = None) -> tuple[User, ...]:
    """Administrators who may know of the case."""
    found = uow.find(User, role=ADMIN, disabled=False)
    return tuple(user for user in found if case is None or may_see(uow, user, case))


def may_see(uow: UnitOfWork, user: User, case: Case) -> bool:
    """Whether a case is for this person's eyes: own area and below, never a complaint about oneself or one's level."""
    return uow.cases.may_see(user, case) and may_read(user, case)


def may_read(user: User, case: Case) -> bool:
    """What areas cannot tell: whether a complaint names this very person, or is about a county we do not know."""
    if case.kind != "complaint":
        return True
    if user.id in case.details.get("against_users", ()):
        return False
    about_county = case.details.get("against_level") == "county" and case.routed_area_id is None
    return user.role == ADMIN or not about_county


def is_named(user: User, words: str) -> bool:
    """Whether the words name this very person."""
    said = places.clean(words)
    return any(
        len(name) >= SHORTEST_NAME and name in said for name in map(places.clean, (user.display_name, user.name))
    )


def may_act(uow: UnitOfWork, user: User, case: Case, level: str) -> bool:
    """Whether this person may record a step of `level`: a cadre of that level or above, or of the stand-in area."""
    if not may_see(uow, user, case) or user.role == OPERATOR:
        return False
    if user.role == ADMIN:
        return True
    mine = uow.get(Area, user.area_id or 0)
    acting = responsible(uow, case, level).area
    return mine is not None and (acting is None or RANK[mine.level] >= min(RANK[level], RANK[acting.level]))


def past_complaint(
    uow: UnitOfWork, conversation_id: str | None, area_id: int | None, case_id: int | None
) -> tuple[int | None, int | None]:
    """(area, case) for a task out of this conversation: a complaint told in it lifts the task past the level
    complained about, or the village would read it as a call-back."""
    conversation = uow.conversations.get(conversation_id) if conversation_id is not None else None
    if conversation is None or case_id is not None:
        return area_id, case_id
    for case in uow.cases.of_conversation(conversation.id):
        if case.kind == "complaint":
            return case.routed_area_id, case.id
    if conversation.state.get("kind") != "complaint":
        return area_id, None
    told: Mapping[str, str | None] = conversation.state.get("complaint") or {}
    _, area = beyond(uow, uow.get(Area, area_id) if area_id is not None else None, level_of(told))
    return (area.id if area is not None else None), None


def level_of(told: Mapping[str, str | None]) -> str:
    """The level a complaint is about: as told (`against_level`), else as its `topic` usually is."""
    book = rulebook.complaint_book()
    level = told.get("against_level")
    if level is not None and level in book.past:
        return level
    return book.topics.get(told.get("topic") or "", book.topics["other"]).assumed_level


def beyond(uow: UnitOfWork, home: Area | None, level: str) -> tuple[str, Area | None]:
    """(the level that acts on a complaint about `level`, its area or None where the table has none)."""
    target = rulebook.complaint_book().past[level]
    if target is not None:
        return target, places.at_level(uow, home, target)
    higher = [area for area in places.chain(uow, home) if RANK[area.level] > RANK[level]]
    return (higher[0].level, higher[0]) if higher else ("county", None)


def _first_staffed(uow: UnitOfWork, case: Case, area: Area | None) -> Responsible:
    people = uow.users.responsible_for(area.id, roles=(CADRE,)) if area is not None else []
    # Whoever works in the area of an application or above it may see it; a complaint has people who may not.
    told = [user for user in people if case.kind == "application" or may_see(uow, user, case)]
    for place in places.chain(uow, area) if told else ():
        here = tuple(user for user in told if user.area_id == place.id)
        if here:
            return Responsible(place, here)
    return Responsible(None, administrators(uow, case))
