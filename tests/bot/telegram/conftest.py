"""An office with a Telegram door in this process, and the Bot API beside it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest

from actions.chat import ActSourceDown, ChatDesk
from actions.clock import Clock
from actions.office import Office
from actions.reading import Reader
from bot.channels.telegram import TelegramDoor
from bot.settings import Settings
from storage import Database, Vault, models
from tests.actions.bureau import AREAS, STAFF, Bureau
from tests.support.desk import GivenActs, make_office
from tests.support.telegram_api import TOKEN, Someone, TelegramApi

AREA_KEYS = ("code", "name", "level", "parent_code")


class Acts(GivenActs):
    """Plain answers by their words; `down`: the dialogue-act server does not answer."""

    down = False
    order: list[str]

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self.order = []

    async def decide(self, inbound_id: int, conversation: str, text: str, asks: str | None) -> None:
        if self.down:
            raise ActSourceDown
        self.order.append(text)
        self.act = {"您好": "greet", "找人工": "want_person", "不知道": "dont_know"}.get(text, "inform")
        await asyncio.to_thread(lambda: asyncio.run(super(Acts, self).decide(inbound_id, conversation, text, asks)))


@dataclass
class Running:
    """One process: its office, its door, and what it is told."""

    office: Office
    api: TelegramApi
    acts: Acts
    door: TelegramDoor
    chat: ChatDesk = field(repr=False)

    async def until(self, condition: Callable[[], Any], seconds: float = 20, why: str = "") -> Any:
        return await asyncio.to_thread(self.api.wait_for, condition, seconds, why)

    async def hears(self, person: Someone, words: str, after: int = 0) -> Any:
        return await asyncio.to_thread(person.wait, words, 20, after)

    async def quiet(self) -> None:
        """Until every update is worked on and every message has left."""

        def settled() -> bool:
            with self.office.db.read() as uow:
                return not (
                    (self.api.waiting and not self.api.webhook)
                    or uow.count(models.ChannelUpdate, status="received")
                    or uow.count(models.OutboxMessage, channel="telegram", status="pending")
                )  # fmt: skip

        await self.until(settled, why="rest")

    def rows(self, model: type[models.Base], **equal: Any) -> list[Any]:
        with self.office.db.read() as uow:
            return uow.find(model, **equal)


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Office]:
    """A migrated database with areas and staff, copied for every test."""
    folder = tmp_path_factory.mktemp("telegram-office")
    made = make_office(folder)
    with made.db.begin() as uow:
        uow.areas.import_rows(dict(zip(AREA_KEYS, row, strict=True)) for row in AREAS)
        for name, role, code in STAFF:
            area = uow.areas.by_code(code) if code else None
            user = models.User(
                name=name, display_name=f"{name}同志", password_hash="x", role=role,
                area_id=area.id if area else None, created_at=datetime.now(UTC),
            )  # fmt: skip
            uow.add(user)
            uow.flush()
            wishes = uow.preferences.of_to_change(user.id)  # tests run at night too: nobody here has quiet hours
            wishes.quiet_from = wishes.quiet_to = time(12)
        uow.commit()
    made.db.close()
    return folder, made


@pytest.fixture
def office(furnished: tuple[Path, Office], tmp_path: Path) -> Iterator[Office]:
    source, made = furnished
    folder = tmp_path / "office"
    shutil.copytree(source, folder)
    db = Database(f"sqlite:///{folder / 'office.sqlite3'}", Vault.open(folder / "key"))
    yield replace(made, db=db, extractor=Reader(made.library, db), clock=Clock())
    db.close()


@pytest.fixture
def api() -> Iterator[TelegramApi]:
    running = TelegramApi().start()
    yield running
    running.stop()


@pytest.fixture
def farmer(api: TelegramApi) -> Someone:
    return api.person(5001)


def settings_for(api: TelegramApi, folder: Path, **given: Any) -> Settings:
    return Settings(**({"var": folder, "telegram_token": TOKEN, "telegram_api": api.url} | given))


def make(office: Office, api: TelegramApi, **given: Any) -> Running:
    assert office.db.file is not None
    acts = Acts(office)
    chat = ChatDesk(office, acts)
    door = TelegramDoor(office, chat, settings_for(api, office.db.file.parent, **given))
    return Running(office, api, acts, door, chat)


@pytest.fixture
async def running(office: Office, api: TelegramApi) -> AsyncIterator[Running]:
    one = make(office, api)
    await one.door.start()
    yield one
    await one.door.stop()


def cases(office: Office) -> Bureau:
    """Cases opened in this office as the chat would open them."""
    made: Bureau = object.__new__(Bureau)
    made.office, made.number, made.at = office, 0, datetime.now(UTC)
    return made
