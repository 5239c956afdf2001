"""What a text tells of a village, of many, from hearsay or as a rule, and so of no household of its own."""

from __future__ import annotations

import re

from nlu.clauses import Clause
from nlu.patterns import worded
from nlu.scope import SELF, Scope

_LETTER = 80
_LONG_LETTER = 200
_QUOTED = 80  # characters that a quoted rule reaches
_COMMUNITY = re.compile(
    r"全村|一个村的|组里|村民|居民|老百姓|群众|所在村|我们村|咱村|俺村|全组|咱这|我们这|我们那|[我本该]村|[我本该]组|村[0-9一二三四五六七八九十]{1,3}组(?![，,]|的?村?民|的?人|的我)|这片|这一片|这一带|家家|各家|户人|村里|我们(?:这个)?(?:队上|队|组|湾|寨|屯|庄|院子|坪)|队上"
)
_MANY_HOUSES = re.compile(
    r"(?<![0-9])(?:[2-9]|[0-9]{2,4})(?:余|多)?户|[几十百多二三四五六七八九]户|家家|全村|我们(?:这个)?(?:村|寨|湾|组|队|屯|庄)"
)
_HEARSAY = re.compile(r"(?:听说|听闻|据说|听人说|听讲|新闻|网上|报道|看到有|难道|号称|所谓|说是|谎称)[^。！？]{0,24}$")
_RULE = re.compile(
    r"《[^》]{0,28}(?:法|条例|办法|规定|通知|意见|方案|细则|决定)》|第[一二三四五六七八九十0-9]{1,3}条|(?:条例|办法|规定|文件|法律|公告|通知)[^，。]{0,4}(?:规定|明确|指出|[：:])|应当|有下列|之一的|的(?:，|,)?(?:可以|应|给予|予以)"
)
_OWN = re.compile(r"我家|俺家|家里|我们家|咱家|我屋|屋里|我的?(?:房|住房|家庭)|我户")
_OWN_KIN = re.compile(r"[我俺](?:的)?(?:父|母|爸|妈|爹|娘|奶|爷|外公|外婆|岳|公公|婆婆|老婆|老公|老伴|妻|丈夫|儿|女儿)")
_OWN_WIDER = re.compile(_OWN.pattern + r"|本人|[我俺](?!们|县|镇|村|市|区|乡|组|国|省)|咱家")
_TOLD_OF_MANY = re.compile(
    r"全[县镇乡市村组]|整条街|整个|各[村镇]|居民|[0-9一二三四五六七八九十百多几]+(?:栋|户|余户|多户|个村|个乡|个组)|这[条次场]|多个|[县镇乡村组街](?!委|长|支|干)"
)
_SPARED = worded("community.own_house_spared")
_SHORT = 120
_HEAD = 2000  # by then a letter has said whether it tells of an own house; keeps the work per mention bounded


def told_by_others(scope: Scope, start: int, end: int) -> bool:
    """Whether `start` is hearsay, or a rule quoted in a long text, and nobody of the household is named with it."""
    clause = scope.clauses.at(start)
    people = scope.people_between(clause.start, end)
    if any(p[2] in (SELF, "kin") and p[3] != "plural" for p in people):
        return False
    if _HEARSAY.search(scope.text[max(0, start - 26) : start]):
        return len(scope.text) >= _SHORT
    first = max(start - _QUOTED, _sentence_start(scope, clause))
    return len(scope.text) >= _LONG_LETTER and bool(_RULE.search(scope.text[first : min(len(scope.text), end + 12)]))


def _sentence_start(scope: Scope, clause: Clause) -> int:
    first = clause
    for before in reversed(scope.clauses.items[max(0, clause.index - 8) : clause.index]):
        if before.sentence != clause.sentence:
            break
        first = before
    return first.start


def of_community(scope: Scope, start: int, wide: bool = False) -> bool:
    """Whether the sentence of `start` speaks of a village (water fails for all of it) and not of the own house."""
    sentence = scope.clauses.at(start).sentence
    clauses = [
        c
        for c in scope.clauses.items[max(0, scope.clauses.at(start).index - 3) : scope.clauses.at(start).index + 4]
        if c.sentence == sentence
    ]
    words = scope.text[clauses[0].start : clauses[-1].end]
    if _is_letter(scope) and not _OWN.search(scope.text, 0, _HEAD):
        kin = _kin_in(scope, clauses[0].start, clauses[-1].end)
        if not kin and (_COMMUNITY.search(scope.text, 0, _HEAD) or not _OWN_WIDER.search(words)):
            return True
    if wide and len(scope.text) >= _SHORT:
        return bool(_TOLD_OF_MANY.search(words)) and not _OWN_WIDER.search(words)
    own = _OWN_WIDER if wide else _OWN
    if of_own_house(scope):
        return False
    return bool(_COMMUNITY.search(words)) and not own.search(words) and not _OWN_KIN.search(words)


def of_own_house(scope: Scope) -> bool:
    """Whether a short message asks for the own house («我们这吃水靠窖，能不能给我家通水»)."""
    return len(scope.text) < _LETTER and bool(_OWN.search(scope.text)) and not _SPARED.search(scope.text)


def of_many(scope: Scope, start: int) -> bool:
    """Whether the sentence counts households or names the whole village, and not the own house."""
    clause = scope.clauses.at(start)
    words = scope.text[_sentence_start(scope, clause) : clause.end + 12]
    return bool(_MANY_HOUSES.search(words)) and not _OWN_WIDER.search(words)


def _kin_in(scope: Scope, start: int, end: int) -> bool:
    return any(p[2] == "kin" for p in scope.people_between(start, end))


def _is_letter(scope: Scope) -> bool:
    return len(scope.text) >= _LETTER
