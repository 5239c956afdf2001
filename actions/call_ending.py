"""Ending a call without a case: an outcome code, what it needs, an appointment for calling back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from actions import call_unnamed, call_work, phrases, rulebook, tasks
from actions.call_draft import CallState
from actions.call_picture import Picture
from actions.callrules import Outcome, call_book
from actions.callviews import Saved
from actions.clock import SHANGHAI
from actions.office import Office
from actions.refusals import Invalid, Stale
from storage import StaleRow, UnitOfWork
from storage.models import Call, Case, User

FARTHEST = timedelta(days=92)
SHOWN_WORDS = 300


def choosable() -> tuple[Outcome, ...]:
    """Outcomes that an operator may choose; the others are given by saving."""
    return tuple(one for one in call_book().outcomes if not one.by_saving)


def end(
    office: Office, user: User, key: str, outcome: str, *, callback: str | None = None, note: str = "",
    version: int | None = None, window: str = "",
) -> Saved:  # fmt: skip
    """End an own call with an outcome code; a call that has ended already is left as it is.

    `callback`: the id of an offered time or an ISO 8601 time (Asia/Shanghai without a zone). Raises Invalid, Stale.
    """
    try:
        with office.db.begin() as uow:
            call = call_work.own(office, uow, user, key, lock=True)
            if call.status != "draft":
                return _said(call)
            state = CallState.model_validate(call.state or {})
            call_work.check_version(office, call, state, version, window)
            rule = _rule(office, outcome)
            due = _needed(office, rule, state, Picture(office, uow, state), callback, note)
            _finish(office, uow, user, call, state, rule, due)
            result = _said(call, due)
            uow.commit()
            return result
    except StaleRow as error:
        raise Stale(office.texts.say("calls.refused.stale")) from error


def due_of(office: Office, callback: str | None) -> datetime | None:
    """The moment that an offered time or a written one means; None where none was given. Raises Invalid."""
    if not callback:
        return None
    offered = next((one for one in call_book().callbacks if one.id == callback), None)
    try:
        due = offered.when(office.clock) if offered is not None else datetime.fromisoformat(callback)
    except ValueError:
        raise Invalid(office.texts.say("calls.refused.callback_missing")) from None
    due = (due.replace(tzinfo=SHANGHAI) if due.tzinfo is None else due).astimezone(UTC)
    if not office.clock.now() < due < office.clock.now() + FARTHEST:
        raise Invalid(office.texts.say("calls.refused.callback_past"))
    return due


def appoint(
    office: Office, uow: UnitOfWork, user: User, call: Call, picture: Picture, due: datetime, case: Case | None = None
) -> None:
    """The appointment as a task: in the queue of those who take calls, or of the case's own people."""
    if picture.anonymous or not picture.phone_number:
        raise Invalid(office.texts.say("calls.refused.callback_phone"))
    task = tasks.open_task(
        office,
        uow,
        "person",
        key=f"callback:{call.key}",
        area_id=user.area_id,
        case_id=case.id if case is not None else None,
        conversation_id=call.conversation_id,
        text=office.texts.say("calls.task.callback", **_who(office, picture), when=spoken(due), words=_words(picture)),
        due_at=due,
    )
    state = CallState.model_validate(call.state or {})
    state.callback_task = task.id
    call.state = state.model_dump(mode="json", exclude_defaults=True)


def spoken(moment: datetime) -> str:
    """«11月24日 09:00», Asia/Shanghai."""
    local = moment.astimezone(SHANGHAI)
    return f"{rulebook.plain_date(local.date())} {local:%H:%M}"


def _rule(office: Office, code: str) -> Outcome:
    rule = next((one for one in choosable() if one.code == code), None)
    if rule is None:
        raise Invalid(office.texts.say("calls.refused.outcome_unknown", code=code[:24]))
    return rule


def _needed(
    office: Office, rule: Outcome, state: CallState, picture: Picture, callback: str | None, note: str
) -> datetime | None:
    """What the outcome needs; the note goes into the state."""
    state.note = note.strip()[:1000]
    if rule.needs == "note" and not state.note:
        raise Invalid(office.texts.say("calls.refused.note_missing"))
    if rule.needs != "callback":
        return None
    due = due_of(office, callback)
    if due is None:
        raise Invalid(office.texts.say("calls.refused.callback_missing"))
    if not picture.phone_number:
        raise Invalid(office.texts.say("calls.refused.callback_phone"))
    return due


def _finish(
    office: Office, uow: UnitOfWork, user: User, call: Call, state: CallState, rule: Outcome, due: datetime | None
) -> None:
    picture = Picture(office, uow, state)
    call.status, call.outcome, call.ended_at = rule.keeps, rule.code, office.clock.now()
    call.state = state.model_dump(mode="json", exclude_defaults=True)
    if due is not None:
        appoint(office, uow, user, call, picture, due)
    if rule.code == "hung_up" and picture.hardships and picture.phone_number:
        _call_again(office, uow, user, call, picture)
    if picture.anonymous:
        call_unnamed.forget(uow, call, picture)
    if rule.forgets:
        call.notes, call.state = "", {}
        uow.calls.set_phone(call, None)
    uow.audit.record(f"user:{user.id}", "call.end", f"call:{call.key}", outcome=rule.code)
    uow.flush()


def _call_again(office: Office, uow: UnitOfWork, user: User, call: Call, picture: Picture) -> None:
    """A hardship was told and the line broke: somebody calls back."""
    tasks.open_task(
        office,
        uow,
        "abandoned",
        key=f"abandoned:call:{call.key}",
        area_id=user.area_id,
        text=office.texts.say("calls.task.hung_up", **_who(office, picture), words=_words(picture)),
    )


def _who(office: Office, picture: Picture) -> dict[str, str]:
    unnamed = office.texts.say("calls.task.unnamed")
    return {
        "phone": picture.phone_number or unnamed,
        "name": picture.name or unnamed,
        "place": picture.full_place or unnamed,
    }


def _words(picture: Picture) -> str:
    """A complaint that is no case yet is not told to those who read the queue."""
    if picture.state.input.kind == "complaint":
        return ""
    return phrases.sentence(" ".join(picture.state.input.notes.split())[-SHOWN_WORDS:])


def _said(call: Call, due: datetime | None = None) -> Saved:
    outcome = call.outcome or ""
    return Saved(call.key, None, call_work.outcome_word(outcome), outcome=outcome, callback=due)
