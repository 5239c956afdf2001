"""The running office hands its notices to the gateway, and stops at once although pages listen."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import httpx
import uvicorn
from pydantic import SecretStr

from actions import accounts, tasks
from bot.cli.running import _Server
from bot.settings import Settings
from bot.wiring import System
from tests.support.receiver import receiving

PASSWORD = "korn-blume-7"
PATIENCE = 30.0


def settings(folder: Path, **more: object) -> Settings:
    """An office whose dialogue server runs elsewhere and is not there."""
    return Settings(var=folder / "var", key_file=folder / "key", rasa_url="http://127.0.0.1:9", **more)  # type: ignore[arg-type]


async def test_a_task_reaches_the_gateway_through_the_clocks_of_the_running_office(tmp_path: Path) -> None:
    with receiving() as receiver:
        url, secret = SecretStr(receiver.url), SecretStr("0123456789abcdef")
        system = System(settings(tmp_path, webhook_url=url, webhook_secret=secret))
        accounts.add_user(system.office, "root", PASSWORD, "admin", display_name="老马")
        with system.office.db.begin() as uow:
            tasks.open_task(system.office, uow, "danger", key="d", text="有人说到眼前有危险")
            uow.commit()
        async with system.app.router.lifespan_context(system.app):
            assert await asyncio.to_thread(receiver.arrived.acquire, timeout=PATIENCE)
        (post,) = receiver.posts
        assert (post.said["receiver"]["name"], post.said["urgent"]) == ("老马", True)
        assert system.app.state.web.channels == ("webhook",)


async def test_without_a_webhook_nothing_waits_for_one(tmp_path: Path) -> None:
    system = System(settings(tmp_path))
    accounts.add_user(system.office, "root", PASSWORD, "admin")
    with system.office.db.begin() as uow:
        tasks.open_task(system.office, uow, "danger", key="d")
        uow.commit()
    await system.tick()
    with system.office.db.read() as uow:
        assert uow.outbox.counts() == {"sent": 1}
    await system.acts.close()
    system.office.db.close()


async def test_the_office_stops_at_once_although_a_page_listens(tmp_path: Path) -> None:
    system = System(settings(tmp_path))
    accounts.add_user(system.office, "root", PASSWORD, "admin")
    token = accounts.login(system.office, "root", PASSWORD)
    config = uvicorn.Config(system.app, port=0, lifespan="on", log_level="error", timeout_graceful_shutdown=600)
    server = _Server(config)
    before = signal.signal(signal.SIGTERM, lambda *_: None)  # uvicorn raises it again at its end
    try:
        serving = asyncio.create_task(server.serve())
        await _hear_the_end(server, token)
        await asyncio.wait_for(serving, PATIENCE)
    finally:
        signal.signal(signal.SIGTERM, before)


async def _hear_the_end(server: _Server, token: str) -> None:
    while not server.started:
        await asyncio.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    url = f"http://127.0.0.1:{port}/api/notifications/stream"
    async with (
        httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as client,
        client.stream("GET", url, headers={"authorization": f"Bearer {token}"}) as page,
    ):
        lines = page.aiter_lines()
        assert (await anext(lines)).startswith("retry")
        server.handle_exit(signal.SIGTERM, None)
        assert [line async for line in lines][-1] == "", "the stream ended whole"
