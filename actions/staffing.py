"""Moving members of staff (调整岗位): another role, another area, another shown name; felt at their next request."""

from __future__ import annotations

from actions import accounts
from actions.office import Office
from actions.refusals import Invalid, NotAllowed, NotFound
from storage.models import User


def move(
    office: Office,
    by: User,
    name: str,
    *,
    role: str | None = None,
    area: str | None = None,
    display_name: str | None = None,
) -> User:
    """Change what is given. `area`: code, path or name; "" takes the area away. Their sessions end where role or area
    changed, and what they had taken goes back to the queue. Raises NotAllowed, NotFound, Invalid."""
    say = office.texts.say
    if by.role != "admin":
        raise NotAllowed(say("accounts.admins_only"))
    if role is not None and role not in accounts.ROLES:
        raise Invalid(say("accounts.bad_role", role=role[:40], roles="、".join(accounts.ROLES)))
    area_id = accounts.find_area(office, area) if area else None
    with office.db.begin() as uow:
        user = uow.users.by_name(accounts.tidy_name(name))
        if user is None:
            raise NotFound(say("accounts.no_such_user", name=name[:40]))
        before = (user.role, user.area_id)
        if user.role == "admin" and role not in (None, "admin") and not accounts.other_admins(uow, user):
            raise NotAllowed(say("accounts.last_admin"))
        user.role = role or user.role
        user.area_id = area_id if area is not None else user.area_id
        if user.role == "cadre" and user.area_id is None:
            raise Invalid(say("accounts.cadre_needs_area"))
        if display_name is not None:
            user.display_name = display_name.strip()[:80]
        if before != (user.role, user.area_id):
            uow.sessions.end_all(user.id)
            uow.tasks.hand_back_all(user)
        uow.audit.record(f"user:{by.id}", "user_moved", f"user:{user.id}", role=user.role, area=user.area_id)
        uow.commit()
        return user
