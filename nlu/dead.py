"""Whether a trouble that a text tells was that of somebody who has died since."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlu.patterns import worded
from nlu.people import KIN
from nlu.scope import Scope

LASTING = frozenset(("disability", "severe_disability", "chronic_illness", "serious_illness"))  # as long as one lives
_BACK = 60  # characters before a trouble within which it is said whose it is
_AHEAD = 1500  # characters after it, or about it, within which it may say that he died
_DIED = worded("facts.died")
_DIED_OF = worded("facts.died_of")
_NAMED_DEAD = worded("facts.named_dead")
_NAME = re.compile(r"[一-龥]{2,3}(?=[，。,（( ])")  # «配偶何某某，»


def of_the_dead(text: str, scope: Scope, start: int, end: int) -> bool:
    """«妻子患尿毒症…。去年妻子病故», «因肠癌手术后感染致死亡»: who had it is dead, and the household has it no more."""
    died = _DIED_OF.match(text, end)
    if died and not scope.people_between(end, died.end()):
        return True
    if _named_dead(text, scope, start):
        return True
    before = [p for p in scope.people_between(max(0, start - _BACK), start) if p.subject == KIN]
    if not before:
        return False
    named = _NAME.match(text, before[-1].end)
    words = [text[before[-1].start : before[-1].end], *([named[0]] if named else [])]
    return any(_dies(text, scope, at) for word in words for at in _ends_of(word, text, end))


def _ends_of(word: str, text: str, start: int) -> Iterator[int]:
    """Where `word` ends, wherever it stands within reach after `start`."""
    at = text.find(word, start, start + _AHEAD)
    while at >= 0:
        yield at + len(word)
        at = text.find(word, at + len(word), start + _AHEAD)


def _dies(text: str, scope: Scope, end: int) -> bool:
    died = _DIED.match(text, end)
    return died is not None and not any(p.subject == KIN for p in scope.people_between(end, died.end()))


def _named_dead(text: str, scope: Scope, start: int) -> bool:
    """«何某某病故。由于何某某患有…»: the sentence names somebody of whom the text says elsewhere that he died."""
    first = max(0, start - _BACK)
    first += text[first:start].rfind("。") + 1
    for died in _NAMED_DEAD.finditer(text, max(0, start - _AHEAD), start + _AHEAD):
        at = text.find(died[1], first, start)
        if at >= 0 and at != died.start(1) and not any(p.subject == KIN for p in scope.people_between(at, start)):
            return True
    return False
