"""How a member of staff wants to be told (通知设置): channels, daily digest, quiet hours, the phone for the gateway."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import time

from actions import accounts, digests, fanout
from actions.office import Office
from actions.refusals import Invalid
from actions.rulebook import telling_book
from storage import UnitOfWork
from storage.models import StaffPreferences, User

PHONE_DIGITS = range(5, 16)  # a short number of the office's own exchange … the longest number there is (E.164)
PHONE_EXTRA = frozenset("+-() ")


@dataclass(frozen=True)
class Wishes:
    """What a person set. Times are Asia/Shanghai; None means the office's. Equal quiet times: no quiet hours."""

    telegram: bool = True
    webhook: bool = True
    digest: bool = False
    digest_at: time | None = None
    quiet_from: time | None = None
    quiet_to: time | None = None
    phone: str = ""


@dataclass(frozen=True)
class Reach:
    """What is there beside the wishes: is Telegram linked, and the office's own times."""

    linked: bool
    office_digest_at: time
    office_quiet_from: time
    office_quiet_to: time


def wishes_of(office: Office, user: User) -> Wishes:
    """What this person set, or the defaults."""
    with office.db.read() as uow:
        return _shown(uow.preferences.of(user.id), uow.users.get(user.id) or user)


def reach_of(office: Office, user: User) -> Reach:
    rules = telling_book().rules
    with office.db.read() as uow:
        linked = uow.links.active_of(user.id, fanout.TELEGRAM) is not None
    return Reach(linked, rules.digest_at, rules.quiet_hours.start, rules.quiet_hours.end)


def save(office: Office, user: User, wishes: Wishes, outside: Collection[str] = ()) -> Wishes:
    """Keep what this person wants from now on. Raises Invalid.

    Whoever begins with a digest begins with an empty one; whoever ends it gets what had gathered at once.
    """
    wishes = _checked(office, wishes)
    with office.db.begin() as uow:
        row = uow.preferences.of_to_change(user.id)
        person = uow.users.get(user.id, lock=True)
        assert person is not None  # accounts are disabled, never deleted
        had_digest = row.digest
        _apply(row, person, wishes)
        uow.flush()
        if wishes.digest and not had_digest:
            _begin(office, uow, row)
        if had_digest and not wishes.digest:
            key = f"digest:{user.id}:end:{office.clock.now().isoformat()}"
            digests.write(office, uow, person, row, key, outside)
        uow.audit.record(f"user:{user.id}", "preferences_changed", f"user:{user.id}", digest=wishes.digest)
        uow.commit()
        return _shown(row, person)


def set_phone(office: Office, name: str, phone: str, by: str) -> None:
    """The number to which the office's gateway sends (administrators). Raises NotFound, Invalid."""
    number = checked_phone(office, phone)
    with office.db.begin() as uow:
        person = accounts.must_exist(office, uow, name)
        person.phone = number or None
        uow.audit.record(by, "user_phone_set", f"user:{person.id}")
        uow.commit()


def checked_phone(office: Office, phone: str) -> str:
    """The number with its spaces tidied; "" for none. Raises Invalid."""
    number = " ".join(phone.split())
    if not number:
        return ""
    digits = sum(c.isascii() and c.isdigit() for c in number)
    if digits not in PHONE_DIGITS or any(not (c.isascii() and c.isdigit()) and c not in PHONE_EXTRA for c in number):
        raise Invalid(office.texts.say("preferences.phone"))
    return number


def _checked(office: Office, wishes: Wishes) -> Wishes:
    if (wishes.quiet_from is None) != (wishes.quiet_to is None):
        raise Invalid(office.texts.say("preferences.half_quiet"))
    return replace(wishes, phone=checked_phone(office, wishes.phone))


def _apply(row: StaffPreferences, person: User, wishes: Wishes) -> None:
    row.telegram, row.webhook, row.digest = wishes.telegram, wishes.webhook, wishes.digest
    row.digest_at, row.quiet_from, row.quiet_to = wishes.digest_at, wishes.quiet_from, wishes.quiet_to
    if (person.phone or "") != wishes.phone:
        person.phone = wishes.phone or None


def _begin(office: Office, uow: UnitOfWork, row: StaffPreferences) -> None:
    row.last_digest_on = digests.due_day(office.clock.now(), digests.digest_time(row))
    uow.notifications.leave_out_of_digests(row.user_id)


def _shown(row: StaffPreferences, person: User) -> Wishes:
    return Wishes(
        row.telegram, row.webhook, row.digest, row.digest_at, row.quiet_from, row.quiet_to, person.phone or ""
    )
