"""A channel that carries its own messages (Telegram): it takes the oldest of each conversation, sends, and says how it
went. Nothing is lost, nothing overtakes; what cannot be delivered becomes a person's work.
"""

from __future__ import annotations

import logging

from actions import crowds, leases, outbox, outside
from actions.office import Office
from actions.outbox import Round
from actions.outgoing import Outgoing, RetryLater, Undeliverable
from storage.models import OutboxMessage

log = logging.getLogger(__name__)

LEASE_SECONDS = 45.0  # longer than a message may take: pace, a long text in parts, the provider's time-out


def take(office: Office, channel: str, owner: str, limit: int) -> list[Outgoing]:
    """Messages of the channel that are due, at most one of each conversation; quiet ones go on waiting.

    Copies of staff notices are looked at once more, and too many for one person become one, as on any channel outside.
    """
    crowds.fold(office, channel)
    _, taken = outside.claim(Round(office, owner), channel, limit, LEASE_SECONDS, in_order=True)
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
    round_ = Round(office, owner)
    with office.db.begin() as uow:
        for message in messages:
            row = outbox.still_mine(round_, uow, message)
            if row is not None:
                outbox.postpone(round_, uow, row, office.clock.now())
        uow.commit()


def sent(office: Office, message: Outgoing) -> None:
    """The provider has it."""
    with office.db.begin() as uow:
        row = uow.get(OutboxMessage, message.id, lock=True)
        if row is not None:
            uow.outbox.mark_sent(row, office.clock.now())
        uow.commit()


def not_sent(office: Office, owner: str, message: Outgoing, fault: Exception) -> None:
    """Note the fault: a next try, or a person's work."""
    if not isinstance(fault, RetryLater | Undeliverable):
        log.warning("a message was not sent: %s", type(fault).__name__)
    outbox.failed(Round(office, owner), message, fault)
