"""Wrong look-ups are counted, by conversation, network address and receipt (`rules/lookups.yml`), across processes
and restarts: four digits are quickly guessed by a machine, and a household that mistypes twice must not suffer."""

from __future__ import annotations

from datetime import timedelta

from actions.rulebook import lookup_limits
from actions.talk import Talk


def spend(talk: Talk, receipt: str) -> bool:
    """Count one look-up before it is made; False where there were too many wrong ones and none is made."""
    limits = lookup_limits()
    within = timedelta(hours=limits.within_hours)
    talk.uow.allowances.forget_old(talk.now)
    allowed = True
    for kind, what in _counted(talk, receipt).items():  # always in this order, so that two never wait for each other
        allowed = talk.uow.allowances.spend(what, talk.now, within) <= limits.most_wrong[kind] and allowed
    return allowed


def give_back(talk: Talk, receipt: str) -> None:
    """The look-up was a rightful one."""
    for what in _counted(talk, receipt).values():
        talk.uow.allowances.give_back(what)


def _counted(talk: Talk, receipt: str) -> dict[str, str]:
    counted = {"conversation": f"lookup conversation {talk.conv.id}"}
    if talk.message.origin_index:
        counted["address"] = f"lookup address {talk.message.origin_index}"
    return counted | {"receipt": f"lookup receipt {receipt}"}
