"""A Bot API of our own on loopback: what Telegram does to a bot, faults included, and people who talk with it.

Follows core.telegram.org/bots/api: getUpdates with its offset, one poller at a time (409), webhooks with their secret,
429 with retry_after, 403 for a blocked bot, 4096 code units of text, 64 bytes of callback data. Runs in a thread.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
import socket
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"  # the example of Telegram's own documentation
BOT = {"id": 110201543, "is_bot": True, "first_name": "守望", "username": "shouwang_bot"}
STEP = 0.01  # seconds between two looks for news


@dataclass
class Sent:
    """One message of the bot."""

    chat: int
    message_id: int
    text: str
    at: float
    buttons: list[list[dict[str, str]]] = field(default_factory=list)
    asks_reply: bool = False

    @property
    def titles(self) -> list[str]:
        return [button["text"] for row in self.buttons for button in row]

    def data(self, title: str) -> str:
        """The callback data of the button with this title (a part is enough)."""
        for row in self.buttons:
            for button in row:
                if title in button["text"]:
                    return button["callback_data"]
        raise AssertionError(f"no button {title!r} among {self.titles}")


class Refused(Exception):
    """An error as Telegram answers it."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        self.code, self.description, self.parameters = code, description, parameters


class TelegramApi:
    """The server. `sent` and `answered` record what the bot did; the other public fields make faults."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.sent: list[Sent] = []
        self.answered: list[dict[str, Any]] = []  # of answerCallbackQuery
        self.refused: list[tuple[str, int]] = []  # (method, status) of calls that were refused
        self.calls: deque[str] = deque(maxlen=100_000)
        self.blocked: set[int] = set()
        self.unknown: set[int] = set()
        self.limit: int | None = None  # messages in any second, then 429
        self.retry_after = 1
        self.chat_retry_after: dict[int, int] = {}  # the next message to this chat is answered with 429, once
        self.down = False  # 502 for everything
        self.hang = 0.0  # seconds before sendMessage is answered
        self.webhook: dict[str, Any] = {}
        self.waiting: list[dict[str, Any]] = []
        self.confirmed = 0  # updates the bot acknowledged by its offset
        self._poller = 0
        self._update = itertools.count(700_000_001)
        self._message = itertools.count(1)
        self._server: uvicorn.Server | None = None

    # -- life -----------------------------------------------------------------------------------------------------

    def start(self) -> TelegramApi:
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        routes = [
            Route("/bot{token}/{method}", self._call, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", self._file),
        ]
        config = uvicorn.Config(Starlette(routes=routes), log_config=None, lifespan="off")
        self._server = uvicorn.Server(config)
        threading.Thread(target=self._server.run, kwargs={"sockets": [listener]}, daemon=True).start()
        self._ended = threading.Event()
        threading.Thread(target=self._deliver, daemon=True).start()
        while not self._server.started:
            time.sleep(0.005)
        return self

    def stop(self) -> None:
        self._ended.set()
        assert self._server is not None
        self._server.should_exit = True

    # -- what people do -------------------------------------------------------------------------------------------

    def person(self, number: int, name: str = "马秀英") -> Someone:
        return Someone(self, number, name)

    def push(self, **update: Any) -> int:
        """An update for the bot; returns its number."""
        with self.lock:
            number = next(self._update)
            self.waiting.append({"update_id": number, **update})
            return number

    def message_id(self) -> int:
        with self.lock:
            return next(self._message)

    # -- what the bot did -----------------------------------------------------------------------------------------

    def to(self, chat: int) -> list[Sent]:
        with self.lock:
            return [one for one in self.sent if one.chat == chat]

    def wait_for(self, condition: Any, seconds: float = 30, why: str = "") -> Any:
        """What `condition()` gives, once it is true."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if found := condition():
                return found
            time.sleep(0.02)
        said = [f"{one.chat}: {one.text[:60]}" for one in self.sent[-8:]]
        raise AssertionError(f"{why or 'what was waited for'} did not come within {seconds:.0f} s; last sent: {said}")

    # -- the methods ----------------------------------------------------------------------------------------------

    async def _call(self, request: Request) -> Response:
        method = request.path_params["method"]
        given = {**request.query_params, **{name: str(value) for name, value in (await request.form()).items()}}
        self.calls.append(method)
        try:
            if self.down:
                return Response("<html>Bad Gateway</html>", 502)
            if request.path_params["token"] != TOKEN:
                raise Refused(401, "Unauthorized")
            handler = getattr(self, f"_{method.lower()}", None)
            if handler is None:
                raise Refused(404, "Not Found: method not found")
            result = await handler(given)
        except Refused as error:
            self.refused.append((method, error.code))
            body: dict[str, Any] = {"ok": False, "error_code": error.code, "description": error.description}
            if error.parameters:
                body["parameters"] = error.parameters
            return JSONResponse(body, error.code)
        return JSONResponse({"ok": True, "result": result})

    async def _getme(self, given: dict[str, str]) -> Any:
        return BOT

    async def _getupdates(self, given: dict[str, str]) -> Any:
        if self.webhook:
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active")
        with self.lock:
            self._poller += 1
            mine = self._poller
            offset = int(given.get("offset", 0))
            before = len(self.waiting)
            self.waiting = [one for one in self.waiting if one["update_id"] >= offset]
            self.confirmed += before - len(self.waiting)
        until = time.monotonic() + float(given.get("timeout", 0))
        while True:
            with self.lock:
                if self._poller != mine:
                    raise Refused(409, "Conflict: terminated by other getUpdates request")
                found = self.waiting[: int(given.get("limit", 100))]
            if found or time.monotonic() >= until:
                return found
            if self._ended.is_set():
                return []
            if self.down:
                raise Refused(502, "Bad Gateway")
            await asyncio.sleep(STEP)

    async def _sendmessage(self, given: dict[str, str]) -> Any:
        if self.hang:
            await asyncio.sleep(self.hang)
        chat, text = int(given["chat_id"]), given.get("text", "")
        markup = json.loads(given.get("reply_markup", "{}"))
        self._check(chat, text, markup, given.get("parse_mode"))
        with self.lock:
            self._flood(chat)
            sent = Sent(chat, next(self._message), text, time.monotonic(), markup.get("inline_keyboard", []))
            sent.asks_reply = bool(markup.get("force_reply"))
            self.sent.append(sent)
        return self.as_message(sent)

    def as_message(self, sent: Sent) -> dict[str, Any]:
        body: dict[str, Any] = {
            "message_id": sent.message_id, "date": int(time.time()), "text": sent.text, "from": BOT,
            "chat": {"id": sent.chat, "type": "private", "first_name": "x"},
        }  # fmt: skip
        if sent.buttons:
            body["reply_markup"] = {"inline_keyboard": sent.buttons}
        return body

    def _check(self, chat: int, text: str, markup: dict[str, Any], parse_mode: str | None) -> None:
        if chat in self.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        if chat in self.unknown:
            raise Refused(400, "Bad Request: chat not found")
        if not text.strip():
            raise Refused(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > 4096:
            raise Refused(400, "Bad Request: message is too long")
        if parse_mode and any(sign in text for sign in "*_[<`"):
            raise Refused(400, "Bad Request: can't parse entities")
        for row in markup.get("inline_keyboard", []):
            for button in row:
                if not 1 <= len(button.get("callback_data", "").encode()) <= 64 or not button.get("text"):
                    raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")

    def _flood(self, chat: int) -> None:
        if (pause := self.chat_retry_after.pop(chat, 0)) > 0:
            raise Refused(429, f"Too Many Requests: retry after {pause}", retry_after=pause)
        recent = [one for one in self.sent[-200:] if time.monotonic() - one.at < 1]
        if self.limit is not None and len(recent) >= self.limit:
            raise Refused(429, f"Too Many Requests: retry after {self.retry_after}", retry_after=self.retry_after)

    async def _answercallbackquery(self, given: dict[str, str]) -> Any:
        with self.lock:
            self.answered.append(dict(given))
        return True

    async def _editmessagereplymarkup(self, given: dict[str, str]) -> Any:
        with self.lock:
            for one in self.sent:
                if one.chat == int(given["chat_id"]) and one.message_id == int(given["message_id"]):
                    one.buttons = json.loads(given.get("reply_markup", "{}")).get("inline_keyboard", [])
                    return self.as_message(one)
        raise Refused(400, "Bad Request: message to edit not found")

    async def _setwebhook(self, given: dict[str, str]) -> Any:
        self.webhook = dict(given)
        return True

    async def _deletewebhook(self, given: dict[str, str]) -> Any:
        self.webhook = {}
        return True

    async def _getwebhookinfo(self, given: dict[str, str]) -> Any:
        return {
            "url": self.webhook.get("url", ""), "has_custom_certificate": False, "pending_update_count": 0,
        }  # fmt: skip

    async def _getfile(self, given: dict[str, str]) -> Any:
        return {"file_id": given["file_id"], "file_unique_id": "u", "file_path": f"photos/{given['file_id']}.jpg"}

    async def _file(self, request: Request) -> Response:
        return Response(b"content of " + request.path_params["path"].encode(), media_type="image/jpeg")

    # -- the webhook ----------------------------------------------------------------------------------------------

    def _deliver(self) -> None:
        """Call the webhook with what waits, oldest first, again until it says 200."""
        with httpx.Client(timeout=10, trust_env=False) as client:
            while not self._ended.is_set():
                with self.lock:
                    update = self.waiting[0] if self.webhook.get("url") and self.waiting else None
                if update is None or not self._delivered(client, update):
                    time.sleep(0.05)
                    continue
                with self.lock:
                    self.waiting = [one for one in self.waiting if one["update_id"] != update["update_id"]]
                    self.confirmed += 1

    def _delivered(self, client: httpx.Client, update: dict[str, Any]) -> bool:
        headers = {"x-telegram-bot-api-secret-token": self.webhook.get("secret_token", "")}
        try:
            return client.post(self.webhook["url"], json=update, headers=headers).status_code == 200
        except (httpx.HTTPError, KeyError):
            return False


@dataclass
class Someone:
    """A person with a private chat."""

    api: TelegramApi
    number: int
    name: str

    @property
    def identity(self) -> dict[str, Any]:
        return {"id": self.number, "is_bot": False, "first_name": self.name, "language_code": "zh-hans"}

    @property
    def chat(self) -> dict[str, Any]:
        return {"id": self.number, "type": "private", "first_name": self.name}

    def message(self, **parts: Any) -> dict[str, Any]:
        """A message of this person as Telegram describes it."""
        base = {"message_id": self.api.message_id(), "date": int(time.time()), "chat": self.chat, "from": self.identity}
        return base | parts

    def say(self, text: str, **parts: Any) -> int:
        return self.api.push(message=self.message(text=text, **parts))

    def send(self, **parts: Any) -> int:
        return self.api.push(message=self.message(**parts))

    def edit(self, text: str) -> int:
        return self.api.push(edited_message=self.message(text=text, edit_date=int(time.time())))

    def press(self, title: str, sent: Sent | None = None) -> int:
        """Press the button of a message of the bot; by default the latest that has it."""
        sent = sent or next(one for one in reversed(self.heard) if any(title in shown for shown in one.titles))
        return self.press_data(sent.data(title), sent)

    def press_data(self, data: str, sent: Sent) -> int:
        query = {
            "id": hashlib.sha256(f"{data} {self.api.message_id()}".encode()).hexdigest()[:16], "from": self.identity,
            "chat_instance": "1", "data": data, "message": self.api.as_message(sent),
        }  # fmt: skip
        return self.api.push(callback_query=query)

    @property
    def heard(self) -> list[Sent]:
        return self.api.to(self.number)

    def wait(self, words: str, seconds: float = 30, after: int = 0) -> Sent:
        """The first message with these words (beyond the first `after` messages)."""
        found: Sent = self.api.wait_for(
            lambda: next((one for one in self.heard[after:] if words in one.text), None), seconds, f"«{words}»"
        )
        return found
