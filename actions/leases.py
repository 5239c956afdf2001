"""One process at a time: a job (polling a bot) is held by lease, and taken over when its holder is gone."""

from __future__ import annotations

import os
import secrets
import socket
from pathlib import Path

from actions.clock import Clock
from actions.office import Office

_LEASE_CLOCK = Clock()  # leases run on real time, also while SHOUWANG_NOW makes the office's clock stand still


def owner_name() -> str:
    """This process, so that another on the same machine can tell whether it still lives: host:pid:start:random."""
    return f"{_host()}:{os.getpid()}:{_started(os.getpid())}:{secrets.token_hex(4)}"


def hold(office: Office, name: str, owner: str, seconds: float) -> bool:
    """Take the job or hold on to it; False while somebody else has it.

    A holder on this machine that was killed is not waited for; one on another machine is, until its lease is over.
    """
    now = _LEASE_CLOCK.now()
    with office.db.begin() as uow:
        holder = uow.leases.holder(name, now)
        if holder is not None and holder != owner and gone(holder):
            uow.leases.give_up(name, holder)
        held = uow.leases.hold(name, owner, now, seconds)
        uow.commit()
        return held


def give_up(office: Office, name: str, owner: str) -> None:
    """Let somebody else have the job at once (an orderly end)."""
    with office.db.begin() as uow:
        uow.leases.give_up(name, owner)
        uow.commit()


def gone(owner: str) -> bool:
    """Whether this owner was a process of this machine that does not run any more; False where that is not known."""
    host, _, rest = owner.partition(":")
    pid, _, started = rest.partition(":")
    if os.name != "posix" or host != _host() or not pid.isdigit():
        return False
    return _started(int(pid)) != started.partition(":")[0]


def _host() -> str:
    return socket.gethostname().replace(":", "-")[:24] or "here"


def _started(pid: int) -> str:
    """When the process began (kernel ticks), "" where there is none or the system does not tell."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("ascii", "replace")
    except OSError:
        return "" if Path("/proc/self/stat").exists() else "?"
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] in "ZX" else fields[19]  # a zombie holds nothing
