"""A colleague's side of the chat: linking by code, the buttons under a case's notice, the reason of a return.

Every action runs through the same use cases as the workbench, with the same permissions, and with the version of the
card the button stood under: who comes second is told who was first.
"""

from __future__ import annotations

import asyncio
import re
from typing import Any

from telegram import CallbackQuery, Message

from actions import acceptance, casework, linking, notices
from actions.accounts import Staff
from actions.office import Office
from actions.refusals import NotFound, Refusal, Stale
from actions.updates import Work
from bot.channels.telegram import keyboards
from bot.channels.telegram.api import CHANNEL, Api
from bot.channels.telegram.keyboards import OfCase

ASKED = re.compile(r"(\d{6}-\d{3}-\d{3}).*?(\d{1,9})", re.DOTALL)  # receipt and version in our own question

Told = tuple[str, bool]


class StaffDesk:
    """What members of staff do in their linked private chat."""

    def __init__(self, office: Office, api: Api) -> None:
        self._office, self._api = office, api

    # -- messages -------------------------------------------------------------------------------------------------

    async def answers(self, work: Work, message: Message) -> bool:
        """Whether this message was staff's business: a code, /unlink, or anything out of a linked chat."""
        command, _, rest = (message.text or "").strip().partition(" ")
        command = command.partition("@")[0]
        if command == "/start" and linking.CODE.fullmatch(rest.strip()):
            await asyncio.to_thread(self._link, work, str(message.chat.id), rest.strip())
            return True
        if command == "/unlink":
            ended = await asyncio.to_thread(linking.unlink, self._office, CHANNEL, str(message.chat.id))
            await self._tell(work, message.chat.id, "unlinked" if ended else "not_linked")
            return True
        user = await asyncio.to_thread(linking.staff_at, self._office, CHANNEL, str(message.chat.id))
        if user is None:
            return False
        asked = self._asked(message)
        if asked is None:
            await self._tell(work, message.chat.id, "only_work")
        else:
            await asyncio.to_thread(self._give_back, work, user, message, asked)
        return True

    def _link(self, work: Work, address: str, code: str) -> None:
        tried = linking.link(self._office, CHANNEL, address, code)
        key = {"linked": "linked", "wrong": "wrong_code", "throttled": "throttled"}[tried.result]
        self._write(work, address, self._words(key, name=tried.name))

    def _asked(self, message: Message) -> tuple[str, int] | None:
        """(receipt, version) of our question that this message replies to; only what the bot itself wrote counts."""
        question = message.reply_to_message
        if question is None or question.from_user is None or not question.text:
            return None
        found = ASKED.search(question.text) if question.from_user.id == self._api.id else None
        return (found[1], int(found[2])) if found else None

    def _give_back(self, work: Work, user: Staff, message: Message, asked: tuple[str, int]) -> None:
        receipt, version = asked
        try:
            casework.return_case(self._office, user, receipt, message.text or "", version=version)
            said = self._words("returned", receipt=receipt)
        except Refusal as refusal:
            said = refusal.message
        self._write(work, str(message.chat.id), said)

    # -- buttons --------------------------------------------------------------------------------------------------

    async def pressed(self, work: Work, query: CallbackQuery) -> Told | None:
        """What the button did; None where it is none of staff's."""
        wanted = keyboards.read(query.data)
        if not isinstance(wanted, OfCase):
            return None
        user = await asyncio.to_thread(linking.staff_at, self._office, CHANNEL, str(query.from_user.id))
        if user is None:
            return self._words("nobody"), True
        told = await asyncio.to_thread(self._act, work, user, wanted, str(query.from_user.id))
        await self._refresh(user, wanted.case_id, query)
        return told

    def _act(self, work: Work, user: Staff, wanted: OfCase, address: str) -> Told:
        try:
            receipt = acceptance.receipt_of(self._office, user, wanted.case_id)
            return self._do(work, user, wanted, receipt, address), False
        except Stale:
            return self._stale(user, wanted.case_id), True
        except NotFound:
            return self._words("gone"), True
        except Refusal as refusal:
            return refusal.message, True

    def _do(self, work: Work, user: Staff, wanted: OfCase, receipt: str, address: str) -> str:
        if wanted.action == "accept":
            acceptance.accept_case(self._office, user, receipt, version=wanted.version)
            return self._written(work, address, "accepted", receipt=receipt)
        if wanted.action == "visit":
            step = acceptance.record_visit(self._office, user, receipt, version=wanted.version)
            return self._written(work, address, "visited", receipt=receipt, step=step)
        acceptance.check_version(self._office, user, wanted.case_id, wanted.version)
        question = self._words("ask_reason", receipt=receipt, version=wanted.version)
        self._write(work, address, question, force_reply=True)
        return ""

    def _stale(self, user: Staff, case_id: int) -> str:
        """Who was faster, where it was a colleague."""
        other = acceptance.handled_by(self._office, case_id)
        if other is None:
            return self._words("changed")
        if other.id == user.id:
            return self._words("handled_by_you")
        return self._words("handled_by", name=other.display_name or other.name)

    async def _refresh(self, user: Staff, case_id: int, query: CallbackQuery) -> None:
        """The buttons under the notice as they are now."""
        may = await asyncio.to_thread(acceptance.actions_on, self._office, user, case_id)
        fresh = keyboards.of_case(self._office.texts, case_id, may)
        shown = query.message.reply_markup if isinstance(query.message, Message) else None
        if fresh != shown:
            await self._api.quietly(query.edit_message_reply_markup(fresh))

    # -- saying something -------------------------------------------------------------------------------------------

    def _words(self, key: str, **values: object) -> str:
        return self._office.texts.say(f"telegram.staff.{key}", **values)

    async def _tell(self, work: Work, chat_id: int, key: str) -> None:
        await asyncio.to_thread(self._write, work, str(chat_id), self._words(key))

    def _written(self, work: Work, address: str, key: str, **values: object) -> str:
        """The same words in the chat, where they stay, and on the button, where they pass."""
        said = self._words(key, **values)
        self._write(work, address, said)
        return said

    def _write(self, work: Work, address: str, text: str, **payload: Any) -> None:
        """Answer in the chat, once for each update."""
        with self._office.db.begin() as uow:
            notices.enqueue(
                self._office,
                uow,
                key=f"telegram:answer:{work.id}",
                channel=CHANNEL,
                recipient=f"chat:{work.chat[:32]}",
                text=text,
                payload={"address": address, **payload},
            )
            uow.commit()
