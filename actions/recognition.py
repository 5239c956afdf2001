"""Recognising a household when its application is opened: attached where that is certain, suggested where it is not.

Certain is an ID number, or phone, name and village together, that fit one household alone and are contradicted by
nothing. Everything weaker makes a household of its own and asks a person whether the two are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from actions import notices, places, routing, rulebook
from actions.clues import (
    ID_NUMBER,
    NAME_SOUND,
    PHONE,
    PHONE_NAME,
    VILLAGE_NAME,
    VILLAGE_SOUND,
    keys,
    of_case,
)
from actions.identity import WEIGHTS, exact
from actions.office import Office
from storage import UnitOfWork
from storage.models import Area, Case, Conversation, Household, HouseholdMatch, User

SUGGESTED, MERGED, DIFFERENT, UNDONE = "suggested", "merged", "different", "undone"
_SUGGEST_ALONE = (ID_NUMBER, PHONE_NAME, VILLAGE_NAME, VILLAGE_SOUND)


def certain_home(uow: UnitOfWork, case: Case) -> Household | None:
    """The one household that this application certainly belongs to, locked; None where there is none or any doubt.

    Until commit nobody else decides about the same keys, so that two doors at once open one household.
    """
    hashes = keys(uow, of_case(uow, case))
    uow.households.hold(key for kind, key in hashes.items() if kind != NAME_SOUND)
    found = _found(uow, {kind: key for kind, key in hashes.items() if kind in (ID_NUMBER, PHONE_NAME, VILLAGE_NAME)})
    for number in exact(found):
        doubted = NAME_SOUND if ID_NUMBER in found[number] else ID_NUMBER
        if not _contradicts(uow, number, doubted, hashes):
            return uow.households.root(number, lock=True)
    return None


def settle(office: Office, uow: UnitOfWork, case: Case, home: Household | None) -> None:
    """Give a new application its household (made where `home` is None), remember its keys, suggest what looks alike."""
    hashes = keys(uow, of_case(uow, case))
    if not hashes:
        return  # nobody can be found by nothing
    if home is None:
        home = uow.add(Household(created_at=office.clock.now()))
    home.head_name = home.head_name or case.person_name
    home.area_id = home.area_id or case.area_id
    uow.flush()
    case.household_id = home.id
    _link_conversation(uow, case, home)
    learn(office, uow, home, case, hashes)
    suggest(office, uow, home, case, hashes)


def known_better(office: Office, uow: UnitOfWork, case: Case) -> None:
    """The place or the ID number of an application has become known later: its household is found by that, too."""
    if case.household_id is None:
        return
    home = uow.households.root(case.household_id, lock=True)
    home.area_id = home.area_id or case.area_id
    hashes = keys(uow, of_case(uow, case))
    learn(office, uow, home, case, hashes)
    suggest(office, uow, home, case, hashes)


def learn(office: Office, uow: UnitOfWork, home: Household, case: Case, hashes: Mapping[str, str]) -> None:
    uow.households.learn(
        home, list(hashes.items()), office.clock.now(), case_id=case.id, conversation_id=case.conversation_id
    )


def _link_conversation(uow: UnitOfWork, case: Case, home: Household) -> None:
    """A household that speaks for itself is known by its conversation; who speaks for others is not."""
    conversation = uow.get(Conversation, case.conversation_id) if case.conversation_id is not None else None
    if conversation is not None and not (case.proxy_name or case.proxy_relation):
        conversation.household_id = home.id


# -- suggestions --------------------------------------------------------------------------------------------


def suggest(office: Office, uow: UnitOfWork, home: Household, case: Case, hashes: Mapping[str, str]) -> None:
    """Put the likeliest of those that look alike before a person."""
    alike = {
        number: kinds
        for number, kinds in _found(uow, {kind: key for kind, key in hashes.items() if kind != NAME_SOUND}).items()
        if number != home.id
    }
    _names_of_phone(uow, hashes, alike)
    crowd = sum(PHONE in kinds for kinds in alike.values()) + 1
    shared_phone = crowd >= rulebook.identity_book().shared_phone_from
    worth = [n for n, kinds in alike.items() if _worth_asking(uow, home, n, kinds, hashes, shared_phone)]
    worth.sort(key=lambda n: (-sum(WEIGHTS[kind] for kind in alike[n]), n))
    for number in worth[: rulebook.identity_book().most_suggestions]:
        other = uow.households.root(number)
        put(office, uow, home, other, alike[number], {f"{kind}:{hashes[kind]}" for kind in alike[number]})


def _names_of_phone(uow: UnitOfWork, hashes: Mapping[str, str], alike: dict[int, set[str]]) -> None:
    """A phone with a name that sounds the same says more than the phone."""
    if NAME_SOUND in hashes and alike:
        for number in uow.households.holders(NAME_SOUND, [hashes[NAME_SOUND]], among=list(alike)):
            alike[number].add(NAME_SOUND)


def _worth_asking(
    uow: UnitOfWork, home: Household, number: int, kinds: set[str], hashes: Mapping[str, str], shared_phone: bool
) -> bool:
    if not kinds & {ID_NUMBER, PHONE} and _contradicts(uow, number, ID_NUMBER, hashes):
        return False  # two people of one name in one village, told apart by their ID numbers
    if kinds & set(_SUGGEST_ALONE) or {PHONE, NAME_SOUND} <= kinds:
        return True
    other = uow.households.root(number)
    same_place = home.area_id is not None and home.area_id == other.area_id
    return PHONE in kinds and same_place and not shared_phone


def put(
    office: Office, uow: UnitOfWork, one: Household, other: Household, reasons: Iterable[str], shared: set[str]
) -> HouseholdMatch | None:
    """Suggest that two households are one, unless a person has said no to it for these very keys; None then.

    `shared`: the keys («kind:hash») that both carry. What was once refused comes back only with a new one.
    """
    uow.flush()
    earlier = uow.households.matches_between(uow.households.cluster(one.id), uow.households.cluster(other.id))
    waiting = next((match for match in earlier if match.status == SUGGESTED), None)
    if waiting is None and earlier and shared <= {key for match in earlier for key in match.moved.get("refused", ())}:
        return None
    match = waiting or uow.households.match_of(one.id, other.id)
    if match is None:
        first, second = sorted((one.id, other.id))
        match = uow.add(HouseholdMatch(first_id=first, second_id=second, suggested_at=office.clock.now()))
    again = match.status != SUGGESTED
    if again:
        match.suggested_at = office.clock.now()
    match.status, match.decided_by, match.decided_at = SUGGESTED, None, None
    match.reasons = sorted({*match.reasons, *reasons}, key=lambda kind: (-WEIGHTS[kind], kind))
    uow.flush()
    if waiting is None:
        key = f"duplicate:{match.id}:{match.version}"
        notices.to_staff(office, uow, _people(uow, one, other), key, rulebook.say("staff.duplicate"))
    return match


def _people(uow: UnitOfWork, one: Household, other: Household) -> Sequence[User]:
    """The cadres of the smallest area that holds both, of the next above where nobody is, at last administrators."""
    upper = {area.id for area in places.chain(uow, _area(uow, other))}
    for area in places.chain(uow, _area(uow, one)):
        found = uow.users.in_area(area.id, roles=(routing.CADRE,)) if area.id in upper else []
        if found:
            return found
    return routing.administrators(uow)


def _area(uow: UnitOfWork, home: Household) -> Area | None:
    return uow.get(Area, home.area_id) if home.area_id is not None else None


def _found(uow: UnitOfWork, hashes: Mapping[str, str]) -> dict[int, set[str]]:
    """Household as it stands now → the kinds of these keys that it carries."""
    raw = {kind: uow.households.holders(kind, [key]) for kind, key in hashes.items()}
    roots = uow.households.roots({number for numbers in raw.values() for number in numbers})
    found: dict[int, set[str]] = {}
    for kind, numbers in raw.items():
        for number in numbers:
            found.setdefault(roots[number].id, set()).add(kind)
    return found


def _contradicts(uow: UnitOfWork, number: int, kind: str, hashes: Mapping[str, str]) -> bool:
    """Whether the household is known by keys of this kind, and this one is none of them."""
    if kind not in hashes:
        return False
    known = {row.key_index for row in uow.households.keys_of(uow.households.cluster(number)) if row.kind == kind}
    return bool(known) and hashes[kind] not in known
