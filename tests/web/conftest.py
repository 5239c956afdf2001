"""An office with a small tree of areas, staff of every role, and the web application on top of it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from actions import accounts
from actions.chat import ChatDesk
from actions.clock import Clock
from actions.office import Office
from actions.reading import Reader
from bot.web import create_app
from storage import Database, Vault
from tests.support.desk import make_office
from tests.web.doors import AREAS, PASSWORD, STAFF, DirectActs, EchoDesk, Watch, browser


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Office]:
    """A folder with a migrated database with areas, copied for every test: making it takes long."""
    folder = tmp_path_factory.mktemp("template")
    made = make_office(folder)
    with made.db.begin() as uow:
        uow.areas.import_rows(
            {"code": code, "name": name, "level": level, "parent_code": parent} for code, name, level, parent in AREAS
        )
        uow.commit()
    made.db.close()
    return folder, made


@pytest.fixture
def office(template: tuple[Path, Office], tmp_path: Path, watch: Watch) -> Iterator[Office]:
    source, made = template
    folder = tmp_path / "office"
    shutil.copytree(source, folder)
    db = Database(f"sqlite:///{folder / 'office.sqlite3'}", Vault.open(folder / "key"))
    yield replace(made, db=db, extractor=Reader(made.library, db), clock=Clock(read=lambda: watch.at))
    db.close()


@pytest.fixture
def staff(office: Office, cheap_hashes: None) -> dict[str, accounts.Staff]:
    return {name: accounts.add_user(office, name, PASSWORD, role, area) for name, (role, area) in STAFF.items()}


@pytest.fixture
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """argon2 with little work: what is tested is what we do with it."""
    from argon2 import PasswordHasher

    monkeypatch.setattr(accounts, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    accounts._nobody.cache_clear()


@pytest.fixture
def health() -> dict[str, str]:
    return {"database": "ok", "rasa": "ok"}


@pytest.fixture
def echo(office: Office) -> EchoDesk:
    return EchoDesk(office)


@pytest.fixture
def echo_app(office: Office, echo: EchoDesk, health: dict[str, str]) -> FastAPI:
    return create_app(office, echo, lambda: health, secure_cookies=False)


@pytest.fixture
def app(office: Office, health: dict[str, str]) -> FastAPI:
    return create_app(office, ChatDesk(office, DirectActs(office)), lambda: health, secure_cookies=False)


@pytest.fixture
async def page(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(app) as client:
        yield client


@pytest.fixture
async def echo_page(echo_app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(echo_app) as client:
        yield client
