"""The live stream over a real connection: who hears what, after which break, and when it ends."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from sqlalchemy import event

from actions import accounts, desk, outbox, tasks
from actions.live import Watcher
from bot.web import create_app, live
from storage import models
from tests.actions.bureau import Bureau
from tests.web.doors import PASSWORD, EchoDesk

PATIENCE = 20.0  # seconds; how long a test waits for what must come


@dataclass
class Event:
    kind: str
    data: Any
    id: str


@dataclass
class Listener:
    """One open stream, read by a thread of its own."""

    url: str
    headers: dict[str, str]
    events: list[Event] = field(default_factory=list)
    comments: int = 0
    status: int = 0
    ended: threading.Event = field(default_factory=threading.Event)
    opened: threading.Event = field(default_factory=threading.Event)

    def start(self) -> Listener:
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()
        assert self.opened.wait(PATIENCE)
        return self

    def _read(self) -> None:
        client = httpx.Client(timeout=60, trust_env=False)
        with (
            contextlib.suppress(httpx.HTTPError),
            client,
            client.stream("GET", self.url, headers=self.headers) as answer,
        ):
            self.status = answer.status_code
            if answer.status_code != 200:
                self.opened.set()
            self._take(answer)
        self.ended.set()

    def _take(self, answer: httpx.Response) -> None:
        event: dict[str, str] = {}
        for line in answer.iter_lines():
            name, _, value = line.partition(": ")
            if line.startswith(":"):
                self.comments += 1
            elif line:
                event[name] = value
            elif "event" in event:
                self.events.append(Event(event["event"], json.loads(event["data"]), event.get("id", "")))
                event = {}
                self.opened.set()

    def heard(self, kind: str) -> list[Event]:
        return [event for event in self.events if event.kind == kind]

    def wait(self, kind: str, number: int = 1) -> list[Event]:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if len(found := self.heard(kind)) >= number:
                return found
            time.sleep(0.02)
        raise AssertionError(f"{number} events {kind} did not come; there were {self.events}")


@dataclass
class Running:
    bureau: Bureau
    url: str
    hub: live.Hub
    server: uvicorn.Server

    def token(self, name: str) -> str:
        return accounts.login(self.bureau.office, name, PASSWORD)

    def listen(self, name: str, token: str = "", **headers: str) -> Listener:
        """As a program with a token does."""
        told = {"authorization": f"Bearer {token or self.token(name)}", **headers}
        return Listener(f"{self.url}/api/notifications/stream", told).start()

    def page(self, token: str, query: str = "") -> Listener:
        """As a page with a cookie does."""
        return Listener(f"{self.url}/office/live{query}", {"cookie": f"sw_office={token}"}).start()

    def tick(self) -> None:
        outbox.deliver_inside(self.bureau.office, "w")


@pytest.fixture
def running(tmp_path: Path, cheap_hashes: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    monkeypatch.setattr(live, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(live, "SESSION_SECONDS", 0.3)
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.5)
    bureau = Bureau(tmp_path)
    for name in ("wang", "li", "xiji", "root"):
        accounts.reset_password(bureau.office, name, PASSWORD)
    app = create_app(bureau.office, EchoDesk(bureau.office), dict, secure_cookies=False)
    with served(app) as (url, server):
        yield Running(bureau, url, app.state.web.live, server)
    bureau.office.db.close()


@contextmanager
def served(app: Any) -> Iterator[tuple[str, uvicorn.Server]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + PATIENCE
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    assert server.started
    yield f"http://127.0.0.1:{port}", server
    server.should_exit = True
    thread.join(20)


def test_a_new_case_comes_to_every_open_page_of_its_cadre_and_to_nobody_else(running: Running) -> None:
    token = running.token("wang")
    pages = [running.page(token), running.page(token), running.listen("wang")]
    other = running.listen("li")
    receipt = running.bureau.apply("0101")
    running.tick()
    for page in pages:
        (told,) = page.wait("notification")
        assert told.data["receipt"] == receipt
        assert receipt in told.data["text"]
        assert page.wait("counts", 2)[-1].data == {"tasks": 0, "urgent": 0, "duplicates": 0, "notifications": 1}
    assert other.heard("notification") == []


def test_the_first_word_of_a_stream_is_how_things_are(running: Running) -> None:
    running.bureau.apply("0101")
    running.tick()
    page = running.listen("wang")
    (first,) = page.wait("counts")
    assert (first.data["notifications"], page.heard("notification")) == (1, [])
    assert first.id.isdigit(), "a page that comes back says from where on it missed something"


def test_a_torn_stream_gets_what_it_missed_and_nothing_twice(running: Running) -> None:
    page = running.listen("wang")
    running.bureau.apply("0101", matter=1)
    running.tick()
    (seen,) = page.wait("notification")
    later = [running.bureau.apply("0101", matter=n) for n in (2, 3)]
    running.tick()
    back = running.listen("wang", **{"Last-Event-ID": seen.id})
    assert [told.data["receipt"] for told in back.wait("notification", 2)] == later
    again = running.page(running.token("wang"), f"?after={seen.id}")
    assert [told.data["receipt"] for told in again.wait("notification", 2)] == later
    assert len(back.heard("notification")) == 2


@pytest.mark.parametrize("nonsense", ["-1", "abc", "99999999999", "1e3", "٣"])
def test_a_wrong_last_id_is_taken_for_none(running: Running, nonsense: str) -> None:
    token = running.token("wang")
    headers = {"cookie": f"sw_office={token}"}
    page = Listener(f"{running.url}/office/live?after={nonsense}", headers).start()
    assert (page.status, len(page.wait("counts"))) == (200, 1)


def test_a_task_is_heard_by_those_who_may_see_it_when_it_comes_is_taken_and_ends(running: Running) -> None:
    office = running.bureau.office
    village, county, elsewhere = running.listen("wang"), running.listen("xiji"), running.listen("li")
    with office.db.begin() as uow:
        number = tasks.open_task(office, uow, "danger", key="d", area_id=running.bureau.area("0101")).id
        uow.commit()
    for page in (village, county):
        page.wait("tasks", 1)
        assert page.wait("counts", 2)[-1].data["urgent"] == 1
    desk.take_task(office, running.bureau.user("xiji"), number)
    village.wait("tasks", 2)
    desk.finish_task(office, running.bureau.user("xiji"), number, "去过了")
    village.wait("tasks", 3)
    assert village.wait("counts", 4)[-1].data["tasks"] == 0
    assert elsewhere.heard("tasks") == []


def test_what_is_read_on_one_page_is_read_on_the_other(running: Running) -> None:
    running.bureau.apply("0101")
    running.tick()
    token = running.token("wang")
    page = running.page(token)
    assert page.wait("counts")[0].data["notifications"] == 1
    headers = {"authorization": f"Bearer {token}"}
    httpx.post(f"{running.url}/api/notifications/read", json={}, headers=headers, trust_env=False).raise_for_status()
    assert page.wait("counts", 2)[-1].data["notifications"] == 0


def test_a_quiet_stream_shows_that_it_lives(running: Running) -> None:
    page = running.listen("wang")
    until = time.monotonic() + PATIENCE
    while page.comments < 2 and time.monotonic() < until:
        time.sleep(0.05)
    assert page.comments >= 2


def test_signing_out_ends_the_streams_of_that_session_alone(running: Running) -> None:
    token = running.token("wang")
    here, elsewhere = running.page(token), running.listen("wang")
    accounts.logout(running.bureau.office, token)
    assert here.ended.wait(PATIENCE)
    assert not elsewhere.ended.is_set()
    assert (
        Listener(f"{running.url}/api/notifications/stream", {"authorization": f"Bearer {token}"}).start().status == 401
    )


def test_a_disabled_account_hears_nothing_more(running: Running) -> None:
    page = running.listen("wang")
    accounts.set_disabled(running.bureau.office, "wang", True)
    assert page.ended.wait(PATIENCE)


def test_a_session_that_runs_out_ends_its_stream(running: Running) -> None:
    page = running.listen("wang")
    running.bureau.later(hours=accounts.SESSION_HOURS, minutes=1)
    assert page.ended.wait(PATIENCE)


def test_sessions_are_looked_at_well_within_a_minute() -> None:
    assert live.SESSION_SECONDS + live.BLIND_SECONDS <= 60
    assert live.HEARTBEAT_SECONDS < 30, "proxies close what is silent for longer"


def test_while_the_database_is_away_streams_end_rather_than_run_on_unchecked(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = running.listen("wang")
    monkeypatch.setattr(live, "BLIND_SECONDS", 0.5)

    def away(*args: object) -> None:
        raise ConnectionError("no database")

    monkeypatch.setattr(accounts, "living_sessions", away)
    assert page.ended.wait(PATIENCE)


def test_the_thirteenth_page_of_one_person_takes_the_place_of_the_first(running: Running) -> None:
    token = running.token("wang")
    pages = [running.page(token) for _ in range(live.STREAMS_PER_PERSON + 1)]
    assert pages[0].ended.wait(PATIENCE)
    assert len(running.hub.streams) == live.STREAMS_PER_PERSON


def test_closed_pages_leave_nothing_behind(running: Running) -> None:
    with httpx.Client(trust_env=False, timeout=10) as client:
        headers = {"cookie": f"sw_office={running.token('wang')}"}
        for _ in range(5):
            with client.stream("GET", f"{running.url}/office/live", headers=headers) as answer:
                next(answer.iter_lines())
    until = time.monotonic() + PATIENCE
    while running.hub.streams and time.monotonic() < until:
        time.sleep(0.05)
    assert running.hub.streams == {}


def test_a_quiet_look_asks_as_much_for_forty_people_as_for_one(running: Running) -> None:
    office, asked = running.bureau.office, []
    event.listen(office.db.engine, "before_cursor_execute", lambda c, cursor, statement, *more: asked.append(statement))
    with office.db.begin() as uow:
        for n in range(40):
            uow.add(
                models.User(
                    name=f"more{n}", password_hash="x", role="cadre", area_id=running.bureau.area("0101"),
                    created_at=running.bureau.at,
                )
            )  # fmt: skip
        uow.commit()
        people = uow.users.all()
    watcher = Watcher(office)
    watcher.look(people)
    costs = []
    for few in (people[:1], people):
        asked.clear()
        assert watcher.look(few) == {}
        costs.append(sum("SELECT" in statement.upper() for statement in asked))
    assert costs == [2, 2]


def test_a_line_whose_number_was_given_earlier_and_committed_later_is_not_missed(running: Running) -> None:
    """PostgreSQL gives ids before the commit, so a lower one may appear after a higher one was told."""
    office, wang = running.bureau.office, running.bureau.user("wang")
    watcher = Watcher(office)
    watcher.look([wang])
    for number in (900, 899):
        with office.db.begin() as uow:
            row = models.Notification(key=f"n{number}", user_id=wang.id, text=f"第{number}条", at=running.bureau.at)
            row.id = number
            uow.add(row)
            uow.commit()
        assert [line.id for line in watcher.look([wang])[wang.id].lines] == [number]
    assert watcher.look([wang]) == {}


def test_without_a_session_there_is_no_stream(running: Running) -> None:
    assert Listener(f"{running.url}/api/notifications/stream", {}).start().status == 401
    assert Listener(f"{running.url}/office/live", {}).start().status == 303


def test_headers_let_a_proxy_pass_every_event_on(running: Running) -> None:
    headers = {"cookie": f"sw_office={running.token('wang')}"}
    with (
        httpx.Client(trust_env=False) as client,
        client.stream("GET", f"{running.url}/office/live", headers=headers) as page,
    ):
        assert page.headers["content-type"].startswith("text/event-stream")
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["x-accel-buffering"] == "no"
        assert "content-encoding" not in page.headers
