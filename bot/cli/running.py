"""The office while it runs: the server, the READY line, a clean end."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
import time
from types import FrameType

import uvicorn

from actions import accounts
from actions.office import Office
from bot.settings import Settings
from bot.web.state import Web
from bot.wiring import build_app

PROBE_SECONDS = 0.2
TELL_AFTER_SECONDS = 60.0
LAST_WORDS_SECONDS = 5


def run(settings: Settings, listener: socket.socket) -> bool:
    """Serve on `listener` until Ctrl-C or SIGTERM; False when the server could not even start."""
    # uvicorn's choice of loop (uvloop where there is one), without its own way of logging
    loop = uvicorn.Config("bot.wiring:build_app", log_config=None).get_loop_factory()
    with asyncio.Runner(loop_factory=loop) as runner:
        return runner.run(_run(settings, listener))


async def _run(settings: Settings, listener: socket.socket) -> bool:
    app = build_app(settings)
    _tell_first_password(app.state.web.office)
    config = uvicorn.Config(
        app, log_config=None, server_header=False, lifespan="on", timeout_graceful_shutdown=LAST_WORDS_SECONDS
    )
    server = _Server(config)
    # uvicorn stops in order on these two and then raises them again; by then there is nothing left to stop.
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, lambda *_: None)
    announced = asyncio.create_task(_announce(settings, server, app.state.web))
    await server.serve(sockets=[listener])
    announced.cancel()
    return server.started


class _Server(uvicorn.Server):
    """Ends the live streams when it is told to stop: they would keep it waiting."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        web = self.config.app.state.web  # type: ignore[union-attr]
        self._loop.call_soon_threadsafe(web.live.end_all)
        super().handle_exit(sig, frame)

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().serve(sockets)


def _tell_first_password(office: Office) -> None:
    """On the first start there is nobody who could sign in: an administrator is made and told, once."""
    made = accounts.ensure_admin(office)
    if made:
        name, password = made
        print(
            f"First start: sign in at /office/login as {name!r} with password {password!r} (shown only once).",
            flush=True,
        )


async def _announce(settings: Settings, server: uvicorn.Server, web: Web) -> None:
    """Say READY once every part of the office reports that it works."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - not bound here
    address = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
    told_at = time.monotonic() + TELL_AFTER_SECONDS
    while not (server.started and await _is_well(web)):
        await asyncio.sleep(PROBE_SECONDS)
        if time.monotonic() > told_at:
            told_at = float("inf")
            print(f"Not ready after a minute; {address}/api/health names the part that is down.", file=sys.stderr)
    print(f"READY {address}", flush=True)


async def _is_well(web: Web) -> bool:
    return set((await asyncio.to_thread(web.health)).values()) == {"ok"}
