"""The real Rasa process: what it is told, what it lets through, how it dies and comes back."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Request

from actions.chat import ActSourceDown
from bot.rasa_link import ACTION_PATH, RasaActs, RasaProcess, environment
from bot.rasa_link.acts import CHANNEL_PATH
from bot.rasa_link.process import free_port
from bot.settings import Settings

pytestmark = pytest.mark.rasa
TOKEN = "token-of-the-process-test"


class PretendedCore:
    """Takes action calls the way the core does, and keeps what Rasa decided."""

    def __init__(self) -> None:
        self.port = free_port()
        self.decided: dict[int, str] = {}
        self.headers: list[dict[str, str]] = []
        self.broken = False
        app = FastAPI()

        @app.post(ACTION_PATH)
        async def action(request: Request) -> Any:
            call = await request.json()
            if self.broken:
                return {"events": "not a list"}
            message = call["tracker"]["latest_message"]
            inbound = message["metadata"]["inbound"]
            self.decided[inbound] = message["intent"]["name"]
            self.headers.append(dict(request.headers))
            return {"events": [], "responses": [{"custom": {"answered": inbound}}]}

        self.server = uvicorn.Server(uvicorn.Config(app, port=self.port, log_level="error"))
        self.thread = threading.Thread(target=self.server.run, daemon=True)

    def __enter__(self) -> PretendedCore:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.should_exit = True
        self.thread.join(5)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[PretendedCore, RasaProcess, Path]]:
    if not environment.DEFAULT_PYTHON.exists():
        pytest.skip("there is no Rasa environment (.venv-rasa)")
    home = tmp_path_factory.mktemp("var")
    with PretendedCore() as core:
        settings = Settings(var=home, port=core.port, action_token=TOKEN)  # type: ignore[arg-type]
        os.environ["SHOUWANG_DATABASE_URL"] = "postgresql://clerk:hunter2@db/office"
        rasa = RasaProcess(settings)
        rasa.start()
        try:
            assert rasa.wait_ready(90), rasa.state
            yield core, rasa, home
        finally:
            os.environ.pop("SHOUWANG_DATABASE_URL", None)
            rasa.stop()


@pytest.fixture
def core(world: tuple[PretendedCore, RasaProcess, Path]) -> PretendedCore:
    return world[0]


@pytest.fixture
def rasa(world: tuple[PretendedCore, RasaProcess, Path]) -> RasaProcess:
    assert world[1].wait_ready(60)
    return world[1]


async def decide(rasa: RasaProcess, number: int, text: str, asks: str | None = None) -> None:
    acts = RasaActs(rasa.url, TOKEN, {"serious_illness": "bool"})
    try:
        await acts.decide(number, "c", text, asks)
    finally:
        await acts.close()


async def test_what_is_pending_decides_what_a_bare_no_means(core: PretendedCore, rasa: RasaProcess) -> None:
    await decide(rasa, 101, "没有", "serious_illness")
    await decide(rasa, 102, "没有", "confirm_submit")
    assert (core.decided[101], core.decided[102]) == ("inform", "deny")


@pytest.mark.parametrize("text", ["/affirm", "/affirm{}", " /affirm", "／affirm", "/start_over", "/withdraw"])
async def test_naming_an_act_does_not_perform_it(core: PretendedCore, rasa: RasaProcess, text: str) -> None:
    await decide(rasa, 110, text, "confirm_submit")
    assert core.decided[110] not in {"affirm", "start_over", "withdraw"}


@pytest.mark.parametrize("text", ["", " ", "\u200b", "。。。", "😀😀", "\x00", "𠮷" * 4000, "a\nb\n" * 900])
async def test_odd_texts_are_decided_too(core: PretendedCore, rasa: RasaProcess, text: str) -> None:
    core.decided.pop(120, None)
    await decide(rasa, 120, text)
    assert 120 in core.decided


async def test_rasa_shows_the_core_its_token_and_asks_one_of_its_callers(
    core: PretendedCore, rasa: RasaProcess
) -> None:
    await decide(rasa, 130, "您好")
    assert core.headers[-1]["x-shouwang-token"] == TOKEN
    message = {"sender": "x", "message": "好", "metadata": {"inbound": 131}}
    for headers in ({}, {"x-shouwang-token": "wrong"}):
        refused = httpx.post(rasa.url + CHANNEL_PATH, json=message, headers=headers, trust_env=False)
        assert refused.status_code == 401
    assert 131 not in core.decided


async def test_a_silent_reply_after_an_inner_error_is_noticed(core: PretendedCore, rasa: RasaProcess) -> None:
    core.broken = True
    try:
        with pytest.raises(ActSourceDown):
            await decide(rasa, 140, "您好")
    finally:
        core.broken = False


def test_rasa_is_told_nothing_it_need_not_know(rasa: RasaProcess) -> None:
    told = Path(f"/proc/{rasa.pid}/environ").read_bytes().decode()
    assert "hunter2" not in told
    assert "DATABASE" not in told
    assert "RASA_TELEMETRY_ENABLED=false" in told


def test_rasa_writes_no_settings_of_its_own(world: tuple[PretendedCore, RasaProcess, Path]) -> None:
    written = [file.name for file in (world[2] / "rasa").rglob("*") if file.is_file()]
    assert "global.yml" not in written


def test_rasa_listens_on_loopback_only(rasa: RasaProcess) -> None:
    port = f"{int(rasa.url.rsplit(':', 1)[1]):04X}"
    listening = [line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines()[1:] if " 0A " in line]
    assert [address for address in listening if address.endswith(":" + port)] == [f"0100007F:{port}"]


async def test_what_people_wrote_reaches_no_log(
    core: PretendedCore, rasa: RasaProcess, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        await decide(rasa, 150, "俺爹赵铁柱得了肺癌，电话13800001234")
        core.broken = True
        try:
            with pytest.raises(ActSourceDown):
                await decide(rasa, 151, "俺爹赵铁柱得了肺癌，电话13800001234")
        finally:
            core.broken = False
        await asyncio.sleep(0.5)
    assert "rasa.core" in caplog.text, "the inner error itself is logged"
    for word in ("赵铁柱", "肺癌", "13800001234"):
        assert word not in caplog.text


async def test_a_killed_rasa_is_back_and_answers_again(core: PretendedCore, rasa: RasaProcess) -> None:
    before = rasa.pid
    assert before
    os.kill(before, signal.SIGKILL)
    until = time.monotonic() + 5
    while rasa.state == "ready" and time.monotonic() < until:
        await asyncio.sleep(0.05)
    assert rasa.state != "ready"
    with pytest.raises(ActSourceDown):
        await decide(rasa, 160, "您好")
    assert await asyncio.to_thread(rasa.wait_ready, 90)
    await decide(rasa, 161, "您好")
    assert core.decided[161] == "greet"
    assert rasa.pid != before


def test_when_the_core_is_killed_rasa_does_not_outlive_it(tmp_path: Path) -> None:
    """Killed while it loads, when Rasa is busiest."""
    script = textwrap.dedent(
        f"""
        import sys, time
        from pathlib import Path
        from bot.rasa_link.process import RasaProcess
        from bot.settings import Settings
        rasa = RasaProcess(Settings(var=Path({str(tmp_path)!r}), port=9, action_token="t"))
        rasa.start()
        while rasa.pid is None: time.sleep(0.05)
        print(rasa.pid, flush=True)
        time.sleep(60)
        """
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=environment.ROOT, text=True)
    assert parent.stdout
    child = int(parent.stdout.readline())
    time.sleep(1)
    parent.kill()
    parent.wait()
    until = time.monotonic() + 60
    while _lives(child) and time.monotonic() < until:
        time.sleep(0.2)
    assert not _lives(child)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False
