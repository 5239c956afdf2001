"""What staff read about two households that may be one: a line of the list, and both side by side, numbers masked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from actions import card, casefile, caseline, masking, phrases, routing, rulebook
from actions.office import Office
from actions.recognition import DIFFERENT, MERGED, SUGGESTED
from storage import UnitOfWork
from storage.models import Area, Case, Household, HouseholdMatch, User

OPEN = (casefile.OPEN, casefile.RETURNED)


@dataclass(frozen=True)
class DuplicateLine:
    """One suggestion. `reasons`: why, in words; `names`: both heads of household (masked for operators)."""

    id: int
    status: str
    status_word: str
    names: tuple[str, str]
    places: tuple[str, str]
    reasons: tuple[str, ...]
    suggested_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    version: int


@dataclass(frozen=True)
class CaseOfHousehold:
    """One application of a household; phone and ID number are masked."""

    receipt: str
    status: str
    status_word: str
    opened: date
    person: str
    phone: str | None
    id_number: str | None
    place: str
    document: str


@dataclass(frozen=True)
class Side:
    """One of the two households; `hidden`: how many of its applications are not for this person's eyes."""

    household_id: int
    name: str
    place: str
    cases: tuple[CaseOfHousehold, ...]
    hidden: int
    open_cases: int


@dataclass(frozen=True)
class FactPair:
    """One fact as either household last stated it; None where it did not."""

    label: str
    first: str | None
    second: str | None
    same: bool


@dataclass(frozen=True)
class Comparison:
    """Both households side by side. `may_decide`, `may_undo`: what this person may do now."""

    line: DuplicateLine
    sides: tuple[Side, Side]
    facts: tuple[FactPair, ...]
    may_decide: bool
    may_undo: bool
    both_open: bool


def line(uow: UnitOfWork, user: User, match: HouseholdMatch) -> DuplicateLine:
    homes = (_home(uow, match.first_id), _home(uow, match.second_id))
    words: Mapping[str, str] = rulebook.words().get("notices.match_reasons")
    decider = uow.get(User, match.decided_by) if match.decided_by is not None else None
    return DuplicateLine(
        id=match.id,
        status=match.status,
        status_word=rulebook.say(f"match_status.{match.status}"),
        names=(_name(user, homes[0]), _name(user, homes[1])),
        places=(_place(uow, homes[0]), _place(uow, homes[1])),
        reasons=tuple(words.get(kind, kind) for kind in match.reasons),
        suggested_at=match.suggested_at,
        decided_by=(decider.display_name or decider.name) if decider is not None else None,
        decided_at=match.decided_at,
        version=match.version,
    )


def comparison(office: Office, uow: UnitOfWork, user: User, match: HouseholdMatch) -> Comparison:
    """Both sides; after a merge the applications that came from either."""
    cases = _cases(uow, match)
    sides = tuple(
        _side(office, uow, user, _home(uow, number), cases[number]) for number in (match.first_id, match.second_id)
    )
    decides = user.role != routing.OPERATOR
    seen = {n: [c for c in rows if routing.may_see(uow, user, c)] for n, rows in cases.items()}
    return Comparison(
        line=line(uow, user, match),
        sides=(sides[0], sides[1]),
        facts=_facts(office, uow, seen[match.first_id], seen[match.second_id]),
        may_decide=decides and match.status == SUGGESTED,
        may_undo=decides and match.status in (MERGED, DIFFERENT),
        both_open=match.status == SUGGESTED and all(side.open_cases for side in sides),
    )


def _cases(uow: UnitOfWork, match: HouseholdMatch) -> dict[int, list[Case]]:
    """Household of the suggestion → its applications; where a merge moved them, those of either side."""
    if match.status == MERGED:
        moved = set(match.moved["cases"])
        rows = uow.households.cases_of([uow.households.root(match.first_id).id])
        gone = match.moved["gone"]
        pair = {match.first_id, match.second_id}
        gone_side = gone if gone in pair else max(pair)
        return {n: [c for c in rows if (c.id in moved) is (n == gone_side)] for n in pair}
    return {n: uow.households.cases_of([uow.households.root(n).id]) for n in (match.first_id, match.second_id)}


def _side(office: Office, uow: UnitOfWork, user: User, home: Household, cases: list[Case]) -> Side:
    seen = [case for case in cases if routing.may_see(uow, user, case)]
    return Side(
        household_id=home.id,
        name=_name(user, home),
        place=_place(uow, home),
        cases=tuple(_case(office, uow, user, case) for case in seen),
        hidden=len(cases) - len(seen),
        open_cases=sum(case.status in OPEN for case in seen),
    )


def _case(office: Office, uow: UnitOfWork, user: User, case: Case) -> CaseOfHousehold:
    pack = office.library.packs.get(case.pack_id)
    return CaseOfHousehold(
        receipt=case.receipt,
        status=case.status,
        status_word=rulebook.say(f"status.{case.status}"),
        opened=case.discovered_on,
        person=caseline.person_words(user, case),
        phone=masking.phone(case.phone) if case.phone else None,
        id_number=masking.id_number(case.id_number) if case.id_number else None,
        place=phrases.short_place(uow, case),
        document=pack.number if pack is not None else case.pack_id,
    )


def _facts(office: Office, uow: UnitOfWork, first: list[Case], second: list[Case]) -> tuple[FactPair, ...]:
    """What the newest application of either states, where one of them does."""
    known = [casefile.values(casefile.facts_of(uow, cases[0])) if cases else {} for cases in (first, second)]
    found = []
    for fact_id, spec in office.library.vocabulary.items():
        values = [card.fact_value(spec, facts[fact_id]) if fact_id in facts else None for facts in known]
        if any(value is not None for value in values):
            found.append(FactPair(spec.zh, values[0], values[1], values[0] == values[1]))
    return tuple(found)


def _home(uow: UnitOfWork, number: int) -> Household:
    home = uow.households.get(number)
    assert home is not None  # households are never deleted
    return home


def _name(user: User, home: Household) -> str:
    if not home.head_name:
        return rulebook.say("nameless")
    return masking.name(home.head_name) if user.role == routing.OPERATOR else home.head_name


def _place(uow: UnitOfWork, home: Household) -> str:
    area = uow.get(Area, home.area_id) if home.area_id is not None else None
    return area.path.replace("/", "") if area is not None else rulebook.say("place_unknown")
