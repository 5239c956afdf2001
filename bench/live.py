"""Some hundreds of open live streams: what they cost in memory, how soon a notice is on all of them, and whether pages
are still quick meanwhile and while a gateway hangs. One process serves, this one listens; both on loopback."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

import httpx

STREAMS = 400
PEOPLE = 50
NOTICES = 5
PAGES = 60
HUNG = 20
PASSWORD = "bench-bench-1"  # noqa: S105 - of an office that is thrown away


def measure() -> Iterator[str]:
    """The figures, one line each."""
    with (
        tempfile.TemporaryDirectory() as folder,
        silent_gateway() as gateway,
        serving(Path(folder), gateway) as (url, pid, tell),
    ):
        yield from asyncio.run(_listen(url, pid, tell))


async def _listen(url: str, pid: int, tell: Tell) -> list[str]:
    limits = httpx.Limits(max_connections=STREAMS + 20, max_keepalive_connections=10)
    async with httpx.AsyncClient(base_url=url, timeout=60, limits=limits, trust_env=False) as client:
        tokens = [await _token(client, n) for n in range(PEOPLE)]
        quiet = await _pages(client, tokens[0])
        before = resident(pid)
        came: list[list[float]] = [[] for _ in range(STREAMS)]
        open_ = [asyncio.Event() for _ in range(STREAMS)]
        work = [asyncio.create_task(_stream(client, tokens[n % PEOPLE], came[n], open_[n])) for n in range(STREAMS)]
        await asyncio.gather(*(one.wait() for one in open_))
        each = (resident(pid) - before) / STREAMS
        delays: list[float] = []
        for number in range(NOTICES):
            at = await asyncio.to_thread(tell.notices, number)
            while any(len(times) <= number for times in came):
                await asyncio.sleep(0.05)
            delays += [times[number] - at for times in came]
        busy = await _pages(client, tokens[0])
        await asyncio.to_thread(tell.hanging, HUNG)
        hung = await _pages(client, tokens[0])
        for one in work:
            one.cancel()
        await asyncio.gather(*work, return_exceptions=True)
    return [
        f"{STREAMS} open streams of {PEOPLE} people: {each / 1024:.0f} kB of memory each",
        f"a notice is on the page after {_spread(delays)} (the look comes once a second)",
        f"page of cases, nobody listening: {_spread(quiet)}",
        f"page of cases, {STREAMS} streams open: {_spread(busy)}",
        f"page of cases, {STREAMS} streams open and a gateway that hangs on {HUNG} messages: {_spread(hung)}",
    ]


async def _token(client: httpx.AsyncClient, number: int) -> str:
    answer = await client.post("/api/login", json={"name": f"cadre{number}", "password": PASSWORD})
    return str(answer.raise_for_status().json()["token"])


async def _stream(client: httpx.AsyncClient, token: str, came: list[float], opened: asyncio.Event) -> None:
    headers = {"authorization": f"Bearer {token}"}
    async with client.stream("GET", "/api/notifications/stream", headers=headers) as answer:
        async for line in answer.aiter_lines():
            if line == "event: notification":
                came.append(time.time())
            elif line.startswith("event: counts"):
                opened.set()


async def _pages(client: httpx.AsyncClient, token: str) -> list[float]:
    taken = []
    for _ in range(PAGES):
        started = time.perf_counter()
        (await client.get("/office", headers={"cookie": f"sw_office={token}"})).raise_for_status()
        taken.append(time.perf_counter() - started)
    return taken


def _spread(seconds: list[float]) -> str:
    return f"{median(seconds) * 1000:.0f} ms (p95 {quantiles(seconds, n=20)[-1] * 1000:.0f} ms)"


def resident(pid: int) -> int:
    """Bytes of memory that the process holds."""
    fields = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in fields if line.startswith("VmRSS"))


class Tell:
    """Writes into the served office's database from outside, as another process of the office would."""

    def __init__(self, folder: Path) -> None:
        from bench.live_office import open_office

        self.office = open_office(folder)

    def notices(self, number: int) -> float:
        """A line for everybody, all in one transaction; the moment of its commit."""
        from storage.models import Notification

        with self.office.db.begin() as uow:
            for user in uow.users.all():
                now = self.office.clock.now()
                uow.add(Notification(key=f"n{number}:{user.id}", user_id=user.id, text="新待办：请回电话。", at=now))
            uow.commit()
            return time.time()

    def hanging(self, number: int) -> None:
        """So many messages for a gateway that never answers."""
        from actions import notices

        with self.office.db.begin() as uow:
            for user in uow.users.all()[:number]:
                notices.enqueue(
                    self.office, uow, key=f"hang:{user.id}", channel="webhook", recipient=f"user:{user.id}", text="x",
                    payload={"urgent": True},
                )  # fmt: skip
            uow.commit()
        time.sleep(3)  # until the deliverer has them in its hands


@contextmanager
def silent_gateway() -> Iterator[int]:
    """A port that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        yield int(listener.getsockname()[1])


@contextmanager
def serving(folder: Path, gateway: int) -> Iterator[tuple[str, int, Tell]]:
    """An office with its pages in a process of its own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "bench.live_office", str(folder), str(port), str(gateway)]
    process = subprocess.Popen(command)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(url)
        yield url, process.pid, Tell(folder)
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(url: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            httpx.get(f"{url}/office/login", trust_env=False)
            return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise RuntimeError("the office of the measurement did not start within a minute")
