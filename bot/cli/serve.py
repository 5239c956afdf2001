"""`shouwang serve`: everything in one go, until Ctrl-C or SIGTERM."""

from __future__ import annotations

import signal
import socket
import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.train import make_sure_of_the_model

if TYPE_CHECKING:
    import uvicorn

    from actions.office import Office
    from bot.settings import Settings
    from bot.web.state import Web

PROBE_SECONDS = 0.2
TELL_AFTER_SECONDS = 60.0
LAST_WORDS_SECONDS = 5


class PortBusy(Exception):
    """The address cannot be listened on."""


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on (SHOUWANG_HOST).")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on (SHOUWANG_PORT); 0 takes a free one.")] = None,
) -> None:
    """Start the pages, the API, the reminders and Rasa; prints READY when the first message can be answered."""
    import asyncio

    from bot import logs
    from bot.settings import load_settings

    settings = load_settings()
    given = {"host": host, "port": port}
    settings = settings.model_copy(update={name: value for name, value in given.items() if value is not None})
    logs.configure(settings.log_level)
    listener = _listen(settings)
    settings = settings.model_copy(update={"port": listener.getsockname()[1]})
    if settings.rasa_url is None:
        make_sure_of_the_model(settings)
    asyncio.run(_run(settings, listener))


def _listen(settings: Settings) -> socket.socket:
    """The listening socket, taken before anything slow begins; raises PortBusy."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise PortBusy(
            f"Port {settings.port} on {settings.host} cannot be used ({error.strerror}): "
            "stop the program that has it, or set SHOUWANG_PORT to another one."
        ) from None
    return listener


async def _run(settings: Settings, listener: socket.socket) -> None:
    import asyncio

    import uvicorn

    from bot.wiring import build_app

    app = build_app(settings)
    _tell_first_password(app.state.web.office)
    config = uvicorn.Config(
        app,
        log_config=None,
        server_header=False,
        lifespan="on",
        timeout_graceful_shutdown=LAST_WORDS_SECONDS,
    )
    server = uvicorn.Server(config)
    # uvicorn stops in order on these two and then raises them again; by then there is nothing left to stop.
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, lambda *_: None)
    announced = asyncio.create_task(_announce(settings, server, app.state.web))
    await server.serve(sockets=[listener])
    announced.cancel()
    if not server.started:
        raise typer.Exit(1)


def _tell_first_password(office: Office) -> None:
    """On the first start there is nobody who could sign in: an administrator is made and told, once."""
    from actions import accounts

    made = accounts.ensure_admin(office)
    if made:
        name, password = made
        print(
            f"First start: sign in at /office/login as {name!r} with password {password!r} (shown only once).",
            flush=True,
        )


async def _announce(settings: Settings, server: uvicorn.Server, web: Web) -> None:
    """Say READY once every part of the office reports that it works."""
    import asyncio

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
    import asyncio

    return set((await asyncio.to_thread(web.health)).values()) == {"ok"}
