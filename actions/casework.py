"""Working on a case: recording steps, returning it, setting facts, placing it, speaking to the household."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date

from actions import (
    card,
    casefile,
    complaints,
    notices,
    phrases,
    procedure,
    receipts,
    recognition,
    reminders,
    routing,
    rulebook,
    tasks,
)
from actions.cardviews import CaseCard
from actions.office import Office
from actions.refusals import Invalid, NotAllowed, NotFound, Stale
from policy_kb import FactError, FactSpec
from storage import StaleRow, UnitOfWork
from storage.models import Area, Case, CaseStep, Fact, User

MAX_TEXT = 2000


def record_step(
    office: Office,
    user: User,
    receipt: str,
    step: str,
    *,
    version: int | None = None,
    note: str = "",
    facts: Mapping[str, object] | None = None,
    done_on: date | None = None,
    leave_out: bool = False,
) -> CaseCard:
    """Record a running step as done (or left out, where the document allows it): the next one begins, the household
    hears it, `facts` found on the way are kept as verified."""
    with changing(office, user, receipt, version) as (uow, case):
        row = _running_step(office, uow, user, case, step)
        day = _day_done(office, row, done_on)
        _set_facts(office, uow, user, case, facts or {})
        if leave_out and not _may_leave_out(office, uow, case, row):
            raise Invalid(rulebook.say("refused.step_may_not_be_left_out", step=_title(office, case, row)))
        if procedure.spec_of(office, case, row).tell_note and not checked_text(note):
            raise Invalid(rulebook.say("refused.answer_missing"))
        row.status = procedure.SKIPPED if leave_out else procedure.DONE
        row.done_on, row.done_by, row.note = day, user.id, checked_text(note) or None
        uow.reminders.cancel(case.id, step=row.step)
        _go_on(office, uow, user, case, row, day)
        uow.audit.record(f"user:{user.id}", "case.step", f"case:{case.id}", step=row.step, left_out=leave_out)
        return committed(office, uow, user, case)


def _go_on(office: Office, uow: UnitOfWork, user: User, case: Case, row: CaseStep, day: date) -> None:
    """History, the next step, the household's message; the last step closes the case."""
    spec = procedure.spec_of(office, case, row)
    if row.status == procedure.DONE:
        text = rulebook.say("history.step_done", step=spec.zh)
    else:
        text = rulebook.say("history.step_skipped", step=spec.zh, clause=spec.clause)
    casefile.note(office, uow, case, f"step_{row.status}", text, by=user.id, public=True)
    begun = casefile.begin_steps(office, uow, case, day, by=user.id)
    if not begun and not procedure.running(uow, case):
        case.status, case.closed_at = casefile.CLOSED, office.clock.now()
        case.dedup_key = casefile.released_key(case)
        casefile.note(office, uow, case, "closed", rulebook.say("history.closed"), by=user.id, public=True)
    told = (row.note or "") if spec.tell_note else ""
    notices.step_done(office, uow, case, row, begun, told)


def return_case(office: Office, user: User, receipt: str, reason: str, *, version: int | None = None) -> CaseCard:
    """Ask the household for more: it reads the reason in its chat; the clock stands still until it answers."""
    words = checked_text(reason)
    if not words:
        raise Invalid(rulebook.say("refused.reason_missing"))
    with changing(office, user, receipt, version) as (uow, case):
        if case.status != casefile.OPEN:
            raise Invalid(rulebook.say("refused.not_open", status=rulebook.say(f"status.{case.status}")))
        now = procedure.running(uow, case)
        if now and not routing.may_act(uow, user, case, now[0].level):
            raise NotAllowed(_wrong_level(office, case, now[0]))
        case.status = casefile.RETURNED
        case.details = {
            **case.details, "returned_reason": words, "returned_on": office.clock.today().isoformat(),
        }  # fmt: skip
        text = rulebook.say("history.returned", reason=words)
        casefile.note(office, uow, case, "returned", text, by=user.id, public=True)
        key = f"returned:{case.id}:{case.version}"
        notices.to_household(
            office,
            uow,
            case,
            key,
            rulebook.say("household.returned", receipt=case.receipt, reason=phrases.sentence(words)),
        )
        reminders.replan(office, uow, case)
        uow.audit.record(f"user:{user.id}", "case.return", f"case:{case.id}")
        return committed(office, uow, user, case)


def set_fact(
    office: Office, user: User, receipt: str, fact_id: str, value: object, *, version: int | None = None,
    words: str = "",
) -> CaseCard:  # fmt: skip
    """Keep a fact as verified by this cadre and assess anew; the new verdict rejects nobody. `value` may be text."""
    with changing(office, user, receipt, version) as (uow, case):
        _set_facts(office, uow, user, case, {fact_id: value}, words)
        uow.audit.record(f"user:{user.id}", "case.fact", f"case:{case.id}", fact=fact_id)
        return committed(office, uow, user, case)


def say_to_household(office: Office, user: User, receipt: str, text: str) -> None:
    """Write into the household's conversation under the office's name."""
    words = checked_text(text)
    if not words:
        raise Invalid(rulebook.say("refused.text_missing"))
    with office.db.begin() as uow:
        case = seen_case(uow, user, receipt)
        if case.conversation_id is None:
            raise Invalid(rulebook.say("refused.no_conversation"))
        casefile.note(office, uow, case, "said", rulebook.say("history.said"), by=user.id)
        key = f"said:{case.id}:{user.id}:{office.clock.now().isoformat()}:{uow.index(words)[:12]}"
        notices.to_household(office, uow, case, key, words, author="staff")
        uow.audit.record(f"user:{user.id}", "case.say", f"case:{case.id}")
        uow.commit()


def place_case(office: Office, user: User, receipt: str, area_id: int, *, version: int | None = None) -> CaseCard:
    """Give an unplaced case its area (administrators and the county): those who act there are told."""
    with changing(office, user, receipt, version) as (uow, case):
        area = uow.get(Area, area_id) if 0 < area_id <= tasks.MAX_ID else None
        if area is None:
            raise Invalid(rulebook.say("refused.area_unknown"))
        mine = uow.get(Area, user.area_id) if user.area_id is not None else None
        inside = mine is not None and uow.areas.contains(mine.id, area.id)
        if user.role != routing.ADMIN and not (inside and mine is not None and mine.level not in ("town", "village")):
            raise NotAllowed(rulebook.say("refused.admin_only"))
        if case.kind == "complaint":
            complaints.place(office, uow, case, area)
        else:
            case.area_id = case.routed_area_id = area.id
            recognition.known_better(office, uow, case)
        casefile.note(office, uow, case, "placed", rulebook.say("history.placed", area=area.path), by=user.id)
        for row in procedure.running(uow, case):
            notices.to_responsible(
                office, uow, case, row, f"new_{'case' if case.kind == 'application' else 'complaint'}"
            )
        for task in uow.tasks.of_case(case.id):
            if task.kind == "unplaced" and task.status != "done":
                uow.tasks.finish(task, user, office.clock.now(), area.path)
        uow.audit.record(f"user:{user.id}", "case.place", f"case:{case.id}", area=area.id)
        return committed(office, uow, user, case)


def seen_case(uow: UnitOfWork, user: User, receipt: str, *, lock: bool = False) -> Case:
    number = receipts.read_receipt(receipt)
    case = uow.cases.seen_by_receipt(user, number) if number is not None else None
    if case is None or not routing.may_read(user, case):
        raise NotFound(rulebook.say("refused.not_found"))
    if lock:
        case = uow.cases.get(case.id, lock=True)
        assert case is not None
    return case


@contextmanager
def changing(office: Office, user: User, receipt: str, version: int | None) -> Iterator[tuple[UnitOfWork, Case]]:
    """A transaction on a case that this person may change and that nobody changed since `version`."""
    if user.role == routing.OPERATOR:
        raise NotAllowed(rulebook.say("refused.operators_do_not"))
    try:
        with office.db.begin() as uow:
            case = seen_case(uow, user, receipt, lock=True)
            if version is not None and case.version != version:
                raise Stale(rulebook.say("refused.stale"))
            yield uow, case
    except StaleRow as error:
        raise Stale(rulebook.say("refused.stale")) from error


def committed(office: Office, uow: UnitOfWork, user: User, case: Case) -> CaseCard:
    casefile.touch(case)
    uow.flush()
    found = card.build(office, uow, user, case, reveal=False)
    uow.commit()
    return found


def _running_step(office: Office, uow: UnitOfWork, user: User, case: Case, step: str) -> CaseStep:
    row = uow.cases.step(case.id, step)
    if row is None:
        raise Invalid(rulebook.say("refused.step_unknown", step=step[:40]))
    if case.status != casefile.OPEN:
        raise Invalid(rulebook.say("refused.not_open", status=rulebook.say(f"status.{case.status}")))
    if row.status != procedure.DUE:
        status = rulebook.say(f"steps.{row.status}")
        raise Invalid(rulebook.say("refused.step_not_due", step=_title(office, case, row), status=status))
    if not routing.may_act(uow, user, case, row.level):
        raise NotAllowed(_wrong_level(office, case, row))
    return row


def _wrong_level(office: Office, case: Case, row: CaseStep) -> str:
    level = rulebook.words().get("notices.levels")[row.level]
    return rulebook.say("refused.not_your_level", step=_title(office, case, row), level=level)


def _title(office: Office, case: Case, row: CaseStep) -> str:
    return procedure.spec_of(office, case, row).zh


def _may_leave_out(office: Office, uow: UnitOfWork, case: Case, row: CaseStep) -> bool:
    verified = casefile.values(casefile.facts_of(uow, case), verified_only=True)
    return procedure.may_leave_out(office, case, row.step, verified)


def _day_done(office: Office, row: CaseStep, done_on: date | None) -> date:
    day = done_on or office.clock.today()
    if day > office.clock.today() or (row.started_on is not None and day < row.started_on):
        raise Invalid(rulebook.say("refused.date_wrong"))
    return day


def _set_facts(
    office: Office, uow: UnitOfWork, user: User, case: Case, facts: Mapping[str, object], words: str = ""
) -> None:
    """Keep checked facts as verified by this cadre, then assess anew."""
    for fact_id, given in facts.items():
        spec = office.library.vocabulary.get(fact_id)
        if spec is None:
            raise Invalid(rulebook.say("refused.fact_unknown", fact=fact_id[:40]))
        value = checked_value(office, spec, given)
        uow.facts.state(
            Fact(
                conversation_id=case.conversation_id,
                case_id=case.id,
                fact_id=fact_id,
                value=value,
                source="cadre",
                said_by=user.id,
                words=checked_text(words) or None,
                at=office.clock.now(),
                verified=True,
            )
        )
        casefile.note(office, uow, case, "fact_set", rulebook.say("history.fact_set", fact=spec.zh), by=user.id)
    if facts:
        uow.flush()
        casefile.reassess(office, uow, case, by=user.id)


def checked_value(office: Office, spec: FactSpec, given: object) -> object:
    """The value in the fact's own type; text from a form is read. Raises Invalid with the reason."""
    value = _read_value(spec, given.strip()) if isinstance(given, str) else given
    refused = Invalid(rulebook.say("refused.fact_wrong", fact=spec.zh, expected=_expected(spec)))
    if value is None:
        raise refused
    try:
        office.library.check_facts({spec.id: value})
    except FactError as error:
        raise refused from error
    return value


def _expected(spec: FactSpec) -> str:
    """What may be filled in, for the cadre who filled in something else."""
    choices = card.choices(spec)
    if choices:
        return "、".join(word for _, word in choices)
    return rulebook.say(f"refused.expected_{spec.kind}", unit=spec.unit or "")


def _read_value(spec: FactSpec, text: str) -> object:
    if spec.kind == "bool":
        return {"true": True, "false": False, "是": True, "不是": False, "否": False}.get(text.lower(), text)
    if spec.kind in ("int", "number"):
        try:
            number = float(text.replace(",", "").replace("，", ""))
        except ValueError:
            return text
        return int(number) if spec.kind == "int" and number.is_integer() else number
    return text


def checked_text(text: str) -> str:
    words = text.strip()
    if len(words) > MAX_TEXT:
        raise Invalid(rulebook.say("refused.text_too_long", limit=MAX_TEXT))
    return words
