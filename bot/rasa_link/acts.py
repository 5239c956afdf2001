"""Asking Rasa which dialogue act a message is (it then has the turn run): `ActSource` over HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from actions.chat import ActSourceDown, TurnFailed

DEADLINE_S = 4.0
CONNECT_S = 1.0
CHANNEL_PATH = "/webhooks/shouwang/webhook"
TOKEN_HEADER = "x-shouwang-token"  # noqa: S105 - the name of a header
NOTHING_SAID = "…"
PENDING = {
    **dict.fromkeys(("consent", "confirm_facts", "confirm_submit"), "confirm"),
    **dict.fromkeys(("name", "phone", "id_number", "place", "proxy_name", "receipt"), "contact"),
    **dict.fromkeys(("problem", "complaint_detail"), "story"),
}
KIND_PENDING = {"bool": "yes_no", "int": "number", "number": "number", "enum": "choice"}


def harmless(text: str) -> str:
    """The text as Rasa may see it: no control characters or broken code points, and never a leading «/»,
    which Rasa would take as the name of an act (`/affirm` would confirm)."""
    shown = "".join(char for char in text if char in "\n\t" or char.isprintable())
    shown = shown.encode("utf-8", "replace").decode("utf-8").strip()
    if not shown:
        return NOTHING_SAID
    return "：" + shown if shown.startswith("/") else shown


def pending_kind(asks: str | None, kinds: Mapping[str, str]) -> str:
    """What the office waits for, coarsely: none, yes_no, number, choice, confirm, contact or story.

    `kinds` names the type of every fact (bool, int, number, enum)."""
    if not asks:
        return "none"
    return PENDING.get(asks) or KIND_PENDING.get(kinds.get(asks, ""), "confirm")


class Breaker:
    """Answers at once that Rasa is down while it is known to be: opens when nothing listens, or after two messages
    in a row without an answer; lets one message through when the pause is over. Pauses double up to `longest` s."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, first: float = 0.5, longest: float = 8.0) -> None:
        self._clock = clock
        self._first, self._longest = first, longest
        self._failures = 0
        self._pause = first
        self._open_until = 0.0

    def may_try(self) -> bool:
        now = self._clock()
        if now < self._open_until:
            return False
        if self._pause > self._first:  # half open: only one goes through until it has told how it went
            self._open_until = now + self._pause
        return True

    def succeeded(self) -> None:
        self._failures, self._pause, self._open_until = 0, self._first, 0.0

    def failed(self, *, at_once: bool) -> None:
        self._failures += 1
        if at_once or self._failures >= 2:
            self._open_until = self._clock() + self._pause
            self._pause = min(self._pause * 2, self._longest)


class RasaActs:
    """`ActSource` over HTTP. `url` is Rasa's base address, or a function giving the present one."""

    def __init__(
        self,
        url: str | Callable[[], str],
        token: str,
        kinds: Mapping[str, str] | None = None,
        *,
        deadline: float = DEADLINE_S,
        breaker: Breaker | None = None,
    ) -> None:
        self._url = url if callable(url) else lambda: url
        self._kinds = kinds or {}
        self._breaker = breaker or Breaker()
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=32, keepalive_expiry=60)
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(deadline, connect=CONNECT_S),
            limits=limits,
            headers={TOKEN_HEADER: token},
            trust_env=False,
        )

    async def decide(self, inbound_id: int, conversation: str, text: str, asks: str | None) -> None:
        """Have the turn run for a kept message; raises ActSourceDown when Rasa cannot be reached, takes longer than
        the deadline, or answers without having had the turn run (its silent `200 []`)."""
        if not self._breaker.may_try():
            raise ActSourceDown("Rasa is down; it is tried again in a few seconds.")
        answered = await self._ask(self._message(inbound_id, text, asks))
        if inbound_id not in answered:
            raise TurnFailed("Rasa answered without having run the turn; the message is kept.")
        self._breaker.succeeded()

    def _message(self, inbound_id: int, text: str, asks: str | None) -> dict[str, Any]:
        metadata = {
            "inbound": inbound_id,
            "asks": asks,
            "signature": {"pending": pending_kind(asks, self._kinds)},
        }
        # A sender of its own for every message: order is kept by our inbox, and Rasa learns no conversation's name.
        return {"sender": f"m{inbound_id}", "message": harmless(text), "metadata": metadata}

    async def _ask(self, message: dict[str, Any]) -> list[int]:
        try:
            response = await self._client.post(self._url() + CHANNEL_PATH, json=message)
            response.raise_for_status()
            return answered_ids(response.json())
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.HTTPStatusError) as error:
            self._breaker.failed(at_once=True)
            raise ActSourceDown(f"Rasa cannot be reached ({type(error).__name__}).") from error
        except (httpx.HTTPError, ValueError) as error:
            self._breaker.failed(at_once=False)
            raise ActSourceDown(f"Rasa gave no answer in time ({type(error).__name__}).") from error

    async def close(self) -> None:
        await self._client.aclose()


def answered_ids(replies: Any) -> list[int]:
    """The message ids that the action route reports as answered in Rasa's reply; [] for a silent one."""
    if not isinstance(replies, list):
        return []
    customs = [reply.get("custom") for reply in replies if isinstance(reply, dict)]
    return [custom["answered"] for custom in customs if isinstance(custom, dict) and "answered" in custom]
