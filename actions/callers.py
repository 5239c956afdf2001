"""Who may be calling: households that fit a number, a name, a village or a receipt. It suggests and never assumes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from actions import cases, rulebook
from actions.call_draft import phone_digits
from actions.call_work import may_take
from actions.identity import HouseholdHit, find_households
from actions.office import Office
from storage import UnitOfWork
from storage.models import User

MOST = 8  # shown


@dataclass(frozen=True)
class OpenCase:
    """A case that is under way, with how it stands in words that may be read aloud."""

    receipt: str
    title: str
    status: tuple[str, ...]


@dataclass(frozen=True)
class Caller:
    """One household that it may be, and why. `certain`: an exact clue fits it alone; never a phone number by itself."""

    household: int
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
    office: Office,
    user: User,
    *,
    phone: str = "",
    name: str = "",
    village: str = "",
    receipt: str = "",
    id_number: str = "",
) -> Callers:
    """Households of the own area that fit, names with tolerance for how they sound; a look that found somebody is in
    the audit log."""
    may_take(office, user)
    number = phone_digits(phone) or ""
    asked = {"phone": number, "name": name.strip(), "village": village.strip(), "receipt": receipt.strip()}
    asked["id_number"] = id_number.strip()
    with office.db.begin() as uow:
        earlier = len(uow.calls.of_phone(number)) if number else 0
        hits = find_households(office, uow, user=user, **{key: text or None for key, text in asked.items()})
        people = tuple(_caller(office, uow, hit) for hit in hits[:MOST])
        if people:
            uow.audit.record(f"user:{user.id}", "call.look_up", "households", found=len(people))
            uow.commit()
    return Callers(people, earlier, any(asked.values()))


def _caller(office: Office, uow: UnitOfWork, hit: HouseholdHit) -> Caller:
    words: Mapping[str, str] = rulebook.words().get("notices.match_reasons")
    return Caller(
        household=hit.household_id,
        name=hit.head_name or rulebook.say("nameless"),
        phone_tail=hit.phone_tail,
        village=hit.village,
        reasons=tuple(words.get(kind, kind) for kind in hit.reasons),
        certain=hit.certain,
        cases=tuple(_open_cases(office, uow, hit.open_receipts)),
    )


def _open_cases(office: Office, uow: UnitOfWork, receipts: Sequence[str]) -> Iterator[OpenCase]:
    for receipt in receipts:
        case = uow.cases.by_receipt(receipt)
        if case is not None:
            progress = cases.progress(office, uow, case)
            yield OpenCase(receipt, progress.title, progress.lines)
