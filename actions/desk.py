"""The desk of the staff (工作台): what a cadre, an operator or an administrator may see and do.

Every function takes the office and the signed-in `user` first and looks itself whether role and area allow it; what is
not for these eyes is "not found". Every look at a card and every change is in the audit log. Whoever changes a card
says which version of it they saw; an older one is refused with one sentence and nothing is overwritten.
Raises kinds of `actions.refusals.Refusal`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from actions import card, casefile, caseline, routing
from actions.cardviews import CaseCard, CaseLine
from actions.casework import place_case, record_step, return_case, say_to_household, seen_case, set_fact
from actions.counting import Counts, counts_for
from actions.office import Office
from actions.taskdesk import (
    SHOWN,
    Helps,
    NotificationLine,
    TaskQueue,
    answer_task,
    finish_task,
    hand_back,
    helps,
    join_conversation,
    log_call,
    mark_read,
    notifications_for,
    queue_for,
    release_task,
    renew_task,
    take_task,
    task_for,
    tasks_for,
    transfer_task,
)
from actions.taskviews import TaskLine
from storage.models import Area, User

__all__ = [
    "FILTERS",
    "PAGE",
    "SHOWN",
    "CaseCard",
    "CaseLine",
    "CaseList",
    "Counts",
    "Helps",
    "NotificationLine",
    "TaskLine",
    "TaskQueue",
    "answer_task",
    "case_card",
    "cases_for",
    "counts_for",
    "finish_task",
    "hand_back",
    "helps",
    "join_conversation",
    "log_call",
    "mark_read",
    "notifications_for",
    "place_case",
    "queue_for",
    "record_step",
    "release_task",
    "renew_task",
    "return_case",
    "say_to_household",
    "set_fact",
    "take_task",
    "task_for",
    "tasks_for",
    "transfer_task",
]

PAGE = 30
LIST_LIMIT = 3000  # newest cases looked through for one list
FILTERS: Mapping[str, Callable[[CaseLine], bool]] = {
    "all": lambda x: x.status in (casefile.OPEN, casefile.RETURNED),
    "new": lambda x: x.urgency == "new",
    "soon": lambda x: x.urgency == "soon",
    "overdue": lambda x: x.urgency == "overdue",
    "complaint": lambda x: x.kind == "complaint" and x.status in (casefile.OPEN, casefile.RETURNED),
    "done": lambda x: x.status in (casefile.CLOSED, casefile.WITHDRAWN),
}


@dataclass(frozen=True)
class CaseList:
    """One page of cases; `totals`: how many lines each filter has."""

    lines: tuple[CaseLine, ...]
    totals: Mapping[str, int]
    page: int
    pages: int


def cases_for(office: Office, user: User, show: str = "all", page: int = 1) -> CaseList:
    """Cases of the own area and below, the most pressing first. `show`: a key of FILTERS."""
    chosen = FILTERS.get(show, FILTERS["all"])
    with office.db.read() as uow:
        found = [c for c in uow.cases.visible_to(user, limit=LIST_LIMIT) if routing.may_read(user, c)]
        steps = uow.cases.steps_of([c.id for c in found])
        areas = [uow.get(Area, number) for number in {c.area_id for c in found if c.area_id is not None}]
        lines = [caseline.line(office, uow, user, c, steps[c.id]) for c in found]
        del areas  # held until here, so that every line finds its area without asking again
    totals = {key: sum(map(fits, lines)) for key, fits in FILTERS.items()}
    wanted = sorted(filter(chosen, lines), key=_pressing)
    pages = max(1, -(-len(wanted) // PAGE))
    page = min(max(page, 1), pages)
    return CaseList(tuple(wanted[(page - 1) * PAGE : page * PAGE]), totals, page, pages)


def _pressing(line: CaseLine) -> tuple[bool, date, int]:
    """By last day, those without one after them, older cases first."""
    return (line.due.on is None, line.due.on or date.max, line.opened.toordinal())


def case_card(office: Office, user: User, receipt: str, *, reveal: bool = False, reason: str = "") -> CaseCard:
    """The card, with this look in the audit log; `reveal` shows whole numbers and is logged with its reason."""
    with office.db.begin() as uow:
        case = seen_case(uow, user, receipt)
        action = "case.reveal" if reveal else "case.view"
        uow.audit.record(f"user:{user.id}", action, f"case:{case.id}", **({"reason": reason[:200]} if reason else {}))
        found = card.build(office, uow, user, case, reveal)
        uow.commit()
        return found
