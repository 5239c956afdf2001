"""The generic webhook (通用回调): one signed POST a message to the office's own gateway, described in docs/webhook.md.

Signed as Standard Webhooks (standardwebhooks.com) describes it, so that receivers find a ready library in most
languages; the timestamp in the signature lets them refuse a replay, the id tells them a repeat.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import ssl
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from actions.outgoing import Outgoing, RetryLater, Undeliverable

BodyOf = Callable[[Outgoing], Mapping[str, Any]]

TIMEOUT = 10.0  # seconds from the first byte to the status line, everything included
LONGEST_WISH = 3600.0  # seconds; a receiver that asks for more is asked again after this
PATIENCE = 10.0  # seconds to leave a receiver alone that has too much and does not say for how long
SECRET_PREFIX = "whsec_"  # noqa: S105 - says that base64 follows, as the standard does


class WebhookChannel:
    """Sends to one address. `body_of` gives the body of a message (actions.envelope); no transaction is open while
    the receiver is waited for, redirects are not followed, the answer's body is not read."""

    name = "webhook"

    def __init__(
        self, url: str, secret: str, body_of: Callable[[Outgoing], Mapping[str, Any]], timeout: float = TIMEOUT
    ):
        self._url = url
        self._key = signing_key(secret)
        self._body_of = body_of
        self._timeout = timeout
        self._tls = ssl.create_default_context()

    def send(self, message: Outgoing) -> None:
        """One POST. Raises RetryLater (429, 408, 5xx, a redirect, no answer in time) or Undeliverable (other 4xx)."""
        body = json.dumps(self._body_of(message), ensure_ascii=False, separators=(",", ":")).encode()
        headers = signed_headers(self._key, message_id(message.key), time.time(), body)
        try:
            status, answer = asyncio.run(self._post(body, headers))
        except TimeoutError:
            raise RetryLater(f"no answer within {self._timeout:g} s") from None
        except httpx.HTTPError as error:
            raise RetryLater(f"not reachable ({type(error).__name__})") from None
        judge(status, answer)

    async def _post(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, httpx.Headers]:
        """Status and headers; the whole call is over in time, however slowly the receiver drips."""
        async with asyncio.timeout(self._timeout):
            client = httpx.AsyncClient(timeout=self._timeout, verify=self._tls, follow_redirects=False, trust_env=False)
            async with client, client.stream("POST", self._url, content=body, headers=headers) as answer:
                return answer.status_code, answer.headers


def judge(status: int, headers: Mapping[str, str]) -> None:
    """What an answer means; returns where it is a yes. Raises RetryLater or Undeliverable."""
    if 200 <= status < 300:
        return
    wish = asked_wait(headers.get("retry-after", ""))
    if status == 429:
        raise RetryLater("HTTP 429", wish or PATIENCE, everybody=True)
    if 400 <= status < 500 and status != 408:
        raise Undeliverable(f"HTTP {status}")
    raise RetryLater(f"HTTP {status}", wish if status == 503 else None, everybody=True)


def asked_wait(value: str) -> float | None:
    """Seconds of a Retry-After header (a number or a date), None where there is none that can be read."""
    if value.strip().isascii() and value.strip().isdigit():
        return min(float(value), LONGEST_WISH)
    try:
        wait = (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()
    except (TypeError, ValueError):
        return None
    return min(max(wait, 1.0), LONGEST_WISH)


def message_id(key: str) -> str:
    """What repeats with every try of one message and with nothing else; holds no word of it."""
    return f"msg_{hashlib.sha256(key.encode()).hexdigest()[:40]}"


def signing_key(secret: str) -> bytes:
    """The bytes to sign with: base64 after `whsec_`, else the secret's own characters."""
    if secret.startswith(SECRET_PREFIX):
        return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    return secret.encode()


def signed_headers(key: bytes, number: str, at: float, body: bytes) -> dict[str, str]:
    """The headers of one POST; the signature is over `ID.TIMESTAMP.BODY`."""
    stamp = str(int(at))
    digest = hmac.new(key, b".".join((number.encode(), stamp.encode(), body)), hashlib.sha256).digest()
    return {
        "content-type": "application/json; charset=utf-8",
        "user-agent": "shouwang-webhook/1",
        "idempotency-key": number,
        "webhook-id": number,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
