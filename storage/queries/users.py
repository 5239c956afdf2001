"""Members of staff."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select, update

from storage.models import User
from storage.queries.base import Queries, area_and_above


class Users(Queries):
    """People who sign in."""

    def get(self, user_id: int, *, lock: bool = False) -> User | None:
        return self.uow.get(User, user_id, lock=lock)

    def by_name(self, name: str, *, lock: bool = False) -> User | None:
        query = select(User).where(User.name == name)
        return self._first(query.with_for_update() if lock else query)

    def all(self) -> list[User]:
        return self.uow.find(User, order="name")

    def in_area(self, area_id: int | None, roles: Sequence[str] = ("cadre", "operator", "admin")) -> list[User]:
        """Active staff of exactly this area (None: of no area)."""
        where = User.area_id.is_(None) if area_id is None else User.area_id == area_id
        return self._all(_active(roles).where(where))

    def responsible_for(self, area_id: int, roles: Sequence[str] = ("cadre",)) -> list[User]:
        """Active staff of this area and of every area it lies in."""
        return self._all(_active(roles).where(User.area_id.in_(area_and_above(area_id))))

    def note_failed_login(self, user: User, now: datetime, *, limit: int, locked_until: datetime) -> int:
        """Count a wrong password (several may come at once); `limit` of them lock the account. Returns the count."""
        failed = User.failed_logins + 1
        self._change(update(User).where(User.id == user.id).values(failed_logins=failed))
        self._change(
            update(User)
            .where(User.id == user.id, User.failed_logins >= limit)
            .values(locked_until=locked_until, failed_logins=0)
        )
        self.session.refresh(user, ["failed_logins", "locked_until"])
        locked = user.locked_until is not None and user.locked_until > now
        return limit if locked else user.failed_logins

    def note_login(self, user: User) -> None:
        """Forget wrong passwords after a right one."""
        if user.failed_logins or user.locked_until is not None:
            self._change(update(User).where(User.id == user.id).values(failed_logins=0, locked_until=None))
            self.session.refresh(user, ["failed_logins", "locked_until"])


def _active(roles: Sequence[str]) -> Select[User]:
    return select(User).where(User.disabled.is_(False), User.role.in_(roles)).order_by(User.id)
