"""Who is calling (一户一档): households found by what somebody says of themselves. Found, never assumed.

One phone may stand for many people, and names are misheard: whatever is not exact and unambiguous is offered with its
reasons, and a person decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from actions import casefile, masking, routing
from actions.clues import (
    ID_NUMBER,
    KINDS,
    NAME_SOUND,
    PHONE,
    PHONE_NAME,
    VILLAGE_NAME,
    VILLAGE_SOUND,
    Clues,
    clues,
    keys,
)
from actions.office import Office
from actions.places import candidates
from actions.receipts import read_receipt
from storage import UnitOfWork
from storage.models import Area, Case, Household, User

RECEIPT, VILLAGE = "receipt", "village"
MOST_HITS = 20
MOST_VILLAGES = 10  # places of one name that are all looked at
WEIGHTS: Mapping[str, int] = {
    RECEIPT: 64,
    ID_NUMBER: 64,
    PHONE_NAME: 32,
    VILLAGE_NAME: 16,
    VILLAGE_SOUND: 8,
    PHONE: 6,
    NAME_SOUND: 3,
    VILLAGE: 1,
}


@dataclass(frozen=True)
class HouseholdHit:
    """A household that may be meant, the likeliest first.

    `reasons`: kinds of clues that fit (id_number, phone_name, village_name, village_sound, phone, name_sound, receipt,
    village). `certain`: an exact clue fits this household and no other; all else is a question to ask the caller.
    `head_name` is masked for operators, `phone_tail` are four digits; `open_receipts` are its applications under way
    that this person may see.
    """

    household_id: int
    head_name: str
    phone_tail: str
    village: str
    reasons: tuple[str, ...]
    certain: bool
    open_receipts: tuple[str, ...]


def find_households(
    office: Office,
    uow: UnitOfWork,
    *,
    phone: str | None = None,
    name: str | None = None,
    village: str | int | None = None,
    receipt: str | None = None,
    id_number: str | None = None,
    user: User | None = None,
) -> tuple[HouseholdHit, ...]:
    """Households that fit what is known of a caller, at most twenty. `village`: an area's id, or its name.

    With `user`, only what lies in that person's reach; doors always pass it. Complaints are never among what is found.
    """
    places = _places(uow, village)
    known = clues(id_number=id_number, phone=phone, name=name)
    found = _by_clues(uow, known, places, user)
    _by_receipt(uow, receipt, user, found)
    if places and known == Clues() and not receipt:
        found = {number: {VILLAGE} for place in places for number in uow.households.of_area(place.id, seen_by=user)}
    roots = _roots(uow, found, user)
    ranked = sorted(roots, key=lambda number: (-sum(WEIGHTS[kind] for kind in roots[number]), -number))
    return _hits(office, uow, ranked[:MOST_HITS], roots, user)


def exact(found: Mapping[int, set[str]]) -> set[int]:
    """The one household that an exact clue fits, alone; empty where none does or several do."""
    for fits in ({RECEIPT}, {ID_NUMBER}, {PHONE_NAME, VILLAGE_NAME}):
        holders = {number for number, kinds in found.items() if fits <= kinds}
        if holders:
            return holders if len(holders) == 1 else set()
    return set()


def _places(uow: UnitOfWork, village: str | int | None) -> list[Area]:
    if isinstance(village, int):
        area = uow.get(Area, village)
        return [area] if area is not None else []
    named = (village or "").strip()
    if not named:
        return []
    return (uow.areas.by_name(named) or candidates(uow, named))[:MOST_VILLAGES]


def _by_clues(uow: UnitOfWork, known: Clues, places: list[Area], user: User | None) -> dict[int, set[str]]:
    """Household (merged ones among them) → the kinds of keys that fit."""
    wanted: dict[str, set[str]] = {}
    villages: list[int | None] = [area.id for area in places if area.level == "village"]
    for village in villages or [None]:
        placed = Clues(known.id_number, known.phone, known.name, village)
        for kind, key in keys(uow, placed).items():
            wanted.setdefault(kind, set()).add(key)
    around = places[0].id if len(places) == 1 else None  # a name alone is looked for in the place that was named
    found: dict[int, set[str]] = {}
    for kind, hashes in wanted.items():
        # A name that many carry is narrowed in the question itself; what the others find is few, narrowed afterwards.
        seen_by, within = (user, around) if kind == NAME_SOUND else (None, None)
        for number in uow.households.holders(kind, hashes, seen_by=seen_by, within=within):
            found.setdefault(number, set()).add(kind)
    return found


def _by_receipt(uow: UnitOfWork, receipt: str | None, user: User | None, found: dict[int, set[str]]) -> None:
    number = read_receipt(receipt or "")
    case = uow.cases.by_receipt(number) if number is not None else None
    if case is None or case.household_id is None or (user is not None and not routing.may_see(uow, user, case)):
        return
    found.setdefault(case.household_id, set()).add(RECEIPT)


def _roots(uow: UnitOfWork, found: Mapping[int, set[str]], user: User | None) -> dict[int, set[str]]:
    """The same by the household that stands for each now, and only those in reach."""
    roots: dict[int, set[str]] = {}
    for number, root in uow.households.roots(found.keys()).items():
        roots.setdefault(root.id, set()).update(found[number])
    if user is None:
        return roots
    seen = uow.households.roots_seen(user, roots.keys())
    return {number: kinds for number, kinds in roots.items() if number in seen}


def _hits(
    office: Office, uow: UnitOfWork, ids: list[int], found: Mapping[int, set[str]], user: User | None
) -> tuple[HouseholdHit, ...]:
    sure = exact(found)
    cases: dict[int, list[Case]] = {}
    for case in _seen(uow, uow.households.cases_of(ids), user):
        cases.setdefault(case.household_id or 0, []).append(case)
    homes = uow.households.roots(ids)
    return tuple(_hit(uow, homes[n], cases.get(n, []), found[n], user, certain=n in sure) for n in ids)


def _seen(uow: UnitOfWork, found: list[Case], user: User | None) -> list[Case]:
    if user is None:
        return found
    seen = uow.cases.seen_among(user, [case.id for case in found])
    return [case for case in found if case.id in seen]


def _hit(
    uow: UnitOfWork, home: Household, cases: list[Case], kinds: set[str], user: User | None, *, certain: bool
) -> HouseholdHit:
    area = uow.get(Area, home.area_id) if home.area_id is not None else None
    phone = next((case.phone for case in cases if case.phone), "")
    name = home.head_name or ""
    open_ones = [case for case in cases if case.status in (casefile.OPEN, casefile.RETURNED)]
    return HouseholdHit(
        household_id=home.id,
        head_name=masking.name(name) if name and user is not None and user.role == routing.OPERATOR else name,
        phone_tail=(phone or "")[-4:],
        village=area.path.replace("/", "") if area is not None else "",
        reasons=tuple(sorted(kinds, key=lambda kind: (-WEIGHTS[kind], kind))),
        certain=certain,
        open_receipts=tuple(case.receipt for case in open_ones),
    )


__all__ = ["KINDS", "MOST_HITS", "HouseholdHit", "exact", "find_households"]
