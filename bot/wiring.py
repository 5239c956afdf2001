"""The one place where the parts are put together; nothing else constructs a database, a library or a Rasa."""

from __future__ import annotations

import asyncio
import logging
import shutil
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import httpx
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from fastapi import FastAPI

import policy_kb
from actions import digests, envelope, outages, outbox, outside, ownpacks, queueclock, reminders
from actions.breaker import Breaker
from actions.chat import ChatDesk
from actions.clock import Clock
from actions.contacts import Contacts
from actions.fanout import TELEGRAM
from actions.figures import OwnFigures
from actions.hours import Hours
from actions.office import Office
from actions.reading import Reader, fact_types
from bot import backups, parts
from bot.channels.telegram import TelegramDoor
from bot.channels.webhook import WebhookChannel
from bot.rasa_link import RasaActs, RasaProcess, action_router
from bot.settings import Settings
from bot.web.app import create_app
from policy_kb.shelf import Shelf
from storage import Database, Manifest, Vault, archive

log = logging.getLogger(__name__)
TICK_SECONDS = 2
STALLED_SECONDS = 60
SWEEP_SECONDS = 60  # between two looks for drafts left behind


def make_office_file(settings: Settings) -> None:
    """The office file is made at the first start."""
    office_file = settings.office
    if not office_file.exists():
        office_file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(Path(policy_kb.__file__).parent / "office.example.yml", office_file)


def closed_database(settings: Settings) -> Database:
    """The office's database as it stands, not migrated."""
    settings.var.mkdir(parents=True, exist_ok=True)
    return Database(settings.database_url, Vault.open(settings.key_file))


def open_database(settings: Settings) -> Database:
    """The office's database, migrated; its key is made at the first start. Before an upgrade a backup is written."""
    db = closed_database(settings)
    if db.is_outdated:
        path = backups.path_for(settings, "before-upgrade")
        backups.write(settings, db, path)
        log.warning("the tables are older than the program; a backup was written before the upgrade: %s", path.name)
    db.migrate()
    return db


def restore(settings: Settings, path: Path) -> tuple[Manifest, bytes | None]:
    """Read a backup into the office's empty database; its manifest, and the office file that was in it."""
    db = closed_database(settings)
    try:
        return db.restore(path), archive.read_file(path, backups.OFFICE_FILE)
    finally:
        db.close()


def build_office(settings: Settings, shelf: Shelf | None = None) -> Office:
    """Everything the use cases need; `shelf`: where the office's own packs lie, to be looked at again later."""
    db = open_database(settings)
    make_office_file(settings)
    shelf = shelf or parts.build_shelf(settings)
    library = shelf.load()
    clock = Clock.fixed(settings.now) if settings.now else Clock()
    own = OwnFigures(Contacts.from_office_file(settings.office), library, db)
    own.look_again()
    return Office(db, library, Reader(library, db), clock, own, hours=Hours.from_office_file(settings.office))


class System:
    """One running office: the web application, Rasa beside it, and the clock that asks what is due."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.rasa = None if settings.rasa_url else RasaProcess(settings)
        if self.rasa is not None:
            self.rasa.start()  # it loads while the office is being put together
        try:
            self._put_together(settings)
        except BaseException:
            if self.rasa is not None:
                self.rasa.stop()
            raise

    def _put_together(self, settings: Settings) -> None:
        self.shelf = parts.build_shelf(settings)
        self.office = build_office(settings, self.shelf)
        self.office.extractor.load()  # Rasa takes longer, and nobody is answered without it
        ownpacks.tell(self.office, self.shelf.looked)
        token = settings.action_token.get_secret_value()
        url = settings.rasa_url or (lambda: self.rasa.url if self.rasa else "")
        kinds = {fact_id: kind.kind for fact_id, kind in fact_types(self.office.library).items()}
        self.acts = RasaActs(url, token, kinds)
        self.chat = ChatDesk(self.office, self.acts)
        self._owner = uuid.uuid4().hex
        self._last_tick = time.monotonic()
        self._last_sweep = float("-inf")
        self._foreign_rasa = "ok"
        self.telegram = TelegramDoor(self.office, self.chat, settings) if settings.telegram_token else None
        self.channels = self._channels(settings)
        self.breakers = {channel.name: Breaker() for channel in self.channels}
        self.outside = (*((TELEGRAM,) if self.telegram is not None else ()), *self.breakers)
        self.app = create_app(self.office, self.chat, self.health, settings.secure_cookies, channels=self.outside)
        self.app.include_router(action_router(self.office, token))
        if self.telegram is not None:
            self.app.state.web = replace(self.app.state.web, files=self.telegram.api.file)
            if (telegram_router := self.telegram.router()) is not None:
                self.app.include_router(telegram_router)
        self.app.router.lifespan_context = self._lifespan

    def _channels(self, settings: Settings) -> tuple[outbox.RemoteChannel, ...]:
        """The providers outside that are switched on."""
        channels: list[outbox.RemoteChannel] = []
        if settings.webhook_url is not None and settings.webhook_secret is not None:
            url, secret = settings.webhook_url.get_secret_value(), settings.webhook_secret.get_secret_value()
            channels.append(WebhookChannel(url, secret, partial(envelope.body_of, self.office)))
        return tuple(channels)

    def health(self) -> dict[str, str]:
        """Part → "ok" or what is wrong with it."""
        parts = {"database": self._database_health(), "clock": "ok", "rasa": "ok"}
        if time.monotonic() - self._last_tick > STALLED_SECONDS:
            parts["clock"] = "the clock has not ticked for a minute"
        if self.rasa is not None and self.rasa.state != "ready":
            parts["rasa"] = self.rasa.state
        if self.rasa is None:
            parts["rasa"] = self._foreign_rasa
        if self.telegram is not None:
            parts["telegram"] = self.telegram.health()
        return parts

    def _database_health(self) -> str:
        try:
            with self.office.db.read() as uow:
                uow.inbox.backlog()
        except Exception as error:  # whatever the driver raises, the answer is "down"
            return type(error).__name__
        return "ok"

    @asynccontextmanager
    async def _lifespan(self, app: FastAPI) -> AsyncIterator[None]:
        scheduler = AsyncIOScheduler(timezone="UTC")
        scheduler.add_job(self.tick, "interval", seconds=TICK_SECONDS, max_instances=1, coalesce=True)
        for channel in self.channels:  # a clock of its own: a provider that hangs holds nobody else up
            scheduler.add_job(self._send, "interval", [channel], seconds=TICK_SECONDS, max_instances=1, coalesce=True)
        scheduler.start()
        if self.telegram is not None:
            await self.telegram.start()
        try:
            yield
        finally:
            scheduler.shutdown(wait=False)
            if self.telegram is not None:
                await self.telegram.stop()
            if self.rasa is not None:
                await asyncio.to_thread(self.rasa.stop)
            await self.acts.close()
            self.office.db.close()

    async def tick(self) -> None:
        """Ask the database what is due; one part that fails does not keep the others from running."""
        work = (
            ("packs", self._packs),
            ("reminders", self._remind),
            ("queue", self._queue),
            ("digests", self._digest),
            ("outbox", self._deliver),
            ("outages", self._watch),
        )
        for name, part in work:
            try:
                await asyncio.to_thread(part)
            except Exception:
                log.exception("the tick of %s failed; it is tried again", name)
        try:
            await self.chat.replay_pending()
        except Exception:
            log.exception("answering kept messages failed; it is tried again")
        if self.settings.rasa_url:
            self._foreign_rasa = await self._look_at(self.settings.rasa_url)
        self._last_tick = time.monotonic()

    async def _look_at(self, url: str) -> str:
        """How a Rasa that somebody else runs is doing."""
        try:
            async with httpx.AsyncClient(timeout=3, trust_env=False) as client:
                (await client.get(url)).raise_for_status()
        except httpx.HTTPError as error:
            return f"not reachable ({type(error).__name__})"
        return "ok"

    def _packs(self) -> None:
        ownpacks.look_again(self.office, self.shelf)

    def _remind(self) -> None:
        self.office.own.look_again()
        reminders.tick(self.office)

    def _queue(self) -> None:
        sweep = time.monotonic() - self._last_sweep >= SWEEP_SECONDS
        queueclock.tick(self.office, sweep=sweep)
        if sweep:
            self._last_sweep = time.monotonic()

    def _digest(self) -> None:
        digests.tick(self.office, self.outside)

    def _deliver(self) -> None:
        outbox.deliver_inside(self.office, self._owner, self.outside)

    def _watch(self) -> None:
        """Telegram sends at its own pace; what its breaker knows is looked at here."""
        if self.telegram is not None:
            outages.watch(self.office, self._owner, TELEGRAM, self.telegram.breaker)

    async def _send(self, channel: outbox.RemoteChannel) -> None:
        """Hand over what is due to one provider outside."""
        owner, breaker = f"{self._owner}:{channel.name}", self.breakers[channel.name]
        try:
            await asyncio.to_thread(outside.deliver_outside, self.office, owner, channel, breaker)
        except Exception:
            log.exception("the round of channel %s failed; it is tried again", channel.name)


def build_app(settings: Settings) -> FastAPI:
    """The web application of a whole system."""
    return System(settings).app
