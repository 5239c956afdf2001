"""Whether what is said is meant as so, now, and of the own household: no question, guess, wish, rule or former time."""

from __future__ import annotations

import re
from functools import cache

from nlu.clauses import Clause
from nlu.lexicon_files import read_yaml
from nlu.patterns import worded

_SHORT_QUESTION = 20
_FIRST_HALF = 12  # characters before, in which the first half of the sentence may stand («开发商因为|资金不够»)
_ASKS = worded("meant.asks")
_OWN = worded("meant.own")
_OTHERS = worded("meant.others")
_RULE_BEFORE = worded("meant.rule_before")
_RULE_AFTER = worded("meant.rule_after")
_WISH_BEFORE = worded("meant.wish_before")
_WERE_IT = worded("facts.were_it")
_BEFORE = {  # fact -> what of the clause before its words makes them no word of it
    "lacks_capital": worded("hardships.firms"),
    "household_kind": worded("facts.to_be_lifted"),
    "urban_flat_bought": worded("facts.no_flat"),
}
_AFTER = {"wants_industry": worded("facts.hard_to_begin")}
_WITHIN = {"income_per_capita": worded("facts.no_line")}
_SOME_BEFORE = worded("meant.some_before")


@cache
def _words(name: str) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, read_yaml("statements/parts.yml")[name].split())))


def names_self(words: str) -> bool:
    """Whether the speaker or his household is named in these words («我家», «靠我»)."""
    return bool(_OWN.search(words))


def asks(words: str) -> bool:
    """Whether these words put a question («怎么办», «能不能»)."""
    return bool(_ASKS.search(words))


def asks_only(text: str) -> bool:
    """Whether a short message is nothing but a question («D级危房补多少钱», «猪瘟来了怎么防»)."""
    return len(text) <= _SHORT_QUESTION and asks(text)


def of_others(text: str, clause: Clause, start: int, end: int) -> bool:
    """Whether the clause opens with somebody else («人家村主任在城里…») and nobody of the household comes after."""
    opening = _OTHERS.match(text, clause.start, end)
    return opening is not None and not _OWN.search(text, opening.end(), end)


def of_some(text: str, clause: Clause, start: int) -> bool:
    """Whether the clause tells it of some people or of many («好多人有车也…», «一些游手好闲之人»)."""
    return bool(_SOME_BEFORE.search(text[clause.start : start]))


def guessed(text: str, clause: Clause, start: int) -> bool:
    """Whether the words before `start` in its clause only guess («可能», «好像», «听说»)."""
    return bool(_words("hedges").search(text[clause.start : start]))


def former(text: str, clause: Clause, start: int) -> bool:
    """Whether the clause opens with words of former times («以前», «从小»)."""
    return bool(re.match(r"[^，。, ]{0,6}(?:" + _words("former").pattern + ")", text[clause.start : start]))


def of_a_rule(text: str, clause: Clause, start: int, end: int) -> bool:
    """Whether the words name a case of a rule («低保户才减免», «凭啥脱贫户就有», «文件上写一般农户也…»)."""
    before = text[clause.start : start]
    if _RULE_AFTER.match(text, end) and not names_self(before):
        return True
    found = _RULE_BEFORE.search(before)
    return found is not None and not names_self(before[found.start() :])


def only_wished(text: str, clause: Clause, start: int) -> bool:
    """Whether the words stand under a wish or plan («想把工作辞了», «打算在城里买房»)."""
    return bool(_WISH_BEFORE.search(text[clause.start : start]))


def made_else(fact: str, text: str, clause: Clause, start: int, end: int) -> bool:
    """Whether what stands about the words of a fact makes of them a firm's want of money, a plan, what nobody could
    afford, what is hard to begin, a case («有转诊单则…»)."""
    before, after, within = _BEFORE.get(fact), _AFTER.get(fact), _WITHIN.get(fact)
    leading = text[max(0, min(clause.start, start - _FIRST_HALF)) : start].rpartition(" ")[2]
    return bool(
        _WERE_IT.match(text, end)
        or (before is not None and before.search(leading))
        or (after is not None and after.match(text, end))
        or (within is not None and within.search(text, start, end))
    )
