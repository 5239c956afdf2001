"""Delivery by providers outside the house: several at once, none waited for with a transaction open.

A provider that hangs holds up its own channel alone; one that is down is left alone by its breaker while the messages
wait untouched; one that asks for patience gets it.
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from actions import crowds, deadletters, fanout
from actions.breaker import Breaker
from actions.office import Office
from actions.outbox import Round, failed, give_up, outgoing
from actions.outgoing import GIVE_UP_AFTER, LEASE_SECONDS, Delivered, Outgoing, RemoteChannel, RetryLater, Undeliverable
from storage import UnitOfWork
from storage.models import OutboxMessage

log = logging.getLogger(__name__)

AT_ONCE = 8  # sends of one channel at the same time; a lease outlasts the slowest of them
TELL_AFTER = 600.0  # seconds a channel may be down before a person is told
OUTAGE = 3600.0  # seconds after which old messages are no longer kept waiting for it


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
    _give_up_old(round_, channel.name, breaker)
    round_.done.merged += crowds.fold(office, channel.name)
    left = limit
    while left > 0 and (room := breaker.room()):
        claimed, batch = _claim(round_, channel.name, min(room, left, AT_ONCE))
        if not claimed:
            break
        left -= claimed
        _send_all(round_, channel, breaker, batch)
    _tell_of_outage(office, channel.name, breaker)
    return round_.done


def _claim(round_: Round, channel: str, limit: int) -> tuple[int, list[Outgoing]]:
    """(how many were claimed, those that may leave now); what may not is put back or dropped at once."""
    office = round_.office
    batch = []
    with office.db.begin() as uow:
        rows = uow.outbox.claim(office.clock.now(), round_.owner, LEASE_SECONDS, limit, channels=[channel])
        for row in rows:
            if _may_leave(round_, uow, row):
                batch.append(outgoing(row))
        uow.commit()
    return len(rows), batch


def _may_leave(round_: Round, uow: UnitOfWork, row: OutboxMessage) -> bool:
    verdict = fanout.let_go(round_.office, uow, row)
    round_.done.dropped += verdict.dropped is not None
    round_.done.postponed += verdict.until is not None
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


def _give_up_old(round_: Round, channel: str, breaker: Breaker) -> None:
    """What has waited for a whole day behind an open breaker is given up in sight, like what failed for a day."""
    down = breaker.down_for
    if down is None or down < OUTAGE:
        return
    office = round_.office
    with office.db.begin() as uow:
        for row in uow.outbox.given_up(channel, office.clock.now() - GIVE_UP_AFTER):
            give_up(round_, uow, row, row.last_error or "")
        uow.commit()


def _tell_of_outage(office: Office, channel: str, breaker: Breaker) -> None:
    down = breaker.down_for
    if down is None or down < TELL_AFTER:
        return
    with office.db.begin() as uow:
        deadletters.channel_down(office, uow, channel, round(down / 60))
        uow.commit()
