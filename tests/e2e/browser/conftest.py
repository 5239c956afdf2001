"""A whole office served on a loopback port, and headless Chromium to look at it; skipped where there is no Chromium."""

from __future__ import annotations

import asyncio
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, Request, sync_playwright

from actions import accounts, outbox, reminders
from actions.chat import ChatDesk
from actions.office import Office
from actions.turn import run_turn
from bot.web import create_app
from storage import models
from tests.support.desk import make_office
from tests.web.doors import AREAS, PASSWORD, STAFF

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
ACTS = {"同意": "affirm", "对，没错": "affirm", "交上去": "affirm", "不知道": "dont_know", "找人工": "want_person"}


class ButtonActs:
    """Stands in for the dialogue-act server: what the buttons mean, everything else is an answer."""

    def __init__(self, office: Office) -> None:
        self.office = office

    async def decide(self, inbound_id: int, conversation: str, text: str, asks: str | None) -> None:
        await asyncio.to_thread(run_turn, self.office, inbound_id, ACTS.get(text.strip(), "inform"))


@dataclass
class Served:
    """The office, where its pages are, and its clock's work done by hand."""

    office: Office
    url: str

    def asks(self) -> str | None:
        """What the conversation begun last is waiting for."""
        return self._last().asks

    def receipt(self) -> str | None:
        receipt = self._last().state.get("receipt")
        return receipt if isinstance(receipt, str) else None

    def said(self) -> list[str]:
        with self.office.db.read() as uow:
            return uow.inbox.texts(self._last().id)

    def tick(self) -> None:
        reminders.tick(self.office)
        outbox.deliver_due(self.office, "test")

    def _last(self) -> models.Conversation:
        with self.office.db.read() as uow:
            return max(uow.find(models.Conversation), key=lambda conversation: conversation.created_at)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    office = make_office(tmp_path)
    with office.db.begin() as uow:
        keys = ("code", "name", "level", "parent_code")
        uow.areas.import_rows(dict(zip(keys, row, strict=True)) for row in AREAS)
        uow.commit()
    for name in ("wang", "county"):
        accounts.add_user(office, name, PASSWORD, *STAFF[name])
    office.extractor.extract("你好")  # the first reading loads the lexicons and would come late
    app = create_app(office, ChatDesk(office, ButtonActs(office)), lambda: {"database": "ok"}, secure_cookies=False)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started and time.monotonic() < until:
        time.sleep(0.05)
    assert server.started
    yield Served(office, f"http://127.0.0.1:{port}")
    server.should_exit = True
    thread.join(10)
    office.db.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        pytest.skip("There is no Chromium on this machine; install the package chromium to run the browser tests.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Seen:
    """What a browser window complained about and asked for."""

    errors: list[str]
    asked: list[str]


def watch(page: Page) -> Seen:
    """Note errors, dialogs and addresses of a page from now on."""
    seen = Seen([], [])

    def console(message: ConsoleMessage) -> None:
        if message.type == "error":
            seen.errors.append(message.text)

    def dialog(shown: Dialog) -> None:
        seen.errors.append(f"dialog: {shown.message}")
        shown.dismiss()

    def asked(request: Request) -> None:
        seen.asked.append(request.url)

    page.on("console", console)
    page.on("dialog", dialog)
    page.on("request", asked)
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    return seen


@pytest.fixture
def phone(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport=PHONE, is_mobile=True, has_touch=True, locale="zh-CN")  # type: ignore[arg-type]
    yield context
    context.close()


@pytest.fixture
def plain_phone(chromium: Browser) -> Iterator[BrowserContext]:
    """A phone on which scripts do not run."""
    context = chromium.new_context(viewport=PHONE, is_mobile=True, has_touch=True, java_script_enabled=False)  # type: ignore[arg-type]
    yield context
    context.close()


@pytest.fixture
def desk(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport=DESK, locale="zh-CN")  # type: ignore[arg-type]
    yield context
    context.close()
