"""Accounts: who gets in, who does not, and that neither time nor words tell who exists."""

from __future__ import annotations

import threading

import pytest

from actions import accounts
from actions.accounts import Invalid, LoginRefused, NotAllowed
from actions.office import Office
from storage import models
from tests.web.doors import PASSWORD, Watch

Staff = dict[str, accounts.Staff]


def refused(office: Office, name: str, password: str) -> str:
    with pytest.raises(LoginRefused) as caught:
        accounts.login(office, name, password)
    return caught.value.message


def test_the_right_password_opens_a_session_of_twelve_hours(office: Office, staff: Staff, watch: Watch) -> None:
    token = accounts.login(office, "wang", PASSWORD)
    who = accounts.session(office, token)
    assert who is not None
    assert who.user.name == "wang"
    watch.pass_(hours=11, minutes=59)
    assert accounts.session(office, token) is not None
    watch.pass_(minutes=2)
    assert accounts.session(office, token) is None


def test_the_database_knows_neither_password_nor_token(office: Office, staff: Staff) -> None:
    token = accounts.login(office, "wang", PASSWORD)
    with office.db.read() as uow:
        stored = [u.password_hash for u in uow.users.all()] + [s.token_hash for s in uow.find(models.Session)]
    assert not any(PASSWORD in value or token in value for value in stored)
    assert all(u.startswith("$argon2id$") for u in stored[:-1])


def test_every_refusal_reads_the_same(office: Office, staff: Staff) -> None:
    accounts.set_disabled(office, "li", True)
    for _ in range(accounts.MAX_FAILURES):
        refused(office, "town", "wrong")
    sentences = {
        refused(office, "nobody", "wrong"),
        refused(office, "wang", "wrong"),
        refused(office, "wang", ""),
        refused(office, "wang", "x" * 100_000),
        refused(office, "li", PASSWORD),
        refused(office, "town", PASSWORD),
        refused(office, "", ""),
    }
    assert len(sentences) == 1


def test_an_unknown_name_costs_a_hash_too(office: Office, staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    verified = []
    real = accounts._verify
    monkeypatch.setattr(accounts, "_verify", lambda o, h, p: verified.append(h) or real(o, h, p))
    refused(office, "nobody", PASSWORD)
    refused(office, "wang", "wrong")
    assert len(verified) == 2
    assert all(h.startswith("$argon2id$") for h in verified)


def test_ten_failures_lock_for_fifteen_minutes_also_against_the_right_password(
    office: Office, staff: Staff, watch: Watch
) -> None:
    for _ in range(9):
        refused(office, "wang", "wrong")
    accounts.login(office, "wang", PASSWORD)  # nine do not lock, and success forgets them
    for _ in range(10):
        refused(office, "wang", "wrong")
    refused(office, "wang", PASSWORD)
    watch.pass_(minutes=14, seconds=59)
    refused(office, "wang", PASSWORD)
    watch.pass_(seconds=2)
    assert accounts.login(office, "wang", PASSWORD)


def test_guesses_sent_at_once_count_one_by_one(office: Office, staff: Staff) -> None:
    threads = [threading.Thread(target=refused, args=(office, "wang", "wrong")) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused(office, "wang", PASSWORD)


def test_disabling_ends_every_session_at_once(office: Office, staff: Staff) -> None:
    tokens = [accounts.login(office, "wang", PASSWORD) for _ in range(3)]
    accounts.set_disabled(office, "wang", True)
    assert [accounts.session(office, token) for token in tokens] == [None] * 3
    accounts.set_disabled(office, "wang", False)
    assert [accounts.session(office, token) for token in tokens] == [None] * 3
    assert accounts.login(office, "wang", PASSWORD)


def test_a_session_is_worth_nothing_after_logout(office: Office, staff: Staff) -> None:
    token, other = (accounts.login(office, "wang", PASSWORD) for _ in range(2))
    accounts.logout(office, token)
    assert accounts.session(office, token) is None
    assert accounts.session(office, other) is not None


def test_a_new_password_ends_all_sessions_and_gives_one_new(office: Office, staff: Staff) -> None:
    old = accounts.login(office, "wang", PASSWORD)
    me = accounts.session(office, old)
    assert me is not None
    with pytest.raises(Invalid):
        accounts.change_password(office, me.user, "not it", "another-one-9")
    new = accounts.change_password(office, me.user, PASSWORD, "another-one-9")
    assert accounts.session(office, old) is None
    assert accounts.session(office, new) is not None
    refused(office, "wang", PASSWORD)
    assert accounts.login(office, "wang", "another-one-9")


def test_resetting_a_password_lifts_the_lock(office: Office, staff: Staff) -> None:
    for _ in range(10):
        refused(office, "wang", "wrong")
    accounts.reset_password(office, "wang", "another-one-9")
    assert accounts.login(office, "wang", "another-one-9")


@pytest.mark.parametrize(
    ("name", "password", "role", "area", "says"),
    [
        ("", PASSWORD, "admin", None, "登录名"),
        ("\u200b", PASSWORD, "admin", None, "登录名"),
        ("x" * 41, PASSWORD, "admin", None, "登录名"),
        ("wang", PASSWORD, "admin", None, "已经有"),
        (" ｗａｎｇ\u200b", PASSWORD, "admin", None, "已经有"),
        ("neu", "1234567", "admin", None, "8"),
        ("neu", "x" * 129, "admin", None, "128"),
        ("neu", PASSWORD, "boss", None, "角色"),
        ("neu", PASSWORD, "cadre", None, "地区"),
        ("neu", PASSWORD, "cadre", "火星村", "火星村"),
    ],
)
def test_an_account_that_cannot_be_made_says_why(
    office: Office, staff: Staff, name: str, password: str, role: str, area: str | None, says: str
) -> None:
    with pytest.raises(Invalid) as caught:
        accounts.add_user(office, name, password, role, area)
    assert says in caught.value.message


@pytest.mark.parametrize(
    "area", ["64-wang", "王家湾村", "宁夏回族自治区/固原市/西吉县/将台堡镇/王家湾村", "将台堡镇王家湾村"]
)
def test_an_area_may_be_given_as_code_name_or_path(office: Office, area: str) -> None:
    user = accounts.add_user(office, "neu", PASSWORD, "cadre", area)
    with office.db.read() as uow:
        assert uow.areas.get(user.area_id or 0).code == "64-wang"  # type: ignore[union-attr]


def test_the_first_admin_is_made_once_with_a_password_that_works(office: Office) -> None:
    made = accounts.ensure_admin(office)
    assert made is not None
    name, password = made
    assert len(password) >= 16
    assert accounts.login(office, name, password)
    assert accounts.ensure_admin(office) is None


def test_the_last_admin_cannot_be_disabled(office: Office, staff: Staff) -> None:
    with pytest.raises(NotAllowed):
        accounts.set_disabled(office, "root", True)
    accounts.add_user(office, "root2", PASSWORD, "admin")
    accounts.set_disabled(office, "root", True)


def test_what_happens_to_accounts_is_in_the_audit_log_without_names(office: Office, staff: Staff) -> None:
    accounts.login(office, "wang", PASSWORD)
    refused(office, "wang", "wrong")
    accounts.set_disabled(office, "wang", True, by="user:7")
    with office.db.read() as uow:
        entries = uow.audit.of_subject(f"user:{staff['wang'].id}")
    assert [e.action for e in entries] == ["user_disabled", "login_failed", "login", "user_added"]
    assert entries[0].actor == "user:7"
    assert "wang" not in str([(e.actor, e.subject, e.detail) for e in entries])
