"""One case as a line of the list: who, where, how urgent, what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from actions import casefile, masking, phrases, procedure, routing, rulebook
from actions.cardviews import CaseLine, Due
from actions.office import Office
from actions.workdays import workdays_between
from storage import UnitOfWork
from storage.models import Case, CaseStep, User

NEW_FOR = 3  # days in which an untouched case counts as new
RED, AMBER, GREEN, NONE = "red", "amber", "green", "none"


def due_of(row: CaseStep | None, today: date, waiting: bool = False) -> Due:
    """The colour and the word for a running step's last day."""
    if row is None or row.due_on is None:
        urgency = "waiting" if waiting else "none"
        return Due(None, False, None, NONE, rulebook.say("colours.none"), urgency)
    left = workdays_between(today, row.due_on)
    if waiting:
        return Due(row.due_on, row.due_provisional, left, NONE, rulebook.say("status.returned"), "waiting")
    if row.due_on < today:
        late = rulebook.say("colours.red", days=max(1, -left))
        return Due(row.due_on, row.due_provisional, left, RED, late, "overdue")
    if row.due_on == today:
        return Due(row.due_on, row.due_provisional, left, RED, rulebook.say("colours.red_today"), "soon")
    amber = left <= int(rulebook.words().get("notices.amber_from"))
    word = rulebook.say("colours.amber" if amber else "colours.green", days=left)
    return Due(row.due_on, row.due_provisional, left, AMBER if amber else GREEN, word, "soon" if amber else "ok")


def line(office: Office, uow: UnitOfWork, user: User, case: Case, rows: Sequence[CaseStep]) -> CaseLine:
    """One case as a line; `rows` are its steps."""
    today = office.clock.today()
    now = next((row for row in rows if row.status == procedure.DUE), None)
    due = due_of(now, today, waiting=case.status == casefile.RETURNED)
    untouched = not any(row.status == procedure.DONE for row in rows)
    is_new = case.status == casefile.OPEN and untouched and (today - case.discovered_on).days <= NEW_FOR
    return CaseLine(
        receipt=case.receipt,
        kind=case.kind,
        title=title_of(case),
        person=person_words(user, case),
        area=phrases.short_place(uow, case),
        status=case.status,
        status_word=rulebook.say(f"status.{case.status}"),
        outcome=case.outcome,
        category=category_words(office, case.pack_id, case.category),
        step=procedure.spec_of(office, case, now).zh if now is not None else None,
        level=now.level if now is not None else None,
        due=due,
        urgency="new" if is_new and due.urgency in ("ok", "none") else due.urgency,
        opened=case.discovered_on,
        version=case.version,
    )


def title_of(case: Case) -> str:
    """«申请» or the topic of the complaint."""
    topic = rulebook.complaint_book().topics.get(case.complaint_topic or "")
    return topic.zh if topic is not None else rulebook.say(f"kinds.{case.kind}")


def person_words(user: User, case: Case) -> str:
    """The name: whole for those who go there, masked for the operators."""
    if not case.person_name:
        return rulebook.say("nameless")
    return masking.name(case.person_name) if user.role == routing.OPERATOR else case.person_name


def category_words(office: Office, pack_id: str, category: str | None) -> str | None:
    pack = office.library.packs.get(pack_id)
    if pack is None or category is None or category not in pack.categories:
        return category
    return pack.categories[category].zh
