"""The operator's workbench (接线工作台): begin a call, read its notes, keep the draft, decide on what was heard.

Every function takes the office and the signed-in `user` first. Operators and administrators take calls; an operator
sees the own calls alone, what is not theirs is "not found". Kept drafts survive a crash and a closed tab.
Raises kinds of `actions.refusals.Refusal`.
"""

from __future__ import annotations

from datetime import UTC, datetime, time

from actions import call_show, rulebook
from actions.call_draft import CallInput, CallState, Decision, Value, decide
from actions.call_picture import Picture
from actions.call_work import (
    begun,
    check_version,
    checked_key,
    fresh_call,
    late,
    may_take,
    name_of,
    outcome_word,
    own,
    receipt_of,
    seen,
    show,
    store,
    working,
)
from actions.callviews import CallView, CaseCall, DraftLine, EndedLine, HeardItem
from actions.casework import checked_value, seen_case
from actions.clock import SHANGHAI
from actions.office import Office
from actions.refusals import Invalid
from policy_kb import FactSpec
from storage import UnitOfWork
from storage.models import Area, Call, User

SHOWN_WORDS = 40
MAX_DECISIONS = 200


def begin(office: Office, user: User, key: str, given: CallInput | None = None) -> CallView:
    """Begin a call; the same `key` (a UUID made by the page) again is the same call."""
    with office.db.begin() as uow:
        call = begun(office, uow, user, key, given or CallInput())
        view = show(office, uow, call)
        uow.commit()
        return view


def look(office: Office, user: User, key: str) -> CallView:
    """The call as it was last kept; one that was not begun yet is shown empty."""
    may_take(office, user)
    with office.db.read() as uow:
        _warm(office, uow, user)
        call = uow.calls.by_key(checked_key(office, key))
        if call is None:
            return show(office, uow, fresh_call(office, user, key, CallInput()))
        return show(office, uow, own(office, uow, user, key))


def read(office: Office, user: User, key: str, given: CallInput) -> CallView:
    """What the notes say now, merged with the decisions made so far; nothing is stored."""
    may_take(office, user)
    with office.db.read() as uow:
        kept = uow.calls.by_key(checked_key(office, key))
        call = own(office, uow, user, key) if kept is not None else fresh_call(office, user, key, given)
        state = CallState.model_validate(call.state or {})
        state.input = given
        return seen(uow, call, Picture(office, uow, state))


def keep(
    office: Office, user: User, key: str, given: CallInput, version: int | None = None, window: str = "", turn: int = 0
) -> CallView:
    """Keep the draft. `version`: the one last seen; an older one is refused (Stale), unless the same `window` kept it
    last: then a lower `turn` is a late delivery and changes nothing."""
    with working(office, user, key, given) as (uow, call, state):
        if late(state, window, turn):
            return show(office, uow, call)
        check_version(office, call, state, version, window)
        view = seen(uow, call, store(office, uow, call, state, given, window, turn))
        uow.commit()
        return view


def decide_on(
    office: Office,
    user: User,
    key: str,
    item: str,
    choice: str,
    value: object = None,
    *,
    given: CallInput | None = None,
    version: int | None = None,
    window: str = "",
    turn: int = 0,
) -> CallView:
    """Accept, change or refuse one thing heard; `given` is kept along with it. A fact may be set that nobody heard."""
    with working(office, user, key, given or CallInput()) as (uow, call, state):
        check_version(office, call, state, version, window)
        picture = store(office, uow, call, state, given or state.input, window, max(turn, state.turn))
        found = next((i for i in call_show.items(picture) if i.item == item), None)
        decision = _decision(office, item, choice, value, found)
        if decision is not None and len(state.decisions) < MAX_DECISIONS:
            decide(state, decision)
            call.state = state.model_dump(mode="json", exclude_defaults=True)
            uow.flush()
        view = show(office, uow, call)
        uow.commit()
        return view


def drafts(office: Office, user: User) -> tuple[DraftLine, ...]:
    """The own unfinished calls, newest first: what a crash or a closed tab left."""
    may_take(office, user)
    with office.db.read() as uow:
        return tuple(_draft_line(office, uow, call) for call in uow.calls.drafts_of(user.id))


def ended_today(office: Office, user: User) -> tuple[EndedLine, ...]:
    """The own calls that ended today (Asia/Shanghai), newest first."""
    may_take(office, user)
    midnight = datetime.combine(office.clock.today(), time(), SHANGHAI).astimezone(UTC)
    with office.db.read() as uow:
        return tuple(
            EndedLine(c.key, c.ended_at or midnight, c.kind, outcome_word(c.outcome), receipt_of(uow, c))
            for c in uow.calls.ended_since(user.id, midnight)
        )


def calls_of_case(office: Office, user: User, receipt: str) -> tuple[CaseCall, ...]:
    """The calls behind a case, for everybody who may see the case; the words stand on its card."""
    with office.db.read() as uow:
        case = seen_case(uow, user, receipt)
        return tuple(
            CaseCall(c.started_at, c.ended_at, name_of(uow, c.user_id), outcome_word(c.outcome))
            for c in uow.calls.of_case(case.id)
        )


def _warm(office: Office, uow: UnitOfWork, user: User) -> None:
    """The first verdict of a document on a day takes long; take it while the page opens, not while somebody speaks."""
    area = uow.get(Area, user.area_id) if user.area_id is not None else None
    for place in (area.path.replace("/", "") if area is not None else None, None):
        pack = office.library.pack_for_place(place)
        office.library.assess(pack, {}, on=office.clock.today(), place=place)


def _decision(office: Office, item: str, choice: str, value: object, found: HeardItem | None) -> Decision | None:
    """The decision to keep; None where accepting changes nothing (it is the operator's own value already)."""
    kind, _, name = item.partition(":")
    spec = office.library.vocabulary.get(name) if kind == "fact" else None
    if found is None and (spec is None or choice != "changed"):
        raise Invalid(office.texts.say("calls.refused.item_unknown", item=item[:40]))
    words = found.words if found is not None else ""
    if choice == "accepted":
        return (
            None
            if found is not None and found.state == "changed"
            else Decision(item=item, words=words, choice="accepted")
        )
    if choice == "refused":
        return Decision(item=item, words=words, choice="refused")
    return Decision(item=item, words=words, choice="changed", value=_value(office, kind, spec, value, found))


def _value(office: Office, kind: str, spec: FactSpec | None, value: object, found: HeardItem | None) -> Value:
    """The value in the type of its item. Raises Invalid."""
    if spec is not None:
        checked = checked_value(office, spec, value)
        assert isinstance(checked, bool | int | float | str)  # what a fact can be
        return checked
    try:
        number = float(str(value).replace(",", "").replace("，", "")) if kind == "amount" else None
    except ValueError:
        number = None
    if number is None or not 0 <= number < 1e12:
        label = found.label if found is not None else kind
        expected = rulebook.say("refused.expected_number")
        raise Invalid(office.texts.say("calls.refused.value_wrong", label=label, expected=expected))
    return number


def _draft_line(office: Office, uow: UnitOfWork, call: Call) -> DraftLine:
    picture = Picture(office, uow, CallState.model_validate(call.state or {}))
    words = " ".join(call.notes.split())[:SHOWN_WORDS]
    return DraftLine(call.key, call.started_at, call.kept_at, call.kind, picture.name, words)
