"""The read-back sheet: everything that will be stored, in plain words, to be read aloud before saving."""

from __future__ import annotations

from collections.abc import Iterator

from actions import call_show, call_work, rulebook
from actions.call_draft import CallState
from actions.call_picture import Picture
from actions.callviews import Sheet
from actions.office import Office
from storage.models import User


def sheet(office: Office, user: User, key: str) -> Sheet:
    """The sheet of an own, unfinished call; `faults` say what keeps it from being saved."""
    with office.db.read() as uow:
        call = call_work.own(office, uow, user, key)
        picture = Picture(office, uow, CallState.model_validate(call.state or {}))
        waiting = sum(item.state == "heard" for item in call_show.items(picture))
        return Sheet(
            key=call.key,
            version=call.version,
            intro=_intro(picture),
            lines=tuple(lines(picture)),
            undecided=waiting,
            words=call.notes,
            question=office.texts.say("calls.sheet.right"),
            faults=tuple(faults(picture)),
        )


def faults(picture: Picture) -> Iterator[str]:
    """One sentence for each thing that keeps the call from becoming a case."""
    say, given = picture.office.texts.say, picture.state.input
    if given.kind not in ("application", "complaint"):
        yield say("calls.refused.not_a_case")
        return
    if given.consent is None:
        yield say("calls.refused.consent_missing")
    if given.consent is False:
        yield say("calls.refused.consent_no")
    if not given.notes.strip() and not picture.facts:
        yield say("calls.refused.nothing")
    if not picture.phone_ok and not picture.anonymous:
        yield say("calls.refused.phone_wrong", value=picture.phone[:20])
    if not picture.id_number_ok and given.kind == "application":
        yield say("calls.refused.id_number_wrong")


def lines(picture: Picture) -> Iterator[str]:
    """What was understood, in the words the caller hears."""
    if picture.state.input.kind == "complaint":
        yield from _complaint(picture)
    else:
        yield from (item.shown for item in call_show.items(picture) if item.state != "refused")
    yield from _person(picture)


def _intro(picture: Picture) -> str:
    given, say = picture.state.input, picture.office.texts.say
    if given.kind == "application" and given.continues:
        return say("calls.sheet.intro_continue", receipt=given.continues)
    return say("calls.sheet.intro_complaint" if given.kind == "complaint" else "calls.sheet.intro_application")


def _complaint(picture: Picture) -> Iterator[str]:
    texts = picture.office.texts
    yield texts.say("calls.sheet.topic", value=texts.get("complaint.topics")[picture.topic or "other"])
    levels = rulebook.words().get("notices.levels")
    if picture.against or picture.against_level:
        yield texts.say("calls.sheet.against", value=picture.against or levels[picture.against_level])
    yield call_show.route(picture) or ""
    if picture.wish:
        yield texts.say("calls.sheet.wish", value=picture.wish)


def _person(picture: Picture) -> Iterator[str]:
    say = picture.office.texts.say
    place = picture.full_place
    yield say("calls.sheet.place", value=place) if place else say("calls.sheet.no_place")
    if picture.anonymous:
        yield say("calls.sheet.anonymous")
        return
    yield say("calls.sheet.name", value=picture.name) if picture.name else say("calls.sheet.no_name")
    number = picture.phone_number
    yield say("calls.sheet.phone", value=_spoken(number)) if number else say("calls.sheet.no_phone")
    if picture.id_number and picture.state.input.kind == "application":
        yield say("calls.sheet.id_number", value=picture.id_number)
    if picture.proxy:
        yield say("calls.sheet.proxy", name=picture.proxy_name or say("calls.task.unnamed"))
        agreed = picture.state.input.proxy_consent
        if agreed is not None:
            yield say("calls.sheet.proxy_yes" if agreed else "calls.sheet.proxy_no")


def _spoken(number: str) -> str:
    """A mobile number in the groups in which one says it: 138 0013 8000."""
    return f"{number[:3]} {number[3:7]} {number[7:]}" if len(number) == 11 else number
