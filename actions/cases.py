"""Applications (申请) from the household's side: opened once, found again, asked about."""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from actions import casefile, continuing, phrases, places, procedure, receipts, recognition, routing, rulebook, tasks
from actions.clock import SHANGHAI
from actions.continuing import proven, was_continued
from actions.household import add_information, household_answer, withdraw
from actions.idnumbers import read_id_number
from actions.office import Office
from actions.receipts import read_receipt
from policy_kb import Assessment, Pack
from storage import UnitOfWork
from storage.models import Case, Conversation, Fact

__all__ = [
    "Person",
    "Progress",
    "add_information",
    "case_json",
    "find",
    "household_answer",
    "open_application",
    "progress",
    "proven",
    "read_receipt",
    "set_going",
    "store_new",
    "was_continued",
    "withdraw",
]

RECEIPT_TRIES = 20


@dataclass(frozen=True)
class Person:
    """Whom the matter is about, and who speaks for them (代办); all may be unknown."""

    name: str | None = None
    phone: str | None = None
    proxy_name: str | None = None
    proxy_relation: str | None = None
    proxy_consent: bool | None = None
    id_number: str | None = None  # as typed or spoken; kept only where its check character is right


@dataclass(frozen=True)
class Progress:
    """How a case stands, in plain words for the household."""

    title: str
    lines: tuple[str, ...]
    next_step: str | None
    due_on: date | None


def open_application(
    office: Office,
    uow: UnitOfWork,
    *,
    conversation: Conversation,
    pack: Pack,
    facts: Mapping[str, Fact],
    assessment: Assessment,
    person: Person,
    place: str | None,
    area_id: int | None,
    own_words: str,
    matter: int = 1,
    hardships: Sequence[str] = (),
) -> Case:
    """Open the application of this matter of the conversation, or return the one that is open already.

    Where the household certainly has one under way, told through whichever door, its words and facts are added to that
    one, which is returned; `was_continued` tells, and `proven` whether its receipt may be said here.
    Facts come along with their provenance, the verdict is kept as it stands, the first step runs from today,
    reminders are planned, and those who act are told; all in the caller's transaction.
    """
    wanted = Case(
        receipt="",
        kind="application",
        conversation_id=conversation.id,
        dedup_key=f"application:{conversation.id}:{matter}",
        pack_id=pack.id,
        pack_version=str(pack.version),
        pack_hash=pack.hash,
        place=place,
        area_id=area_id,
        routed_area_id=area_id,
        own_words=own_words,
        details={"hardships": list(hardships)},
        opened_at=office.clock.now(),
        discovered_on=office.clock.today(),
    )
    describe(uow, wanted, person)
    home = recognition.certain_home(uow, wanted)
    under_way = continuing.open_one(uow, home, wanted) if home is not None else None
    if under_way is not None and uow.cases.by_dedup(wanted.dedup_key) is None:
        continuing.go_on(office, uow, under_way, wanted, facts)
        return under_way
    case, new = store_new(office, uow, wanted, person)
    if not new:
        return case
    recognition.settle(office, uow, case, home)
    uow.facts.copy_to_case(conversation.id, case.id)
    set_going(office, uow, case, assessment, casefile.values(facts))
    return case


def set_going(
    office: Office,
    uow: UnitOfWork,
    case: Case,
    assessment: Assessment,
    facts: Mapping[str, object],
    *,
    opened: str = "opened",
    announce: str = "new_case",
    actor: str = "conversation",
) -> None:
    """What every new application begins with: its verdict, its history, its steps, and word to those who act.

    `opened`, `announce`: which texts of notices.yml (history, staff) tell of it; `actor`: for the audit log.
    """
    casefile.snapshot(office, uow, case, assessment, facts)
    public = actor == "conversation"
    casefile.note(office, uow, case, "opened", rulebook.say(f"history.{opened}"), public=public)
    procedure.plan(office, uow, case)
    casefile.begin_steps(office, uow, case, case.discovered_on, announce=announce)
    if not _has_people(office, uow, case):
        _to_county_queue(office, uow, case, case.place)
    uow.audit.record(actor, "case.open", f"case:{case.id}", kind=case.kind)
    uow.flush()


def describe(uow: UnitOfWork, case: Case, person: Person) -> None:
    """Write down whom the case is about."""
    case.person_name, case.proxy_name = person.name, person.proxy_name
    case.proxy_relation, case.proxy_consent = person.proxy_relation, person.proxy_consent
    uow.cases.set_phone(case, person.phone)
    uow.cases.set_id_number(case, read_id_number(person.id_number))


def store_new(office: Office, uow: UnitOfWork, case: Case, person: Person) -> tuple[Case, bool]:
    """Store the case under a fresh receipt number unless its `dedup_key` is taken: (the stored case, is it new)."""
    describe(uow, case, person)
    for _ in range(RECEIPT_TRIES):
        known = uow.cases.by_dedup(case.dedup_key)
        if known is not None:
            return known, False
        case.receipt = receipts.new_receipt(office.clock.today())
        if uow.cases.by_receipt(case.receipt) is None:
            return uow.cases.open_once(case)
    raise RuntimeError("No free receipt number was found in twenty tries; look at the cases of today.")


def _has_people(office: Office, uow: UnitOfWork, case: Case) -> bool:
    """Whether some cadre at some level acts on the case."""
    rows = procedure.running(uow, case)
    return case.area_id is not None and any(routing.responsible(uow, case, row.level).area is not None for row in rows)


def _to_county_queue(office: Office, uow: UnitOfWork, case: Case, place: str | None) -> None:
    """No place or no cadre: a task that administrators and the county see."""
    known = places.nearest_common(uow, place) if case.area_id is None else None
    county = places.at_level(uow, known, "county")
    casefile.note(office, uow, case, "unplaced", rulebook.say("history.unplaced"))
    tasks.open_task(
        office,
        uow,
        "unplaced",
        key=f"unplaced:{case.id}",
        area_id=county.id if county is not None else None,
        case_id=case.id,
        conversation_id=case.conversation_id,
        text=rulebook.say("tasks.unplaced", receipt=case.receipt),
    )


def find(uow: UnitOfWork, receipt: str, phone_tail: str) -> Case | None:
    """The case of this receipt number, if these are the last four digits of its phone; None otherwise."""
    number = receipts.read_receipt(receipt)
    tail = unicodedata.normalize("NFKC", phone_tail).strip()[-4:]
    case = uow.cases.by_receipt(number) if number is not None else None
    known = case.phone_tail_index if case is not None else None
    asked = uow.index(tail)
    return case if hmac.compare_digest(known or "", asked) else None


def progress(office: Office, uow: UnitOfWork, case: Case) -> Progress:
    """How the case stands: what is done, what is waited for and by when, in words a farmer uses."""
    say = rulebook.say
    title = say("progress.title", kind=say(f"progress.{case.kind}"), receipt=case.receipt)
    if case.status == casefile.WITHDRAWN:
        return Progress(title, (say("progress.withdrawn", day=_day_of(case)),), None, None)
    if case.status == casefile.CLOSED:
        return Progress(title, (say("progress.closed"),), None, None)
    opened = "progress.opened" if case.kind == "application" else "progress.opened_complaint"
    lines = [say(opened, day=rulebook.plain_date(case.discovered_on))]
    rows = procedure.steps(uow, case)
    done = [procedure.spec_of(office, case, row).zh for row in rows if row.status == procedure.DONE]
    if done:
        lines.append(say("progress.done", steps="、".join(done)))
    if case.status == casefile.RETURNED:
        lines.append(say("progress.returned", reason=phrases.sentence(case.details.get("returned_reason", ""))))
    now = next((row for row in rows if row.status == procedure.DUE), None)
    if now is None:
        return Progress(title, (*lines, say("progress.nothing_planned")), None, None)
    spec = procedure.spec_of(office, case, now)
    lines.append(
        say("progress.now", farmer=phrases.open_end(spec.farmer_text or spec.zh), due=phrases.due_words(now, "plain"))
    )
    if case.status == casefile.OPEN and now.due_on is not None and now.due_on < office.clock.today():
        lines.append(say("progress.overdue", due=rulebook.plain_date(now.due_on)))
    return Progress(title, tuple(lines), spec.zh, now.due_on)


def case_json(office: Office, uow: UnitOfWork, receipt: str) -> dict[str, Any] | None:
    """The case as the contract's `shouwang case` shows it; None for an unknown receipt."""
    number = receipts.read_receipt(receipt)
    case = uow.cases.by_receipt(number) if number is not None else None
    if case is None:
        return None
    facts = casefile.facts_of(uow, case)
    return {
        "receipt": case.receipt,
        "kind": case.kind,
        "status": case.status,
        "pack": case.pack_id,
        "place": case.place,
        "outcome": case.outcome,
        "category": case.category,
        "facts": {
            fact_id: {"value": row.value, "verified": row.verified, "source": row.source}
            for fact_id, row in facts.items()
        },
        "steps": [
            {
                "step": row.step,
                "clause": row.clause,
                "due": row.due_on.isoformat() if row.due_on else None,
                "status": row.status,
                "provisional": row.due_provisional,
            }
            for row in procedure.steps(uow, case)
        ],
        "complaint_topic": case.complaint_topic,
    }


def _day_of(case: Case) -> str:
    moment = case.closed_at or case.opened_at
    return rulebook.plain_date(moment.astimezone(SHANGHAI).date())
