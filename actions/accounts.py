"""Staff accounts and sign-in: argon2 hashes, opaque tokens kept as hashes, lockout, roles.

Nothing here tells whether a name exists: an unknown name costs the same time and gets the same sentence.
Anchors: OWASP ASVS 5.0 chapters 6 and 7 (passwords, session management).
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TypeAlias

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from actions import places
from actions.office import Office
from actions.refusals import Invalid, NotAllowed, NotFound, Refusal
from storage import UnitOfWork, models

Staff: TypeAlias = models.User  # what the doors call a member of staff

ROLES = ("operator", "cadre", "admin")
SESSION_HOURS = 12
MAX_FAILURES = 10
LOCK_MINUTES = 15
SEEN_EVERY = timedelta(minutes=5)  # how stale `last_seen_at` may be; a write at every request would cost more
PASSWORD_LENGTH = range(8, 129)  # characters (ASVS 6.2.1, 6.2.9)
PARALLEL_HASHES = 2  # argon2 takes 64 MB and a whole core each
HASH_WAIT = 10.0  # seconds a sign-in waits for its turn


class LoginRefused(Refusal):
    """Wrong name, wrong password, locked or disabled: one answer for all four."""

    status = 401


class Busy(Refusal):
    """Too many people sign in at this moment."""

    status = 503


@dataclass(frozen=True)
class SignedIn:
    """Who makes this request: the account as it stands now, and the CSRF token of the session."""

    user: models.User
    csrf: str


_hasher = PasswordHasher()
_turns = threading.BoundedSemaphore(PARALLEL_HASHES)


@cache
def _nobody() -> str:
    """A hash no password fits, verified for unknown names so that they cost the same time."""
    return _hasher.hash(secrets.token_urlsafe(32))


# -- signing in -----------------------------------------------------------------------------------------------


def login(office: Office, name: str, password: str) -> str:
    """A new session token for the right name and password. Raises LoginRefused, Busy.

    The hash is computed outside a transaction; the lock is looked at again inside, so that many guesses sent
    at once count one by one and none slips past it.
    """
    name = tidy_name(name)
    with office.db.read() as uow:
        user = uow.users.by_name(name)
        known_hash = user.password_hash if user else _nobody()
    right = _verify(office, known_hash, password)
    with office.db.begin() as uow:
        user = uow.users.by_name(name)
        token = _decide(office, uow, user, known_hash, right) if user else None
        uow.commit()
    if token is None:
        raise LoginRefused(office.texts.say("accounts.wrong_login"))
    return token


def _decide(office: Office, uow: UnitOfWork, user: models.User, checked: str, right: bool) -> str | None:
    """Count a failure or open a session, in the caller's transaction."""
    now, who = office.clock.now(), f"user:{user.id}"
    if user.locked_until is not None and now < user.locked_until:
        uow.audit.record(who, "login_locked", who)
        return None
    if not right or user.disabled or user.password_hash != checked:
        lock = now + timedelta(minutes=LOCK_MINUTES)
        uow.users.note_failed_login(user, now, limit=MAX_FAILURES, locked_until=lock)
        uow.audit.record(who, "login_failed", who)
        return None
    uow.users.note_login(user)
    return _open_session(office, uow, user)


def _open_session(office: Office, uow: UnitOfWork, user: models.User) -> str:
    now = office.clock.now()
    token = secrets.token_urlsafe(32)
    uow.sessions.end_expired(now)
    uow.add(
        models.Session(
            token_hash=_token_hash(token),
            csrf=secrets.token_urlsafe(24),
            user_id=user.id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + timedelta(hours=SESSION_HOURS),
        )
    )
    uow.audit.record(f"user:{user.id}", "login", f"user:{user.id}")
    return token


def session(office: Office, token: str) -> SignedIn | None:
    """Who holds `token` now: None for an unknown, ended or expired session and for a disabled account."""
    now, token_hash = office.clock.now(), _token_hash(token)
    with office.db.read() as uow:
        found = uow.sessions.active(token_hash, now)
    if found is None:
        return None
    row, user = found
    if now - row.last_seen_at >= SEEN_EVERY:
        with office.db.begin() as uow:
            uow.sessions.touch(row, now, SEEN_EVERY)
            uow.commit()
    return SignedIn(user=user, csrf=row.csrf)


def session_key(token: str) -> str:
    """What a long-lived connection remembers of a session instead of its token."""
    return _token_hash(token)


def living_sessions(office: Office, keys: Sequence[str]) -> dict[str, models.User]:
    """Which of these sessions still hold, each with its account as it stands now; one question for all of them."""
    with office.db.read() as uow:
        return uow.sessions.living(keys, office.clock.now())


def logout(office: Office, token: str) -> None:
    """End the session; its token is worth nothing from now on."""
    now, token_hash = office.clock.now(), _token_hash(token)
    with office.db.begin() as uow:
        found = uow.sessions.active(token_hash, now)
        if found is not None:
            who = f"user:{found[1].id}"
            uow.audit.record(who, "logout", who)
        uow.sessions.end(token_hash)
        uow.commit()


# -- accounts -------------------------------------------------------------------------------------------------


def add_user(
    office: Office,
    name: str,
    password: str,
    role: str,
    area: str | None = None,
    display_name: str = "",
    by: str = "system",
) -> models.User:
    """Make an account. `area` is an area's name, path or code. Raises Invalid with one sentence."""
    name = tidy_name(name)
    if not 1 <= len(name) <= 40:
        raise Invalid(office.texts.say("accounts.bad_name"))
    if role not in ROLES:
        raise Invalid(office.texts.say("accounts.bad_role", role=role, roles="、".join(ROLES)))
    hashed = _hash(office, password)
    with office.db.begin() as uow:
        if uow.users.by_name(name) is not None:
            raise Invalid(office.texts.say("accounts.name_taken", name=name))
        area_id = _area_id(office, uow, area)
        if role == "cadre" and area_id is None:
            raise Invalid(office.texts.say("accounts.cadre_needs_area"))
        user = models.User(
            name=name,
            password_hash=hashed,
            role=role,
            area_id=area_id,
            display_name=display_name.strip()[:80],
            created_at=office.clock.now(),
        )
        uow.add(user)
        uow.flush()
        uow.audit.record(by, "user_added", f"user:{user.id}", role=role)
        uow.commit()
        return user


def list_users(office: Office) -> Sequence[tuple[models.User, str]]:
    """Every account with the path of its area ("" for none), by name."""
    with office.db.read() as uow:
        paths = {area.id: area.path for area in uow.areas.all()}
        return [(user, paths.get(user.area_id, "") if user.area_id else "") for user in uow.users.all()]


def set_disabled(office: Office, name: str, disabled: bool, by: str = "system") -> None:
    """Take an account's access away at once (its sessions end) or give it back. Raises NotFound, NotAllowed."""
    with office.db.begin() as uow:
        user = must_exist(office, uow, name)
        if disabled and user.role == "admin" and not other_admins(uow, user):
            raise NotAllowed(office.texts.say("accounts.last_admin"))
        user.disabled = disabled
        if disabled:
            uow.sessions.end_all(user.id)
        uow.audit.record(by, "user_disabled" if disabled else "user_enabled", f"user:{user.id}")
        uow.commit()


def reset_password(office: Office, name: str, password: str, by: str = "system") -> None:
    """Set a new password, lift a lock, and end every session of the account. Raises NotFound, Invalid."""
    hashed = _hash(office, password)
    with office.db.begin() as uow:
        user = must_exist(office, uow, name)
        _set_password(uow, user, hashed)
        uow.audit.record(by, "password_reset", f"user:{user.id}")
        uow.commit()


def change_password(office: Office, me: models.User, old: str, new: str) -> str:
    """Change one's own password; every session ends and a new token is given. Raises Invalid for a wrong old one."""
    if not _verify(office, me.password_hash, old):
        raise Invalid(office.texts.say("accounts.old_password_wrong"))
    hashed = _hash(office, new)
    with office.db.begin() as uow:
        user = must_exist(office, uow, me.name)
        _set_password(uow, user, hashed)
        uow.audit.record(f"user:{user.id}", "password_changed", f"user:{user.id}")
        token = _open_session(office, uow, user)
        uow.commit()
        return token


def ensure_admin(office: Office) -> tuple[str, str] | None:
    """On the first start make `admin` with a random password and return both, to be printed once; later None."""
    with office.db.read() as uow:
        if any(user.role == "admin" for user in uow.users.all()):
            return None
    password = secrets.token_urlsafe(12)
    add_user(office, "admin", password, "admin", display_name=office.texts.say("accounts.first_admin"))
    return "admin", password


def find_area(office: Office, area: str) -> int:
    """The id of the area meant by a code, a path or a name. Raises Invalid."""
    with office.db.read() as uow:
        found = _area_id(office, uow, area.strip())
    if found is None:
        raise Invalid(office.texts.say("accounts.area_unknown", area=area))
    return found


# -- inside ---------------------------------------------------------------------------------------------------


def tidy_name(name: str) -> str:
    """A login name as it is stored: compatibility forms folded (NFKC), invisible characters and edges dropped."""
    folded = unicodedata.normalize("NFKC", name)
    return "".join(c for c in folded if unicodedata.category(c)[0] != "C").strip()


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _verify(office: Office, hashed: str, password: str) -> bool:
    if len(password) > PASSWORD_LENGTH.stop:
        password = ""
    if not _turns.acquire(timeout=HASH_WAIT):
        raise Busy(office.texts.say("accounts.busy"))
    try:
        return _hasher.verify(hashed, password.encode("utf-8", "replace"))
    except (VerificationError, InvalidHashError):
        return False
    finally:
        _turns.release()


def _hash(office: Office, password: str) -> str:
    if len(password) not in PASSWORD_LENGTH:
        raise Invalid(
            office.texts.say("accounts.bad_password", least=PASSWORD_LENGTH.start, most=PASSWORD_LENGTH.stop - 1)
        )
    return _hasher.hash(password.encode("utf-8", "replace"))


def must_exist(office: Office, uow: UnitOfWork, name: str) -> models.User:
    user = uow.users.by_name(tidy_name(name))
    if user is None:
        raise NotFound(office.texts.say("accounts.no_such_user", name=name))
    return user


def other_admins(uow: UnitOfWork, user: models.User) -> list[models.User]:
    """Administrators besides this one who can sign in."""
    return [u for u in uow.users.all() if u.role == "admin" and not u.disabled and u.id != user.id]


def _set_password(uow: UnitOfWork, user: models.User, hashed: str) -> None:
    user.password_hash, user.failed_logins, user.locked_until = hashed, 0, None
    uow.sessions.end_all(user.id)


def _area_id(office: Office, uow: UnitOfWork, area: str | None) -> int | None:
    """The area meant by a code, a path («甘肃省/…/王庄村») or a name as people say it."""
    if not area:
        return None
    exact = uow.areas.by_code(area) or uow.areas.by_path(area)
    found = [exact] if exact else places.candidates(uow, area)
    if len(found) == 1:
        return found[0].id
    key = "accounts.area_unknown" if not found else "accounts.area_ambiguous"
    raise Invalid(office.texts.say(key, area=area, paths="、".join(a.path for a in found[:5])))
