"""Too many messages for one person at once become one summary (合并): nobody reads thirty, and providers drop them.

A WeCom robot takes 30 a minute and drops the rest in silence; a night of quiet hours or an outage of an hour would
send more than that in one go.
"""

from __future__ import annotations

from collections.abc import Sequence

from actions import digests, fanout, notices
from actions.digests import Item
from actions.fanout import MINUTE
from actions.office import Office
from actions.rulebook import telling_book
from storage import UnitOfWork
from storage.models import OutboxMessage, User

SUMMARY = "crowd"


def fold(office: Office, channel: str) -> int:
    """Sum up what is due on this channel for people who would get too much; how many messages were merged."""
    with office.db.read() as uow:
        crowded = [
            who
            for who, due in uow.deliveries.crowds(channel, office.clock.now())
            if _over(office, uow, channel, who, due)
        ]
    return sum(_fold_one(office, channel, who) for who in crowded)


def _over(office: Office, uow: UnitOfWork, channel: str, who: str, due: int) -> bool:
    now = office.clock.now()
    return due + uow.deliveries.busy(channel, who, now - MINUTE, now) > telling_book().rules.per_minute


def _fold_one(office: Office, channel: str, who: str) -> int:
    with office.db.begin() as uow:
        user = uow.users.get(int(who.removeprefix(fanout.USER)))
        rows = [row for row in uow.deliveries.due_of(channel, who, office.clock.now()) if _may_be_merged(row)]
        if user is None or len(rows) < 2 or not _over(office, uow, channel, who, len(rows)):
            return 0
        _into_summary(office, uow, user, channel, rows)
        for row in rows:
            uow.outbox.settle(row, "merged")
        uow.commit()
        return len(rows)


def _may_be_merged(row: OutboxMessage) -> bool:
    """Danger is told by itself, and a summary is not summed up again."""
    return not row.payload.get("urgent") and not row.payload.get("summary")


def _into_summary(office: Office, uow: UnitOfWork, user: User, channel: str, rows: Sequence[OutboxMessage]) -> None:
    """Add to the summary that waits for this person, or write a new one; it waits while the minute is full."""
    now = office.clock.now()
    who = fanout.recipient(user)
    items = [Item(digests.kind_of(row.key), row.payload.get("case_id")) for row in rows]
    waiting = uow.deliveries.waiting_summary(channel, who)
    if waiting is not None:
        items = [*(Item(kind, case_id) for kind, case_id in waiting.payload["items"]), *items]
    text, data = digests.summary(office, uow, user, items, SUMMARY)
    kept = [[item.kind, item.case_id] for item in items]
    payload = {"case_id": None, "task_id": None, "urgent": False, "summary": data, "items": kept}
    if waiting is not None:
        waiting.text, waiting.payload = text, payload
        return
    full = uow.deliveries.busy(channel, who, now - MINUTE, now) >= telling_book().rules.per_minute
    key = f"{SUMMARY}:{user.id}:{rows[0].id}:{channel}"
    notices.enqueue(
        office, uow, key=key, channel=channel, recipient=who, text=text, payload=payload,
        not_before=now + MINUTE if full else None,
    )  # fmt: skip
