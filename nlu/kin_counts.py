"""People counted out by groups («两个老的三个小的», «户主夫妻及3子女», «孤儿（14、11岁）») and what they add up to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nlu.numerals import parse
from nlu.patterns import worded

_GROUPS = worded("household.groups")
_COUPLE_AND = worded("household.couple_and")
_ABOVE_AND_BELOW = worded("household.above_and_below")
_WITH_CHILDREN = worded("household.with_children")
_OLD_YOUNG_AND_ME = worded("household.old_young_and_me")
_AND_ME = re.compile(r"[，, ]?(?:再|还)?(?:加上?|还有|带上)[我俺额](?!们)")
_ORPHANS = worded("household.orphans")
_OTHERS_HOUSE = re.compile(r"邻居|隔壁|人家|他们家|别人|每户|村里|组里")


@dataclass(frozen=True, slots=True)
class Size:
    value: int
    start: int
    end: int


def whole(words: str) -> int | None:
    """A count of people in words or digits (俩, 仨, 三, 12); None where it is none."""
    words = {"俩": "二", "仨": "三"}.get(words, words)
    value, _, ok = parse(words)
    return int(value) if ok and value is not None and value.is_integer() else None


def counted_out(text: str) -> Size | None:
    """The size where all of a household are counted by groups; None where they are not."""
    for form, more in (
        (_OLD_YOUNG_AND_ME, 1),
        (_GROUPS, 0),
        (_COUPLE_AND, 2),
        (_ABOVE_AND_BELOW, 4),
        (_WITH_CHILDREN, 1),
    ):
        match = form.search(text)
        if match and not _OTHERS_HOUSE.search(text[max(0, match.start() - 12) : match.start()]):
            counts = [whole(group) for group in match.groups() if group]
            if all(counts):
                speaker = _AND_ME.match(text, match.end())
                total = more + sum(c or 0 for c in counts) + (1 if speaker else 0)
                return Size(total, match.start(), speaker.end() if speaker else match.end())
    orphans = _ORPHANS.search(text)
    if orphans:
        ages = re.findall(r"[0-9]{1,2}", orphans[1])
        return Size(len(ages), orphans.start(), orphans.end()) if len(ages) > 1 else None
    return None
