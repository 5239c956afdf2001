"""How many people share the budget: said outright (一家五口), noted by an operator, or a plain sum of people."""

from __future__ import annotations

import re

from nlu.clauses import Clauses
from nlu.kin_counts import Size, counted_out, whole
from nlu.kin_sums import listed, sum_of_people, with_another
from nlu.patterns import worded
from nlu.sieve import Gated
from nlu.terms import Hits

__all__ = ["Size", "household_size"]

_SAID = worded("household.said")
_LONE = worded("household.lone")
_ALONE_WITH = worded("household.alone_with")
_SPOUSE_GONE = re.compile(r"离了?婚|离异|跑了|走了|去世|没了|摔死|死了|改嫁|坐牢|服刑|寡妇|丧偶|过世|单亲")
_ONLY_ONE_OTHER = worded("household.only_one_other")
_NOT_OWN_BEFORE = worded("household.not_own_before")
_NOT_OWN_AFTER = re.compile(
    r"^(?:(?:有)?(?:精神|肢体|智力|重度)?(?:残疾|患病|生病|有病|得病|重病|患癌)|的(?:养老|社保|医保|名额|补助|补贴|地)|的?大村|以上|以下|以内|的家庭|之家都|户)"
)
_TOGETHER = worded("household.together")
_WE_TWO = worded("household.we_two")
_WITH_ME = worded("household.with_me")
_NOTED = worded("household.noted")
_ADDED = worded("household.added")
_MEMBER = worded("household.member")
_OLD_AND_YOUNG = worded("household.old_and_young")
_LEFT_BEHIND = worded("household.left_behind")
_COUPLES = ("夫妻", "两口子", "父母", "二老", "公婆")
_ANSWER = worded("household.answer")
_OPENS = re.compile(
    r"(?:一共|总共|拢共|现在|家里|我家|俺家|屋里|就|有|是|嗯|呃|大概|[，, 。])*"
)  # before the number of an answer
_SURELY = worded("household.surely")
_SENDS_HOME = re.compile(r"寄钱|寄回|往家寄|打钱回")  # who supports the home from afar is of it
_TWO_OF_THEM = worded("household.two_of_them")
_SHORT = 260  # characters; in a longer text a count by itself is rather of others
_MOST_AT_ONE_POT = 15  # more eat together only at a feast
_COUNTED_IN = worded("household.counted_in")
_NUMEROUS = worded("household.numerous")
_BY_LIST = worded("household.by_list")
_CHANGED = worded("household.changed")
_ASKED_BACK = worded("household.asked_back")
_WITH_CHILDREN = worded("household.living_with_children")
_TWO_KINDS = re.compile(r"口之家.*口之家|口之家[^，。]{0,4}标准")
_ONE_WARD = worded("household.one_ward")
_WITH_ELDERS = worded("household.with_elders")
_PARENTS_GONE = worded("household.parents_gone")
_NOT_A_HOUSEHOLD = worded("household.not_a_household")
_NOT_OF_ALL = worded("household.not_of_all")
_OF_KIN = worded("household.of_kin")
_LONE_PARENT = worded("household.lone_parent")
_ELDERS_TOO = re.compile(
    r"[我俺](?:的)?(?:妈|爸|娘|爹|父|母|公|婆|爷|奶)|父母|爸妈|爹娘|公婆|娘家|老娘|老爹|老母|老父|家娘|家官|再婚|改嫁"
)
_OF_ANOTHER = re.compile(
    r"(?:女儿|闺女|丫头|儿子|妹妹?|姐姐?|哥哥?|弟弟?|侄|妈|爸|爹|娘|父母|公婆|他们?|她们?|那个|有个|村里的?|干部|支书)[^，。；]{0,4}$"
)
_COUNTED_ALONE = worded("household.counted_alone")
_COUNTED_ALONE_NOT = worded("household.counted_alone_not")
_APART = worded("household.old_couple_apart")
_NOT_SO = re.compile(r"[是有][^，。]{0,6}口人?[，, ]?不是$")  # «是六口人不是五口»
_SUPPOSED = re.compile(r"(?:假设|假如|假使|如果|比如|比方|例如)[^，。]{0,3}$")
# «三组王家 5口» in a note
_NAMED_HOUSE = re.compile(
    r"(?:组|村|社|队)(?![每各里有])[一-龥]{1,3}(?:家|户)[ ，,:：]?[0-9一二两三四五六七八九十]{1,2}口人?$"
)
_TAKEN_BACK = re.compile(r"不对|说错|错了|不是|更正|哦不|改")
_NUMBER = r"([0-9]{1,2}|[一二两三四五六七八九十]{1,3}|俩|仨)"
_BARE_COUNT = re.compile(_NUMBER + r"(?:个|口)(?!月|年|孩|娃|儿|女|学|病)")
_TOTAL_AFTER = re.compile(r"[^。；]{0,6}?(?:共|合计|总计|一共)[计有是]?" + _NUMBER + r"(?:人|口)")
_AT_WORK = re.compile(r"工资|工钱|老板|工地|包工头|工友|打架|受伤|村民|村里")
_ONE_POT = worded("household.one_pot")
_BY_NOW = worded("household.by_now")
_IN_ALL = worded("household.in_all")
_OTHERS_BEFORE = re.compile(r"(?:邻居|隔壁|人家|他们|别人|全?村里?|组里?|队里?|亲戚|工地)[^，。]{0,6}$")
_OF_OTHERS = re.compile(r"对门|邻居|隔壁|人家|真正困难的|孩子的?那家|娃的?那家")
_EARNS = re.compile(r"打工|务工|干活|挣|赚|上班|养家|收入|负担|承担|扛|跑(?!了)")
_WE_TOO = re.compile(r"(?:我们|俺们|俺弟兄|我弟兄|我兄弟|俺兄弟|我和|俺和|我在|俺在|我家|俺家)")


def household_size(text: str, clauses: Clauses, hits: Hits, proxy: bool = False, asked: bool = False) -> Size | None:
    """The size where it is said or plainly adds up; None where it is not.

    proxy: told for another household; asked: the text answers the question for the size.
    """
    said = _said(text, proxy)
    if asked and (answer := _answered(text)):
        return answer
    surely = _told(text, _CHANGED, 20) or _told(text, _SURELY, 20)
    if surely:
        return surely
    shared = None
    if not _SENDS_HOME.search(text):
        shared = _told(text, _ONE_POT, _MOST_AT_ONE_POT) or (_told(text, _BY_NOW, 20) if said else None)
    if shared:
        return shared
    if said:
        return said[-1] if _corrected(text, said) else said[0]
    again = _asked_back(text)
    if again:
        return again
    in_all = None if _AT_WORK.search(text) else _told(text, _IN_ALL, 20)
    noted = (
        in_all
        or _told(text, _NOTED, 20)
        or _told(text, _BY_LIST, 20)
        or counted_out(text)
        or _added(text)
        or _left(text)
        or _told(text, _COUNTED_IN, 20)
        or _told(text, _NUMEROUS, 20)
    )
    if noted:
        return noted
    counted = _we_two(text)
    if counted:
        return counted
    alone = _counted_alone(text) or _lone_parent(text)
    if alone:
        return alone
    members = listed(text, hits, asked)
    if members:
        return members
    few = _WITH_CHILDREN.search(text)
    if few and (more := whole(few[1])) and not _OF_OTHERS.search(text[: few.start()]):
        return Size(more + 1, few.start(), few.end())
    summed = sum_of_people(text, clauses, hits)
    if summed:
        return with_another(text, summed)
    return _alone(text)


def _answered(text: str) -> Size | None:
    """A number to begin with (五个 两老 我俩 一个娃); the last one of a corrected answer."""
    numbers = list(_ANSWER.finditer(text))
    if not numbers or not _OPENS.fullmatch(text, 0, numbers[0].start()):
        return None
    said = numbers[-1] if len(numbers) > 1 and _TAKEN_BACK.search(text, numbers[0].end()) else numbers[0]
    value = whole(said[1])
    return Size(value, said.start(), said.end()) if value else None


def _added(text: str) -> Size | None:
    """An operator's sum of members: «夫妻+2子+母», «家庭成员：本人、妻、子»."""
    for match in _ADDED.finditer(text):
        noted = match[1]
        if not ("+" in noted or "＋" in noted or match.group() != noted or noted.startswith(("本人", "户主"))):
            continue
        members = [_MEMBER.match(part) for part in re.split(r"[+＋、加]", noted)]
        counts = [(whole(m[1]) or 1 if m[1] else 2 if m[2] in _COUPLES else 1) for m in members if m]
        total = _TOTAL_AFTER.match(text, match.end())
        if total and (value := whole(total[1])):
            return Size(value, match.start(1), total.end())
        if len(counts) >= 2:
            return Size(sum(counts), match.start(1), match.end(1))
    return None


def _left(text: str) -> Size | None:
    """«两老一孙» in a note about somebody else; «留妻及两幼子» of who remains."""
    match = _OLD_AND_YOUNG.search(text)
    if match and not re.search(r"我|俺", text):
        return Size((whole(match[1]) or 0) + (whole(match[2]) or 0), match.start(), match.end())
    match = _LEFT_BEHIND.search(text)
    return Size((whole(match[1]) or 0) + 1, match.start(), match.end()) if match and whole(match[1]) else None


def _we_two(text: str) -> Size | None:
    """«我跟我家老头子两个人», «俺俩就靠养老金»: the speaker and who was just named, counted by themselves."""
    for form in (_TOGETHER, _WITH_ME):
        match = form.search(text)
        number = next((g for g in match.groups() if g), "") if match else ""
        if match and _NOT_A_HOUSEHOLD.search(text[: match.start()]):
            continue
        if match and (value := whole(number)) and 2 <= value <= 12 and not _AT_WORK.search(text):
            return Size(value, match.start(), match.end())
    match = _WE_TWO.search(text)
    return Size(2, match.start(), match.end()) if match else None


def _told(text: str, form: Gated, most: int) -> Size | None:
    """The last size that a form tells of one's own household; people who share one budget count."""
    found = None
    for match in form.finditer(text):
        value = whole(next(g for g in match.groups() if g))
        before = text[max(0, match.start() - 10) : match.start()]
        if value and value <= most and not _OTHERS_BEFORE.search(before) and not _SUPPOSED.search(before):
            found = Size(value, match.start(), match.end())
    return found


def _said(text: str, proxy: bool) -> list[Size]:
    """Sizes said outright (一家五口), in order."""
    said: list[Size] = []
    if _TWO_KINDS.search(text):
        return said
    for match in _SAID.finditer(text):
        number = next(g for g in match.groups() if g)
        value = whole(number)
        if not value or value > 30 or match.group().endswith("两口子") or _NOT_OWN_AFTER.match(text[match.end() :]):
            continue
        before = text[max(0, match.start() - 10) : match.start()]
        some = "口" not in match.group() and _NOT_OF_ALL.match(text[match.end() :])  # «家里有三个人生病»
        if some or _OF_KIN.search(before):
            continue
        if _SUPPOSED.search(before) or (said and _NOT_SO.search(before)):
            continue
        if _NAMED_HOUSE.search(text[max(0, match.start() - 6) : match.end()]):
            said.append(Size(value, match.start(), match.end()))
            continue
        if _NOT_OWN_BEFORE.search(before) and not (
            proxy and before.endswith(("他", "她", "他家", "她家", "他们", "她们", "他们家"))
        ):
            continue
        said.append(Size(value, match.start(), match.end()))
    return said


def _counted_alone(text: str) -> Size | None:
    """A count of people by itself («四个人挤两间», «…，四个人，…»), where nothing makes it other people's."""
    for match in _COUNTED_ALONE.finditer(text):
        value = whole(next(g for g in match.groups() if g))
        near = text[max(0, match.start() - 12) : match.end() + 6]
        if value and len(text) <= _SHORT and not _COUNTED_ALONE_NOT.search(near):
            return Size(value, match.start(), match.end())
    apart = _APART.search(text)
    if not apart or _OF_OTHERS.search(text[: apart.start()]) or _OF_ANOTHER.search(text[: apart.start()]):
        return None
    return Size(2, apart.start(), apart.end())


def _lone_parent(text: str) -> Size | None:
    """«单亲妈妈，带俩娃»: the parent and the children, where no elder is told of besides."""
    match = None if _ELDERS_TOO.search(text) else _LONE_PARENT.search(text)
    if not match or _OF_OTHERS.search(text[: match.end() + 4]) or _OF_ANOTHER.search(text[: match.start()]):
        return None
    children = 1 if match[1] == "个" else whole(match[1])
    return Size(children + 1, match.start(), match.end()) if children else None


def _alone(text: str) -> Size | None:
    """One adult with children, or one person by himself."""
    alone = _ALONE_WITH.search(text)
    if alone and (alone[1] or _SPOUSE_GONE.search(text)) and not _OF_OTHERS.search(text[: alone.end() + 4]):
        more = whole(alone[2])
        if more:
            return Size(more + 1, alone.start(), alone.end())
    only = _ONLY_ONE_OTHER.search(text) or _ONE_WARD.search(text)
    if only and not _OF_OTHERS.search(text[: only.start()]):
        return Size(2, only.start(), only.end())
    elders = _WITH_ELDERS.search(text)
    if elders and _PARENTS_GONE.search(text):
        words = next(g for g in elders.groups() if g)
        return Size(3 if len(words) == 4 or words == "祖父母" else 2, elders.start(), elders.end())
    pair = _TWO_OF_THEM.search(text)
    if pair and not _OF_OTHERS.search(text[: pair.end()]):
        return Size(2, pair.start(), pair.end())
    lone = _LONE.search(text)
    if lone and not _EARNS.search(text[max(0, lone.start() - 6) : lone.end() + 8]) and not _somebody_else(text, lone):
        return Size(1, lone.start(), lone.end())
    return None


def _somebody_else(text: str, lone: re.Match[str]) -> bool:
    """Who lives alone is a relative, and the speaker has a household besides."""
    clause = re.split(r"[，。,；;！]", text[: lone.start()])[-1] + lone.group()
    return bool(re.search(r"(?:我|俺)(?:的)?[娘妈爹爸爷奶婆公叔伯舅姨姑]", clause) and _WE_TOO.search(text))


def _asked_back(text: str) -> Size | None:
    """«几口人啊五口五口», «人口四个不不三个»: who asks back and counts again means the last number."""
    found = list(_BARE_COUNT.finditer(text)) if _ASKED_BACK.search(text) else []
    value = whole(found[-1][1]) if found else None
    return Size(value, found[-1].start(), found[-1].end()) if value else None


def _corrected(text: str, said: list[Size]) -> bool:
    return len(said) > 1 and bool(_TAKEN_BACK.search(text[: said[-1].start]))
