"""One message of the outbox to one chat: whom it reaches, its buttons, and its parts where it is long.

Text goes out as plain text, never as markup: `* _ [ <` of a farmer are what they are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

from telegram import ForceReply, InlineKeyboardMarkup
from telegram.error import RetryAfter, TelegramError

from actions import acceptance, linking, pushed
from actions.office import Office
from actions.outbox import Outgoing, Undeliverable
from bot.channels.telegram import keyboards
from bot.channels.telegram.api import CHANNEL, Api, Gone, meaning, seconds_of
from bot.channels.telegram.pace import Pace

MAX_TEXT = 4096  # UTF-16 code units of one message
TO_STAFF, TO_CHAT = "user:", "chat:"  # recipients that are no conversation
LONGEST_WAIT = 20.0  # seconds to wait in the middle of a long text, rather than send its beginning twice

Markup = InlineKeyboardMarkup | ForceReply | None


@dataclass(frozen=True)
class Addressed:
    """Where the message goes, with which buttons."""

    address: str
    markup: Markup = None


class Sender:
    """Sends what the courier took."""

    def __init__(self, office: Office, api: Api, pace: Pace) -> None:
        self._office, self._api, self._pace = office, api, pace

    async def send(self, message: Outgoing) -> None:
        """Send the whole message. Raises RetryLater, Undeliverable, or a passing TelegramError."""
        target = await asyncio.to_thread(self._target, message)
        if target is None:
            return
        try:
            parts = list(parts_of(message.text))
            for number, part in enumerate(parts):
                markup = target.markup if number == len(parts) - 1 else None
                await self._say(target.address, part, markup, patient=number > 0)
        except TelegramError as error:
            told = meaning(error)
            if isinstance(told, Gone):
                await asyncio.to_thread(self._lost, message, target.address)
            raise told from None

    async def _say(self, address: str, text: str, markup: Markup, *, patient: bool) -> None:
        await self._pace.turn(address)
        try:
            await self._api.bot.send_message(int(address), text, reply_markup=markup, parse_mode=None)
        except RetryAfter as error:
            if not patient or seconds_of(error) > LONGEST_WAIT:
                raise
            await asyncio.sleep(seconds_of(error))
            await self._api.bot.send_message(int(address), text, reply_markup=markup, parse_mode=None)

    def _target(self, message: Outgoing) -> Addressed | None:
        if message.recipient.startswith(TO_STAFF):
            return self._member_of_staff(message)
        if message.recipient.startswith(TO_CHAT):
            answer = ForceReply() if message.payload.get("force_reply") else self._case_buttons(message)
            return Addressed(str(message.payload["address"]), answer)
        address = pushed.address_of(self._office, message.recipient)
        if address is None:
            raise Undeliverable("the chat was given up")
        choices, details = message.payload.get("choices", []), message.payload.get("details", [])
        seq = int(message.payload.get("seq", 0))
        return Addressed(address, keyboards.of_reply(self._office.texts, message.recipient, seq, choices, details))

    def _member_of_staff(self, message: Outgoing) -> Addressed | None:
        """A colleague's linked chat; who never linked one is told in the workbench, and nothing is sent here."""
        user_id = int(message.recipient.removeprefix(TO_STAFF))
        address, was_linked = linking.address_of(self._office, user_id, CHANNEL)
        if address is not None:
            return Addressed(address, self._case_buttons(message, address))
        if was_linked:
            raise Undeliverable("the account is linked no more")
        return None

    def _case_buttons(self, message: Outgoing, address: str | None = None) -> InlineKeyboardMarkup | None:
        case_id = message.payload.get("case_id")
        user = linking.staff_at(self._office, CHANNEL, address or str(message.payload.get("address")))
        if not isinstance(case_id, int) or user is None:
            return None
        return keyboards.of_case(self._office.texts, case_id, acceptance.actions_on(self._office, user, case_id))

    def _lost(self, message: Outgoing, address: str) -> None:
        if message.recipient.startswith(TO_STAFF):
            linking.unlink(self._office, CHANNEL, address)
        elif not message.recipient.startswith(TO_CHAT):
            pushed.lost(self._office, message.recipient)


def parts_of(text: str, limit: int = MAX_TEXT) -> Iterator[str]:
    """The text in parts that Telegram takes, cut at line ends or sentence ends where there are any."""
    rest = text.strip() or "…"
    while _units(rest) > limit:
        end = _fitting(rest, limit)
        ends = (rest.rfind(mark, end // 2, end) + 1 for mark in "\n。！？；， ")
        cut = next((place for place in ends if place), end)
        part = rest[:cut]
        yield part.rstrip() or part
        rest = rest[len(part) :].lstrip()
    if rest:
        yield rest


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "replace")) // 2


def _fitting(text: str, limit: int) -> int:
    """How many characters of the beginning fit into `limit` code units."""
    if _units(text[:limit]) <= limit:
        return limit
    units = 0
    for count, char in enumerate(text):
        units += 2 if ord(char) > 0xFFFF else 1
        if units > limit:
            return count
    return len(text)
