"""The caller's words for the record, and what is taken out of them where somebody wants to stay unnamed (不留名)."""

from __future__ import annotations

import re

from actions.call_picture import Picture
from storage import UnitOfWork
from storage.models import Call

HIDDEN = "＊＊＊"
OF_THE_CALLER = ("name", "phone", "proxy_name", "id_number")


def words(picture: Picture) -> str:
    """The words as noted, with the wish where it was typed apart; without name and number of an unnamed caller."""
    noted = picture.state.input.notes
    if picture.wish and picture.wish not in noted:
        noted += f"\n〔{picture.office.texts.get('calls.marks')['wish']}〕{picture.wish}"
    return without_names(picture, noted) if picture.anonymous else noted


def without_names(picture: Picture, text: str) -> str:
    """Nothing of the caller's name and numbers is left; whom the complaint is about stays."""
    told = {heard.words for heard in picture.reading.heard if heard.item in OF_THE_CALLER}
    told |= {picture.name, picture.phone, picture.id_number, picture.proxy_name}
    for one in sorted(filter(None, told), key=len, reverse=True):
        if one != picture.against:
            text = re.sub(re.escape(one), HIDDEN, text)
    return text


def forget(uow: UnitOfWork, call: Call, picture: Picture) -> None:
    """The call itself keeps nothing either by which an unnamed caller could be found."""
    call.notes, call.state = words(picture), {}
    uow.calls.set_phone(call, None)
