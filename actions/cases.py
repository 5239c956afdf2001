"""Applications (申请) from the household's side: opened once, found again, asked about, added to, withdrawn."""

from __future__ import annotations

import hmac
import re
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from actions import casefile, notices, phrases, procedure, reminders, routing, rulebook, tasks
from actions.clock import SHANGHAI
from actions.office import Office
from policy_kb import Assessment, Pack
from storage import UnitOfWork
from storage.models import Case, CaseStep, Conversation, Fact

RECEIPT_DIGITS = 12
RECEIPT_TRIES = 20
MAX_SAID = 4000  # code points kept of one addition
REASON_SHOWN = 200


@dataclass(frozen=True)
class Person:
    """Whom the matter is about, and who speaks for them (代办); all may be unknown."""

    name: str | None = None
    phone: str | None = None
    proxy_name: str | None = None
    proxy_relation: str | None = None
    proxy_consent: bool | None = None


@dataclass(frozen=True)
class Progress:
    """How a case stands, in plain words for the household."""

    title: str
    lines: tuple[str, ...]
    next_step: str | None
    due_on: date | None


# -- opening ----------------------------------------------------------------------------------------------------


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

    Facts come along with their provenance, the verdict is kept as it stands, the first step runs from today,
    reminders are planned, and those who act are told; all in the caller's transaction.
    """
    case, new = store_new(
        office,
        uow,
        Case(
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
        ),
        person,
    )
    if not new:
        return case
    uow.facts.copy_to_case(conversation.id, case.id)
    casefile.snapshot(office, uow, case, assessment, {fact_id: row.value for fact_id, row in facts.items()})
    casefile.note(office, uow, case, "opened", rulebook.say("history.opened"), public=True)
    procedure.plan(office, uow, case)
    casefile.begin_steps(office, uow, case, case.discovered_on, announce="new_case")
    if not _has_people(office, uow, case):
        _to_county_queue(office, uow, case, place)
    uow.audit.record("conversation", "case.open", f"case:{case.id}", kind=case.kind)
    uow.flush()
    return case


def store_new(office: Office, uow: UnitOfWork, case: Case, person: Person) -> tuple[Case, bool]:
    """Store the case under a fresh receipt number unless its `dedup_key` is taken: (the stored case, is it new)."""
    case.person_name, case.proxy_name = person.name, person.proxy_name
    case.proxy_relation, case.proxy_consent = person.proxy_relation, person.proxy_consent
    uow.cases.set_phone(case, person.phone)
    for _ in range(RECEIPT_TRIES):
        known = uow.cases.by_dedup(case.dedup_key)
        if known is not None:
            return known, False
        case.receipt = new_receipt(office.clock.today())
        if uow.cases.by_receipt(case.receipt) is None:
            return uow.cases.open_once(case)
    raise RuntimeError("No free receipt number was found in twenty tries; look at the cases of today.")


def new_receipt(day: date) -> str:
    """A receipt number `YYMMDD-RRR-RRR`; the random part cannot be guessed from another one."""
    number = f"{secrets.randbelow(10**6):06d}"
    return f"{day:%y%m%d}-{number[:3]}-{number[3:]}"


def read_receipt(text: str) -> str | None:
    """A receipt number as people write it (full width, blanks, any dash or none) in its one form, or None."""
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", text))
    if len(digits) != RECEIPT_DIGITS or not digits.isascii():
        return None
    return f"{digits[:6]}-{digits[6:9]}-{digits[9:]}"


def _has_people(office: Office, uow: UnitOfWork, case: Case) -> bool:
    """Whether some cadre at some level acts on the case."""
    rows = procedure.running(uow, case)
    return case.area_id is not None and any(routing.responsible(uow, case, row.level).area is not None for row in rows)


def _to_county_queue(office: Office, uow: UnitOfWork, case: Case, place: str | None) -> None:
    """No place or no cadre: a task that administrators and the county see."""
    from actions import places

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


# -- asking -----------------------------------------------------------------------------------------------------


def find(uow: UnitOfWork, receipt: str, phone_tail: str) -> Case | None:
    """The case of this receipt number, if these are the last four digits of its phone; None otherwise."""
    number = read_receipt(receipt)
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
    number = read_receipt(receipt)
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


# -- the household speaks again -----------------------------------------------------------------------------------


def add_information(
    office: Office, uow: UnitOfWork, case: Case, text: str, inbound_id: int | None, facts: Mapping[str, Fact]
) -> None:
    """Add what the household says later: words and facts, a new verdict, a line to those who act.

    What somebody verified is not overwritten: the household's words stand beside it in the history.
    A returned case goes on from here; the days it waited for the household do not count.
    """
    said = text.strip()[:MAX_SAID]
    known = casefile.facts_of(uow, case)
    conflicts = False
    for fact_id, row in facts.items():
        if row.case_id == case.id:
            continue
        checked = known.get(fact_id)
        if checked is not None and checked.verified:
            conflicts = conflicts or checked.value != row.value
            if checked.value != row.value:
                _note_conflict(office, uow, case, row)
            continue
        uow.facts.state(_copied(row, case))
    text_kept = rulebook.say("history.information_added", text=said)
    casefile.note(office, uow, case, "information_added", text_kept, public=True)
    casefile.touch(case)
    casefile.reassess(office, uow, case)
    notice = "information_conflicts" if conflicts else "information_added"
    if case.status == casefile.RETURNED:
        _reopen(office, uow, case)
        notice = "information_after_return"
    if case.status in (casefile.WITHDRAWN, casefile.CLOSED):
        _said_after_end(office, uow, case)
    if case.status == casefile.OPEN:
        key = str(inbound_id) if inbound_id is not None else office.clock.now().isoformat()
        notices.about_case(office, uow, case, notice, key)
    uow.flush()


def _said_after_end(office: Office, uow: UnitOfWork, case: Case) -> None:
    """Nobody works on the case any more, so somebody is asked to look."""
    status = rulebook.say(f"status.{case.status}")
    tasks.open_task(
        office,
        uow,
        "person",
        key=f"said_after_end:{case.id}:{office.clock.today()}",
        area_id=case.routed_area_id,
        case_id=case.id,
        conversation_id=case.conversation_id,
        text=rulebook.say("tasks.said_after_end", receipt=case.receipt, status=status),
    )


def _copied(row: Fact, case: Case) -> Fact:
    return Fact(
        conversation_id=row.conversation_id, case_id=case.id, fact_id=row.fact_id, value=row.value,
        source=row.source, said_by=row.said_by, inbound_id=row.inbound_id, words=row.words, start=row.start,
        end=row.end, at=row.at, verified=row.verified,
    )  # fmt: skip


def _note_conflict(office: Office, uow: UnitOfWork, case: Case, row: Fact) -> None:
    spec = office.library.vocabulary.get(row.fact_id)
    text = rulebook.say("history.information_conflicts", fact=spec.zh if spec else row.fact_id)
    casefile.note(office, uow, case, "information_conflicts", text)


def _reopen(office: Office, uow: UnitOfWork, case: Case) -> None:
    """The household answered a returned case: the running step gets the waited days back."""
    since = date.fromisoformat(case.details["returned_on"])
    case.status = casefile.OPEN
    case.details = {k: v for k, v in case.details.items() if k not in ("returned_on", "returned_reason")}
    for row in procedure.running(uow, case):
        procedure.pause(row, since, office.clock.today())
    uow.flush()
    reminders.replan(office, uow, case)
    casefile.note(office, uow, case, "reopened", rulebook.say("history.reopened"), public=True)


def withdraw(office: Office, uow: UnitOfWork, case: Case, reason: str) -> None:
    """The household takes its case back: steps and reminders end, the history stays, a new one may be opened."""
    if case.status in (casefile.WITHDRAWN, casefile.CLOSED):
        return
    notices.about_case(office, uow, case, "withdrawn", "household")
    case.status, case.closed_at = casefile.WITHDRAWN, office.clock.now()
    case.dedup_key = released_key(case)
    procedure.cancel_open(procedure.steps(uow, case))
    uow.reminders.cancel(case.id)
    words = reason.strip()[:REASON_SHOWN]
    key = "history.withdrawn" if words else "history.withdrawn_no_reason"
    casefile.note(office, uow, case, "withdrawn", rulebook.say(key, reason=words), public=True)
    uow.audit.record("conversation", "case.withdraw", f"case:{case.id}")
    uow.flush()


def released_key(case: Case) -> str:
    """The key of a case that is over: the same matter may be opened anew."""
    return f"{case.dedup_key[:100]}#{case.id}"


def household_answer(office: Office, uow: UnitOfWork, case: Case, visited: bool) -> None:
    """«有人来您家核实了吗？»: yes is recorded on the card; no becomes a task one level above those who should come."""
    row = _visit_step(office, uow, case)
    step = row.step if row is not None else ""
    visits = {**case.details.get("visits", {}), step: visited}
    case.details = {**case.details, "visits": visits}
    kind = "visited_yes" if visited else "visited_no"
    casefile.note(office, uow, case, kind, rulebook.say(f"history.{kind}"), public=True)
    if not visited and case.status in (casefile.OPEN, casefile.RETURNED):
        _nobody_came(office, uow, case, row)
    uow.flush()


def _visit_step(office: Office, uow: UnitOfWork, case: Case) -> CaseStep | None:
    """The visit the question was about: the running one, else the last one begun."""
    begun = [row for row in procedure.steps(uow, case) if row.started_on is not None]
    visits = [row for row in begun if procedure.spec_of(office, case, row).visit] or begun
    running = [row for row in visits if row.status == procedure.DUE]
    found = running or visits
    return found[-1] if found else None


def _nobody_came(office: Office, uow: UnitOfWork, case: Case, row: CaseStep | None) -> None:
    level = row.level if row is not None else "village"
    step = procedure.spec_of(office, case, row).zh if row is not None else ""
    supervising = routing.above(uow, case, level)
    tasks.open_task(
        office,
        uow,
        "household_says_no",
        key=f"household_says_no:{case.id}:{row.step if row else ''}:{office.clock.today()}",
        area_id=supervising.area.id if supervising.area is not None else None,
        case_id=case.id,
        conversation_id=case.conversation_id,
        text=rulebook.say("tasks.household_says_no", receipt=case.receipt, step=step),
    )


def _day_of(case: Case) -> str:
    moment = case.closed_at or case.opened_at
    return rulebook.plain_date(moment.astimezone(SHANGHAI).date())
