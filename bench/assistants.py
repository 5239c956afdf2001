"""The two assistants that are measured, each started alone and ended again."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx

from bench.streams import SHOUWANG
from bot.settings import PROJECT, load_settings

BARE = Path(__file__).parent / "bare"
START_SECONDS = 120


@contextmanager
def our_assistant() -> Iterator[tuple[str, Any]]:
    """`shouwang serve` with an empty office of its own."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="shouwang-bench-")))
        own = {
            "SHOUWANG_VAR": str(folder),
            "SHOUWANG_KEY_FILE": str(folder / "key"),
            "SHOUWANG_PORT": str(_free_port()),
        }
        process = stack.enter_context(
            _running([str(SHOUWANG), "serve"], PROJECT, {**own, "SHOUWANG_LOG_LEVEL": "WARNING"})
        )
        assert process.stdout
        for raw in process.stdout:
            if raw.startswith(b"READY "):
                yield raw.split()[1].decode(), _say_to_us
                return
        raise RuntimeError("shouwang serve ended before it was ready")


@contextmanager
def bare_assistant() -> Iterator[tuple[str, Any]]:
    """A Rasa assistant with the shipped parts: REST channel, in-memory tracker, one action served by rasa-sdk."""
    python = str(load_settings().rasa_python)
    rasa, actions = _free_port(), _free_port()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rasa-bench-"))) / "bare"
        shutil.copytree(BARE, folder)
        environment = {"HOME": str(folder), "RASA_TELEMETRY_ENABLED": "false", "ACTION_PORT": str(actions)}
        environment |= {"SQLALCHEMY_SILENCE_UBER_WARNING": "1", "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
        subprocess.run(
            [python, "-m", "rasa", "train", "--data", "data.yml", "--quiet"],
            cwd=folder,
            env={**os.environ, **environment},
            check=True,
            capture_output=True,
        )
        served = [python, "-m", "rasa_sdk", "--actions", "echo", "--port", str(actions)]
        stack.enter_context(_running(served, folder, environment))
        run = [python, "-m", "rasa", "run", "--interface", "127.0.0.1", "--port", str(rasa)]
        process = stack.enter_context(_running(run, folder, environment))
        address = f"http://127.0.0.1:{rasa}"
        _wait_for(address, process)
        yield address, _say_to_rasa


async def _say_to_us(client: httpx.AsyncClient, conversation: str, text: str) -> None:
    answer = await client.post(f"/api/chat/{conversation}", json={"text": text})
    answer.raise_for_status()
    if not answer.json()["replies"]:
        raise RuntimeError(f"our assistant said nothing to {text!r}")


async def _say_to_rasa(client: httpx.AsyncClient, conversation: str, text: str) -> None:
    answer = await client.post("/webhooks/rest/webhook", json={"sender": conversation, "message": text})
    answer.raise_for_status()
    if not answer.json():
        raise RuntimeError(f"the bare assistant said nothing to {text!r}")


@contextmanager
def _running(command: list[str], folder: Path, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if "serve" in command else subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    """Until the first message is answered by the action, which needs both processes."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            message = {"sender": "warm", "message": "你好"}
            if httpx.post(f"{address}/webhooks/rest/webhook", json=message, timeout=10, trust_env=False).json():
                return
        except (httpx.HTTPError, ValueError):
            pass
        time.sleep(0.3)
    raise RuntimeError("the bare Rasa assistant did not come up")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
