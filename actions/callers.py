"""Who may be calling: households that fit a number, a name, a village or a receipt. It suggests and never assumes."""

from __future__ import annotations

from dataclasses import dataclass

from actions import cases, masking, phrases, routing, rulebook
from actions.call_draft import phone_digits
from actions.call_work import may_take
from actions.office import Office
from actions.receipts import read_receipt
from storage import UnitOfWork
from storage.models import Case, User

MOST = 8  # shown
LOOKED_AT = 30


@dataclass(frozen=True)
class OpenCase:
    """A case that is under way, with how it stands in words that may be read aloud."""

    receipt: str
    title: str
    status: tuple[str, ...]


@dataclass(frozen=True)
class Caller:
    """One household that it may be. `certain`: by a receipt or an ID number, never by a phone number alone."""

    household: int | None
    name: str
    phone_tail: str
    village: str
    reasons: tuple[str, ...]
    certain: bool
    cases: tuple[OpenCase, ...]


@dataclass(frozen=True)
class Callers:
    """`earlier`: how often this number has called before."""

    people: tuple[Caller, ...]
    earlier: int
    asked: bool  # something was looked for


def look_up(
    office: Office, user: User, *, phone: str = "", name: str = "", village: str = "", receipt: str = ""
) -> Callers:
    """Households of the own area that fit; each look that found somebody is in the audit log."""
    may_take(office, user)
    number, asked_receipt = phone_digits(phone) or "", read_receipt(receipt) or ""
    with office.db.begin() as uow:
        earlier = len(uow.calls.of_phone(number)) if number else 0
        people = _people(office, uow, user, number, asked_receipt)
        if people:
            uow.audit.record(f"user:{user.id}", "call.look_up", "households", found=len(people))
            uow.commit()
    return Callers(people, earlier, bool(number or asked_receipt or name or village))


def _people(office: Office, uow: UnitOfWork, user: User, number: str, receipt: str) -> tuple[Caller, ...]:
    found = uow.cases.of_phone(number)[:LOOKED_AT] if number else []
    case = uow.cases.by_receipt(receipt) if receipt else None
    seen = [c for c in ([case] if case else []) + found if routing.may_see(uow, user, c)]
    return tuple(_caller(office, uow, c, receipt) for c in seen[:MOST])


def _caller(office: Office, uow: UnitOfWork, case: Case, receipt: str) -> Caller:
    name = masking.name(case.person_name) if case.person_name else rulebook.say("nameless")
    by_receipt = case.receipt == receipt
    return Caller(
        household=case.household_id,
        name=name,
        phone_tail=(case.phone or "")[-4:],
        village=phrases.short_place(uow, case),
        reasons=("receipt",) if by_receipt else ("phone",),
        certain=by_receipt,
        cases=(_open_case(office, uow, case),),
    )


def _open_case(office: Office, uow: UnitOfWork, case: Case) -> OpenCase:
    progress = cases.progress(office, uow, case)
    return OpenCase(case.receipt, progress.title, progress.lines)
