"""One household or two (疑似重复): what the machine suggests, a person decides, with a reason, and can take back.

Only who may see both households sees the suggestion. Complaints belong to no household and never appear here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from actions import casefile, routing, rulebook
from actions.casework import checked_text
from actions.duplicateviews import Comparison, DuplicateLine, comparison, line
from actions.office import Office
from actions.recognition import DIFFERENT, MERGED, SUGGESTED, UNDONE
from actions.refusals import Invalid, NotAllowed, NotFound, Stale
from actions.tasks import MAX_ID
from storage import StaleRow, UnitOfWork
from storage.models import Household, HouseholdMatch, User

WAITING, DECIDED = (SUGGESTED,), (MERGED, DIFFERENT, UNDONE)
LISTED = 200

Deciding = Callable[[UnitOfWork, HouseholdMatch, str], None]


def duplicates_for(office: Office, user: User, *, decided: bool = False) -> tuple[DuplicateLine, ...]:
    """Suggestions that wait for a decision, or those decided, newest first."""
    with office.db.read() as uow:
        return tuple(line(uow, user, match) for match in _seen(uow, user, DECIDED if decided else WAITING)[:LISTED])


def waiting(uow: UnitOfWork, user: User) -> int:
    """How many suggestions wait for this person's area."""
    return len(_seen(uow, user, WAITING))


def compare(office: Office, user: User, match_id: int) -> Comparison:
    """Both households side by side, numbers masked; the look is in the audit log. Raises NotFound."""
    with office.db.begin() as uow:
        match = _one_seen(uow, user, match_id)
        uow.audit.record(f"user:{user.id}", "household.compare", f"match:{match.id}")
        found = comparison(office, uow, user, match)
        uow.commit()
        return found


def merge(office: Office, user: User, match_id: int, reason: str, *, version: int | None = None) -> Comparison:
    """The two are one household: the applications of the later one belong to the earlier one from now on.

    Raises NotFound, NotAllowed, Invalid, Stale; so do `refuse` and `undo`.
    """

    def act(uow: UnitOfWork, match: HouseholdMatch, why: str) -> None:
        _merge(office, uow, user, match, why)

    return _decide(office, user, match_id, reason, version, act)


def refuse(office: Office, user: User, match_id: int, reason: str = "", *, version: int | None = None) -> Comparison:
    """The two are different households; the same keys never suggest it again. A reason may be given."""
    return _decide(
        office, user, match_id, reason, version, lambda uow, match, _: _refuse(office, uow, user, match), must_say=False
    )


def undo(office: Office, user: User, match_id: int, reason: str, *, version: int | None = None) -> Comparison:
    """Take a decision back: a merge is taken apart exactly as it was put together, a refusal waits again."""

    def act(uow: UnitOfWork, match: HouseholdMatch, why: str) -> None:
        _undo(office, uow, user, match, why)

    return _decide(office, user, match_id, reason, version, act)


# -- deciding -----------------------------------------------------------------------------------------------


def _decide(
    office: Office,
    user: User,
    match_id: int,
    reason: str,
    version: int | None,
    act: Deciding,
    *,
    must_say: bool = True,
) -> Comparison:
    words = checked_text(reason)
    if must_say and not words:
        raise Invalid(rulebook.say("refused.merge_reason_missing"))
    with _changing(office, user, match_id, version) as (uow, match):
        act(uow, match, words)
        uow.flush()
        found = comparison(office, uow, user, match)
        uow.commit()
        return found


@contextmanager
def _changing(
    office: Office, user: User, match_id: int, version: int | None
) -> Iterator[tuple[UnitOfWork, HouseholdMatch]]:
    """A transaction on a suggestion that this person may decide and nobody decided since `version`. Households are
    locked before the suggestion, in order, as those who open cases lock them."""
    if user.role == routing.OPERATOR:
        raise NotAllowed(rulebook.say("refused.operators_do_not"))
    try:
        with office.db.begin() as uow:
            seen = _one_seen(uow, user, match_id)
            for number in sorted({seen.first_id, seen.second_id}):
                uow.households.root(number, lock=True)
            match = uow.households.match(match_id, lock=True)
            assert match is not None  # suggestions are never deleted
            if version is not None and match.version != version:
                raise Stale(rulebook.say("refused.stale_match"))
            yield uow, match
    except StaleRow as error:
        raise Stale(rulebook.say("refused.stale_match")) from error


def _merge(office: Office, uow: UnitOfWork, user: User, match: HouseholdMatch, reason: str) -> None:
    _must_be(match, SUGGESTED)
    into, gone = sorted(_roots(uow, match), key=lambda home: home.id)
    if into.id == gone.id:
        raise Invalid(rulebook.say("refused.already_one"))
    _write_history(office, uow, user, into, gone, "households_merged", reason)
    cases = uow.households.cases_of([gone.id], limit=MAX_ID)
    talks = uow.households.conversations_of(gone.id)
    for case in cases:
        case.household_id = into.id
    for talk in talks:
        talk.household_id = into.id
    gone.merged_into = into.id
    moved = {"into": into.id, "gone": gone.id, "cases": [c.id for c in cases], "conversations": [t.id for t in talks]}
    match.moved = {**match.moved, **moved}
    _note_decision(office, uow, user, match, MERGED, "household.merge", into=into.id, gone=gone.id)


def _refuse(office: Office, uow: UnitOfWork, user: User, match: HouseholdMatch) -> None:
    _must_be(match, SUGGESTED)
    one, other = _roots(uow, match)
    match.moved = {**match.moved, "refused": sorted(_shared_keys(uow, one, other))}
    _note_decision(office, uow, user, match, DIFFERENT, "household.different")


def _undo(office: Office, uow: UnitOfWork, user: User, match: HouseholdMatch, reason: str) -> None:
    if match.status == DIFFERENT:
        match.moved = {key: value for key, value in match.moved.items() if key != "refused"}
        _note_decision(office, uow, user, match, SUGGESTED, "household.undo")
        match.decided_by = match.decided_at = None
        return
    _must_be(match, MERGED)
    _take_apart(uow, match)
    into, gone = uow.households.get(match.moved["into"]), uow.households.get(match.moved["gone"])
    assert into is not None
    assert gone is not None
    _write_history(office, uow, user, into, gone, "merge_undone", reason)
    match.moved = {**match.moved, "refused": sorted(_shared_keys(uow, into, gone))}
    _note_decision(office, uow, user, match, UNDONE, "household.undo", into=into.id, gone=gone.id)


def _take_apart(uow: UnitOfWork, match: HouseholdMatch) -> None:
    """What the merge moved goes back, with what was learnt from it since; whatever came later stays where it came."""
    into = uow.households.get(match.moved["into"], lock=True)
    gone = uow.households.get(match.moved["gone"], lock=True)
    assert into is not None
    assert gone is not None
    if into.merged_into is not None:
        raise Invalid(rulebook.say("refused.undo_later_first"))
    for case_id in match.moved["cases"]:
        case = uow.cases.get(case_id, lock=True)
        if case is not None and case.household_id == into.id:
            case.household_id = gone.id
    for conversation_id in match.moved["conversations"]:
        talk = uow.conversations.get(conversation_id, lock=True)
        if talk is not None and talk.household_id == into.id:
            talk.household_id = gone.id
    for key in uow.households.keys_of([into.id]):
        if key.case_id in match.moved["cases"]:
            key.household_id = gone.id
    gone.merged_into = None
    uow.flush()


def _must_be(match: HouseholdMatch, status: str) -> None:
    if match.status != status:
        raise Invalid(rulebook.say("refused.match_decided", status=rulebook.say(f"match_status.{match.status}")))


def _note_decision(
    office: Office, uow: UnitOfWork, user: User, match: HouseholdMatch, status: str, action: str, **detail: int
) -> None:
    match.status, match.decided_by, match.decided_at = status, user.id, office.clock.now()
    uow.audit.record(f"user:{user.id}", action, f"match:{match.id}", status=status, **detail)
    for household_id in detail.values():
        uow.audit.record(f"user:{user.id}", action, f"household:{household_id}", match=match.id)


def _write_history(
    office: Office, uow: UnitOfWork, user: User, into: Household, gone: Household, event: str, reason: str
) -> None:
    """A line in the history of every application of both, naming the other's, for staff only."""
    sides = [uow.households.cases_of([home.id]) for home in (into, gone)]
    for own, others in (sides, reversed(sides)):
        receipts = "、".join(case.receipt for case in others)
        key = event if receipts or event == "merge_undone" else f"{event}_alone"
        text = rulebook.say(f"history.{key}", reason=reason, receipts=receipts)
        for case in own:
            casefile.note(office, uow, case, event, text, by=user.id)


def _shared_keys(uow: UnitOfWork, one: Household, other: Household) -> set[str]:
    sides = [
        {f"{key.kind}:{key.key_index}" for key in uow.households.keys_of(uow.households.cluster(home.id))}
        for home in (one, other)
    ]
    return sides[0] & sides[1]


# -- who sees what ------------------------------------------------------------------------------------------


def _roots(uow: UnitOfWork, match: HouseholdMatch) -> tuple[Household, Household]:
    return uow.households.root(match.first_id), uow.households.root(match.second_id)


def _seen(uow: UnitOfWork, user: User, statuses: tuple[str, ...]) -> list[HouseholdMatch]:
    """Suggestions of which this person may see both sides; two about the same pair are one."""
    matches = uow.households.matches(statuses)
    roots = uow.households.roots({n for match in matches for n in (match.first_id, match.second_id)})
    reach = uow.households.roots_seen(user, roots.keys() | {root.id for root in roots.values()})
    found: list[HouseholdMatch] = []
    pairs: set[frozenset[int]] = set()
    for match in matches:
        pair = frozenset((roots[match.first_id].id, roots[match.second_id].id))
        if not {match.first_id, match.second_id, *pair} <= reach:
            continue
        if match.status == SUGGESTED and (len(pair) == 1 or pair in pairs):
            continue  # merged by way of a third household, or asked already
        pairs.add(pair)
        found.append(match)
    return found


def _one_seen(uow: UnitOfWork, user: User, match_id: int) -> HouseholdMatch:
    match = uow.households.match(match_id) if 0 < match_id <= MAX_ID else None
    if match is not None:
        ids = {match.first_id, match.second_id, *(root.id for root in _roots(uow, match))}
        if uow.households.roots_seen(user, ids) == ids:
            return match
    raise NotFound(rulebook.say("refused.match_unknown"))
