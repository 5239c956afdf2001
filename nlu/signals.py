"""Danger, proxy, correction, «I don't know», and bare yes or no."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nlu.clauses import Clauses, within
from nlu.terms import Hit, Hits, covered

_NOT_OWN = re.compile(r"(?:听说|新闻|报道|电视|网上|小说|电影|如何预防|宣传|讲座|知识|那年|当年|年前|早年|小时候|以前|曾经|去年|前年|19\d\d年|20[01]\d年|20[01]\d-)")
_DENIED = re.compile(r"(?:不会|没有|没|别|不要|不能|不想|不|并没有|从没|绝不|可不能|千万别)[^，。！？]{0,3}$")
_KINDS = ("suicide", "violence", "hunger", "collapse")
_NO = re.compile(
    r"^(?:啊|哦|嗯|呃|额|那个|这个|我们?|俺们?|咱们?|家里|家|都|也|真的|确实|目前|现在|暂时|倒|还|那|哎|唉|，|,|。| )*(?:没有?的?|没得|冇得?|莫得|木有|没呢|没啊|没有啊|无|不是的?|不|否|不用了?|不要|不行|不对|不中|不想|不会|没那回事|哪有|不存在|从没有?|没有过|没过|不需要|别|算了|不了|不愿意?|不同意|不可以|一个都?没有?|一个也没有?|啥都没有|啥也没有|都没有|什么都没有|no|NO|No|n|N)"
    r"(?:了|啊|呀|哦|呢|的|吧|哈|嘛|啦|咧|噻|勒|得|有|过|谢谢|欠|，|,|。|！|!|\.| |没有)*$")
_YES = re.compile(
    r"^(?:啊|哦|嗯|呃|额|那个|这个|我们?|俺们?|咱们?|家里|家|都|也|真的|确实|目前|现在|那|哎|，|,|。| )*(?:有的?|是的?|对的?|对头|对对|是是|嗯+|恩+|中|得行|行|可以|好的?|好嘞|要得|同意|愿意|没错|没问题|就是|正是|要|要的|需要|确认|正确|是这样|当然|肯定|有过|有有|算是?|是有|有呢|要是要|继续|提交|ok|OK|Ok|yes|YES|Yes|y|Y|想|想的|会)"
    r"(?:了|啊|呀|哦|呢|的|吧|哈|嘛|啦|咧|噻|勒|有|过|是|对|，|,|。|！|!|\.| |没错|可以|谢谢)*$")
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
        before = text[clause.start:hit.start]
        if _DENIED.search(before) and not hit.word.startswith(("不", "没")):
            continue
        if len(text) > 30 and _NOT_OWN.search(before):
            continue
        if not _is_present(text, clauses, hits, hit):
            continue
        if best is None or _KINDS.index(hit.data) < _KINDS.index(best.kind):
            best = Danger(hit.data, hit)
    return best


_WEAK = frozenset(
    "杀人 砍人 打我 打老婆 打孩子 家暴 拼命 拼了 放火 报复 虐待 自杀 跳楼 上吊 解脱算了 绝路 想不开 没粮 一口吃的 饿得 没吃的 没饭吃 房子塌了 屋塌了 房子倒了 揭不开锅 滑坡了 塌下来 要打死 威胁要杀 强奸 性侵 烧死 炸死 砍死 捅死 掐死 弄死 整死 被他打 往死里打 炸了 拿刀 持刀 砍我 "
    "生不如死 遗书 以死 了断 逼死我 非法拘禁 上吊 被打得 跳河 跳井 咯吱 埋在 房倒 倒塌危险 倒塌的危险 随时倒塌 断粮 安眠药 老鼠药 一起死 活不下去 没有活路 没活路 要倒了 快倒了 要塌了 快塌了 随时会塌 随时会倒 随时可能倒 随时可能塌 随时要倒 随时要塌".split())


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
