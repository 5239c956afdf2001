"""Signed-in sessions; the database knows only hashes of tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.engine import CursorResult

from storage.models import Session, User
from storage.queries.base import Queries
from storage.translate import translated

_AT_ONCE = 500  # values in one question; the engines have limits


class Sessions(Queries):
    """Sessions of staff."""

    def active(self, token_hash: str, now: datetime) -> tuple[Session, User] | None:
        """The session that has not run out, with its user, who is not disabled: one question per request."""
        query = (
            select(Session, User)
            .join(User, User.id == Session.user_id)
            .where(Session.token_hash == token_hash, Session.expires_at > now, User.disabled.is_(False))
        )
        with translated():
            found = self.session.execute(query).first()
        return None if found is None else (found[0], found[1])

    def living(self, token_hashes: Sequence[str], now: datetime) -> dict[str, User]:
        """Which of these sessions still hold, each with its user as the account stands now."""
        found: dict[str, User] = {}
        for start in range(0, len(token_hashes), _AT_ONCE):
            query = (
                select(Session.token_hash, User)
                .join(User, User.id == Session.user_id)
                .where(Session.token_hash.in_(token_hashes[start : start + _AT_ONCE]))
                .where(Session.expires_at > now, User.disabled.is_(False))
            )
            with translated():
                found.update((row[0], row[1]) for row in self.session.execute(query))
        return found

    def touch(self, session: Session, now: datetime, every: timedelta = timedelta(minutes=1)) -> bool:
        """Note that the session is in use, at most once in `every`; whether it was noted."""
        if now - session.last_seen_at < every:
            return False
        return self._change(update(Session).where(Session.id == session.id).values(last_seen_at=now)) == 1

    def end(self, token_hash: str) -> int:
        """Sign out."""
        return self._delete(Session.token_hash == token_hash)

    def end_all(self, user_id: int) -> int:
        """Sign a user out everywhere (disabled, moved, new password)."""
        return self._delete(Session.user_id == user_id)

    def end_expired(self, now: datetime) -> int:
        return self._delete(Session.expires_at <= now)

    def of_user(self, user_id: int) -> list[Session]:
        return self.uow.find(Session, order="-last_seen_at", user_id=user_id)

    def _delete(self, which: ColumnElement[bool]) -> int:
        with translated():
            done = self.session.execute(delete(Session).where(which).execution_options(synchronize_session=False))
        assert isinstance(done, CursorResult)
        return done.rowcount
