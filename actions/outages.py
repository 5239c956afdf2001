"""A channel that is down for long (通道中断): somebody is told, and what waited a day is given up in sight."""

from __future__ import annotations

from actions import deadletters
from actions.breaker import Breaker
from actions.office import Office
from actions.outbox import Round, give_up
from actions.outgoing import GIVE_UP_AFTER

TELL_AFTER = 600.0  # seconds a channel may be down before a person is told
OUTAGE = 3600.0  # seconds after which old messages are no longer kept waiting for it


def give_up_old(round_: Round, channel: str, breaker: Breaker) -> None:
    """What has waited for a whole day behind an open breaker is given up in sight, like what failed for a day."""
    down = breaker.down_for
    if down is None or down < OUTAGE:
        return
    office = round_.office
    with office.db.begin() as uow:
        for row in uow.outbox.given_up(channel, office.clock.now() - GIVE_UP_AFTER):
            give_up(round_, uow, row, row.last_error or "")
        uow.commit()


def tell(office: Office, channel: str, breaker: Breaker) -> None:
    """The task about a channel that is down, once a day."""
    down = breaker.down_for
    if down is None or down < TELL_AFTER:
        return
    with office.db.begin() as uow:
        deadletters.channel_down(office, uow, channel, round(down / 60))
        uow.commit()


def watch(office: Office, owner: str, channel: str, breaker: Breaker) -> None:
    """Both, for a channel that carries its own messages (`actions/courier.py`)."""
    give_up_old(Round(office, owner), channel, breaker)
    tell(office, channel, breaker)
