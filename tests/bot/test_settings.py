"""Settings come from the environment, and a wrong one is told in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import settings as settings_module
from bot.settings import MASK, SettingsError, load_settings, table


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in [name for name in os.environ if name.startswith("SHOUWANG_")]:
        monkeypatch.delenv(name)


def test_without_any_setting_the_office_is_reachable_from_this_machine_only() -> None:
    settings = load_settings()
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)


def test_the_key_lies_outside_the_checkout() -> None:
    assert not load_settings().key_file.is_relative_to(settings_module.PROJECT)


def test_database_and_office_file_follow_the_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SHOUWANG_VAR", str(tmp_path))
    settings = load_settings()
    assert settings.database_url == f"sqlite:///{tmp_path / 'shouwang.sqlite3'}"
    assert settings.office == tmp_path / "office.yml"


def test_a_relative_data_folder_is_taken_from_where_the_command_runs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SHOUWANG_VAR", "data")
    assert load_settings().var == tmp_path / "data"


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUWANG_PORT", "")
    assert load_settings().port == 8000


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "eighty"), ("PORT", "70000"), ("NOW", "yesterday"), ("LOG_LEVEL", "LOUD"), ("SECURE_COOKIES", "perhaps")],
)
def test_a_wrong_value_is_named_with_its_variable(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"SHOUWANG_{name}", value)
    with pytest.raises(SettingsError, match=f"SHOUWANG_{name}='{value}' cannot be used"):
        load_settings()


def test_secrets_are_masked_in_the_table_and_in_the_representation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUWANG_TELEGRAM_TOKEN", "12345:top-secret")
    monkeypatch.setenv("SHOUWANG_ACTION_TOKEN", "top-secret")
    monkeypatch.setenv("SHOUWANG_DATABASE_URL", "postgresql+psycopg://office:top-secret@db/office")
    settings = load_settings()
    shown = {name: value for name, value, _ in table(settings)}
    assert "top-secret" not in f"{settings!r} {shown}"
    assert shown["SHOUWANG_TELEGRAM_TOKEN"] == MASK
    assert shown["SHOUWANG_DATABASE_URL"] == f"postgresql+psycopg://office:{MASK}@db/office"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://db/x?user=u&password=top-secret", f"postgresql://db/x?user=u&password={MASK}"),
        ("postgresql://db/x?PASSWORD=top-secret&sslmode=require", f"postgresql://db/x?PASSWORD={MASK}&sslmode=require"),
        ("postgresql://u:top@secret@db/x?sslpassword=top-secret", f"postgresql://u:{MASK}@db/x?sslpassword={MASK}"),
        ("postgresql://u:top/secret?@db/x", f"postgresql://u:{MASK}@db/x"),
        ("postgresql://u:top:secret@db/x", f"postgresql://u:{MASK}@db/x"),
        ("sqlite:///office@home.sqlite3", "sqlite:///office@home.sqlite3"),
    ],
)
def test_a_password_is_masked_wherever_the_address_carries_it(
    monkeypatch: pytest.MonkeyPatch, url: str, shown: str
) -> None:
    monkeypatch.setenv("SHOUWANG_DATABASE_URL", url)
    assert {name: value for name, value, _ in table(load_settings())}["SHOUWANG_DATABASE_URL"] == shown


WEBHOOK = {"WEBHOOK_URL": "https://gate.example/hook?key=robot-key", "WEBHOOK_SECRET": "0123456789abcdef"}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"WEBHOOK_URL": "http://gate.example/hook?key=robot-key"}, "https"),
        ({"WEBHOOK_URL": "ftp://gate.example/robot-key"}, "https"),
        ({"WEBHOOK_URL": "https://"}, "https"),
        ({"WEBHOOK_SECRET": "robot-key-short"}, "16 characters"),
        ({"WEBHOOK_SECRET": "whsec_not/base64/robot-key"}, "base64"),
        ({"WEBHOOK_SECRET": ""}, "SHOUWANG_WEBHOOK_SECRET"),
    ],
)
def test_a_webhook_that_is_not_safe_is_refused_without_repeating_it(
    monkeypatch: pytest.MonkeyPatch, change: dict[str, str], why: str
) -> None:
    for name, value in (WEBHOOK | change).items():
        monkeypatch.setenv(f"SHOUWANG_{name}", value)
    with pytest.raises(SettingsError, match=why) as refused:
        load_settings()
    assert "robot-key" not in str(refused.value)
    assert "0123456789abcdef" not in str(refused.value)


@pytest.mark.parametrize(
    "url", [WEBHOOK["WEBHOOK_URL"], "http://127.0.0.1:9/x", "http://[::1]:9/x", "http://localhost/"]
)
def test_a_webhook_may_be_https_or_on_this_machine(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    for name, value in (WEBHOOK | {"WEBHOOK_URL": url}).items():
        monkeypatch.setenv(f"SHOUWANG_{name}", value)
    settings = load_settings()
    assert settings.webhook_url is not None
    assert settings.webhook_url.get_secret_value() == url
    assert "robot-key" not in str(table(settings)) + repr(settings)
