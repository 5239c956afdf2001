"""Danger, proxy, correction, «I don't know», and bare yes or no."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nlu.clauses import Clauses, within
from nlu.patterns import worded
from nlu.terms import Hit, Hits, covered

_NOT_OWN = worded("signals.not_own")
_DENIED = re.compile(r"(?:不会|没有|没想|别|不要|不能|不想|并没有|从没|绝不|可不能|千万别)[^，。！？]{0,3}$|[不没]$")
_LONG_AGO = re.compile(r"年前|当年|早年|那年|小时候|很早以前|以前")
_KINDS = ("suicide", "violence", "hunger", "collapse")
_NO = worded("signals.no")
_YES = worded("signals.yes")
_LONGEST_BARE = 14


@dataclass(frozen=True, slots=True)
class Danger:
    kind: str
    hit: Hit


def find_danger(text: str, clauses: Clauses, hits: Hits) -> Danger | None:
    """The gravest danger that is told as present; figures of speech and reports of the past are none."""
    stop = hits.get("danger_not", [])
    best: Danger | None = None
    for hit in hits.get("danger", []):
        if covered(hit, stop):
            continue
        clause = clauses.at(hit.start)
        before = text[clause.start : hit.start]
        if _DENIED.search(before) and not hit.word.startswith(("不", "没")):
            continue
        if _LONG_AGO.search(before) and hit.data in ("suicide", "violence"):
            continue
        if len(text) > 30 and _NOT_OWN.search(before):
            continue
        if not _is_present(text, clauses, hits, hit):
            continue
        if best is None or _KINDS.index(hit.data) < _KINDS.index(best.kind):
            best = Danger(hit.data, hit)
    return best


_WEAK = frozenset(
    [
        "杀人",
        "砍人",
        "打我",
        "打老婆",
        "打孩子",
        "家暴",
        "拼命",
        "拼了",
        "放火",
        "报复",
        "虐待",
        "自杀",
        "跳楼",
        "上吊",
        "解脱算了",
        "绝路",
        "想不开",
        "没粮",
        "一口吃的",
        "饿得",
        "没吃的",
        "没饭吃",
        "房子塌了",
        "屋塌了",
        "房子倒了",
        "揭不开锅",
        "滑坡了",
        "塌下来",
        "要打死",
        "威胁要杀",
        "强奸",
        "性侵",
        "烧死",
        "炸死",
        "砍死",
        "捅死",
        "掐死",
        "弄死",
        "整死",
        "被他打",
        "往死里打",
        "炸了",
        "拿刀",
        "持刀",
        "砍我",
        "生不如死",
        "遗书",
        "以死",
        "了断",
        "逼死我",
        "非法拘禁",
        "上吊",
        "被打得",
        "跳河",
        "跳井",
        "咯吱",
        "埋在",
        "房倒",
        "倒塌危险",
        "倒塌的危险",
        "随时倒塌",
        "断粮",
        "安眠药",
        "老鼠药",
        "一起死",
        "活不下去",
        "没有活路",
        "没活路",
        "要倒了",
        "快倒了",
        "要塌了",
        "快塌了",
        "随时会塌",
        "随时会倒",
        "随时可能倒",
        "随时可能塌",
        "随时要倒",
        "随时要塌",
    ]
)


def _is_present(text: str, clauses: Clauses, hits: Hits, hit: Hit) -> bool:
    """A weak word needs a sign of here and now, or a short message; in a long petition it is mostly a report."""
    if hit.word not in _WEAK:
        return len(text) < 400 or hit.data in ("suicide", "hunger")
    if len(text) <= 60:
        return True
    if len(text) > 250:
        return False
    clause = clauses.at(hit.start)
    return bool(within(hits.get("danger_now", []), clause.start, clause.end))


def bare_answer(text: str) -> bool | None:
    """True for a bare yes, False for a bare no, None for anything else."""
    words = text.strip(" \n。，,.!！~～…")
    if not words or len(words) > _LONGEST_BARE:
        return None
    if _NO.match(words):
        return False
    return True if _YES.match(words) else None


def says_dont_know(text: str, hits: Hits) -> bool:
    """Whether the message as a whole says that the speaker does not know."""
    found = hits.get("dont_know", [])
    if not found:
        return False
    rest = len(re.sub(r"\s", "", text)) - sum(h.end - h.start for h in found)
    return rest <= 8 and not re.search(r"[?？]|吗|怎么|咋|如何|什么时候", text)
