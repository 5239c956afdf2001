"""Jobs that one process does at a time: whoever holds the lease does it, another takes over when it has run out."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_
from sqlalchemy.engine import CursorResult

from storage.guards import check_lengths
from storage.models import Lease
from storage.queries.base import Queries, engine_insert, table_of
from storage.translate import translated


class Leases(Queries):
    """Who does what."""

    def hold(self, name: str, owner: str, now: datetime, seconds: float) -> bool:
        """Take the job or hold on to it for `seconds`; False while somebody else has it. Commit at once."""
        until = now + timedelta(seconds=seconds)
        check_lengths(Lease(name=name, owner=owner, until=until))
        table = table_of(Lease)
        taking = engine_insert(self.session.get_bind().dialect.name, table)
        taking = taking.on_conflict_do_update(
            index_elements=["name"],
            set_={"owner": owner, "until": until},
            where=or_(table.c.owner == owner, table.c.until <= now),
        ).returning(table.c.owner)
        with translated():
            return self.session.execute(taking, {"name": name, "owner": owner, "until": until}).first() is not None

    def give_up(self, name: str, owner: str) -> bool:
        """Let somebody else have it at once; False where `owner` did not hold it."""
        with translated():
            done = self.session.execute(
                delete(Lease)
                .where(Lease.name == name, Lease.owner == owner)
                .execution_options(synchronize_session=False)
            )
        assert isinstance(done, CursorResult)
        return done.rowcount == 1

    def holder(self, name: str, now: datetime) -> str | None:
        """Who has the job at this moment."""
        row = self.uow.get(Lease, name, fresh=True)
        return row.owner if row is not None and row.until > now else None
