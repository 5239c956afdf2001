"""Everything that can be set from outside, read once from `SHOUWANG_…` environment variables.

`shouwang settings` prints the table with the values in force; secrets are masked.
"""

from __future__ import annotations

import base64
import os
import re
import secrets
from datetime import datetime
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).resolve().parent.parent
PREFIX = "SHOUWANG_"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
MIN_SECRET = 16
MASK = "••••••"
# A database address carries its password after the user's name (where an @ may stand in it) or in the query.
_ADDRESS_PASSWORD = re.compile(r"(://[^:/?#]*:).*(@)")
_QUERY_PASSWORD = re.compile(r"([?&][a-z_]*(?:password|passwd|pwd|secret|token)=)[^&#]*", re.IGNORECASE)
SECRET = {
    "telegram_token",
    "telegram_webhook_secret",
    "action_token",
    "database_url",
    "webhook_url",
    "webhook_secret",
}  # never repeated, not even in an error


class SettingsError(Exception):
    """A setting has a value that cannot be used; the message names the variable, the value and what was expected."""


def _default_key_file() -> Path:
    config = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(config).expanduser() / "shouwang" / "key"


class Settings(BaseSettings):
    """The settings of one running office; paths that are not given lie in the checkout, the key outside it."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True, validate_default=True
    )

    host: str = Field(default="127.0.0.1", description="Address to listen on; loopback unless told otherwise")
    port: int = Field(default=8000, ge=0, le=65535, description="Port of pages and API; 0 takes a free one")
    var: Path = Field(
        default=PROJECT / "var", description="Folder of the office's data: database, office file, logs of Rasa"
    )
    database_url: str = Field(
        default="",
        repr=False,
        description="SQLAlchemy URL of the database; by default a SQLite file in the data folder",
    )
    key_file: Path = Field(
        default_factory=_default_key_file,
        description="Key of the personal data, made at the first start; keep a copy, without it nothing is readable",
    )
    office: Path = Field(
        default=Path(),
        description="Office file (lines, default days, phone numbers); by default office.yml in the data folder",
    )
    packs: Path = Field(
        default=Path(),
        description="The office's own policy packs, a folder each; by default packs in the data folder (docs/packs.md)",
    )
    now: str | None = Field(default=None, description="Fixes the clock (ISO 8601) for tests and rehearsals")
    telegram_token: SecretStr | None = Field(
        default=None, description="Token of the Telegram bot; without it there is none"
    )
    telegram_api: str = Field(
        default="https://api.telegram.org", description="Base URL of the Telegram Bot API (a local emulator in tests)"
    )
    telegram_webhook_url: str | None = Field(
        default=None,
        description="Public https address for Telegram to call; without it the bot fetches its messages",
    )
    telegram_webhook_secret: SecretStr | None = Field(
        default=None,
        description="What Telegram must show when it calls (1 to 256 of A-Z a-z 0-9 _ -); made from the key by default",
    )
    webhook_url: SecretStr | None = Field(
        default=None, description="Where staff notices are posted (an SMS gateway, a WeCom robot); see docs/webhook.md"
    )
    webhook_secret: SecretStr | None = Field(
        default=None, description="What those posts are signed with; 16 characters or more"
    )
    rasa_url: str | None = Field(default=None, description="Use the Rasa that runs at this URL instead of starting one")
    rasa_port: int = Field(
        default=0, ge=0, le=65535, description="Port of the Rasa that is started; 0 takes a free one"
    )
    rasa_python: Path = Field(
        default=PROJECT / ".venv-rasa" / "bin" / "python", description="Python of the environment that holds Rasa"
    )
    action_token: SecretStr = Field(
        default_factory=lambda: SecretStr(secrets.token_urlsafe(32)),
        description="What Rasa must show to run the turn; random at each start unless Rasa runs elsewhere",
    )
    secure_cookies: bool = Field(default=False, description="Send cookies over HTTPS only; set it behind a TLS proxy")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", description="How much is logged")

    log_file: Path | None = Field(
        default=None, description="Write the log into this file too, ten files of 10 MB in turn; by default stderr only"
    )

    @field_validator("log_level", mode="before")
    @classmethod
    def _any_case(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("telegram_webhook_url")
    @classmethod
    def _an_address(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            raise ValueError("expected an address that begins with https://")
        return value.rstrip("/") if value else value

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _a_secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value.get_secret_value()):
            raise ValueError("expected 1 to 256 letters, digits, - or _")
        return value

    @field_validator("now")
    @classmethod
    def _an_instant(cls, value: str | None) -> str | None:
        if value is not None:
            datetime.fromisoformat(value)
        return value

    @field_validator("webhook_url")
    @classmethod
    def _an_address_nobody_listens_in_on(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        try:
            address = urlsplit(value.get_secret_value())
            safe = address.scheme == "https" or (address.scheme == "http" and address.hostname in LOOPBACK)
        except ValueError:
            safe = False
        if not safe or not address.hostname:
            raise ValueError("expected an address that begins with https:// (http:// only to this machine itself)")
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        secret = value.get_secret_value()
        if len(secret) < MIN_SECRET:
            raise ValueError(f"expected at least {MIN_SECRET} characters")
        if secret.startswith("whsec_"):
            try:
                base64.b64decode(secret.removeprefix("whsec_"), validate=True)
            except ValueError:
                raise ValueError("expected base64 after whsec_") from None
        return value

    @model_validator(mode="after")
    def _signed_or_not_sent(self) -> Settings:
        if self.webhook_url is not None and self.webhook_secret is None:
            raise ValueError("SHOUWANG_WEBHOOK_URL is set without SHOUWANG_WEBHOOK_SECRET; set both or none")
        return self

    @model_validator(mode="before")
    @classmethod
    def _inside_the_data_folder(cls, given: dict[str, object]) -> dict[str, object]:
        """What is not given and depends on the data folder."""
        var = Path(str(given.get("var") or PROJECT / "var")).expanduser().absolute()
        given["var"] = var
        given.setdefault("database_url", f"sqlite:///{var / 'shouwang.sqlite3'}")
        given.setdefault("office", var / "office.yml")
        given.setdefault("packs", var / "packs")
        return given


def load_settings() -> Settings:
    """Read the environment; raises SettingsError with one sentence for each wrong value."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError("\n".join(_sentence(dict(one)) for one in error.errors())) from None


def _sentence(error: dict[str, object]) -> str:
    place = error["loc"]
    field = str(place[0]) if isinstance(place, tuple) and place else ""
    if not field:  # two settings that do not fit together: the message names them, their values stay out of it
        return f"{str(error['msg']).removeprefix('Value error, ')}."
    given = "" if field in SECRET else f"={error['input']!r}"
    return f"{PREFIX}{field.upper()}{given} cannot be used: {error['msg']}."


def table(settings: Settings) -> list[tuple[str, str, str]]:
    """(environment variable, value in force with secrets masked, meaning) of every setting."""
    rows = []
    for name, field in type(settings).model_fields.items():
        rows.append((PREFIX + name.upper(), _shown(getattr(settings, name)), field.description or ""))
    return rows


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, SecretStr):
        return MASK
    text = _ADDRESS_PASSWORD.sub(rf"\1{MASK}\2", str(value))
    return _QUERY_PASSWORD.sub(rf"\1{MASK}", text)
