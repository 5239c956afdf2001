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

from actions.holding import Held, Holding
from actions.office import Office
from actions.speaking import speak
from actions.tasks import open_task
from actions.turn import run_turn
from storage import UnitOfWork, models

log = logging.getLogger(__name__)
MAX_TEXT = 4000  # code points
TURN_SECONDS = 4.0  # after this the person is told that the answer comes later
PROOF_OF_LIFE_SECONDS = 120.0
MAX_ATTEMPTS = 5  # then a person is asked to look


class ActSourceDown(Exception):
    """The dialogue-act server cannot be reached or did not answer in time."""


class TurnFailed(ActSourceDown):
    """The act server works, but this message's turn did not come through: it must not hold up anybody else."""


class ForeignConversation(Exception):
    """The conversation began in another channel."""


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


@dataclass(frozen=True)
class Arriving:
    """A message at the door; `origin`: the sender's network address, where the channel has one."""

    channel: str
    conversation: str
    external_id: str
    text: str
    origin: str | None


@dataclass(frozen=True)
class Taken:
    """A message that stands in the inbox; `held` where its conversation was free and is ours now."""

    number: int
    answered: bool
    held: Held | None


def _as_reply(row: models.Reply) -> ChatReply:
    choices = [Choice(c["title"], c["value"]) for c in row.choices]
    return ChatReply(text=row.text, choices=choices, details=list(row.details), seq=row.seq, author=row.author)


class ChatDesk:
    """The front desk of every channel in which people write to the office."""

    def __init__(self, office: Office, acts: ActSource) -> None:
        self._office = office
        self._acts = acts
        self._holding = Holding(office.db)
        self._last_success = float("-inf")
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

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
        """Take a message in and answer it; the same `message_id` again gives the same answer and no second effect.

        `origin`: the sender's network address, by which wrong look-ups are counted.
        `own_only`: keep nothing and raise ForeignConversation where the conversation began in another channel.
        """
        arriving = Arriving(channel, conversation, message_id or uuid.uuid4().hex, text, origin)
        taken = await asyncio.to_thread(self._take_in, arriving, own_only)
        held = taken.held
        if not taken.answered:
            try:
                async with asyncio.timeout(TURN_SECONDS):
                    held = await self._answer_in_order(conversation, taken.number, held)
            except (TimeoutError, ActSourceDown):
                pass  # the committed row decides, below
        return await asyncio.to_thread(self._answer_of, taken.number, held)

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
                    held = await self._answer_in_order(conversation)
                await asyncio.to_thread(self._holding.release, conversation, held)
                done += len(held.waiting)
            except (TurnFailed, TimeoutError):
                await asyncio.to_thread(self._count_failure, inbound_id)
            except ActSourceDown:
                break  # the server is down for all of them
        return done

    # -- inside -------------------------------------------------------------------------------------------

    def _take_in(self, arriving: Arriving, own_only: bool) -> Taken:
        taken = self._accept(arriving, own_only)
        if taken.answered or not self._danger_first(taken.number, arriving.text):
            return taken
        return Taken(taken.number, True, taken.held)

    def _accept(self, given: Arriving, own_only: bool) -> Taken:
        """Keep the message and, where the conversation is free, hold it: one transaction, before anything else."""
        with self._office.db.begin() as uow:
            message, _ = uow.inbox.accept(
                given.channel, given.conversation, given.external_id, given.text, self._office.clock.now(), given.origin
            )
            conv = uow.conversations.get(given.conversation) if own_only else None
            if conv is not None and conv.channel != given.channel:
                raise ForeignConversation(f"The conversation began as {conv.channel}, not {given.channel}.")
            number, answered = message.id, message.status != "received"
            held = None if answered else self._holding.hold(uow, given.conversation, number)
            uow.commit()
            return Taken(number, answered, held)

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

    async def _answer_in_order(self, conversation: str, up_to: int | None = None, held: Held | None = None) -> Held:
        """Answer every kept message of the conversation (up to this one), oldest first, one at a time.

        Returns what was held. The last turn has given the conversation back, unless more was waiting in it.
        """
        if held is not None:
            await self._answer_held(conversation, held)
            return held
        async with self._locks[conversation]:
            held = await self._holding.take_up(conversation, up_to)
            await self._answer_held(conversation, held)
        if not self._locks[conversation].locked():
            self._locks.pop(conversation, None)
        return held

    async def _answer_held(self, conversation: str, held: Held) -> None:
        asks = held.asks
        try:
            for place, (number, text) in enumerate(held.waiting):
                if place:
                    asks = await asyncio.to_thread(self._asks, conversation)
                await self._acts.decide(number, conversation, text, asks)
                self._last_success = time.monotonic()
        except BaseException:
            await asyncio.to_thread(self._holding.release, conversation, held)
            raise

    def _asks(self, conversation: str) -> str | None:
        with self._office.db.read() as uow:
            conv = uow.conversations.get(conversation)
            return conv.asks if conv else None

    def _pending(self, limit: int) -> list[tuple[str, int]]:
        with self._office.db.read() as uow:
            waiting = uow.inbox.pending(limit, free_at=self._holding.now())
            return [(row.conversation_id, row.id) for row in waiting]

    def _answer_of(self, inbound_id: int, held: Held | None) -> ChatAnswer:
        """What was said to the message. Gives the conversation back where the turn has not done so."""
        answer = None
        with self._office.db.read() as uow:
            message = uow.inbox.get(inbound_id)
            assert message is not None  # accepted above, never deleted
            conv = uow.conversations.get(message.conversation_id)
            assert conv is not None
            still_held = held is not None and conv.lease_owner == held.owner
            if message.status != "received" or message.late_notice:
                answer = self._stored_answer(uow, message)
        if held is not None and still_held:
            self._holding.release(conv.id, held)
        return answer or self._say_later(inbound_id)

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
                speak(self._office, uow, conv, text, inbound_id=inbound_id, now=now)
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
