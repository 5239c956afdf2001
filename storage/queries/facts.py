"""Facts with their provenance: a later statement supersedes an earlier one, and both stay."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, select, update

from storage.models import Fact
from storage.queries.base import Queries, table_of

_CARRIED = ("fact_id", "value", "source", "said_by", "inbound_id", "words", "start", "end", "at", "verified")

_NOBODYS = "A fact belongs to a conversation or to a case: give conversation_id or case_id."

_TABLE = table_of(Fact)
_OF_CASE = _TABLE.c.case_id == bindparam("p_id")
_OF_CONVERSATION = (_TABLE.c.conversation_id == bindparam("p_id")) & _TABLE.c.case_id.is_(None)
_IN_FORCE = _TABLE.c.superseded_at.is_(None)
_CURRENT_OF_CASE = select(Fact).where(_OF_CASE, _IN_FORCE).order_by(_TABLE.c.id)
_CURRENT_OF_CONVERSATION = select(Fact).where(_OF_CONVERSATION, _IN_FORCE).order_by(_TABLE.c.id)
_SUPERSEDE = (
    update(_TABLE)
    .where(_TABLE.c.fact_id == bindparam("p_fact"), _IN_FORCE)
    .values(superseded_at=bindparam("p_at"))
    .returning(_TABLE.c.id)
)
_SUPERSEDE_OF_CASE = _SUPERSEDE.where(_OF_CASE)
_SUPERSEDE_OF_CONVERSATION = _SUPERSEDE.where(_OF_CONVERSATION)


class Facts(Queries):
    """Statements. One that carries a case id belongs to that case, any other one to its conversation."""

    def state(self, fact: Fact) -> Fact:
        """Store a statement as the current one; the earlier one about the same fact is superseded."""
        self.uow.flush()
        if fact.case_id is not None:
            done = self._run(_SUPERSEDE_OF_CASE, p_id=fact.case_id, p_fact=fact.fact_id, p_at=fact.at)
        else:
            done = self._run(_SUPERSEDE_OF_CONVERSATION, p_id=fact.conversation_id, p_fact=fact.fact_id, p_at=fact.at)
        for (superseded,) in done:
            self._learn(Fact, superseded, superseded_at=fact.at)
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
        if case_id is None and conversation_id is None:
            raise ValueError(_NOBODYS)
        if case_id is not None:
            rows = self._rows(_CURRENT_OF_CASE, p_id=case_id)
        else:
            rows = self._rows(_CURRENT_OF_CONVERSATION, p_id=conversation_id)
        return {fact.fact_id: fact for fact in rows}

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
        raise ValueError(_NOBODYS)
    return (Fact.conversation_id == conversation_id) & Fact.case_id.is_(None)
