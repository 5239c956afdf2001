"""The office that `bench.live` measures, in a process of its own: `python -m bench.live_office FOLDER PORT GATEWAY`."""

from __future__ import annotations

import asyncio
import sys
from functools import partial
from pathlib import Path
from typing import cast

import uvicorn
from argon2 import PasswordHasher

from actions import accounts, envelope, outside
from actions.breaker import Breaker
from actions.chat import ChatDesk
from actions.office import Office
from actions.reading import Reader
from bench.live import PASSWORD, PEOPLE
from bot.channels.webhook import WebhookChannel
from bot.web import create_app
from policy_kb import load_library
from storage import Database, Vault

SENDING_SECONDS = 2


def open_office(folder: Path) -> Office:
    """The office in this folder, made where there is none."""
    db = Database(f"sqlite:///{folder / 'office.sqlite3'}", Vault.open(folder / "key"))
    db.migrate()
    library = load_library(None)
    return Office(db, library, Reader(library, db))


def furnish(office: Office) -> None:
    """One county and its cadres."""
    accounts._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)  # signing in is not measured here
    with office.db.begin() as uow:
        uow.areas.import_rows([{"code": "1", "name": "西吉县", "level": "county", "parent_code": ""}])
        uow.commit()
    for number in range(PEOPLE):
        accounts.add_user(office, f"cadre{number}", PASSWORD, "cadre", "1")


async def serve(office: Office, port: int, gateway: int) -> None:
    """Pages and the webhook's deliverer in one process, as in the running office."""
    app = create_app(office, cast(ChatDesk, None), dict, secure_cookies=False, channels=("webhook",))
    body_of = partial(envelope.body_of, office)
    channel = WebhookChannel(f"http://127.0.0.1:{gateway}/", "a-secret-for-the-bench", body_of)
    breaker = Breaker()

    async def send() -> None:
        while True:
            await asyncio.to_thread(outside.deliver_outside, office, "bench", channel, breaker)
            await asyncio.sleep(SENDING_SECONDS)

    sending = asyncio.create_task(send())
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", timeout_graceful_shutdown=1)
    await uvicorn.Server(config).serve()
    sending.cancel()


if __name__ == "__main__":
    made = open_office(Path(sys.argv[1]))
    furnish(made)
    asyncio.run(serve(made, int(sys.argv[2]), int(sys.argv[3])))
