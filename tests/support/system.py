"""The whole system as a newcomer starts it: `shouwang serve` in a process of its own, on a data folder of its own.

One Rasa serves a whole test session: it is started here, and every core that a test starts, kills and starts again
listens on the same port with the same token, so that Rasa finds it.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from bot.rasa_link.process import RasaProcess, free_port
from bot.settings import Settings
from storage import Database, Vault

PROJECT = Path(__file__).resolve().parents[2]
SHOUWANG = Path(sys.executable).parent / "shouwang"
READY_SECONDS = 90.0


@dataclass
class Answer:
    """What came back for one message; the fields are the contract's."""

    status: int
    replies: list[dict[str, Any]]
    asks: str | None
    stage: str | None
    receipt: str | None
    seq: int
    body: dict[str, Any] = field(repr=False, default_factory=dict)

    @property
    def text(self) -> str:
        return "\n".join(reply["text"] for reply in self.replies)

    @property
    def choices(self) -> list[str]:
        return [choice["value"] for reply in self.replies for choice in reply["choices"]]


class Core:
    """One core process (`shouwang serve`) on `port` with its data under `home`; it can be killed and started again."""

    def __init__(self, home: Path, port: int, environment: Mapping[str, str]) -> None:
        self.home = home
        self.port = port
        self.base_url = f"http://127.0.0.1:{port}"
        self.log = home / "core.log"
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("SHOUWANG_")},
            "SHOUWANG_VAR": str(home / "var"),
            "SHOUWANG_KEY_FILE": str(home / "key"),
            "SHOUWANG_PORT": str(port),
            **environment,
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._http = httpx.Client(base_url=self.base_url, timeout=30, trust_env=False)

    # -- life ---------------------------------------------------------------------------------------------

    def start(self, wait: bool = True) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [str(SHOUWANG), "serve"], cwd=PROJECT, env=self._environment, stdout=log, stderr=subprocess.STDOUT
            )
        if wait:
            self.wait_ready()

    def wait_ready(self) -> None:
        """Until /api/health says that everything works; fails with the end of the log."""
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until:
            assert self._process is not None
            if self._process.poll() is not None:
                raise AssertionError(f"the core ended with {self._process.returncode}:\n{self.log_text()[-3000:]}")
            with contextlib.suppress(httpx.HTTPError):
                if self._http.get("/api/health").status_code == 200:
                    return
            time.sleep(0.1)
        raise AssertionError(f"the core was not ready within {READY_SECONDS:.0f} s:\n{self.log_text()[-3000:]}")

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def kill9(self) -> None:
        """The way a power cut ends it."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def restart(self) -> None:
        self.stop()
        self.start()

    def stop(self) -> int:
        """End it in order; returns its exit status."""
        if self._process is None or self._process.poll() is not None:
            return self._process.returncode if self._process else 0
        self._process.terminate()
        try:
            return self._process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill9()
            raise AssertionError("the core did not end within 20 s of SIGTERM") from None

    # -- talking with it ----------------------------------------------------------------------------------

    def say(self, conversation: str, text: str, message_id: str | None = None) -> Answer:
        body = {"text": text, **({"message_id": message_id} if message_id else {})}
        return _answer(self._http.post(f"/api/chat/{conversation}", json=body))

    def later(self, conversation: str, after: int = 0) -> Answer:
        return _answer(self._http.get(f"/api/chat/{conversation}", params={"after": after}))

    def wait_for_later(self, conversation: str, after: int, seconds: float = 30) -> Answer:
        """The replies after `after`, as soon as there are any."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            answer = self.later(conversation, after)
            if answer.replies:
                return answer
            time.sleep(0.2)
        raise AssertionError(f"nothing more was said in {conversation} within {seconds:.0f} s")

    def command(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run `shouwang …` on the same data."""
        return subprocess.run(
            [str(SHOUWANG), *arguments],
            cwd=PROJECT,
            env={**self._environment, **environment},
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    @contextlib.contextmanager
    def database(self) -> Iterator[Database]:
        """The office's database, to look into from here."""
        db = Database(f"sqlite:///{self.home / 'var' / 'shouwang.sqlite3'}", Vault.open(self.home / "key"))
        try:
            yield db
        finally:
            db.close()

    def log_text(self) -> str:
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""


def _answer(response: httpx.Response) -> Answer:
    body = response.json()
    return Answer(
        response.status_code,
        body.get("replies", []),
        body.get("asks"),
        body.get("stage"),
        body.get("receipt"),
        body.get("seq", 0),
        body,
    )


class SharedRasa:
    """One real Rasa for all cores of the session, which take turns on one port."""

    def __init__(self, home: Path) -> None:
        self.core_port = free_port()
        self.token = secrets.token_urlsafe(24)
        self._turn = threading.Lock()
        settings = Settings(var=home, port=self.core_port, action_token=self.token)  # type: ignore[arg-type]
        self.process = RasaProcess(settings)
        self.process.start()

    @contextlib.contextmanager
    def core(self, home: Path, **environment: str) -> Iterator[Core]:
        """A running core that talks with this Rasa; one at a time."""
        link = {"SHOUWANG_RASA_URL": self.process.url, "SHOUWANG_ACTION_TOKEN": self.token}
        with self._turn:
            core = Core(home, self.core_port, {**link, **environment})
            try:
                core.start()
                assert self.process.wait_ready(READY_SECONDS), f"Rasa is {self.process.state}"
                yield core
            finally:
                core.stop()

    def stop(self) -> None:
        self.process.stop()


def fresh(prefix: str = "talk") -> str:
    """A conversation nobody has used."""
    return f"{prefix}-{uuid.uuid4().hex[:12]}"
