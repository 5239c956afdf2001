"""Rasa's process: started, warmed up, watched, started again when it dies or hangs, ended with the core."""

from __future__ import annotations

import logging
import socket
import subprocess
import threading
import time
from pathlib import Path
from typing import IO, Literal

import httpx

from bot.rasa_link import environment
from bot.rasa_link.acts import CHANNEL_PATH, TOKEN_HEADER, answered_ids
from bot.rasa_link.model import ensure_model
from bot.rasa_link.output import OutputFilter
from bot.rasa_link.route import ACTION_PATH, WARM_UP
from bot.settings import Settings

log = logging.getLogger(__name__)
State = Literal["stopped", "starting", "waiting for the core", "ready", "down"]
LOAD_SECONDS = 120.0
PROBE_EVERY_S = 0.25
CHECK_EVERY_S = 5.0
CHECKS_FAILED_BEFORE_KILL = 3
LONGEST_PAUSE_S = 30.0


class RasaProcess:
    """One Rasa on loopback, on a port of its own that stays the same over restarts.

    `start()` returns at once; a thread does the rest. It is ready when a warm-up message has gone the whole way:
    Rasa's classifier, its rules, and back to the core's action route. So the core must be serving (or about to)
    when `wait_ready` is called.
    """

    def __init__(self, settings: Settings, action_url: str | None = None, model: Path | None = None) -> None:
        self._settings = settings
        self._action_url = action_url or f"http://{_reachable(settings.host)}:{settings.port}{ACTION_PATH}"
        self._model = model
        self._port = settings.rasa_port or free_port()
        self._token = settings.action_token.get_secret_value()
        self._process: subprocess.Popen[bytes] | None = None
        self._state: State = "stopped"
        self._ready = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.restarts = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def state(self) -> State:
        """For the health report: `ready` is the good one."""
        return self._state

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Begin starting and watching; raises RasaMissing or TrainingFailed when it cannot even be tried."""
        if self._thread is None:
            self._model = self._model or ensure_model(self._settings)
            environment.command(python=self._settings.rasa_python)
            self._stop.clear()
            self._thread = threading.Thread(target=self.watch, name="rasa-watch", daemon=True)
            self._thread.start()

    def wait_ready(self, timeout: float = LOAD_SECONDS) -> bool:
        """Whether the first message can be answered, waiting up to `timeout` seconds for it."""
        return self._ready.wait(timeout)

    def stop(self) -> None:
        """End Rasa and the watching; returns when both have ended."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=15)
            self._thread = None
        self._state = "stopped"

    # -- the watching thread ------------------------------------------------------------------------------

    def watch(self) -> None:
        """Keep one Rasa alive until `stop()`: start it, see it through its life, pause, start it again."""
        pause = 0.5
        while not self._stop.is_set():
            born = time.monotonic()
            try:
                self._live_once()
            except OSError as error:
                log.error("Rasa could not be started (%s)", error)
            if self._stop.is_set():
                break
            self._state = "down"
            pause = 0.5 if time.monotonic() - born > 60 else min(pause * 2, LONGEST_PAUSE_S)
            self.restarts += 1
            self._stop.wait(pause)

    def _live_once(self) -> None:
        output = OutputFilter(log)
        self._state = "starting"
        process = self._process = self._spawn()
        reader = threading.Thread(target=_drain, args=(process.stdout, output), name="rasa-output", daemon=True)
        reader.start()
        try:
            if self._see_it_ready(process):
                self._see_it_through(process)
        finally:
            self._ready.clear()
            _end(process)
            reader.join(timeout=2)
        if not self._stop.is_set():
            said = "" if output.up else " It last said: " + " | ".join(output.last_words[-5:])
            log.error("Rasa ended with status %s; it is started again.%s", process.returncode, said)

    def _spawn(self) -> subprocess.Popen[bytes]:
        home = self._settings.var / "rasa"
        token = {"SHOUWANG_ACTION_TOKEN": self._token, "SHOUWANG_ACTION_URL": self._action_url}
        return subprocess.Popen(  # noqa: S603 - our own command line
            environment.command(
                *("run", "--model", str(self._model), "--port", str(self._port)),
                *("--credentials", str(environment.NLU / "credentials.yml")),
                *("--endpoints", str(environment.NLU / "endpoints.yml")),
                python=self._settings.rasa_python,
            ),
            env=environment.variables(home, **token),
            cwd=home,
            stdin=subprocess.PIPE,  # its closing tells Rasa that the core is gone, even after kill -9
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for the core, which ends Rasa in order
        )

    def _see_it_ready(self, process: subprocess.Popen[bytes]) -> bool:
        started = time.monotonic()
        with httpx.Client(timeout=10, headers={TOKEN_HEADER: self._token}, trust_env=False) as client:
            while process.poll() is None and not self._stop.is_set():
                if self._warm_up(client):
                    log.info("Rasa is ready after %.1f s", time.monotonic() - started)
                    self._state = "ready"
                    self._ready.set()
                    return True
                if self._state == "starting" and time.monotonic() - started > LOAD_SECONDS:
                    log.error("Rasa did not load within %.0f s", LOAD_SECONDS)
                    return False
                self._stop.wait(PROBE_EVERY_S)
        return False

    def _warm_up(self, client: httpx.Client) -> bool:
        message = {"sender": "warm-up", "message": "您好", "metadata": {"inbound": WARM_UP}}
        try:
            answer = client.post(self.url + CHANNEL_PATH, json=message).raise_for_status().json()
        except (httpx.HTTPError, ValueError):
            return False
        self._state = "waiting for the core"
        return WARM_UP in answered_ids(answer)

    def _see_it_through(self, process: subprocess.Popen[bytes]) -> None:
        """Return when the process has died, was told to stop, or no longer answers."""
        failed = 0
        next_check = time.monotonic() + CHECK_EVERY_S
        with httpx.Client(timeout=3, trust_env=False) as client:
            while process.poll() is None and not self._stop.wait(PROBE_EVERY_S):
                if time.monotonic() < next_check:
                    continue
                next_check = time.monotonic() + CHECK_EVERY_S
                failed = 0 if _listens(client, self.url) else failed + 1
                if failed >= CHECKS_FAILED_BEFORE_KILL:
                    log.error("Rasa has not answered for %.0f s; it is ended", failed * CHECK_EVERY_S)
                    return


def free_port() -> int:
    """A TCP port on loopback that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _reachable(host: str) -> str:
    """The address at which this machine itself reaches a server that listens on `host`."""
    if host in {"0.0.0.0", "", "localhost"}:  # noqa: S104 - compared, not bound
        return "127.0.0.1"
    if host == "::":
        return "[::1]"
    return f"[{host}]" if ":" in host else host


def _listens(client: httpx.Client, url: str) -> bool:
    try:
        return client.get(url + "/").status_code == 200
    except httpx.HTTPError:
        return False


def _drain(stream: IO[bytes] | None, output: OutputFilter) -> None:
    assert stream is not None
    for line in stream:
        output.feed(line.decode("utf-8", "replace"))


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end, and after five seconds make it."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process.stdin:
        process.stdin.close()
