"""One message in, one answer out: the inbox, the order within a conversation, and late answers.

A message is a committed row before anything else happens. Which dialogue act it is, is decided outside
(`ActSource`, Rasa), which has `actions.turn.run_turn` called; what counts is our own committed row.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Protocol

from actions.clock import Clock
from actions.office import Office
from actions.tasks import open_task
from actions.turn import run_turn
from storage import UnitOfWork, models

log = logging.getLogger(__name__)
MAX_TEXT = 4000  # code points
LEASE_SECONDS = 15
TURN_SECONDS = 4.0  # after this the person is told that the answer comes later
PROOF_OF_LIFE_SECONDS = 120.0
MAX_ATTEMPTS = 5  # then a person is asked to look


_LEASE_CLOCK = Clock()  # leases run on real time, also while SHOUWANG_NOW makes the office's clock stand still


class ActSourceDown(Exception):
    """The dialogue-act server cannot be reached or did not answer in time."""


class TurnFailed(ActSourceDown):
    """The act server works, but this message's turn did not come through: it must not hold up anybody else."""


class ActSource(Protocol):
    """Decides which dialogue act a message is and has the turn run for it."""

    async def decide(self, inbound_id: int, conversation: str, text: str, asks: str | None) -> None:
        """Return when the turn has run; raise ActSourceDown when it cannot be decided now."""


@dataclass(frozen=True)
class Choice:
    title: str
    value: str


@dataclass(frozen=True)
class ChatReply:
    text: str
    choices: list[Choice] = field(default_factory=list)
    details: list[dict[str, str]] = field(default_factory=list)
    seq: int = 0
    author: str = "assistant"


@dataclass(frozen=True)
class ChatAnswer:
    replies: list[ChatReply]
    asks: str | None
    stage: str
    receipt: str | None
    seq: int


def _as_reply(row: models.Reply) -> ChatReply:
    choices = [Choice(c["title"], c["value"]) for c in row.choices]
    return ChatReply(text=row.text, choices=choices, details=list(row.details), seq=row.seq, author=row.author)


class ChatDesk:
    """The front desk of every channel in which people write to the office."""

    def __init__(self, office: Office, acts: ActSource) -> None:
        self._office = office
        self._acts = acts
        self._owner = uuid.uuid4().hex
        self._last_success = float("-inf")
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def converse(
        self, conversation: str, text: str, message_id: str | None = None, channel: str = "web"
    ) -> ChatAnswer:
        """Take a message in and answer it; the same `message_id` again gives the same answer and no second effect."""
        external_id = message_id or uuid.uuid4().hex
        inbound_id, answered = await asyncio.to_thread(self._accept, channel, conversation, external_id, text)
        if not answered and await asyncio.to_thread(self._danger_first, inbound_id, text):
            answered = True
        if not answered:
            try:
                async with asyncio.timeout(TURN_SECONDS):
                    await self._answer_in_order(conversation, inbound_id)
            except (TimeoutError, ActSourceDown):
                pass  # the committed row decides, below
        return await asyncio.to_thread(self._answer_of, inbound_id)

    def later(self, conversation: str, after: int) -> ChatAnswer:
        """What the office said after reply number `after`: late answers, staff, reminders."""
        with self._office.db.read() as uow:
            conv = uow.conversations.get(conversation)
            if conv is None:
                return ChatAnswer([], None, "opening", None, after)
            rows = uow.replies.after(conversation, after)
            replies = [_as_reply(row) for row in rows]
            seq = max([after, *(r.seq for r in replies)])
            return ChatAnswer(replies, conv.asks, conv.stage, _receipt_of(conv), seq)

    async def replay_pending(self, limit: int = 20) -> int:
        """Answer messages that were kept while the dialogue-act server was down; returns how many were answered."""
        done = 0
        for conversation, inbound_id in await asyncio.to_thread(self._pending, limit):
            try:
                async with asyncio.timeout(TURN_SECONDS):
                    done += await self._answer_in_order(conversation)
            except (TurnFailed, TimeoutError):
                await asyncio.to_thread(self._count_failure, inbound_id)
            except ActSourceDown:
                break  # the server is down for all of them
        return done

    # -- inside -------------------------------------------------------------------------------------------

    def _accept(self, channel: str, conversation: str, external_id: str, text: str) -> tuple[int, bool]:
        with self._office.db.begin() as uow:
            message, _ = uow.inbox.accept(channel, conversation, external_id, text, self._office.clock.now())
            uow.flush()
            inbound_id, answered = message.id, message.status != "received"
            uow.commit()
            return inbound_id, answered

    def _danger_first(self, inbound_id: int, text: str) -> bool:
        """Words of danger are answered at once, whatever the act server is doing and whatever else is waiting."""
        try:
            if self._office.extractor.extract(text).danger is None:
                return False
            run_turn(self._office, inbound_id, "danger")
        except Exception as error:  # whatever went wrong here, the message is kept and goes the ordinary way
            log.error("looking for danger failed (%s)", type(error).__name__)
            return False
        return True

    async def _answer_in_order(self, conversation: str, up_to: int | None = None) -> int:
        """Answer every kept message of the conversation (up to this one), oldest first, one at a time; how many."""
        answered = 0
        async with self._locks[conversation]:
            waiting, asks = await self._take_up(conversation, up_to)
            try:
                for number, text in waiting:
                    if answered:
                        asks = await asyncio.to_thread(self._asks, conversation)
                    await self._acts.decide(number, conversation, text, asks)
                    self._last_success = time.monotonic()
                    answered += 1
            finally:
                await asyncio.to_thread(self._release, conversation)
        if not self._locks[conversation].locked():
            self._locks.pop(conversation, None)
        return answered

    async def _take_up(self, conversation: str, up_to: int | None) -> tuple[list[tuple[int, str]], str | None]:
        """Hold the conversation: its unanswered messages (id, text), oldest first, and what it waits for."""
        while (held := await asyncio.to_thread(self._try_take_up, conversation, up_to)) is None:
            await asyncio.sleep(0.05)
        return held

    def _try_take_up(self, conversation: str, up_to: int | None) -> tuple[list[tuple[int, str]], str | None] | None:
        with self._office.db.begin() as uow:
            if not uow.conversations.lease(conversation, self._owner, _LEASE_CLOCK.now(), LEASE_SECONDS):
                return None
            conv = uow.conversations.get(conversation)
            rows = uow.inbox.pending_of(conversation)
            waiting = [(row.id, row.text) for row in rows if up_to is None or row.id <= up_to]
            uow.commit()
            return waiting, conv.asks if conv else None

    def _release(self, conversation: str) -> None:
        with self._office.db.begin() as uow:
            uow.conversations.release(conversation, self._owner)
            uow.commit()

    def _asks(self, conversation: str) -> str | None:
        with self._office.db.read() as uow:
            conv = uow.conversations.get(conversation)
            return conv.asks if conv else None

    def _pending(self, limit: int) -> list[tuple[str, int]]:
        with self._office.db.read() as uow:
            waiting = uow.inbox.pending(limit, free_at=_LEASE_CLOCK.now())
            return [(row.conversation_id, row.id) for row in waiting]

    def _answer_of(self, inbound_id: int) -> ChatAnswer:
        with self._office.db.read() as uow:
            message = uow.inbox.get(inbound_id)
            assert message is not None  # accepted above, never deleted
            if message.status != "received" or message.late_notice:
                return self._stored_answer(uow, message)
        return self._say_later(inbound_id)

    def _stored_answer(self, uow: UnitOfWork, message: models.InboundMessage) -> ChatAnswer:
        replies = [_as_reply(row) for row in uow.replies.for_inbound(message.id)]
        conv = uow.conversations.get(message.conversation_id)
        assert conv is not None
        # Where nobody answered (a person holds the conversation), what staff said meanwhile has yet to be asked for.
        seq = max((r.seq for r in replies), default=0) or uow.replies.last_answer(conv.id, message.id)
        if message.status == "received":
            return ChatAnswer(replies, conv.asks, conv.stage, _receipt_of(conv), seq)
        return ChatAnswer(replies, message.asks, message.stage or conv.stage, message.receipt, seq)

    def _say_later(self, inbound_id: int) -> ChatAnswer:
        """Say once that the message is kept and will be answered; the claim of the turn is not touched."""
        now = self._office.clock.now()
        with self._office.db.begin() as uow:
            message = uow.inbox.get(inbound_id)
            assert message is not None
            if message.status == "received" and not message.late_notice:
                conv = uow.conversations.get(message.conversation_id)
                assert conv is not None
                message.late_notice = True
                text = self._office.texts.say("common.answer_later")
                uow.replies.add(conv, text, [], inbound_id=inbound_id, now=now)
                uow.flush()
            answer = self._stored_answer(uow, message)
            uow.commit()
            return answer

    def _count_failure(self, inbound_id: int) -> None:
        """After MAX_ATTEMPTS a message is set aside, so that later ones are answered, and a person is asked to look.

        Only while other messages do get answered: with the act server broken for all, everybody's words are kept.
        """
        if time.monotonic() - self._last_success > PROOF_OF_LIFE_SECONDS:
            return
        with self._office.db.begin() as uow:
            message = uow.inbox.get(inbound_id)
            if message is None or message.status != "received":
                return
            message.attempts += 1
            if message.attempts >= MAX_ATTEMPTS:
                uow.inbox.mark_dead(message)
                conv = uow.conversations.get(message.conversation_id)
                open_task(
                    self._office,
                    uow,
                    "unanswered",
                    key=f"unanswered:{inbound_id}",
                    urgent=False,
                    area_id=conv.area_id if conv else None,
                    case_id=None,
                    conversation_id=message.conversation_id,
                    text=self._office.texts.say("tasks.unanswered"),
                )
            uow.commit()


def _receipt_of(conv: models.Conversation) -> str | None:
    receipt = conv.state.get("receipt")
    return receipt if isinstance(receipt, str) else None
