"""«赔» of a sum that is no loss: paid for a wrong or an injury («工伤赔了四万», «赔人家六千»), not lost in a trade."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nlu.hardships import Found
from nlu.money import Sum

_TRADE, _PAID, _LOST = "business_loss", "赔", "loss"


def without_compensation(found: Iterable[Found], text: str, sums: Sequence[Sum]) -> list[Found]:
    """`found` less the losses of a trade that only a sum in another role speaks for; all in offsets of `text`."""
    return [one for one in found if one.type != _TRADE or not _paid(text, one, sums)]


def _paid(text: str, one: Found, sums: Sequence[Sum]) -> bool:
    roles = {item.role for item in sums if item.start < one.end and one.start < item.end}
    return bool(roles) and _LOST not in roles and _PAID in text[one.start : one.end]
