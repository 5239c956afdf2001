"""Households: found by keyed hashes, followed through merges, and what of them a member of staff may see."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import delete, func, or_, select, text

from storage.models import Case, Conversation, Household, HouseholdKey, HouseholdMatch, User
from storage.queries.access import in_reach
from storage.queries.base import Queries, area_and_below
from storage.translate import translated

_LOCK_SPACE = 0x5348  # so that nobody else's advisory locks are ours


class Households(Queries):
    """Who is one and the same. A merged household stays as a row and points to the one that stands for both."""

    def get(self, household_id: int, *, lock: bool = False) -> Household | None:
        return self.uow.get(Household, household_id, lock=lock)

    def hold(self, keys: Iterable[str]) -> None:
        """Until commit nobody else decides who these keys (hashes) belong to. SQLite has one writer anyway.

        Two doors that open a case for the same person at once would otherwise both find nobody.
        """
        if self.session.get_bind().dialect.name != "postgresql":
            return
        self.uow.flush()
        with translated():
            for number in sorted({int(key[:7], 16) for key in keys}):  # always in this order: no deadlock
                self.session.execute(text("SELECT pg_advisory_xact_lock(:a, :b)"), {"a": _LOCK_SPACE, "b": number})

    def learn(
        self,
        household: Household,
        keys: Collection[tuple[str, str]],
        now: datetime,
        *,
        case_id: int | None,
        conversation_id: str | None,
    ) -> None:
        """Remember (kind, hash) pairs with the case and conversation they were learnt from; again changes nothing."""
        self.uow.flush()
        known = {
            (row.kind, row.key_index)
            for row in self.uow.find(HouseholdKey, household_id=household.id, conversation_id=conversation_id)
        }
        for kind, key_index in dict.fromkeys(keys):
            if (kind, key_index) not in known:
                self.uow.add(
                    HouseholdKey(
                        household_id=household.id,
                        kind=kind,
                        key_index=key_index,
                        case_id=case_id,
                        conversation_id=conversation_id,
                        at=now,
                    )
                )
        self.uow.flush()

    def holders(
        self,
        kind: str,
        indexes: Collection[str],
        *,
        seen_by: User | None = None,
        within: int | None = None,
        among: Collection[int] | None = None,
        limit: int = 200,
    ) -> list[int]:
        """Ids of households that carry one of these hashes, newest first; merged ones among them.

        `seen_by`: only in this person's reach; `within`: only in this area and below; `among`: only of these ids.
        """
        query = (
            select(Household.id)
            .join(HouseholdKey, HouseholdKey.household_id == Household.id)
            .where(HouseholdKey.kind == kind, HouseholdKey.key_index.in_(indexes))
            .distinct()
        )
        if among is not None:
            query = query.where(Household.id.in_(among))
        if seen_by is not None:  # what a merged one has become is looked at by `roots_seen`
            reach = in_reach(seen_by, self._level_of(seen_by), Household.area_id)
            query = query.where(or_(reach, Household.merged_into.is_not(None)))
        if within is not None:
            query = query.where(
                or_(Household.area_id.in_(area_and_below(within, "around")), Household.merged_into.is_not(None))
            )
        return self._all(query.order_by(Household.id.desc()).limit(limit))

    def of_area(self, area_id: int, *, seen_by: User | None = None, limit: int = 20) -> list[int]:
        """The newest households of an area and below."""
        query = select(Household.id).where(
            Household.area_id.in_(area_and_below(area_id, "around")), Household.merged_into.is_(None)
        )
        if seen_by is not None:
            query = query.where(in_reach(seen_by, self._level_of(seen_by), Household.area_id))
        return self._all(query.order_by(Household.id.desc()).limit(limit))

    def roots(self, ids: Collection[int]) -> dict[int, Household]:
        """Each id with the household that stands for it now (itself, unless it was merged)."""
        rows = {row.id: row for row in self._some(ids)}
        while missing := {r.merged_into for r in rows.values() if r.merged_into is not None} - rows.keys():
            rows |= {row.id: row for row in self._some({number for number in missing if number is not None})}
        return {number: self._end_of(rows, number) for number in ids if number in rows}

    def root(self, household_id: int, *, lock: bool = False) -> Household:
        """The household that stands for this one; with `lock` nobody merges it before we commit."""
        row = self.uow.get(Household, household_id, lock=lock)
        while row is not None and row.merged_into is not None:
            row = self.uow.get(Household, row.merged_into, lock=lock)
        assert row is not None  # households are never deleted
        return row

    @staticmethod
    def _end_of(rows: Mapping[int, Household], number: int) -> Household:
        row = rows[number]
        while row.merged_into is not None:
            row = rows[row.merged_into]
        return row

    def _some(self, ids: Collection[int]) -> list[Household]:
        return self._all(select(Household).where(Household.id.in_(ids))) if ids else []

    def roots_seen(self, user: User, ids: Collection[int]) -> set[int]:
        """Which of these households lie in this person's reach."""
        reach = in_reach(user, self._level_of(user), Household.area_id)
        return set(self._all(select(Household.id).where(Household.id.in_(ids), reach))) if ids else set()

    def cluster(self, root_id: int) -> list[int]:
        """The household and everything that was merged into it."""
        tree = select(Household.id).where(Household.id == root_id).cte("cluster", recursive=True)
        tree = tree.union_all(select(Household.id).join(tree, Household.merged_into == tree.c.id))
        return self._all(select(tree.c.id))

    def keys_of(self, ids: Collection[int]) -> list[HouseholdKey]:
        return self._all(select(HouseholdKey).where(HouseholdKey.household_id.in_(ids)).order_by(HouseholdKey.id))

    def cases_of(self, ids: Collection[int], limit: int = 400) -> list[Case]:
        """Applications of these households, newest first. Complaints belong to no household."""
        query = select(Case).where(Case.household_id.in_(ids), Case.kind == "application")
        return self._all(query.order_by(Case.id.desc()).limit(limit)) if ids else []

    def conversations_of(self, household_id: int) -> list[Conversation]:
        return self.uow.find(Conversation, household_id=household_id)

    def forget(self, conversation_id: str) -> int:
        """Drop the keys that stem only from this conversation; those of a case opened in it stay with the case, unless
        the household has withdrawn it. Returns how many."""
        kept = select(Case.id).where(Case.conversation_id == conversation_id, Case.status != "withdrawn")
        self.uow.flush()
        with translated():
            done = self.session.execute(
                delete(HouseholdKey)
                .where(
                    HouseholdKey.conversation_id == conversation_id,
                    or_(HouseholdKey.case_id.is_(None), HouseholdKey.case_id.not_in(kept)),
                )
                .execution_options(synchronize_session="fetch")
            )
        return int(done.rowcount)  # type: ignore[attr-defined]

    # -- suggestions ------------------------------------------------------------------------------------------

    def match(self, match_id: int, *, lock: bool = False) -> HouseholdMatch | None:
        return self.uow.get(HouseholdMatch, match_id, lock=lock)

    def match_of(self, one: int, other: int) -> HouseholdMatch | None:
        """The suggestion about these two, in whichever order."""
        first, second = sorted((one, other))
        return self._first(
            select(HouseholdMatch).where(HouseholdMatch.first_id == first, HouseholdMatch.second_id == second)
        )

    def matches_between(self, ones: Collection[int], others: Collection[int]) -> list[HouseholdMatch]:
        """Every suggestion about one of these with one of those."""
        return self._all(
            select(HouseholdMatch).where(
                or_(
                    HouseholdMatch.first_id.in_(ones) & HouseholdMatch.second_id.in_(others),
                    HouseholdMatch.first_id.in_(others) & HouseholdMatch.second_id.in_(ones),
                )
            )
        )

    def matches(self, statuses: Collection[str], limit: int = 1000) -> list[HouseholdMatch]:
        """Suggestions with one of these statuses, newest first."""
        query = select(HouseholdMatch).where(HouseholdMatch.status.in_(statuses))
        return self._all(query.order_by(HouseholdMatch.id.desc()).limit(limit))

    def count(self) -> int:
        with translated():
            return self.session.scalar(select(func.count()).select_from(Household)) or 0
