"""Whose trouble a clause speaks of, and whether it is so: decided by the clause, never by a window of characters."""

from __future__ import annotations

import re
from bisect import bisect_left

from nlu.clauses import Clause, Clauses, within
from nlu.patterns import worded
from nlu.terms import Hit, Hits, covered

SELF, OTHER, GENERAL = "self_household", "other_person", "general"
ACTUAL, NEGATED, HYPOTHETICAL, PAST = "actual", "negated", "hypothetical", "past_resolved"

# Between a denial and what it denies only these may stand («没有人得过什么大病»).
_FILLER = worded("scope.filler")
_DENIED_AFTER = worded("scope.denied_after")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)年")
_AGO = re.compile(r"(?:([0-9]{1,2})|([一二两三四五六七八九十]{1,3}))(?:几|多|来)?年(?:前|以前|之前|了)")
_EARLIEST = 2010  # nobody writes to us before: a message that names older years only looks back
_LONG_YEARS = 8
_SHORT = 120
_OPENING = 150  # a writer who tells of himself says so by then
_OBJECT = re.compile(
    r"(?:住在?|寄住在?|住到|借住在?|去)$|[跟向找问欠借靠对和比让被](?:了|过|着|的|遍|遍了)?(?:(?:亲人|亲戚|邻居|亲友|熟人|同学|朋友|[、和及])*)$"
)  # «跟亲戚借», «欠人家»: not whose story it is
_COMMUNITIES = (
    "全村 我村 我们村 俺村 咱村 村里 村里人 全组 我组 我们组 我们这里 我们这 俺们这 咱这 本村 本组 该村 我们县 我们镇"
)
_HOME = "家里 家中 自己 屋里 屋里头 全家 一家 一家人"  # whose, that is whoever is spoken of
_NOTES = (
    dict.fromkeys(("我们", "咱们", "俺们"), "plural")
    | dict.fromkeys(_COMMUNITIES.split(), "community")
    | dict.fromkeys(_HOME.split(), "home")
)
_PEOPLE_OF_A_KIND = worded("scope.people_of_a_kind")
_REACH = 60  # characters back within which the person of a clause without one is looked for
_STORY_REACH = 120
_A_CHILD = re.compile(r"(?<!村里)有个$")  # «还有个娃读职高» tells of one's own
_GENERIC_KIN = ("parents", "child")
_THIRD = re.compile(r"死者|伤者|受害者|他|她")
_I_AM = re.compile(r"(?:我|俺|本人|咱|家)(?:们)?(?:是|系|一家|名|叫|作为|家)[^，。]{0,24}$")
_OF_THIRD = re.compile(r"(?:他|她)(?:的|家|家的|那)?(?:[一二三四五六七八九十0-9]{1,3}岁的?)?$")
_THIRD_NAMED = re.compile(r"(?:员工|职工|工人|民工|村民|死者|伤者|患者)[一-龥]{2,3}[，,（(]|死者|伤者|受害者|家属")
_GOT_BACK = re.compile(r"(?:帮|替|为|给)(?:我|俺|咱|大家|工人)?们?(?:要|讨|追|解决|拿)[回到]?了?$")
_OF_THEIR_OWN = re.compile(r"家(?![里中务庭])")  # «我姐姐家»: a household of its own
_HE = re.compile(r"(?<!其)[他她](?!们|人)")
_OFTEN = 3  # so often «he» in a letter without «I» tells of somebody else
_SOMEBODY = re.compile(r"[0-9一二两三]{1,3}(?:人|名|岁)")
_YOUNG = re.compile(r"(?:不到|不满|才|刚|在我|我|俺)[0-9一二两三四五六七八九十]{1,3}(?:岁|来岁|多岁)")
_I_AM_ONE = re.compile(r"(?:我|俺|本人)[^，。]{0,3}(?:是|系|为)$")
_KIN_AND = re.compile(
    r"(?:我|俺)(?:的)?(?:爹|娘|爸|妈|父亲|母亲|老婆|妻子|老公|儿子|女儿|奶奶|爷爷)(?:[（(][^（）()]{1,6}[)）])?[与和跟及、]$"
)
_ENQUIRES = re.compile(r"(?:们)?(?:就|就是|只|也)*(?:想要?|要|来)?(?:知道|问|了解|咨询|打听|请教|请问)")


class Scope:
    """Answers «whose» and «is it so» for any range of one reading copy."""

    def __init__(self, text: str, clauses: Clauses, hits: Hits, proxy: bool) -> None:
        self.text, self.clauses, self.hits, self.proxy = text, clauses, hits, proxy
        stop = hits.get("subject_not", [])
        self._subjects = [h for h in hits.get("subject", []) if not covered(h, stop, proper=True)]
        kin_stop = hits.get("kin_not", [])
        self._kin = [h for h in hits.get("kin", []) if not covered(h, kin_stop)]
        neg_stop = hits.get("neg_not", [])
        self._neg = [h for h in hits.get("neg", []) if not covered(h, neg_stop)]
        self.tells_of_self = any(h.data == "self" and h.word not in _NOTES for h in self._subjects)
        self._people = self._merge()
        self._people_starts = [p[0] for p in self._people]
        self._opener = self._default()
        self._carried = self._carry()
        years = [int(y) for y in _YEAR.findall(text)]
        self.latest_year = max([*years, _EARLIEST]) if years else 2026

    def _merge(self) -> list[tuple[int, int, str, str]]:
        """(start, end, subject, relation) of everybody mentioned, in order; kin belong to who is named before them."""
        people: list[tuple[int, int, str, str]] = []
        for hit in self._subjects:
            subject = {"self": SELF, "other": OTHER, "general": GENERAL}[hit.data]
            if (
                subject == OTHER
                and _OBJECT.search(self.text[max(0, hit.start - 8) : hit.start])
                and hit.word not in ("邻居", "隔壁")
            ):
                continue
            if subject == GENERAL and _I_AM.search(self.text[max(0, hit.start - 26) : hit.start]):
                continue
            if subject == OTHER and _I_AM_ONE.search(self.text[max(0, hit.start - 8) : hit.start]):
                continue  # «我又是一名残疾人»
            if subject == OTHER and _KIN_AND.search(self.text[max(0, hit.start - 12) : hit.start]):
                continue  # «我娘与叔叔身体不好»: told of both
            note = _NOTES.get(hit.word, "")
            if hit.word == "本人" and self.text[max(0, hit.start - 1) : hit.start] in ("他", "她", "其"):
                note = "home"
            people.append((hit.start, hit.end, subject, note))
        for hit in self._kin:
            people.append((hit.start, hit.end, self._whose_kin(hit), hit.data))
        return sorted(people)

    def _whose_kin(self, hit: Hit) -> str:
        before = self.text[max(0, hit.start - 4) : hit.start]
        if re.search(
            r"(?:邻居|隔壁|人家|别人|朋友|同事|村支书|支书|书记|主任|村长|会计|干部|老王|老李|老张|老刘|局长|镇长|队长|组长|校长|领导|某|老板|亲戚|同学|工友)(?:的|家|家的)?$",
            before,
        ):
            return OTHER
        if re.search(
            r"(?:村里|有个|一位|每个|我村|很多|好多|许多|不少|一些|有些|广大|所有|各位|全村|农村|学生)(?:的)?$", before
        ) and (hit.data in ("parents", "spouse", "wife") or (hit.data == "child" and not _A_CHILD.search(before))):
            return GENERAL if hit.data != "wife" else OTHER
        if hit.data == "orphan" or (hit.data == "sibling" and _OF_THEIR_OWN.match(self.text, hit.end)):
            return OTHER
        if (
            not self.tells_of_self
            and len(self.text) >= _SHORT
            and _OF_THIRD.search(self.text[max(0, hit.start - 8) : hit.start])
        ):
            return OTHER
        return "kin"

    def _carry(self) -> list[tuple[str, str]]:
        """For each clause the subject that holds at its start; a class of people holds for its own clause only."""
        current: tuple[str, str] = (self._opener, "")
        carried: list[tuple[str, str]] = []
        at = 0
        for clause in self.clauses.items:
            carried.append(current)
            while at < len(self._people) and self._people[at][0] < clause.end:
                person = self._people[at]
                if person[2] != GENERAL or person[3] == "community":
                    current = self._next(current, person)
                at += 1
            if current[0] == GENERAL and current[1] == "community" and self._ends_sentence(clause):
                current = (self._opener, "")
        return carried

    def _ends_sentence(self, clause: Clause) -> bool:
        following = self.clauses.items[clause.index + 1 : clause.index + 2]
        return not following or following[0].sentence != clause.sentence

    def _default(self) -> str:
        """Whose story an opening without anybody in it is."""
        opens = any(h.data == "self" and h.word not in _NOTES and h.start < _OPENING for h in self._subjects)
        if (
            not opens
            and len(self.text) >= _SHORT
            and (_THIRD_NAMED.search(self.text) or len(_HE.findall(self.text)) >= _OFTEN)
        ):
            return OTHER
        if len(self.text) < _SHORT or any(p[2] == SELF and p[3] not in ("plural", "home") for p in self._people):
            return SELF
        if any(p[2] == "kin" for p in self._people):
            return SELF
        return OTHER if _THIRD.search(self.text) else GENERAL

    def _next(self, current: tuple[str, str], person: tuple[int, int, str, str]) -> tuple[str, str]:
        _, _, subject, relation = person
        if self.proxy and subject == OTHER:
            return SELF, relation or "person"
        if relation == "home":
            return current if current[0] == OTHER else (SELF, "")
        if subject == "kin" and current[0] == GENERAL and relation in _GENERIC_KIN:
            return current
        if subject == "kin":
            return (OTHER if current[0] == OTHER else SELF), relation
        return subject, "" if relation == "plural" else relation

    def subject(self, start: int, end: int) -> tuple[str, str]:
        """(subject, relation) of what is said in [start, end)."""
        clause = self.clauses.at(start)
        current = self._carried[clause.index]
        for person in self._people[bisect_left(self._people_starts, clause.start) :]:
            if person[0] >= end:
                break
            if person[0] >= start and person[2] != "kin":
                continue  # «一般农户», «困难群众»: the words themselves name no subject
            current = self._next(current, person)
        if (
            _PEOPLE_OF_A_KIND.match(self.text, end)
            and "级" not in self.text[start:end]
            and not any(
                clause.start <= p[0] < start and p[2] in (SELF, "kin")
                for p in self._people[
                    bisect_left(self._people_starts, clause.start) : bisect_left(self._people_starts, start)
                ]
            )
        ):
            return GENERAL, ""
        return current

    def own_near(self, start: int) -> bool:
        """Whether the speaker or kin is named within reach before `start`, or right after it."""
        first = bisect_left(self._people_starts, start - _STORY_REACH)
        last = bisect_left(self._people_starts, start + 12)
        return any(p[2] in (SELF, "kin") and self.text[p[0] : p[1]] != "自己" for p in self._people[first:last])

    def names_own(self) -> bool:
        """Whether the speaker's own household is named at all; «我想问问» names only who asks."""
        return any(
            (p[2] == SELF and not _ENQUIRES.match(self.text, p[1])) or (p[2] == "kin" and p[3] not in _GENERIC_KIN)
            for p in self._people
        )

    def people_between(self, start: int, end: int) -> list[tuple[int, int, str, str]]:
        """(start, end, subject or «kin», relation) of everybody who is named from `start` on and before `end`."""
        return self._people[bisect_left(self._people_starts, start) : bisect_left(self._people_starts, end)]

    def has_person(self, start: int, end: int) -> bool:
        """Whether somebody is named in the clause of `start` or just before it in the sentence."""
        clause = self.clauses.at(start)
        first = clause.start
        for before in reversed(self.clauses.items[max(0, clause.index - 4) : clause.index]):
            if start - before.start > _REACH or (before.sentence != clause.sentence and len(self.text) >= 80):
                break
            first = before.start
        if self.somebody(start):
            return True
        at = bisect_left(self._people_starts, first)
        return (at < len(self._people) and self._people[at][0] < clause.end) or len(self.text) < 40

    def somebody(self, start: int) -> bool:
        """Whether an unnamed person stands before `start` in its clause («民工一人», «49岁的张某»)."""
        return bool(_SOMEBODY.search(self.text[self.clauses.at(start).start : start]))

    def status(self, start: int, end: int) -> str:
        clause = self.clauses.at(start)
        if self._is_negated(clause, start, end):
            return NEGATED
        if self._is_hypothetical(clause, start, end):
            return HYPOTHETICAL
        if self._is_resolved(clause, end) or self._is_thanked_for(clause, start):
            return PAST
        return ACTUAL

    def denied_between(self, start: int, end: int) -> bool:
        """Whether a denial stands between the two words of a pair («房子没塌»)."""
        return any(self.text[h.end : h.end + 1] not in ("还", "付", "清", "结") for h in within(self._neg, start, end))

    def _is_negated(self, clause: Clause, start: int, end: int) -> bool:
        for hit in within(self._neg, clause.start, start):
            if _FILLER.match(self.text[hit.end : start]):
                if hit.word == "不" and not re.match(r"存在|属于|算|欠|缺|是", self.text[hit.end : hit.end + 2]):
                    continue
                return True
        stop = self.clauses.items[clause.index + 1].end if clause.index + 1 < len(self.clauses.items) else clause.end
        tail = self.text[end : min(stop, end + 12)]
        return bool(_DENIED_AFTER.match(tail))

    def _is_hypothetical(self, clause: Clause, start: int, end: int) -> bool:
        for hit in within(self.hits.get("hypo", []), clause.start, clause.end):
            if hit.word == "要是" and self.text[max(0, hit.start - 1) : hit.start] == "主":
                continue  # «主要是我腰不好»
            if hit.start < start and not (hit.word in ("是否", "有没有", "是不是") and start - hit.end > 6):
                return True
            if hit.word == "的话" and hit.start >= end and hit.start - end <= 4:
                return True
        if clause.index:
            before = self.clauses.items[clause.index - 1]
            if before.sentence == clause.sentence:
                opens = within(self.hits.get("hypo", []), before.start, min(before.end, before.start + 8))
                opens = [
                    h
                    for h in opens
                    if h.word in ("如果", "要是", "万一", "假如", "若是", "一旦", "倘若", "如遇", "哪天")
                ]
                if opens and re.match(
                    r"\s*[^，。！]{0,4}?(?:就|那么|会|将|肯定|再|怕|真|哪个|谁|咋)|\s*[那又]",
                    self.text[clause.start : clause.start + 8],
                ):
                    return True
        return False

    def _is_resolved(self, clause: Clause, end: int) -> bool:
        blockers = self.hits.get("resolved_not", [])
        stop = clause.end
        if clause.index + 1 < len(self.clauses.items):
            after = self.clauses.items[clause.index + 1]
            if after.sentence == clause.sentence:
                stop = after.end
        return any(not covered(h, blockers) for h in within(self.hits.get("resolved", []), end, stop))

    def _is_thanked_for(self, clause: Clause, start: int) -> bool:
        return bool(self.hits.get("thanks")) and bool(_GOT_BACK.search(self.text[clause.start : start]))

    def long_past(self, start: int, end: int) -> bool:
        """Whether a death is told as long past: childhood, decades, or a year well before the latest one named."""
        clause = self.clauses.at(start)
        first = clause
        if clause.index:
            before = self.clauses.items[clause.index - 1]
            if before.sentence == clause.sentence and start - before.start < 40:
                first = before
        stop = min(clause.end + 12, len(self.text))
        words = self.text[first.start : stop]
        if within(self.hits.get("past", []), first.start, clause.end) or _YOUNG.search(words):
            return True
        for match in _AGO.finditer(self.text, clause.start, stop):
            count = int(match[1]) if match[1] else _chinese_years(match[2])
            if count >= _LONG_YEARS:
                return True
        return any(self.latest_year - int(y) >= _LONG_YEARS for y in _YEAR.findall(words)[:1])


def _chinese_years(words: str) -> int:
    total, digit = 0, 0
    for char in words:
        if char == "十":
            total += (digit or 1) * 10
            digit = 0
        else:
            digit = {"两": 2}.get(char, "零一二三四五六七八九".find(char))
    return total + max(0, digit)
