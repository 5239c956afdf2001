"""From an update to work: who wrote, in which kind of chat, and which file answers it."""

from __future__ import annotations

import asyncio

from telegram import CallbackQuery, ChatMemberUpdated, Message, Update
from telegram.constants import ChatMemberStatus, ChatType

from actions import linking, notices, pushed
from actions.chat import ChatDesk
from actions.office import Office
from actions.updates import Work
from bot.channels.telegram.api import CHANNEL, Api
from bot.channels.telegram.staff import StaffDesk
from bot.channels.telegram.talking import Talking

LEFT = {ChatMemberStatus.BANNED, ChatMemberStatus.LEFT}


class Handler:
    """Works on one update. Whatever it raises counts as a failed try; to be called twice has no second effect."""

    def __init__(self, office: Office, chat: ChatDesk, api: Api) -> None:
        self._office, self._api = office, api
        self._talking = Talking(office, chat, api)
        self._staff = StaffDesk(office, api)

    async def handle(self, work: Work) -> None:
        update = Update.de_json(dict(work.body), self._api.bot)
        if update.callback_query is not None:
            await self._press(work, update.callback_query)
        elif update.message is not None:
            await self._message(work, update.message)
        elif update.edited_message is not None:
            await self._edited(work, update.edited_message)
        elif update.my_chat_member is not None:
            await self._membership(work, update.my_chat_member)

    async def _message(self, work: Work, message: Message) -> None:
        if message.chat.type != ChatType.PRIVATE:
            await asyncio.to_thread(self._answer_group, work, message)
        elif await self._staff.answers(work, message):
            return
        else:
            await self._talking.message(work, message)

    async def _edited(self, work: Work, message: Message) -> None:
        if message.chat.type == ChatType.PRIVATE and await self._member_of_staff(message.chat.id) is None:
            await self._talking.edited(work, message)

    async def _press(self, work: Work, query: CallbackQuery) -> None:
        """A button's press is always answered, or the phone shows it as hanging."""
        told: tuple[str, bool] = ("", False)
        try:
            chat = query.message.chat if query.message is not None else None
            if chat is not None and chat.type == ChatType.PRIVATE:
                told = await self._staff.pressed(work, query) or await self._talking.pressed(work, query)
        finally:
            await self._api.quietly(query.answer(told[0][:200] or None, show_alert=told[1]))
        await self._talking.after_press(work, query)

    async def _membership(self, work: Work, change: ChatMemberUpdated) -> None:
        """Blocked: nothing more is sent there; what cannot be said puts the household on the call list."""
        if change.chat.type == ChatType.PRIVATE and change.new_chat_member.status in LEFT:
            await asyncio.to_thread(pushed.lost, self._office, pushed.conversation_of(CHANNEL, work.chat))

    async def _member_of_staff(self, chat_id: int) -> object | None:
        return await asyncio.to_thread(linking.staff_at, self._office, CHANNEL, str(chat_id))

    def _answer_group(self, work: Work, message: Message) -> None:
        """One kind sentence a day in a group, and nothing else: nobody's hardship is talked about before others."""
        with self._office.db.begin() as uow:
            notices.enqueue(
                self._office,
                uow,
                key=f"telegram:group:{work.chat[:32]}:{self._office.clock.today()}",
                channel=CHANNEL,
                recipient=f"chat:{work.chat[:32]}",
                text=self._office.texts.say("telegram.group"),
                payload={"address": str(message.chat.id)},
            )
            uow.commit()
