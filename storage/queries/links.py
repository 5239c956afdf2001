"""Outside accounts of the staff, and the one-time codes with which they are linked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Select, delete, func, select, update

from storage.models import AuditEntry, LinkCode, StaffLink, User
from storage.queries.base import Queries
from storage.translate import translated


class Links(Queries):
    """Which chat belongs to which member of staff; at most one of a channel is active for an address."""

    def active_of(self, user_id: int, channel: str) -> StaffLink | None:
        """The account through which this person is reached now, the latest where several are linked."""
        return self._first(_active(channel).where(StaffLink.user_id == user_id).order_by(StaffLink.id.desc()))

    def last_of(self, user_id: int, channel: str) -> StaffLink | None:
        """The latest link of this person, revoked or not."""
        query = select(StaffLink).where(StaffLink.user_id == user_id, StaffLink.channel == channel)
        return self._first(query.order_by(StaffLink.id.desc()))

    def at(self, channel: str, address: str) -> StaffLink | None:
        """The active link of this address."""
        return self._first(_active(channel).where(StaffLink.address_index == self.index_of(channel, address)))

    def user_at(self, channel: str, address: str) -> User | None:
        """The member of staff behind an address, unless the account is disabled."""
        link = self.at(channel, address)
        user = self.uow.users.get(link.user_id) if link is not None else None
        return user if user is not None and not user.disabled else None

    def link(self, user: User, channel: str, address: str, now: datetime) -> StaffLink:
        """Link the address to this person; whoever had it before, and what the person had before, is unlinked."""
        self.revoke(channel, address, now)
        self.revoke_of(user.id, channel, now)
        index = self.index_of(channel, address)
        row = StaffLink(user_id=user.id, channel=channel, address=address, address_index=index, linked_at=now)
        self.uow.add(row)
        self.uow.flush()
        return row

    def revoke(self, channel: str, address: str, now: datetime) -> int:
        """Unlink an address; how many links ended."""
        index = self.index_of(channel, address)
        return self._revoke(now, StaffLink.channel == channel, StaffLink.address_index == index)

    def revoke_of(self, user_id: int, channel: str, now: datetime) -> int:
        """Unlink what this person has in the channel; how many links ended."""
        return self._revoke(now, StaffLink.channel == channel, StaffLink.user_id == user_id)

    def _revoke(self, now: datetime, *which: ColumnElement[bool]) -> int:
        return self._change(update(StaffLink).where(StaffLink.revoked_at.is_(None), *which).values(revoked_at=now))

    def index_of(self, channel: str, address: str) -> str:
        """What `address_index` holds: the keyed hash of channel and address."""
        return self.uow.index(f"{channel} {address}")

    # -- one-time codes ---------------------------------------------------------------------------------------

    def issue(self, user_id: int, code: str, now: datetime, expires_at: datetime) -> LinkCode:
        """Keep the hash of a fresh code; earlier unused codes of the person are void."""
        with translated():
            self.session.execute(delete(LinkCode).where(LinkCode.user_id == user_id, LinkCode.used_at.is_(None)))
        row = LinkCode(code_hash=self._code_hash(code), user_id=user_id, created_at=now, expires_at=expires_at)
        self.uow.add(row)
        self.uow.flush()
        return row

    def redeem(self, code: str, now: datetime) -> int | None:
        """Use the code up: the id of its person, or None where it is wrong, used or has run out."""
        used = (
            update(LinkCode)
            .where(LinkCode.code_hash == self._code_hash(code), LinkCode.used_at.is_(None), LinkCode.expires_at > now)
            .values(used_at=now)
            .returning(LinkCode.user_id)
            .execution_options(synchronize_session=False)
        )
        with translated():
            return self.session.scalars(used).first()

    def wrong(self, action: str, since: datetime, subject: str | None = None) -> int:
        """How many wrong codes were noted in the audit log as `action` since that moment, about `subject` or at all."""
        query = select(func.count()).select_from(AuditEntry)
        query = query.where(AuditEntry.action == action, AuditEntry.at > since)
        if subject is not None:
            query = query.where(AuditEntry.subject == subject)
        with translated():
            return self.session.scalar(query) or 0

    def _code_hash(self, code: str) -> str:
        return self.uow.index(f"link code {code.upper()}")


def _active(channel: str) -> Select[StaffLink]:
    return select(StaffLink).where(StaffLink.channel == channel, StaffLink.revoked_at.is_(None))
