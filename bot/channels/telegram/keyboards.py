"""Inline keyboards, and what a pressed button says: a version, what it belongs to, and which one it is.

`callback_data` (at most 64 bytes): `c1:TAG:SEQ:N` choice N of reply SEQ · `d1:TAG:SEQ:N` its detail N ·
`s1:OP:CASE:VERSION` an action of staff on a case at that version of its card. TAG is part of the conversation's id.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from actions.acceptance import CaseActions
from actions.texts import Texts

TAG_LENGTH = 8
SHORT = 8  # characters; two such choices share a row
MAX_TITLE = 60
ACTIONS = {"a": "accept", "v": "visit", "r": "return"}
_OWN = re.compile(r"([cd])1:([0-9a-f]{8}):([0-9]{1,9}):([0-9]{1,2})")
_STAFF = re.compile(r"s1:([avr]):([0-9]{1,9}):([0-9]{1,9})")


@dataclass(frozen=True)
class OfReply:
    """A choice or a detail of reply `seq` in the conversation with this tag."""

    kind: Literal["choice", "detail"]
    tag: str
    seq: int
    number: int


@dataclass(frozen=True)
class OfCase:
    """What a member of staff wants to do to a case, as they saw it at `version`."""

    action: str
    case_id: int
    version: int


def read(data: str | None) -> OfReply | OfCase | None:
    """What was pressed; None for a button of another time that we do not know any more."""
    if found := _OWN.fullmatch(data or ""):
        kind: Literal["choice", "detail"] = "choice" if found[1] == "c" else "detail"
        return OfReply(kind, found[2], int(found[3]), int(found[4]))
    if found := _STAFF.fullmatch(data or ""):
        return OfCase(ACTIONS[found[1]], int(found[2]), int(found[3]))
    return None


def tag_of(conversation: str) -> str:
    return conversation.partition(":")[2][:TAG_LENGTH]


def of_reply(
    texts: Texts, conversation: str, seq: int, choices: Sequence[str], details: Sequence[str]
) -> InlineKeyboardMarkup | None:
    """The choices, short ones two in a row, and below them what is one tap away."""
    tag = tag_of(conversation)
    buttons = [
        InlineKeyboardButton(title[:MAX_TITLE], callback_data=f"c1:{tag}:{seq}:{n}") for n, title in enumerate(choices)
    ]
    rows: list[list[InlineKeyboardButton]] = []
    for button in buttons:
        pair = rows and len(rows[-1]) == 1 and len(rows[-1][0].text) <= SHORT and len(button.text) <= SHORT
        if pair:
            rows[-1].append(button)
        else:
            rows.append([button])
    for n, title in enumerate(details):
        shown = texts.say("telegram.details", title=title)[:MAX_TITLE]
        rows.append([InlineKeyboardButton(shown, callback_data=f"d1:{tag}:{seq}:{n}")])
    return InlineKeyboardMarkup(rows) if rows else None


def pressed(texts: Texts, markup: InlineKeyboardMarkup, data: str) -> InlineKeyboardMarkup | None:
    """The keyboard after a choice: only the chosen button, marked, and the details; None where it is not there."""
    chosen, kept = None, []
    for button in (b for row in markup.inline_keyboard for b in row):
        if button.callback_data == data:
            title = texts.say("telegram.button_pressed", title=button.text.removeprefix("✓ "))
            chosen = InlineKeyboardButton(title[:MAX_TITLE], callback_data=data)
        elif str(button.callback_data).startswith("d1:"):
            kept.append([button])
    return InlineKeyboardMarkup([[chosen], *kept]) if chosen is not None else None


def of_case(texts: Texts, case_id: int, may: CaseActions | None) -> InlineKeyboardMarkup | None:
    """What this person may do to the case now."""
    if may is None:
        return None
    offered = {"a": may.accept, "v": may.visit, "r": may.give_back}
    row = [
        InlineKeyboardButton(
            texts.say(f"telegram.staff.{ACTIONS[op]}"), callback_data=f"s1:{op}:{case_id}:{may.version}"
        )
        for op, allowed in offered.items()
        if allowed
    ]
    return InlineKeyboardMarkup([row]) if row else None
