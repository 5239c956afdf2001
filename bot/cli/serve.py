"""`shouwang serve`: everything in one go, until Ctrl-C or SIGTERM."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.train import make_sure_of_the_model

if TYPE_CHECKING:
    from bot.settings import Settings

WAITING_CONNECTIONS = 128


class PortBusy(Exception):
    """The address cannot be listened on."""


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on (SHOUWANG_HOST).")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on (SHOUWANG_PORT); 0 takes a free one.")] = None,
) -> None:
    """Start the pages, the API, the reminders and Rasa; prints READY when the first message can be answered."""
    from bot import logs
    from bot.settings import load_settings

    settings = load_settings()
    given = {"host": host, "port": port}
    settings = settings.model_copy(update={name: value for name, value in given.items() if value is not None})
    logs.configure(settings.log_level, file=settings.log_file)
    listener = _listen(settings)
    settings = settings.model_copy(update={"port": listener.getsockname()[1]})
    if settings.rasa_url is None:
        make_sure_of_the_model(settings)

    from bot.cli.running import run

    if not run(settings, listener):
        raise typer.Exit(1)


def _listen(settings: Settings) -> socket.socket:
    """The listening socket, taken before anything slow begins, so that nobody else takes it; raises PortBusy."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # Named as TCP, or asyncio does not switch Nagle's waiting off and every answer takes 40 ms more.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(WAITING_CONNECTIONS)
    except OSError as error:
        listener.close()
        raise PortBusy(
            f"Port {settings.port} on {settings.host} cannot be used ({error.strerror}): "
            "stop the program that has it, or set SHOUWANG_PORT to another one."
        ) from None
    return listener
