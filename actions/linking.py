"""Linking an outside chat (Telegram) to a member of staff, proven by a one-time code from the workbench.

The code's hash is kept, ten minutes, for one use; wrong codes are counted per chat and altogether. Anchor: OWASP ASVS
5.0 chapter 6 (out-of-band codes).
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta

from actions.accounts import tidy_name
from actions.office import Office
from actions.refusals import NotFound
from storage.models import User

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no sign that looks like another
LENGTH = 8  # 31^8: 40 bits
MINUTES = 10
MAX_WRONG = 5  # of one chat within an hour
MAX_WRONG_ALL = 200  # of all chats within an hour
WINDOW = timedelta(hours=1)
CODE = re.compile(rf"[0-9A-Za-z]{{{LENGTH}}}")  # what looks like one, mistyped ones too
WRONG = "link.wrong"


@dataclass(frozen=True)
class Linking:
    """How an attempt ended: linked (with the person's shown name) | wrong | throttled."""

    result: str
    name: str = ""


def offer(office: Office, user: User, by: str | None = None) -> str:
    """A fresh code for this person; an earlier one is void. Shown once, to them alone."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    now = office.clock.now()
    with office.db.begin() as uow:
        uow.links.issue(user.id, code, now, now + timedelta(minutes=MINUTES))
        uow.audit.record(by or f"user:{user.id}", "link.offer", f"user:{user.id}")
        uow.commit()
    return code


def offer_to(office: Office, name: str, by: str = "system") -> str:
    """A fresh code for the account of this name. Raises NotFound."""
    with office.db.read() as uow:
        user = uow.users.by_name(tidy_name(name))
    if user is None or user.disabled:
        raise NotFound(office.texts.say("accounts.no_such_user", name=name[:80]))
    return offer(office, user, by)


def link(office: Office, channel: str, address: str, code: str) -> Linking:
    """Use a code up for this chat."""
    now = office.clock.now()
    with office.db.begin() as uow:
        subject = f"chat:{uow.index(f'{channel} {address}')[:32]}"
        since = uow.now() - WINDOW
        if uow.links.wrong(WRONG, since, subject) >= MAX_WRONG or uow.links.wrong(WRONG, since) >= MAX_WRONG_ALL:
            return Linking("throttled")
        user_id = uow.links.redeem(code.strip(), now)
        user = uow.users.get(user_id) if user_id is not None else None
        if user is None or user.disabled:
            uow.audit.record("conversation", WRONG, subject)
            uow.commit()
            return Linking("wrong")
        uow.links.link(user, channel, address, now)
        uow.audit.record(f"user:{user.id}", "link.made", f"user:{user.id}", channel=channel)
        uow.commit()
        return Linking("linked", user.display_name or user.name)


def unlink(office: Office, channel: str, address: str) -> bool:
    """Unlink this chat; False where it was not linked."""
    with office.db.begin() as uow:
        found = uow.links.at(channel, address)
        if found is None:
            return False
        uow.links.revoke(channel, address, office.clock.now())
        uow.audit.record(f"user:{found.user_id}", "link.ended", f"user:{found.user_id}", channel=channel)
        uow.commit()
        return True


def unlink_user(office: Office, user: User, channel: str) -> bool:
    """Unlink what this person has in the channel (from the workbench)."""
    with office.db.begin() as uow:
        ended = uow.links.revoke_of(user.id, channel, office.clock.now())
        if ended:
            uow.audit.record(f"user:{user.id}", "link.ended", f"user:{user.id}", channel=channel)
        uow.commit()
        return ended > 0


def staff_at(office: Office, channel: str, address: str) -> User | None:
    """The member of staff who writes from this chat, unless the account is disabled."""
    with office.db.read() as uow:
        return uow.links.user_at(channel, address)


def is_linked(office: Office, user: User, channel: str) -> bool:
    with office.db.read() as uow:
        return uow.links.active_of(user.id, channel) is not None


def address_of(office: Office, user_id: int, channel: str) -> tuple[str | None, bool]:
    """(where to reach this person, whether they were reachable there before and are not any more)."""
    with office.db.read() as uow:
        user = uow.users.get(user_id)
        link = uow.links.active_of(user_id, channel)
        if user is None or user.disabled:
            return None, True
        if link is None:
            return None, uow.links.last_of(user_id, channel) is not None
        return link.address, False
