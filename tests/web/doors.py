"""What the tests of the doors share: areas, staff, a clock to move, a desk that echoes, a client like a browser."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
from fastapi import FastAPI

from actions.chat import ChatAnswer, ChatDesk, ChatReply, Choice
from actions.office import Office
from actions.turn import run_turn

PASSWORD = "korn-blume-7"
STAFF = {  # name: (role, area)
    "wang": ("cadre", "64-wang"),
    "li": ("cadre", "64-li"),
    "town": ("cadre", "64-town"),
    "county": ("cadre", "64-county"),
    "other": ("cadre", "64-other"),
    "phone": ("operator", "64-county"),
    "root": ("admin", None),
}
AREAS = [
    ("64", "宁夏回族自治区", "province", None),
    ("64-city", "固原市", "city", "64"),
    ("64-county", "西吉县", "county", "64-city"),
    ("64-town", "将台堡镇", "town", "64-county"),
    ("64-wang", "王家湾村", "village", "64-town"),
    ("64-li", "李家沟村", "village", "64-town"),
    ("64-other", "隆德县", "county", "64-city"),
]


@dataclass
class Watch:
    """A clock that the test moves."""

    at: datetime = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

    def pass_(self, **time: float) -> None:
        self.at += timedelta(**time)


class DirectActs:
    """Stands in for the dialogue-act server: every message is an answer to what was asked."""

    def __init__(self, office: Office) -> None:
        self.office = office

    async def decide(self, inbound_id: int, conversation: str, text: str, asks: str | None) -> None:
        run_turn(self.office, inbound_id, "inform", 1.0)


class EchoDesk(ChatDesk):
    """Answers with the words themselves: for what the page does with a reply, whatever it says."""

    def __init__(self, office: Office) -> None:
        super().__init__(office, DirectActs(office))
        self.said: list[tuple[str, str, str | None]] = []

    async def converse(
        self,
        conversation: str,
        text: str,
        message_id: str | None = None,
        channel: str = "web",
        *,
        origin: str | None = None,
        own_only: bool = False,
    ) -> ChatAnswer:
        self.said.append((conversation, text, message_id))
        details = [{"title": text, "text": text}]
        reply = ChatReply(text, [Choice(text, text), Choice("不知道", "不知道")], details, seq=len(self.said))
        return ChatAnswer([reply], "household_size", "interview", None, reply.seq)


def browser(app: FastAPI) -> httpx.AsyncClient:
    """A client with its own cookies that behaves like our own page: it names its origin."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app, raise_app_exceptions=False),
        base_url="http://shouwang.test",
        headers={"origin": "http://shouwang.test"},
    )
