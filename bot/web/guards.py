"""What stands in front of every request: a size limit, a request id, security headers, and a last net for errors.

Pure ASGI, so that a hostile body is refused before anything parses it and a failure never shows a traceback.
"""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("shouwang.web")

MAX_BODY = 64 * 1024  # bytes; 4,000 characters take 48 kB at worst (percent-encoded or escaped beyond the BMP)
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})

CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
# `same-origin`, not `no-referrer`: with the latter browsers send `Origin: null` on our own forms,
# and the origin check could not tell them from a stranger's. Other hosts get no referrer either way.
HEADERS = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}

ProblemResponse = Callable[[Request, int, str], Response]


class BodyLimit:
    """Read at most `limit` bytes of a request body before the application sees it; more is answered with 413.

    Paths starting with one of `exempt` (the internal action endpoint) are left alone; `larger`: path → its own limit.
    """

    def __init__(
        self,
        app: ASGIApp,
        problem: ProblemResponse,
        exempt: Collection[str] = (),
        limit: int = MAX_BODY,
        larger: Mapping[str, int] | None = None,
    ) -> None:
        self.app, self.problem, self.exempt, self.limit = app, problem, tuple(exempt), limit
        self.larger = larger or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in UNSAFE or scope["path"].startswith(self.exempt or ("\0",)):
            await self.app(scope, receive, send)
            return
        body = await self._read(scope, receive, self.larger.get(scope["path"], self.limit))
        if body is None:
            response = self.problem(Request(scope), 413, "body_too_large")
            response.headers["connection"] = "close"
            await response(scope, receive, send)
            return
        await self.app(scope, _replay(body, receive), send)

    async def _read(self, scope: Scope, receive: Receive, limit: int) -> bytes | None:
        declared = Headers(scope=scope).get("content-length", "0")
        if declared.isdecimal() and len(declared) < 20 and int(declared) > limit:
            return None
        chunks: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return b"".join(chunks)
            chunk = message.get("body", b"")
            size += len(chunk)
            if size > limit:
                return None
            chunks.append(chunk)
            if not message.get("more_body", False):
                return b"".join(chunks)


def _replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body once and then what the server says next (a disconnect)."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


class Shield:
    """Give every request an id, every response the security headers, and every failure one sentence.

    The log line of a failure names where it happened and never what was said: exception texts may hold personal data.
    """

    def __init__(self, app: ASGIApp, problem: ProblemResponse, secure: bool) -> None:
        self.app, self.problem = app, problem
        self.headers = HEADERS | ({"strict-transport-security": "max-age=31536000"} if secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = secrets.token_hex(4)
        scope.setdefault("state", {})["request_id"] = request_id
        started = False

        async def send_shielded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
                headers["x-request-id"] = request_id
            await send(message)

        try:
            await self.app(scope, receive, send_shielded)
        except Exception as error:
            log.error("request %s failed: %s", request_id, where(error))
            if started:
                raise ConnectionAbortedError(request_id) from None
            await self.problem(Request(scope), 500, "broken")(scope, receive, send_shielded)


def where(error: BaseException) -> str:
    """The kind of an error and where it passed, without its message: `OperationalError at unit.py:41 < …`."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    return f"{type(error).__name__} at " + " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames))
