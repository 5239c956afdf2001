"""Reminders (提醒): rows with a due time, made from the rules when a step begins, fired by a clock that only asks.

The rule is read again when a reminder fires: a reminder that no longer makes sense is dropped, one whose rule or
last day moved waits for its new time. Everything due for one case becomes one message per person, also after days
of standstill. Two clocks at once never fire one reminder twice: whoever holds the case's row fires all of it.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from actions import notices, outbox, phrases, procedure, routing, rulebook, tasks
from actions.clock import SHANGHAI
from actions.office import Office
from actions.rulebook import ReminderRule
from actions.taskrules import task_book
from actions.workdays import WORKING, deadline, workdays_before, workdays_between
from storage import UnitOfWork
from storage.models import Case, CaseStep, Reminder, User

log = logging.getLogger(__name__)
BATCH = 200


@dataclass
class Ticked:
    """What one tick did: messages written, reminders fired into them, moved to a later time, dropped."""

    messages: int = 0
    fired: int = 0
    moved: int = 0
    dropped: int = 0


@dataclass
class _Due:
    """One reminder that fires now."""

    rule: ReminderRule
    row: CaseStep
    people: tuple[User, ...] = ()
    text: str = ""


@dataclass
class _CaseRound:
    staff: dict[int, list[_Due]] = field(default_factory=lambda: defaultdict(list))
    users: dict[int, User] = field(default_factory=dict)
    household: list[_Due] = field(default_factory=list)
    planned: dict[str, Reminder] = field(default_factory=dict)
    acting: dict[tuple[str, str], tuple[User, ...]] = field(default_factory=dict)  # (to, level) -> people
    last_id: int = 0


# -- planning ---------------------------------------------------------------------------------------------------


def plan(office: Office, uow: UnitOfWork, case: Case, row: CaseStep) -> int:
    """Write down every reminder the rules ask for while this step runs; how many were written."""
    now = office.clock.now()
    spec = procedure.spec_of(office, case, row)
    known = {reminder.key: reminder for reminder in uow.reminders.of_case(case.id)}
    planned = 0
    for rule in rulebook.reminder_book().rules.values():
        at = first_time(rule, row, returned_on(case)) if _applies(rule, case, spec.visit) else None
        if at is None or (at < now and rule.offset < 0):
            continue  # a warning before a day that is here already would only say what the day says
        planned += _put(uow, case, row, rule, 0, at, known)
    return planned


def replan(office: Office, uow: UnitOfWork, case: Case) -> None:
    """The last days moved, or the case began or ceased to wait for the household: plan the running steps anew."""
    uow.reminders.cancel(case.id)
    for row in procedure.running(uow, case):
        plan(office, uow, case, row)


def _put(
    uow: UnitOfWork, case: Case, row: CaseStep, rule: ReminderRule, number: int, at: datetime,
    known: Mapping[str, Reminder],
) -> bool:  # fmt: skip
    """Plan one reminder unless it is planned; whoever plans holds the case's row, so nobody else does meanwhile."""
    since = returned_on(case) if rule.during == "returned" else row.due_on or row.started_on
    key = f"{case.id}:{row.step}:{rule.id}:{since}:{number}"
    stored = known.get(key)
    if stored is None:
        uow.add(Reminder(key=key, case_id=case.id, step=row.step, rule=rule.id, due_at=at))
    elif stored.status == "cancelled":
        stored.status, stored.due_at = "pending", at
    return stored is None or stored.status == "pending"


def _applies(rule: ReminderRule, case: Case, visit: bool) -> bool:
    return case.kind in rule.kinds and case.status == rule.during and (rule.only == "any" or visit)


def returned_on(case: Case) -> date | None:
    """The day the case was sent back to the household, while it waits for it."""
    day = case.details.get("returned_on")
    return date.fromisoformat(day) if day else None


def first_time(rule: ReminderRule, row: CaseStep, returned: date | None = None) -> datetime | None:
    """When the rule first fires for this step, or None where it has no day to count from."""
    if rule.anchor == "due" and row.due_on is None:
        if rule.without_due is None or row.started_on is None:
            return None
        return _at(row.started_on + timedelta(days=rule.without_due), rule)
    day = {"due": row.due_on, "started": row.started_on, "returned": returned}[rule.anchor]
    return _at(_shifted(day, rule), rule) if day is not None else None


def _shifted(day: date, rule: ReminderRule) -> date:
    if rule.days == WORKING:
        return deadline(day, rule.offset).due_on if rule.offset >= 0 else workdays_before(day, -rule.offset).due_on
    return day + timedelta(days=rule.offset)


def _at(day: date, rule: ReminderRule) -> datetime:
    return datetime.combine(day, rule.at, SHANGHAI).astimezone(UTC)


# -- firing -----------------------------------------------------------------------------------------------------


def tick(office: Office) -> Ticked:
    """Fire everything that is due now; may be called by any number of processes at once."""
    done = Ticked()
    with office.db.begin() as uow:
        case_ids = sorted({r.case_id for r in uow.reminders.due(office.clock.now(), BATCH)})
    for case_id in case_ids:
        try:
            _fire_case(office, case_id, done)
        except Exception:  # one broken case must not silence the others
            log.exception("reminders of case %s could not be sent; they are tried again", case_id)
            _ask_a_person(office, case_id)
    return done


def _ask_a_person(office: Office, case_id: int) -> None:
    """Reminders of a case that have failed for long become a task: nobody may wait for one that never comes."""
    now = office.clock.now()
    with office.db.begin() as uow:
        case = uow.cases.get(case_id)
        due = [r.due_at for r in uow.reminders.of_case(case_id) if r.status == "pending" and r.due_at <= now]
        if case is not None and due and now - min(due) >= timedelta(minutes=task_book().reminder_stuck):
            tasks.for_stuck_reminder(office, uow, case, min(due))
        uow.commit()


def _fire_case(office: Office, case_id: int, done: Ticked) -> None:
    with office.db.begin() as uow:
        case = uow.cases.get(case_id, lock=True)
        assert case is not None  # reminders point at it
        now = office.clock.now()
        all_ = uow.reminders.of_case(case_id)
        due = [r for r in all_ if r.status == "pending" and r.due_at <= now]
        round_ = _CaseRound(planned={r.key: r for r in all_})
        rows = {row.step: row for row in procedure.steps(uow, case)}
        for reminder in due:
            _fire(office, uow, case, rows.get(reminder.step or ""), reminder, round_, done)
        done.messages += _write(office, uow, case, round_)
        uow.commit()


def _fire(
    office: Office, uow: UnitOfWork, case: Case, row: CaseStep | None, reminder: Reminder, round_: _CaseRound,
    done: Ticked,
) -> None:  # fmt: skip
    now = office.clock.now()
    rule = rulebook.reminder_book().rules.get(reminder.rule)
    if rule is None or row is None or not _makes_sense(office, case, row, rule):
        reminder.status = "cancelled"
        done.dropped += 1
        return
    at = first_time(rule, row, returned_on(case))
    number = int(reminder.key.rsplit(":", 1)[1])
    if at is None:
        reminder.status = "cancelled"
        done.dropped += 1
        return
    if number == 0 and at > now:
        reminder.due_at = at
        done.moved += 1
        return
    quiet_until = outbox.after_quiet(now, rulebook.reminder_book().quiet) if rule.to == "household" else now
    if quiet_until > now:
        reminder.due_at = quiet_until
        done.moved += 1
        return
    uow.reminders.fire(reminder, now)
    done.fired += 1
    round_.last_id = max(round_.last_id, reminder.id)
    _collect(office, uow, case, row, rule, round_)
    if rule.every is not None:
        _put(uow, case, row, rule, number + 1, _next_time(at, now, rule.every), round_.planned)


def _makes_sense(office: Office, case: Case, row: CaseStep, rule: ReminderRule) -> bool:
    if row.status != procedure.DUE:
        return False
    spec = procedure.spec_of(office, case, row)
    if not _applies(rule, case, spec.visit):
        return False
    said: Mapping[str, bool] = case.details.get("visits", {})
    return not (rule.asks == "visit" and said.get(row.step) is True)


def _next_time(first: datetime, now: datetime, every: int) -> datetime:
    """The next repetition after now; those missed in a standstill are not made up for."""
    missed = max(0, (now - first).days // every)
    return first + timedelta(days=every * (missed + 1))


def _collect(
    office: Office, uow: UnitOfWork, case: Case, row: CaseStep, rule: ReminderRule, round_: _CaseRound
) -> None:
    due = _Due(rule, row, text=rule.text.format(**_fields(office, uow, case, row)))
    if rule.to == "household":
        round_.household.append(due)
        return
    whom = (rule.to, row.level)
    if whom not in round_.acting:
        round_.acting[whom] = _people(uow, case, *whom)
    for user in round_.acting[whom]:
        round_.users[user.id] = user
        round_.staff[user.id].append(due)


def _people(uow: UnitOfWork, case: Case, to: str, level: str) -> tuple[User, ...]:
    if to == "above":
        return routing.above(uow, case, level).users
    return routing.responsible(uow, case, "county" if to == "county" else level).users


def _write(office: Office, uow: UnitOfWork, case: Case, round_: _CaseRound) -> int:
    """One message per person: of all that is due the weightiest."""
    written = 0
    key = f"reminder:{case.id}:{round_.last_id}"
    for user_id, dues in round_.staff.items():
        text = max(dues, key=lambda due: due.rule.rank).text
        written += notices.to_staff(office, uow, [round_.users[user_id]], key, text, case=case)
    if round_.household:
        due = max(round_.household, key=lambda one: one.rule.rank)
        written += notices.to_household(
            office,
            uow,
            case,
            f"{key}:household",
            due.text,
            choices=[{"title": c.title, "value": c.value} for c in due.rule.choices],
            author="reminder",
            quiet=True,
            visit_question=due.rule.asks == "visit",
        )
    return written


def _fields(office: Office, uow: UnitOfWork, case: Case, row: CaseStep) -> dict[str, str | int]:
    return {
        "receipt": case.receipt,
        "place": phrases.short_place(uow, case),
        "step": procedure.spec_of(office, case, row).zh,
        "due": rulebook.plain_date(row.due_on) if row.due_on else "",
        "reason": phrases.sentence(case.details.get("returned_reason", "")),
        "due_plain": phrases.due_words(row, "plain"),
        "days": max(0, workdays_between(row.due_on, office.clock.today())) if row.due_on else 0,
    }
