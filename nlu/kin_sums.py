"""A household told as people: «俩老的加仨娃», «我和老伴», «老两口带个孙子» and what that adds up to."""

from __future__ import annotations

import itertools
import re

from nlu.clauses import Clauses, within
from nlu.kin_counts import Size, whole
from nlu.patterns import worded
from nlu.sieve import Gated
from nlu.terms import Hit, Hits, covered

_N = r"(?:[0-9]{1,2}|[一二两三四五六七八九十]{1,3}|俩|仨|几)"
_PAIR = worded("household.pair")
_PAIR_SIZE = (
    ("仨", 3), ("三", 3), ("3", 3), ("四", 4), ("4", 4), ("五", 5), ("5", 5), ("几", 0),
    ("俩", 2), ("两", 2), ("二", 2), ("2", 2),
)  # fmt: skip
_GONE = re.compile(r"去世|过世|没了|死|走了|出嫁|嫁(?:人|出)|成家|分家|分户|不在了|另过|改嫁|离婚|不管|不在一起|不回")
_LINK = worded("household.link")
_COUNT_BEFORE = worded("household.count_before")
_KIN_COUNT_AFTER = re.compile(rf"^({_N})个(?!月|年|星期|小时|多月|人)")
_PAIRS_OF_KIN = {
    "爷爷奶奶": 2,
    "外公外婆": 2,
    "父母": 2,
    "爸妈": 2,
    "爹娘": 2,
    "双亲": 2,
    "公婆": 2,
    "二老": 2,
    "父母亲": 2,
    "爹妈": 2,
    "岳父母": 2,
    "双胞胎": 2,
    "龙凤胎": 2,
    "俩老的": 2,
    "俩老人": 2,
    "两个老的": 2,
    "两位老人": 2,
    "两个老人": 2,
    "俩老": 2,
    "老父老母": 2,
    "外父母": 2,
    "父母双亲": 2,
}
_BETWEEN = worded("household.between")
_LONGEST_LIST = 40
_MARKED = worded("household.marked")
_OTHER_HOUSE = re.compile(r"对门|隔壁|邻居")
_STANDS_ALONE = re.compile(r"户?(?:$|[，,。；; ]|就?靠|相依|过日子|住在|带|均|都)")
_ONE_ROOF = re.compile(r"娘|爷|母|父|祖孙|婆孙|奶孙|公孙|老两口")
_SOMEBODYS_OWN = re.compile(r"[他她](?:爸|妈|爹|娘|奶|爷|姥|姑|叔|舅)")
_JOINED = re.compile(r"[和跟与加](?:我|俺|的)*$")
_LEANS_ON = re.compile(r"跟着?(?:我|俺)(?:们)?$")
_NOT_A_HOUSEHOLD = worded("household.not_a_household")
_SPEAKER_LISTED = re.compile(r"(?:我|俺|本人)(?=$|[和跟与加带、 ，,。])")
_CHILDREN = re.compile(r"[二两三四俩仨]个?(?:小?孩|娃|学生)")
_SPOUSE = re.compile(r"老婆|媳妇|爱人|对象|妻子|弟媳|嫂子|儿媳|弟妹|孩他妈")  # «老婆带娃»: there is the speaker too
_WORKERS = re.compile(r"劳动?力|能干活|干活的|下力的")
_SPEAKER_AMONG = re.compile(r"(?:[ ，,、]|还有|加上?|和)[我俺](?:[ ，,、和跟]|$)")
_SPEAKER = worded("household.speaker")
_SONS_AND_DAUGHTERS = Gated(re.compile("一儿一女|俩儿一女|两儿一女|一儿两女|两儿两女|一子一女"))
_AND_ANOTHER = worded("household.and_another")


def listed(text: str, hits: Hits, asked: bool) -> Size | None:
    """A message that is a list of people and hardly more: «我和老伴，儿子儿媳，俩孙子»."""
    if len(text) > _LONGEST_LIST:
        return None
    people = _people(
        text, 0, len(text), hits, hits.get("kin_not", []), asked or _SPEAKER_AMONG.search(text) is not None
    )
    if len(people) < 2 or any(not _BETWEEN.match(text[a[1] : b[0]]) for a, b in itertools.pairwise(people)):
        return None
    if _GONE.search(text) or not _whole_message(text, people[0][0], people[-1][1]):
        return None
    return Size(_count_once(text, people), people[0][0], people[-1][1])


def sum_of_people(text: str, clauses: Clauses, hits: Hits) -> Size | None:
    """«俩老的加仨娃», «我和老伴», «老两口带个孙子»: a chain of people with nothing but links between them."""
    stop = hits.get("kin_not", [])
    for clause_group in _groups(clauses):
        start, end = clause_group
        people = _people(text, start, end, hits, stop)
        chain: list[tuple[int, int, int]] = []
        for person in people:
            if chain and not _LINK.match(text[chain[-1][1] : person[0]]):
                size = _close(text, chain)
                if size:
                    return size
                chain = []
            chain.append(person)
        size = _close(text, chain)
        if size:
            return size
    return None


def with_another(text: str, size: Size) -> Size:
    """«我们两口子… 还有个上初中的丫头»: one more, said soon after."""
    match = _AND_ANOTHER.search(text, size.end, size.end + 40)
    if not match:
        return size
    more = {"两": 2, "俩": 2, "三": 3, "仨": 3}.get(match[1] or "", 1)
    return Size(size.value + more, size.start, match.end())


def _groups(clauses: Clauses) -> list[tuple[int, int]]:
    spans: dict[int, list[int]] = {}
    for clause in clauses.items:
        spans.setdefault(clause.sentence, [clause.start, clause.end])[1] = clause.end
    return [(a, b) for a, b in spans.values()]


def _people(
    text: str, start: int, end: int, hits: Hits, stop: list[Hit], listed: bool = False
) -> list[tuple[int, int, int]]:
    """(start, end, count) of people mentioned with a plain count; `listed`: a speaker by himself counts too."""
    found: list[tuple[int, int, int]] = []
    for match in _PAIR.finditer(text, start, end):
        words = match[1]
        size = next((n for mark, n in _PAIR_SIZE if mark in words), 0)
        if size:
            found.append((match.start(1), match.end(1), size))
    for hit in within(hits.get("kin", []), start, end):
        if covered(hit, stop) or any(a < hit.end and hit.start < b for a, b, _ in found):
            continue
        if _SOMEBODYS_OWN.match(text, hit.end):
            continue  # «孩子他奶奶» is one person
        count = _PAIRS_OF_KIN.get(hit.word, 1)
        begin, finish = hit.start, hit.end
        before = _COUNT_BEFORE.search(text, max(start, hit.start - 8), hit.start)
        if before and hit.word not in _PAIRS_OF_KIN:
            value = whole(before[1]) if before[1] != "几" else None
            if value is None:
                return found
            count, begin = value, before.start()
        else:
            after = _KIN_COUNT_AFTER.match(text[hit.end : hit.end + 4])
            joined = _JOINED.search(text, max(start, hit.start - 3), hit.start)  # «我和老伴两个»: the count of both
            if after and joined:
                finish = hit.end + after.end()
            elif after and whole(after[1]):
                count, finish = whole(after[1]) or 1, hit.end + after.end()
        found.append((begin, finish, count))
    for match in _SONS_AND_DAUGHTERS.finditer(text, start, end):
        count = sum({"一": 1, "俩": 2, "两": 2}.get(c, 0) for c in match.group())
        at = match.start()
        found = [f for f in found if not (at <= f[0] < at + 4)]
        found.append((at, at + 4, count))
    for match in (_SPEAKER_LISTED if listed else _SPEAKER).finditer(text, start, end):
        at, beyond = match.span()
        if not any(a < beyond and at < b for a, b, _ in found):
            found.append((at, beyond, 1))
    return sorted(set(found))


def _close(text: str, chain: list[tuple[int, int, int]]) -> Size | None:
    """A chain counts only when it tells of a household: at least two links, or one with «家里就…» before it."""
    if not chain:
        return None
    start, end = chain[0][0], chain[-1][1]
    total = _count_once(text, chain)
    before = text[max(0, start - 8) : start]
    marked = bool(_MARKED.search(before))
    if _LEANS_ON.search(text[start:end]) and not marked:
        return None  # «老娘跟我过»: of the speaker's own household nothing is said
    if _NOT_A_HOUSEHOLD.search(before):
        return None
    tail = text[end : end + 8]
    if _WORKERS.search(before):
        return None  # «劳力就我和大儿子两个»
    if (
        _GONE.search(text[end : end + 7].split("。")[0])
        or total > 20
        or re.search(r"(?:邻居|隔壁|人家|他们|朋友)(?:的|家)?$", before)
    ):
        return None
    live = bool(
        re.search(
            r"(?:相依为命|过日子|一起过|一起生活|共同生活|独立生活|同住|生活在一起|过活|两个人|俩人|两人|过$|过[，。]|住在|一块过)",
            tail,
        )
    )
    if live and len(chain) == 1 and _CHILDREN.search(text[start:end]):
        live = False  # «两个小孩读高中，两个人一年…»: the children by themselves
    together = (
        len(chain) >= 2
        and (not _SPOUSE.match(text, start) or re.search(r"留下|撇下|丢下|剩", before))
        and bool(re.search(r"带|拉扯|领|守|养", text[chain[0][1] : chain[1][0]]))
    )
    linked = len(chain) >= 2 and bool(re.search(r"加|带|拉扯|领|守|和|跟|与|、|还有", text[chain[0][1] : chain[-1][0]]))
    only = bool(
        re.search(r"(?:就剩?|只剩|只有|剩下?|家里就)$", re.sub(r"(?:我|俺|们|了|下)+$", "", before))
        or re.match(r"就剩?|只剩", text[start : start + 2])
    )
    if (
        len(chain) == 1
        and re.search(r"(?:我们|俺们|咱们|俺|就剩|只剩|现在?|如今)$", before)
        and _ONE_ROOF.search(text[start:end])
        and _PAIR.match(text, start)
    ):
        return Size(total, start, end)
    if (
        len(chain) == 1
        and re.match(r"我们|俺们", before[-2:])
        and re.search(r"两口子|夫妻|老两口", text[start:end])
        and _AND_ANOTHER.search(text, end, end + 40)
    ):
        return Size(total, start, end)
    if _OTHER_HOUSE.search(text[max(0, start - 30) : start]) and not re.search(r"我|俺", text[start:end]):
        return None
    at_start = bool(re.search(r"(?:^|[，,。：:；; ])$", before))
    if len(chain) == 1 and at_start and _PAIR.match(text, start) and _STANDS_ALONE.match(text, end):
        return Size(total, start, end)
    couple = len(chain) >= 2 and chain[0][2] == 2 and bool(re.match(r"[，, ]?(?:外|再)?加", text[chain[0][1] :]))
    if (
        couple
        or (linked and (marked or only or live or len(chain) >= 3 or _whole_message(text, start, end)))
        or (only and total >= 2)
        or together
        or (live and total >= 2)
        or (marked and len(chain) >= 2)
    ):
        return Size(total, start, end)
    return None


def _count_once(text: str, chain: list[tuple[int, int, int]]) -> int:
    """The people of a chain; somebody named twice in it is one person."""
    seen: set[str] = set()
    total = 0
    reached = -1
    for begin, finish, count in chain:
        words = text[begin:finish]
        same = begin == reached and count > 1 and count == total
        reached = finish
        if same:
            continue  # «我和老伴两口子»: said once more
        if words in seen and count == 1:
            continue
        seen.add(words)
        total += count
    return total


def _whole_message(text: str, start: int, end: int) -> bool:
    rest = re.sub(
        r"[\s，,。.!！]|(?:祖孙)?[三四]代人?|就|家里|家|有|是|了|我们?|俺们?|现在|一共|吧|啊|呢",
        "",
        text[:start] + text[end:],
    )
    return len(rest) <= 2
