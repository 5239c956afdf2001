"""Saving a call: the same kind of case as from the chat, with the caller's own words, once however often pressed."""

from __future__ import annotations

from datetime import datetime

from actions import call_ending, call_sheet, call_unnamed, call_work, cases, complaints, household
from actions.call_draft import CallState
from actions.call_picture import Picture
from actions.call_reading import Heard
from actions.callviews import Saved
from actions.cases import Person
from actions.casework import seen_case
from actions.consent_talk import CONSENT_VERSION
from actions.draft import ComplaintDraft, Draft, PersonDraft
from actions.office import Office
from actions.refusals import Invalid, NotFound, Stale
from storage import StaleRow, UnitOfWork
from storage.models import Call, Case, Conversation, Fact, InboundMessage, User

CHANNEL = "phone"
NOTES = "notes"  # the external id of the one message that a call is


def save(
    office: Office, user: User, key: str, *, version: int | None = None, window: str = "", callback: str | None = None
) -> Saved:
    """Make the call a case and give its receipt; a call that is saved already gives the same receipt again.

    Raises Invalid with the first thing that is missing, Stale where another page has kept it since `version`.
    """
    try:
        with office.db.begin() as uow:
            call = call_work.own(office, uow, user, key, lock=True)
            if call.status != "draft":
                return told(office, uow, call)
            state = CallState.model_validate(call.state or {})
            call_work.check_version(office, call, state, version, window)
            picture = Picture(office, uow, state)
            for fault in call_sheet.faults(picture):
                raise Invalid(fault)
            due = call_ending.due_of(office, callback)
            case = _make_case(office, uow, user, call, picture)
            _close(office, uow, user, call, picture, case, due)
            result = told(office, uow, call, due)
            uow.commit()
            return result
    except StaleRow as error:
        raise Stale(office.texts.say("calls.refused.stale")) from error


def saved(office: Office, user: User, key: str) -> Saved:
    """What the caller of a finished call was told. Raises NotFound."""
    with office.db.read() as uow:
        call = call_work.own(office, uow, user, key)
        if call.status == "draft":
            raise NotFound(office.texts.say("calls.refused.not_found"))
        return told(office, uow, call)


def told(office: Office, uow: UnitOfWork, call: Call, due: datetime | None = None) -> Saved:
    """The receipt with the words that go with it, and what happens next."""
    case = uow.get(Case, call.case_id) if call.case_id is not None else None
    conversation = uow.get(Conversation, call.conversation_id) if call.conversation_id is not None else None
    outcome = call.outcome or ""
    if case is None or conversation is None:
        return Saved(call.key, None, call_work.outcome_word(outcome), outcome=outcome, callback=due)
    if Draft.model_validate(conversation.state).joined is not None:
        handed_on = office.texts.say("calls.say.handed_on")
        return Saved(call.key, None, handed_on, outcome=outcome, callback=due, case=case.receipt)
    nameless = case.kind == "complaint" and case.phone is None
    text = "continued" if outcome == "continued" else "saved_anonymous" if nameless else "saved"
    words = office.texts.say(f"calls.say.{text}", receipt=case.receipt)
    lines = cases.progress(office, uow, case).lines
    return Saved(call.key, case.receipt, words, lines, outcome, due, case.receipt)


def _make_case(office: Office, uow: UnitOfWork, user: User, call: Call, picture: Picture) -> Case:
    conversation = _conversation(office, uow, call, picture)
    message = _message(office, uow, conversation, call_unnamed.words(picture))
    facts = _facts(office, uow, user, conversation, message, picture)
    given = picture.state.input
    if given.kind == "complaint":
        case = _complain(office, uow, conversation, message, picture)
    elif given.continues:
        case = _continue(office, uow, user, given.continues, message, facts)
    else:
        case = _apply(office, uow, conversation, message, facts, picture)
    shown = _may_be_said(uow, picture, conversation, case)
    conversation.state = _draft(picture, message, case, shown).model_dump(mode="json", exclude_defaults=True)
    receipt = case.receipt if shown else None
    uow.inbox.mark_answered(message, office.clock.now(), act="call", stage="submitted", receipt=receipt)
    return case


def _may_be_said(uow: UnitOfWork, picture: Picture, conversation: Conversation, case: Case) -> bool:
    """A receipt is said to who opened the case now, or shows that an older one is theirs (see `continuing.proven`)."""
    told = picture.state.input.receipt
    found = cases.find(uow, told, picture.phone_number or "") if told else None
    receipts = [found.receipt] if found is not None else []
    return cases.proven(uow, case, conversation, id_number=picture.id_number, receipts=receipts)


def _conversation(office: Office, uow: UnitOfWork, call: Call, picture: Picture) -> Conversation:
    """«phone:UUID», so that what comes later finds it; its address is the number that can be called back."""
    now = office.clock.now()
    row = uow.conversations.open(f"{CHANNEL}:{call.key}", CHANNEL, now)
    row.consent_at, row.consent_version = now, CONSENT_VERSION
    row.place, row.pack_id = picture.full_place, picture.pack.id
    row.area_id = picture.area.id if picture.area is not None else None
    row.address = None if picture.anonymous else picture.phone_number
    row.stage = "submitted"
    uow.flush()
    return row


def _message(office: Office, uow: UnitOfWork, conversation: Conversation, words: str) -> InboundMessage:
    message, _ = uow.inbox.accept(CHANNEL, conversation.id, NOTES, words, office.clock.now())
    uow.flush()
    return message


def _facts(
    office: Office, uow: UnitOfWork, user: User, conversation: Conversation, message: InboundMessage, picture: Picture
) -> dict[str, Fact]:
    """Every fact in force, with the operator who wrote it down and the words it came from."""
    for fact_id, heard in picture.in_force("fact").items():
        if heard.value is None:
            continue
        placed = bool(heard.words) and message.text[heard.start : heard.end] == heard.words
        uow.facts.state(
            Fact(
                conversation_id=conversation.id,
                fact_id=fact_id,
                value=heard.value,
                source="operator",
                said_by=user.id,
                inbound_id=message.id,
                words=heard.words or None,
                start=heard.start if placed else None,
                end=heard.end if placed else None,
                at=office.clock.now(),
            )
        )
    uow.flush()
    return uow.facts.current(conversation_id=conversation.id)


def _apply(
    office: Office, uow: UnitOfWork, conversation: Conversation, message: InboundMessage, facts: dict[str, Fact],
    picture: Picture,
) -> Case:  # fmt: skip
    case = cases.open_application(
        office,
        uow,
        conversation=conversation,
        pack=picture.pack,
        facts=facts,
        assessment=picture.assessment,
        person=_person(picture),
        place=picture.full_place,
        area_id=conversation.area_id,
        own_words=message.text,
        hardships=picture.hardships,
    )
    amounts = [_amount(role, heard) for role, heard in picture.in_force("amount").items()]
    if amounts:
        case.details = {**case.details, "amounts": amounts}
    return case


def _continue(
    office: Office, uow: UnitOfWork, user: User, receipt: str, message: InboundMessage, facts: dict[str, Fact]
) -> Case:
    """The household has an open case: what it says now is added to it, and those who act are told."""
    try:
        case = seen_case(uow, user, receipt, lock=True)
    except NotFound:
        raise Invalid(office.texts.say("calls.refused.case_unknown", receipt=receipt[:20])) from None
    household.add_information(office, uow, case, message.text, message.id, facts)
    return case


def _complain(
    office: Office, uow: UnitOfWork, conversation: Conversation, message: InboundMessage, picture: Picture
) -> Case:
    case = complaints.open_complaint(
        office,
        uow,
        conversation=conversation,
        topic=picture.topic or "other",
        own_words=message.text,
        person=_person(picture),
        against=picture.against or None,
        against_level=picture.against_level or None,
        place=picture.full_place,
        area_id=conversation.area_id,
        pack=picture.pack,
    )
    if picture.wish:
        case.details = {**case.details, "wish": picture.wish}
    return case


def _person(picture: Picture) -> Person:
    if picture.anonymous:
        return Person()
    given, proxy = picture.state.input, picture.proxy
    return Person(
        name=picture.name or None,
        phone=picture.phone_number,
        id_number=picture.id_number or None,
        proxy_name=(picture.proxy_name or None) if proxy else None,
        proxy_relation=picture.reading.proxy if proxy else None,
        proxy_consent=given.proxy_consent if proxy else None,
    )


def _draft(picture: Picture, message: InboundMessage, case: Case, shown: bool) -> Draft:
    """The conversation as the chat would have left it, so that every later use case reads it the same way."""
    person = _person(picture)
    complaint = picture.state.input.kind == "complaint"
    about = ComplaintDraft(
        topic=picture.topic or "other",
        against=picture.against or None,
        against_level=case.details.get("against_level"),
        detail_given=True,
    )
    return Draft(
        kind="complaint" if complaint else "application",
        story=[message.id],
        hardships=picture.hardships,
        reviewed=True,
        person=PersonDraft(
            name=person.name,
            phone=person.phone,
            proxy=person.proxy_relation is not None or person.proxy_name is not None,
            proxy_name=person.proxy_name,
            proxy_relation=person.proxy_relation,
            proxy_consent=person.proxy_consent,
        ),
        complaint=about if complaint else ComplaintDraft(),
        receipt=case.receipt if shown else None,
        receipts=[case.receipt] if shown else [],
        joined=None if shown else case.receipt,
    )


def _amount(role: str, heard: Heard) -> dict[str, object]:
    return {"role": role, "value": heard.value, "words": heard.words}


def _close(
    office: Office, uow: UnitOfWork, user: User, call: Call, picture: Picture, case: Case, due: datetime | None
) -> None:
    """The call is part of the record; nothing of an unnamed caller stays in it either."""
    call.status, call.ended_at = "saved", office.clock.now()
    call.conversation_id, call.case_id = f"{CHANNEL}:{call.key}", case.id
    call.outcome = "recorded" if case.conversation_id == call.conversation_id else "continued"
    if due is not None:
        call_ending.appoint(office, uow, user, call, picture, due, case)
    if picture.anonymous:
        call_unnamed.forget(uow, call, picture)
    uow.audit.record(f"user:{user.id}", "call.save", f"call:{call.key}", case=case.id)
    uow.flush()
