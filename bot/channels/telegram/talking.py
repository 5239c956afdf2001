"""A household's side of the chat: words, buttons, photos and places, all through the same desk as the web chat."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from telegram import CallbackQuery, InlineKeyboardMarkup, Message

from actions import entrance, masking, media, pushed
from actions.chat import ChatDesk
from actions.media import Item
from actions.office import Office
from actions.updates import Work
from bot.channels.telegram import contents, keyboards
from bot.channels.telegram.api import CHANNEL, Api
from bot.channels.telegram.keyboards import OfReply
from bot.web.inputs import clean, is_blank

VILLAGE = "v_"  # a deep link of a village: /start v_CODE

Result = TypeVar("Result")
Told = tuple[str, bool]  # what a pressed button says, and whether in a window of its own


@dataclass(frozen=True)
class _Choice:
    conversation: str
    text: str
    message_id: str


class Talking:
    """Everything a household may send in a private chat."""

    def __init__(self, office: Office, chat: ChatDesk, api: Api) -> None:
        self._office, self._chat, self._api = office, chat, api
        self._chosen: dict[int, _Choice | str] = {}

    async def message(self, work: Work, message: Message) -> None:
        conversation = await self._open(work, message.chat.id)
        await self._sorry_for_wait(conversation, message, work)
        item = contents.item_of(message)
        words = clean(message.text or message.caption or "")
        if item is not None:
            await self._keep(conversation, work, item, asked_again=not words)
        if not is_blank(words):
            await self._say(conversation, await self._begun(conversation, words), _number(work))
        elif item is None and contents.is_talk(message):
            await self._keep(conversation, work, Item("other"), asked_again=True)

    async def edited(self, work: Work, message: Message) -> None:
        words = clean(message.text or message.caption or "")
        if is_blank(words):
            return
        conversation = await self._open(work, message.chat.id)
        await self._in_thread(media.keep_correction, conversation, CHANNEL, _number(work), words)

    # -- buttons --------------------------------------------------------------------------------------------------

    async def pressed(self, work: Work, query: CallbackQuery) -> Told:
        """What the button says at once; what it leads to is done in `after_press`."""
        assert query.message is not None  # looked at by the caller
        conversation = await self._open(work, query.message.chat.id)
        wanted = keyboards.read(query.data)
        if not isinstance(wanted, OfReply) or wanted.tag != keyboards.tag_of(conversation):
            return await self._old(work, conversation)
        if wanted.kind == "detail":
            return await self._detail(work, conversation, wanted)
        found = await self._in_thread(pushed.press, conversation, wanted.seq, wanted.number)
        if found.kind == "old":
            return await self._old(work, conversation)
        if found.kind == "again":
            return self._office.texts.say("telegram.button_again"), False
        self._chosen[work.id] = _Choice(conversation, found.text, pushed.press_id(wanted.seq))
        return "", False

    async def after_press(self, work: Work, query: CallbackQuery) -> None:
        """Say the choice in the conversation, and leave it standing under its question."""
        chosen = self._chosen.pop(work.id, None)
        if not isinstance(chosen, _Choice):
            return
        await self._chat.converse(chosen.conversation, chosen.text, chosen.message_id, CHANNEL)
        markup = query.message.reply_markup if isinstance(query.message, Message) else None
        if isinstance(markup, InlineKeyboardMarkup) and query.data:
            left = keyboards.pressed(self._office.texts, markup, query.data)
            await self._api.quietly(query.edit_message_reply_markup(left))

    async def _old(self, work: Work, conversation: str) -> Told:
        shown = await self._in_thread(pushed.show_again, conversation, f"u{work.external_id}")
        return self._office.texts.say("telegram.button_old_again" if shown else "telegram.button_old"), True

    async def _detail(self, work: Work, conversation: str, wanted: OfReply) -> Told:
        text = await self._in_thread(pushed.details, conversation, wanted.seq, wanted.number)
        if text is None:
            return self._office.texts.say("telegram.detail_gone"), True
        await self._in_thread(pushed.send_beside, conversation, f"detail:{work.external_id}", text)
        return "", False

    # -- words ----------------------------------------------------------------------------------------------------

    async def _say(self, conversation: str, words: str, external_id: str) -> None:
        if masking.has_id_number(words):
            await self._in_thread(pushed.say_once, conversation, CHANNEL, external_id, "telegram.id_number_warning")
        await self._chat.converse(conversation, words, external_id, CHANNEL)

    async def _begun(self, conversation: str, words: str) -> str:
        """/start is a greeting; with a village's code the place is known from the start."""
        command, _, rest = words.partition(" ")
        if command.partition("@")[0] != "/start":
            return words
        if rest.startswith(VILLAGE):
            await self._in_thread(entrance.place_by_code, conversation, rest.removeprefix(VILLAGE).strip())
        return self._office.texts.say("telegram.start")

    async def _sorry_for_wait(self, conversation: str, message: Message, work: Work) -> None:
        if await self._in_thread(pushed.kept_waiting, conversation, message.date):
            await self._in_thread(pushed.say_once, conversation, CHANNEL, _number(work), "telegram.sorry_for_wait")

    async def _keep(self, conversation: str, work: Work, item: Item, *, asked_again: bool) -> None:
        await asyncio.to_thread(
            media.keep, self._office, conversation, CHANNEL, f"{_number(work)}:kept", item, asked_again=asked_again
        )

    async def _open(self, work: Work, chat_id: int) -> str:
        return await self._in_thread(pushed.open_conversation, CHANNEL, work.chat, str(chat_id))

    async def _in_thread(self, act: Callable[..., Result], *values: object) -> Result:
        return await asyncio.to_thread(act, self._office, *values)


def _number(work: Work) -> str:
    """What the message is called in the inbox: Telegram's own number of the update."""
    return f"u{work.external_id}"
