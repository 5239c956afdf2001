"""The unit of work: one transaction, and the questions one may ask in it. Leaving without `commit()` undoes all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from storage.errors import Conflict
from storage.guards import check_lengths, flag_changed_json
from storage.models import Base
from storage.queries.allowances import Allowances
from storage.queries.areas import Areas
from storage.queries.attachments import Attachments
from storage.queries.audit import Audit
from storage.queries.base import engine_insert
from storage.queries.calls import Calls
from storage.queries.cases import Cases
from storage.queries.conversations import Conversations
from storage.queries.deliveries import Deliveries
from storage.queries.facts import Facts
from storage.queries.households import Households
from storage.queries.inbox import Inbox
from storage.queries.leases import Leases
from storage.queries.links import Links
from storage.queries.notifications import Notifications
from storage.queries.outbox import Outbox
from storage.queries.preferences import Preferences
from storage.queries.reminders import Reminders
from storage.queries.replies import Replies
from storage.queries.sessions import Sessions
from storage.queries.settings import Settings
from storage.queries.tasks import Tasks
from storage.queries.updates import Updates
from storage.queries.users import Users
from storage.sealed import Vault
from storage.translate import translated

M = TypeVar("M", bound=Base)


class UnitOfWork:
    """Made by `Database.begin()` and `Database.read()`; rows stay readable after it is left."""

    def __init__(
        self,
        session: Session,
        vault: Vault,
        now: Callable[[], datetime],
        when_done: Callable[[], None] | None = None,
    ) -> None:
        self.session = session  # for the queries of this room only
        self.vault = vault
        self.now = now
        self._when_done = when_done
        self.allowances = Allowances(self)
        self.areas = Areas(self)
        self.attachments = Attachments(self)
        self.audit = Audit(self)
        self.calls = Calls(self)
        self.cases = Cases(self)
        self.conversations = Conversations(self)
        self.deliveries = Deliveries(self)
        self.facts = Facts(self)
        self.households = Households(self)
        self.inbox = Inbox(self)
        self.leases = Leases(self)
        self.links = Links(self)
        self.notifications = Notifications(self)
        self.outbox = Outbox(self)
        self.preferences = Preferences(self)
        self.reminders = Reminders(self)
        self.replies = Replies(self)
        self.sessions = Sessions(self)
        self.settings = Settings(self)
        self.tasks = Tasks(self)
        self.updates = Updates(self)
        self.users = Users(self)

    def add(self, row: M) -> M:
        """Store a new row, or take up one that was read in an earlier transaction; flushed at the latest on commit."""
        self.session.add(row)
        return row

    def add_once(self, row: M, by: str = "key") -> tuple[M, bool]:
        """Store `row` unless one with the same `by` column exists: (the stored row, whether it is new)."""
        model = type(row)
        check_lengths(row)
        with translated():
            self.flush()
            stored = self.session.scalars(self._insert_once(row).returning(model)).first()
            if stored is not None:
                return stored, True
            found = self.session.scalars(select(model).where(getattr(model, by) == getattr(row, by))).first()
        if found is None:  # another unique column of the table was in the way
            raise Conflict(f"{model.__name__} was not stored: a row with another {by} holds one of its unique values.")
        return found, False

    def _insert_once(self, row: Base) -> Any:
        values = {
            attribute.key: getattr(row, attribute.key)
            for attribute in inspect(type(row)).column_attrs
            if not (attribute.columns[0].primary_key and getattr(row, attribute.key, None) is None)
        }
        insert = engine_insert(self.session.get_bind().dialect.name, type(row))
        return insert.values(values).on_conflict_do_nothing()

    def get(self, model: type[M], key: int | str, *, lock: bool = False, fresh: bool = False) -> M | None:
        """The row with this primary key. `lock`: nobody else changes it before we commit (SQLite: always so)."""
        with translated():
            return self.session.get(model, key, with_for_update=lock or None, populate_existing=fresh or lock)

    def find(self, model: type[M], *, order: str = "id", limit: int | None = None, **equal: Any) -> list[M]:
        """Rows whose columns equal the given values (None: IS NULL); `order` may begin with "-" for descending."""
        column = getattr(model, order.lstrip("-"))
        query = select(model).filter_by(**equal).order_by(column.desc() if order.startswith("-") else column)
        with translated():
            return list(self.session.scalars(query.limit(limit)))

    def count(self, model: type[Base], **equal: Any) -> int:
        """How many rows have these values."""
        with translated():
            return self.session.scalar(select(func.count()).select_from(model).filter_by(**equal)) or 0

    def delete(self, row: Base) -> None:
        self.session.delete(row)

    def flush(self) -> None:
        """Send what is pending; raises StaleRow, Conflict, BadValue."""
        flag_changed_json(self.session)
        with translated():
            self.session.flush()

    def commit(self) -> None:
        """Make it last; raises StaleRow, Conflict, BadValue, Unavailable (then nothing was saved)."""
        self.flush()
        with translated():
            self.audit.write()
            self.session.commit()
        if self._when_done:
            self._when_done()

    def rollback(self) -> None:
        """Undo everything since the last commit; leaving the block does the same."""
        self.session.rollback()
        if self._when_done:
            self._when_done()

    def index(self, value: str) -> str:
        """Keyed hash for the `*_index` columns (NFKC, stripped): 64 hex digits."""
        return self.vault.index(value)
