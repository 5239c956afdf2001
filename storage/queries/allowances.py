"""How often something may be tried in a while, counted in the database: it outlives restarts and is one count for
all processes. An attempt is spent before it is made, so that parallel ones cannot pass together, and given back
when it turns out to be a rightful one."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import case, delete, update

from storage.models import Allowance
from storage.queries.base import Queries, engine_insert
from storage.translate import translated

LONGEST = timedelta(days=2)  # counts older than this are of no use to anybody


class Allowances(Queries):
    """Counts of attempts. `what` is hashed with the index key: no address or number of a person stands here."""

    def spend(self, what: str, now: datetime, within: timedelta) -> int:
        """Count one more attempt at `what`; how many there were since the first one of the last `within`.

        Whoever spends on the same `what` at the same moment waits until this transaction ends.
        """
        insert = engine_insert(self.session.get_bind().dialect.name, Allowance)
        insert = insert.values(key=self.uow.index(what), spent=1, since=now)
        old = Allowance.since <= now - within
        counted = insert.on_conflict_do_update(
            index_elements=["key"],
            set_={"spent": case((old, 1), else_=Allowance.spent + 1), "since": case((old, now), else_=Allowance.since)},
        ).returning(Allowance.spent)
        with translated():
            spent: int = self.session.execute(counted).scalar_one()
        return spent

    def give_back(self, what: str) -> None:
        """The last attempt at `what` does not count."""
        key = self.uow.index(what)
        self._change(
            update(Allowance).where(Allowance.key == key, Allowance.spent > 0).values(spent=Allowance.spent - 1)
        )

    def forget_old(self, now: datetime) -> None:
        """Delete counts that nobody asks for any more."""
        with translated():
            self.session.execute(delete(Allowance).where(Allowance.since <= now - LONGEST))
