"""A call while it is being typed: what the page sends, and what is kept sealed in `calls.state`."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

MAX_NOTES = 5000  # code points; in the widest encoding still below the 64 kB that a door takes
Short = Annotated[str, StringConstraints(max_length=200)]
Kind = Literal["application", "complaint", "question", "other"]
Choice = Literal["accepted", "changed", "refused"]
Value = bool | int | float | str


class CallInput(BaseModel):
    """What the operator has typed and ticked. A field that is None was left to what is heard in the notes; an empty
    text says that there is none."""

    model_config = ConfigDict(extra="forbid")
    kind: Kind = "application"
    notes: Annotated[str, StringConstraints(max_length=MAX_NOTES)] = ""
    phone: Short | None = None
    name: Short | None = None
    place: Short | None = None
    id_number: Short | None = None
    receipt: Short | None = None  # what the caller says is the number of an earlier application
    consent: bool | None = None
    proxy: bool | None = None
    proxy_name: Short | None = None
    proxy_consent: bool | None = None
    topic: Short | None = None
    against: Short | None = None
    against_level: Literal["village", "town", "county"] | None = None
    wish: Short | None = None
    anonymous: bool = False
    continues: Short | None = None  # receipt of the open case that this call goes on with


class Decision(BaseModel):
    """What the operator decided about one thing heard; `words`: the stretch of the notes it was heard in."""

    item: str
    words: str = ""
    choice: Choice
    value: Value | None = None


class Spot(BaseModel):
    """Where the words for the place were found to lie, so that the area table is not searched at every reading."""

    said: list[str]
    place: str
    area: int | None


class CallState(BaseModel):
    """The sealed part of a call besides its notes and number."""

    input: CallInput = Field(default_factory=CallInput)
    decisions: list[Decision] = Field(default_factory=list)
    window: str = ""  # the page that kept it last, and the number of that keeping
    turn: int = 0
    spot: Spot | None = None
    callback_task: int | None = None
    note: str = ""


def decide(state: CallState, decision: Decision) -> None:
    """Put a decision in force: a changed value stands for the whole item, the others for the words they were about."""

    def stays(earlier: Decision) -> bool:
        if earlier.item != decision.item:
            return True
        if "changed" in (earlier.choice, decision.choice):
            return earlier.choice == "refused"  # what was refused does not come back
        return earlier.words != decision.words

    state.decisions = [*filter(stays, state.decisions), decision]


def phone_digits(text: str | None) -> str | None:
    """A phone number as digits (full width, blanks, dashes allowed), "" for an empty field, None where it is none."""
    plain = re.sub(r"[\s\-－—–()（）]", "", unicodedata.normalize("NFKC", text or ""))
    plain = re.sub(r"^(\+?86)(?=1[3-9]\d{9}$)", "", plain)
    if not plain:
        return ""
    return plain if re.fullmatch(r"[0-9]{5,12}", plain) else None
