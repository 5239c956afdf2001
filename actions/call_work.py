"""A transaction on one call: whose it is, whether somebody else kept it meanwhile, and writing the draft."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from actions import call_show, call_unnamed, routing, tasks
from actions.call_draft import CallInput, CallState
from actions.call_picture import Picture
from actions.callrules import call_book
from actions.callviews import CallView
from actions.office import Office
from actions.refusals import Invalid, NotAllowed, NotFound, Stale
from storage import StaleRow, UnitOfWork
from storage.models import Call, Case, User

TAKES_CALLS = (routing.OPERATOR, routing.ADMIN)


@contextmanager
def working(office: Office, user: User, key: str, given: CallInput) -> Iterator[tuple[UnitOfWork, Call, CallState]]:
    """A transaction on an own, unfinished call, begun where it was not yet."""
    try:
        with office.db.begin() as uow:
            call = begun(office, uow, user, key, given)
            if call.status != "draft":
                raise Invalid(office.texts.say("calls.refused.ended"))
            yield uow, call, CallState.model_validate(call.state or {})
    except StaleRow as error:
        raise Stale(office.texts.say("calls.refused.stale")) from error


def may_take(office: Office, user: User) -> None:
    """Raises NotAllowed for those who take no calls."""
    if user.role not in TAKES_CALLS:
        raise NotAllowed(office.texts.say("calls.refused.not_operator"))


def own(office: Office, uow: UnitOfWork, user: User, key: str, *, lock: bool = False) -> Call:
    """The call with this key, if this person may work on it. Raises NotFound."""
    may_take(office, user)
    call = uow.calls.by_key(checked_key(office, key), lock=lock)
    if call is None or (call.user_id != user.id and user.role != routing.ADMIN):
        raise NotFound(office.texts.say("calls.refused.not_found"))
    return call


def checked_key(office: Office, key: str) -> str:
    try:
        return str(uuid.UUID(key))
    except ValueError:
        raise Invalid(office.texts.say("calls.refused.bad_key")) from None


def late(state: CallState, window: str, turn: int) -> bool:
    """A request of the same page that was overtaken by a later one."""
    return bool(window) and window == state.window and turn < state.turn


def check_version(office: Office, call: Call, state: CallState, version: int | None, window: str) -> None:
    """Raises Stale where another page has kept the call since `version`."""
    same_page = bool(window) and window == state.window
    if version is not None and max(version, 1) != call.version and not same_page:
        raise Stale(office.texts.say("calls.refused.stale"))


def store(
    office: Office, uow: UnitOfWork, call: Call, state: CallState, given: CallInput, window: str, turn: int
) -> Picture:
    """Write the draft; words of danger become a task at once, whatever becomes of the call."""
    state.input, state.window, state.turn = given, window[:40] or state.window, turn
    picture = Picture(office, uow, state)
    call.kind, call.notes, call.kept_at = given.kind, given.notes, office.clock.now()
    uow.calls.set_phone(call, None if picture.anonymous else picture.phone_number)
    _ = picture.area  # found before the state is written: it remembers where the words lie
    call.state = state.model_dump(mode="json", exclude_defaults=True)
    uow.flush()
    if picture.reading.danger is not None:
        _tell_of_danger(office, uow, call, picture)
    return picture


def show(office: Office, uow: UnitOfWork, call: Call) -> CallView:
    return seen(uow, call, Picture(office, uow, CallState.model_validate(call.state or {})))


def seen(uow: UnitOfWork, call: Call, picture: Picture) -> CallView:
    return call_show.build(picture, call, receipt_of(uow, call))


def area_for_tasks(picture: Picture, user_area: int | None) -> int | None:
    """Where people are told of this call: its place, but never the place of a complaint not yet routed past it."""
    if picture.area is None or picture.state.input.kind == "complaint":
        return user_area
    return picture.area.id


def outcome_word(code: str | None) -> str:
    found = call_book().outcome(code or "")
    return found.zh if found is not None else ""


def begun(office: Office, uow: UnitOfWork, user: User, key: str, given: CallInput) -> Call:
    may_take(office, user)
    known = uow.calls.by_key(checked_key(office, key), lock=True)
    if known is None:
        fresh = fresh_call(office, user, key, given)
        fresh.version = 1
        uow.calls.begin_once(fresh)
        uow.audit.record(f"user:{user.id}", "call.begin", f"call:{checked_key(office, key)}")
    return own(office, uow, user, key, lock=True)


def fresh_call(office: Office, user: User, key: str, given: CallInput) -> Call:
    now = office.clock.now()
    state = CallState(input=given).model_dump(mode="json", exclude_defaults=True)
    return Call(
        key=checked_key(office, key), user_id=user.id, kind=given.kind, state=state, started_at=now, kept_at=now,
        version=0,
    )  # fmt: skip


def _tell_of_danger(office: Office, uow: UnitOfWork, call: Call, picture: Picture) -> None:
    danger = picture.reading.danger
    assert danger is not None
    unnamed = office.texts.say("calls.task.unnamed")
    owner = uow.get(User, call.user_id)
    tasks.open_task(
        office,
        uow,
        "danger",
        key=f"danger:call:{call.key}:{danger.kind}",
        urgent=True,
        area_id=area_for_tasks(picture, owner.area_id if owner else None),
        text=office.texts.say(
            "calls.task.danger",
            operator=name_of(uow, call.user_id),
            phone=(None if picture.anonymous else picture.phone_number) or unnamed,
            place=picture.full_place or unnamed,
            words=_said(picture)[-500:],
        ),
    )


def _said(picture: Picture) -> str:
    said = picture.reading.danger_words
    return call_unnamed.without_names(picture, said) if picture.anonymous else said


def receipt_of(uow: UnitOfWork, call: Call) -> str | None:
    case = uow.get(Case, call.case_id) if call.case_id is not None else None
    return case.receipt if case is not None else None


def name_of(uow: UnitOfWork, user_id: int) -> str:
    user = uow.get(User, user_id)
    return (user.display_name or user.name) if user is not None else "—"
