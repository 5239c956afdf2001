"""Facts with their provenance: a later statement supersedes an earlier one, and both stay."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, select, update

from storage.models import Fact
from storage.queries.base import Queries

_CARRIED = ("fact_id", "value", "source", "said_by", "inbound_id", "words", "start", "end", "at", "verified")


class Facts(Queries):
    """Statements. One that carries a case id belongs to that case, any other one to its conversation."""

    def state(self, fact: Fact) -> Fact:
        """Store a statement as the current one; the earlier one about the same fact is superseded."""
        mine = _belongs_to(fact.conversation_id, fact.case_id)
        self._supersede([mine, Fact.fact_id == fact.fact_id], fact.at)
        return self.uow.add(fact)

    def retract(
        self,
        now: datetime,
        *,
        fact_id: str | None = None,
        conversation_id: str | None = None,
        case_id: int | None = None,
    ) -> int:
        """Nothing is stated any more about this fact (or about any); history stays. Returns how many were current."""
        which = [_belongs_to(conversation_id, case_id)]
        if fact_id is not None:
            which.append(Fact.fact_id == fact_id)
        return self._supersede(which, now)

    def _supersede(self, which: list[ColumnElement[bool]], at: datetime) -> int:
        self.uow.flush()
        return self._change(update(Fact).where(*which, Fact.superseded_at.is_(None)).values(superseded_at=at))

    def current(self, conversation_id: str | None = None, case_id: int | None = None) -> dict[str, Fact]:
        """The statement in force for each fact, by fact id."""
        query = select(Fact).where(_belongs_to(conversation_id, case_id), Fact.superseded_at.is_(None))
        return {fact.fact_id: fact for fact in self._all(query.order_by(Fact.id))}

    def history(
        self, fact_id: str | None = None, *, conversation_id: str | None = None, case_id: int | None = None
    ) -> list[Fact]:
        """Every statement, in the order in which they were made."""
        query = select(Fact).where(_belongs_to(conversation_id, case_id))
        if fact_id is not None:
            query = query.where(Fact.fact_id == fact_id)
        return self._all(query.order_by(Fact.id))

    def copy_to_case(self, conversation_id: str, case_id: int) -> dict[str, Fact]:
        """Give the case a copy of what is currently stated in the conversation, provenance included."""
        stated = self.current(conversation_id=conversation_id)
        copies = {
            fact_id: Fact(
                conversation_id=conversation_id, case_id=case_id, **{name: getattr(fact, name) for name in _CARRIED}
            )
            for fact_id, fact in stated.items()
        }
        for fact_id in self.current(case_id=case_id).keys() & copies.keys():
            self._supersede([_belongs_to(None, case_id), Fact.fact_id == fact_id], copies[fact_id].at)
        self.session.add_all(copies.values())
        self.uow.flush()
        return copies


def _belongs_to(conversation_id: str | None, case_id: int | None) -> ColumnElement[bool]:
    if case_id is not None:
        return Fact.case_id == case_id
    if conversation_id is None:
        raise ValueError("A fact belongs to a conversation or to a case: give conversation_id or case_id.")
    return (Fact.conversation_id == conversation_id) & Fact.case_id.is_(None)
