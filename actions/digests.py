"""One message instead of many (汇总): the daily digest, and the words of any summary.

A digest is built once per person and day of the office, however many clocks tick and however long they stood still:
whoever holds the person's row of preferences builds it. A day without unread lines is skipped in silence.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from actions import casefile, caseline, fanout, notices, procedure, routing, rulebook
from actions.clock import SHANGHAI
from actions.office import Office
from actions.rulebook import telling_book
from storage import UnitOfWork
from storage.models import Case, Notification, StaffPreferences, User

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Item:
    """One line in a summary: the first part of its key, and the case it is about."""

    kind: str
    case_id: int | None


def kind_of(key: str) -> str:
    """What a line is about, from its key («new_case:12:…»); `other` where telling.yml names no such kind."""
    kind = key.split(":", 1)[0]
    return kind if kind in telling_book().kinds else "other"


# -- the daily digest ---------------------------------------------------------------------------------------------


def tick(office: Office, outside: Collection[str]) -> int:
    """Build every digest that is due; how many were written. `outside`: the channels that are switched on."""
    with office.db.read() as uow:
        waiting = uow.preferences.digests_open(office.clock.today())
        people = [user.id for wishes, user in waiting if due(wishes, office.clock.now())]
    written = 0
    for user_id in people:
        try:
            written += _build(office, user_id, outside)
        except Exception:  # one person's digest must not keep the others from theirs
            log.exception("the digest of user %s could not be built; it is tried again", user_id)
    return written


def due_day(moment: datetime, at: time) -> date:
    """The day whose digest time came last."""
    local = moment.astimezone(SHANGHAI)
    return local.date() if local.time() >= at else local.date() - timedelta(days=1)


def digest_time(wishes: StaffPreferences) -> time:
    return wishes.digest_at or telling_book().rules.digest_at


def due(wishes: StaffPreferences, now: datetime) -> bool:
    return wishes.last_digest_on is None or wishes.last_digest_on < due_day(now, digest_time(wishes))


def _build(office: Office, user_id: int, outside: Collection[str]) -> bool:
    with office.db.begin() as uow:
        wishes = uow.get(StaffPreferences, user_id, lock=True)
        user = uow.users.get(user_id)
        now = office.clock.now()
        if wishes is None or user is None or user.disabled or not wishes.digest or not due(wishes, now):
            return False
        day = due_day(now, digest_time(wishes))
        wishes.last_digest_on = day
        written = write(office, uow, user, wishes, f"digest:{user_id}:{day}", outside)
        uow.commit()
        return written


def write(
    office: Office, uow: UnitOfWork, user: User, wishes: StaffPreferences, key: str, outside: Collection[str]
) -> bool:
    """Sum up what this person has not read, for every channel the person wants; False where there is nothing."""
    lines = uow.notifications.waiting_for_digest(user.id)
    ways = fanout.ways(uow, user, wishes, outside)
    theirs = [line for line in lines if fanout.still_theirs(uow, user, line.case_id, line.task_id)]
    if not ways or not theirs:
        return False
    for line in lines:
        line.digested = True
    items = [Item(kind_of(line.key), _case_of(uow, line)) for line in theirs]
    text, data = summary(office, uow, user, items, "digest")
    at = fanout.next_moment(office.clock.now(), user, wishes)
    for way in ways:
        notices.enqueue(
            office, uow, key=fanout.copy_key(key, way), channel=way, recipient=fanout.recipient(user), text=text,
            payload={"case_id": None, "task_id": None, "urgent": False, "summary": data}, not_before=at,
        )  # fmt: skip
    return True


def _case_of(uow: UnitOfWork, line: Notification) -> int | None:
    if line.case_id is None and line.task_id is not None:
        task = uow.tasks.get(line.task_id)
        return task.case_id if task is not None else None
    return line.case_id


# -- the words ----------------------------------------------------------------------------------------------------


def summary(
    office: Office, uow: UnitOfWork, user: User, items: Sequence[Item], words: str
) -> tuple[str, dict[str, Any]]:
    """(text, the same as data): how many by kind, and the receipts that press most. `words`: digest or crowd."""
    book = telling_book()
    kinds = Counter(item.kind for item in items)
    named = [book.words["kind"].format(word=book.kinds[kind], count=n) for kind, n in kinds.most_common()]
    pressing = _pressing(office, uow, user, {item.case_id for item in items if item.case_id is not None})
    receipts = [book.words["receipt"].format(receipt=receipt, word=word) for receipt, word in pressing]
    text = book.words[words].format(
        day=rulebook.plain_date(office.clock.today()),
        count=len(items),
        kinds="、".join(named),
        pressing=book.words["pressing"].format(receipts="、".join(receipts)) if receipts else "",
    )
    data = {"count": len(items), "kinds": dict(kinds), "receipts": [receipt for receipt, _ in pressing]}
    return text, data


def _pressing(office: Office, uow: UnitOfWork, user: User, case_ids: Collection[int]) -> list[tuple[str, str]]:
    """(receipt, how late) of open cases whose running step is over its day or close to it, most pressing first."""
    found: list[tuple[date, str, str]] = []
    today = office.clock.today()
    for case_id in sorted(case_ids):
        case = uow.get(Case, case_id)
        if case is None or case.status != casefile.OPEN or not routing.may_see(uow, user, case):
            continue
        for row in procedure.running(uow, case):
            state = caseline.due_of(row, today)
            if row.due_on is not None and state.urgency in ("overdue", "soon"):
                found.append((row.due_on, case.receipt, state.word))
                break
    return [(receipt, word) for _, receipt, word in sorted(found)[: telling_book().rules.pressing]]
