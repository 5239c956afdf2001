"""Delivery by providers outside the house: several at once, none waited for with a transaction open.

A provider that hangs holds up its own channel alone; one that is down is left alone by its breaker while the messages
wait untouched; one that asks for patience gets it.
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from actions import crowds, fanout, outages
from actions.breaker import Breaker
from actions.office import Office
from actions.outbox import Round, failed, outgoing, postpone, quiet_wait
from actions.outgoing import LEASE_SECONDS, Delivered, Outgoing, RemoteChannel, RetryLater, Undeliverable
from storage import UnitOfWork
from storage.models import OutboxMessage

log = logging.getLogger(__name__)

AT_ONCE = 8  # sends of one channel at the same time; a lease outlasts the slowest of them


def deliver_outside(
    office: Office,
    owner: str,
    channel: RemoteChannel,
    breaker: Breaker | None = None,
    *,
    limit: int = 100,
    done: Delivered | None = None,
) -> Delivered:
    """Deliver what is due on one channel, as worker `owner`; several workers may run at once.

    `breaker`: the channel's own, kept from round to round.
    """
    breaker = breaker or Breaker()
    round_ = Round(office, owner, done if done is not None else Delivered())
    outages.give_up_old(round_, channel.name, breaker)
    round_.done.merged += crowds.fold(office, channel.name)
    left = limit
    while left > 0 and (room := breaker.room()):
        claimed, batch = claim(round_, channel.name, min(room, left, AT_ONCE))
        if not claimed:
            break
        left -= claimed
        _send_all(round_, channel, breaker, batch)
    outages.tell(office, channel.name, breaker)
    return round_.done


def claim(
    round_: Round, channel: str, limit: int, lease_seconds: float = LEASE_SECONDS, *, in_order: bool = False
) -> tuple[int, list[Outgoing]]:
    """(how many were claimed, those that may leave now); what may not is put back or dropped at once.

    `in_order`: of each conversation only the oldest that waits.
    """
    now, owner = round_.office.clock.now(), round_.owner
    with round_.office.db.begin() as uow:
        rows = uow.outbox.claim(now, owner, lease_seconds, limit, channels=[channel], in_order=in_order)
        batch = [outgoing(row) for row in rows if _may_leave(round_, uow, row)]
        uow.commit()
    return len(rows), batch


def _may_leave(round_: Round, uow: UnitOfWork, row: OutboxMessage) -> bool:
    if row.recipient.startswith(fanout.USER):
        verdict = fanout.before_leaving(round_.office, uow, row)
    else:
        verdict = fanout.Verdict(until=quiet_wait(round_.office, outgoing(row)))
    if verdict.dropped is not None:
        uow.outbox.settle(row, "dropped", verdict.dropped)
        round_.done.dropped += 1
    elif verdict.until is not None:
        postpone(round_, uow, row, verdict.until)
    return verdict == fanout.GO


def _send_all(round_: Round, channel: RemoteChannel, breaker: Breaker, batch: list[Outgoing]) -> None:
    if len(batch) == 1:
        _send(round_, channel, breaker, batch[0], Lock())
        return
    counting = Lock()
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix=f"send-{channel.name}") as pool:
        for sent in [pool.submit(_send, round_, channel, breaker, message, counting) for message in batch]:
            sent.result()


def _send(round_: Round, channel: RemoteChannel, breaker: Breaker, message: Outgoing, counting: Lock) -> None:
    """The call to the provider, between two transactions."""
    try:
        channel.send(message)
    except Exception as fault:  # a provider may fail in any way: the message stays and is tried again
        _note_fault(breaker, channel.name, message, fault)
        with counting:
            failed(round_, message, fault)
        return
    breaker.succeeded()
    with counting:
        _mark_sent(round_, message)


def _note_fault(breaker: Breaker, channel: str, message: Outgoing, fault: Exception) -> None:
    """Tell the breaker: a refusal is an answer, a wish for patience is none that it is broken."""
    if isinstance(fault, Undeliverable):
        breaker.succeeded()
        return
    if isinstance(fault, RetryLater) and fault.seconds is not None:
        if fault.everybody:
            breaker.pause(fault.seconds)
        return
    breaker.failed()
    log.warning("outbox %s: %s in channel %s", message.id, type(fault).__name__, channel)


def _mark_sent(round_: Round, message: Outgoing) -> None:
    """Sent is sent, also where the lease ran out meanwhile."""
    with round_.office.db.begin() as uow:
        row = uow.get(OutboxMessage, message.id, lock=True)
        if row is not None and uow.outbox.mark_sent(row, round_.office.clock.now()):
            round_.done.sent += 1
        uow.commit()
