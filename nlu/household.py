"""How many people share the budget: said outright (一家五口), noted by an operator, or a plain sum of people."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nlu.answer_numbers import COUNTED
from nlu.household_choice import chosen
from nlu.household_people import whole
from nlu.patterns import worded
from nlu.terms import Hits

_ASKED = "household_size"
_ANSWER = worded("household.answer")
_OPENS = re.compile(
    r"(?:一共|总共|拢共|现在|家里|我家|俺家|屋里|就|有|是|嗯|呃|大概|[，, 。])*"
)  # before the number of an answer
_OWNER = worded("household.owner")  # right before a size
_A_STANDING = re.compile(r"五保户?")  # who has it mostly lives alone; that is guessed and no fact
_OWNER_LONGEST = 12  # code points
_TAKEN_BACK = re.compile(r"不对|说错|错了|不是|更正|哦不|改")


@dataclass(frozen=True, slots=True)
class Size:
    """A household's size in people, and where it is said."""

    value: int
    start: int
    end: int
    sure: bool = True  # enough to be stated as a fact


def household_size(text: str, hits: Hits, asks: str | None = None) -> Size | None:
    """The size where it is said or plainly adds up; None where it is not.

    asks: the fact that the text is asked for; «我和儿子» counts people where a count of them was asked.
    """
    if asks == _ASKED and (answer := _answered(text)):
        return answer
    found = chosen(text, hits, asks == _ASKED or asks in COUNTED)
    if found is None:
        return None
    told = found.candidate
    sure = found.sure and not _A_STANDING.fullmatch(text, told.start, told.end)
    return Size(told.value, _with_owner(text, told.start), told.end, sure or asks == _ASKED)


def _with_owner(text: str, start: int) -> int:
    """Where the words begin that say whose size it is («家里五口人»)."""
    owner = _OWNER.search(text, max(0, start - _OWNER_LONGEST), start)
    return owner.start() if owner else start


def _answered(text: str) -> Size | None:
    """A number to begin with (五个 两老 我俩 一个娃); the last one of a corrected answer."""
    numbers = list(_ANSWER.finditer(text))
    if not numbers or not _OPENS.fullmatch(text, 0, numbers[0].start()):
        return None
    said = numbers[-1] if len(numbers) > 1 and _TAKEN_BACK.search(text, numbers[0].end()) else numbers[0]
    value = whole(said[1])
    return Size(value, said.start(), said.end()) if value else None
