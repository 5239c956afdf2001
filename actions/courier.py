"""A channel that carries its own messages (Telegram): it takes the oldest of each conversation, sends, and says how it
went. Nothing is lost, nothing overtakes; what cannot be delivered puts the household on the call list.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from actions import crowds, deadletters, fanout, leases, rulebook, tasks
from actions.office import Office
from actions.outbox import GIVE_UP_AFTER, Outgoing, RetryLater, Undeliverable, outgoing, quiet_wait, retry_delay
from storage import UnitOfWork
from storage.models import Conversation, OutboxMessage

log = logging.getLogger(__name__)

LEASE_SECONDS = 45.0  # longer than a message may take: pace, a long text in parts, the provider's time-out


def take(office: Office, channel: str, owner: str, limit: int) -> list[Outgoing]:
    """Messages of the channel that are due, at most one of each conversation; quiet ones go on waiting, and what is no
    longer a colleague's is dropped."""
    crowds.fold(office, channel)
    with office.db.begin() as uow:
        rows = uow.outbox.claim(office.clock.now(), owner, LEASE_SECONDS, limit, channels=[channel], in_order=True)
        taken = []
        for row in rows:
            wait = quiet_wait(office, outgoing(row))
            if wait is not None:
                uow.outbox.mark_failed(row, wait, "", count=False)
            elif fanout.let_go(office, uow, row) == fanout.GO:
                taken.append(outgoing(row))
        uow.commit()
        return taken


def free_of_the_dead(office: Office, channel: str) -> int:
    """Messages claimed by processes of this machine that were killed are free at once; how many."""
    with office.db.begin() as uow:
        dead = [owner for owner in uow.outbox.owners(channel) if leases.gone(owner)]
        freed = sum(uow.outbox.release(channel, owner) for owner in dead)
        uow.commit()
        return freed


def give_back(office: Office, owner: str, messages: list[Outgoing]) -> None:
    """Messages that were taken and not tried: the channel is known to be down, somebody stops the program."""
    with office.db.begin() as uow:
        for message in messages:
            row = _held(uow, owner, message)
            if row is not None:
                uow.outbox.mark_failed(row, office.clock.now(), row.last_error or "", count=False)
        uow.commit()


def sent(office: Office, message: Outgoing) -> None:
    """The provider has it."""
    with office.db.begin() as uow:
        row = uow.get(OutboxMessage, message.id, lock=True)
        if row is not None:
            uow.outbox.mark_sent(row, office.clock.now())
        uow.commit()


def not_sent(office: Office, owner: str, message: Outgoing, fault: Exception) -> None:
    """Note the fault (an error class and a number, no text of a person): a next try, or a person's work."""
    now = office.clock.now()
    with office.db.begin() as uow:
        row = _held(uow, owner, message)
        if row is None:
            return
        reason = f"{type(fault).__name__}: {fault}" if isinstance(fault, RetryLater | Undeliverable) else _kind(fault)
        asked = fault.seconds if isinstance(fault, RetryLater) else None
        if isinstance(fault, Undeliverable) or now - row.created_at > GIVE_UP_AFTER:
            uow.outbox.mark_dead(row, reason[:300])
            _hand_over(office, uow, row)
        else:
            later = now + timedelta(seconds=retry_delay(row.attempts, asked))
            uow.outbox.mark_failed(row, later, reason[:300], count=asked is None)
        uow.commit()


def _held(uow: UnitOfWork, owner: str, message: Outgoing) -> OutboxMessage | None:
    row = uow.get(OutboxMessage, message.id, lock=True)
    return row if row is not None and row.status == "pending" and row.lease_owner == owner else None


def _kind(fault: Exception) -> str:
    log.warning("a message was not sent: %s", type(fault).__name__)
    return type(fault).__name__


def _hand_over(office: Office, uow: UnitOfWork, row: OutboxMessage) -> None:
    """A household that this channel does not reach is called: one task a day, however many messages waited for it."""
    conversation = uow.conversations.get(row.recipient)
    if conversation is None:
        deadletters.open_task(office, uow, row)
        return
    cases = uow.cases.of_conversation(conversation.id)
    case = cases[-1] if cases else None
    tasks.open_task(
        office,
        uow,
        "delivery_failed",
        key=f"unreachable:{conversation.id}:{office.clock.today()}",
        area_id=case.routed_area_id if case is not None else conversation.area_id,
        case_id=case.id if case is not None else None,
        conversation_id=conversation.id,
        text=rulebook.say(
            "tasks.unreachable",
            receipt=case.receipt if case is not None else "—",
            phone=_phone(conversation) or (case.phone if case is not None else None) or rulebook.say("no_phone"),
        ),
    )


def _phone(conversation: Conversation) -> str | None:
    person = conversation.state.get("person") or {}
    phone = person.get("phone")
    return phone if isinstance(phone, str) else None
