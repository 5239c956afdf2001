"""What a message on its way out is, and how a channel says that it did not work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

from storage import UnitOfWork

if TYPE_CHECKING:
    from actions.office import Office

LEASE_SECONDS = 60
FIRST_RETRY = 10.0  # seconds; doubles with every failure
LONGEST_RETRY = 300.0  # a provider that comes back after an hour is served again within five minutes
GIVE_UP_AFTER = timedelta(hours=24)


class RetryLater(Exception):
    """Not now; `seconds` is the provider's own wish, or None for the ordinary back-off.

    `everybody`: the wish is about the whole channel, not about this recipient.
    """

    def __init__(self, reason: str, seconds: float | None = None, *, everybody: bool = False) -> None:
        super().__init__(reason)
        self.seconds = seconds
        self.everybody = everybody


class Undeliverable(Exception):
    """Never (blocked, unknown recipient): no retry, a person is asked to use another way."""


@dataclass(frozen=True)
class Outgoing:
    """A claimed message outside any transaction."""

    id: int
    key: str
    channel: str
    recipient: str
    text: str
    payload: Mapping[str, Any]
    attempts: int


class RemoteChannel(Protocol):
    """A provider outside: called with no transaction open, by several threads at once, for at most LEASE_SECONDS / 4.

    Raises RetryLater or Undeliverable; anything else is taken for a passing fault. One file under bot/channels makes
    one.
    """

    name: str

    def send(self, message: Outgoing) -> None: ...


class LocalChannel(Protocol):
    """A recipient inside our database: delivered in the same transaction as the mark "sent"."""

    name: str

    def deliver(self, office: Office, uow: UnitOfWork, message: Outgoing) -> None: ...


@dataclass
class Delivered:
    """How one round went; `dropped`: no longer this person's; `merged`: told in a summary instead."""

    sent: int = 0
    retried: int = 0
    dead: int = 0
    postponed: int = 0
    dropped: int = 0
    merged: int = 0


def retry_delay(attempts: int, asked: float | None = None) -> float:
    """Seconds until the next try: what the provider asked for, else doubling up to LONGEST_RETRY."""
    if asked is not None:
        return max(asked, 1.0)
    return float(min(FIRST_RETRY * 2 ** min(attempts, 10), LONGEST_RETRY))
