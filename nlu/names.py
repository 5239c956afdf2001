"""Names of people by the words that announce them; a surname alone announces nothing (黄牛, 马上, 白菜)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from nlu.country import begins_with_place
from nlu.lexicon_files import read_yaml


@dataclass(frozen=True, slots=True)
class NameFound:
    start: int
    end: int
    role: str


_LONGEST_ANSWER = 40
# Announced outright («我叫», «姓名»), or the whole answer: 有, 来, 家, 月 … are then parts of names (张有才, 王月英).
_SURE_CUE = re.compile(r"(?:叫|名|姓名|名字)(?:叫|是|为|:|：| )*$|[:：]$")
_SURNAME_FIRST = re.compile(r"姓([一-龥]{1,2})[，, ]?(?:名字)?叫(?=\1)")  # «我姓周，叫周大海»
_DOTTED = re.compile(r"[一-龥]{1,6}(?:·[一-龥]{1,6})+")
_HARDLY = re.compile(r"[的了是吗呢吧啊呀你我他她它们没不，。！？、；：]")
_ENDS = re.compile(r"$|[\s，,。.!！；;:：)）0-9]")
_PLACE_BEYOND = re.compile(r"[一-龥]{0,2}(?:镇|乡|村|县|街道)")
_TITLE = re.compile(
    r"(?:大爷|大娘|大妈|大叔|大伯|大姐|大哥|书记|主任|医生|老师|婶|嫂|姨|先生|女士|阿姨|叔叔|奶奶|爷爷)$|[镇乡县省]$|村$"
)
_SOMEBODY = re.compile(
    r"户主|爹|娘|爸|妈|老伴|老公|男人|老婆|媳妇|儿|女|爷|奶|他|她|婆|公|邻居|哥|姐|弟|妹|叔|舅|姑|姨"
)
_PLACE_OR_OFFICE = re.compile(r"[镇村乡县市区]|医生|老师|书记|主任|局长|家庭|先生|女士")


@cache
def _patterns() -> tuple[list[tuple[str, re.Pattern[str]]], re.Pattern[str], frozenset[str], re.Pattern[str]]:
    data = read_yaml("names.yml")
    surname = (
        "(?:"
        + "|".join(sorted(data["compound_surnames"].split(), key=len, reverse=True))
        + "|["
        + data["surnames"].replace(" ", "").replace("\n", "")
        + "])"
    )
    name = re.compile(surname + r"(?:某[某一二三]?|[一-龥]{1,2})")
    cues = [
        (
            row["role"],
            re.compile(
                "(?:"
                + "|".join(sorted(row["words"].split(), key=len, reverse=True))
                + r")(?:[:：是为叫 ]|名叫|的名字叫)*(?="
                + surname
                + ")"
            ),
        )
        for row in data["cues"]
    ]
    return cues, name, frozenset(data["not_names"].split()), re.compile("[" + data["never_second"] + "]")


def find_names(text: str, asks: str | None = None) -> list[NameFound]:
    """Names in order of position, each with the part its person has in the message."""
    found = _after_cues(text)
    if asks in ("name", "proxy_name") and not found:
        answer = _bare_name(text, _patterns()[2])
        if answer:
            found[answer.start] = answer
    for match in (m for form in _outright() for m in form.finditer(text)):
        taken = any(n.start < match.end() and match.start() < n.end for n in found.values())
        if not taken and not begins_with_place(text, match.start(), ""):
            found[match.start()] = NameFound(match.start(), match.end(), "other")
    return sorted(found.values(), key=lambda n: n.start)


def _after_cues(text: str) -> dict[int, NameFound]:
    """Names behind the words that announce them, by where they start."""
    cues, name, not_names, never = _patterns()
    found: dict[int, NameFound] = {}
    for match in _SURNAME_FIRST.finditer(text):
        end = _name_end(text, match.end(), name, not_names, _HARDLY, True)
        if end:
            found[match.end()] = NameFound(match.end(), end, "self")
    for role, cue in cues:
        for match in cue.finditer(text):
            dotted = _DOTTED.match(text, match.end())
            if dotted:
                found.setdefault(match.end(), NameFound(match.end(), dotted.end(), role))
                continue
            sure = bool(_SURE_CUE.search(match.group()))
            if not sure and begins_with_place(text, match.end(), ""):
                continue
            end = _name_end(text, match.end(), name, not_names, _HARDLY if sure else never, sure)
            if end and match.end() not in found:
                found[match.end()] = NameFound(match.end(), end, role)
    return found


def _bare_name(text: str, not_names: frozenset[str]) -> NameFound | None:
    """The name that a short answer consists of, or none («不留名», a place, a form of address)."""
    match = _answer().fullmatch(text) if len(text) <= _LONGEST_ANSWER else None
    if not match:
        return None
    words = re.sub(r"[\s·]", "", match["name"])
    surname = 2 if words[:2] in _compound() else 1
    if match["plain"] and (len(words) <= surname or _HARDLY.search(words[surname:])):
        return None
    if _TITLE.search(words) or begins_with_place(words, len(words), words):
        return None
    if words in not_names or any(words.startswith(w) for w in not_names if len(w) == 2 and len(words) == 3):
        return None
    role = "applicant_for" if _SOMEBODY.search(match["before"]) else "self"
    return NameFound(match.start("name"), match.end("name"), role)


def _name_end(
    text: str, at: int, name: re.Pattern[str], not_names: frozenset[str], never: re.Pattern[str], sure: bool
) -> int | None:
    match = name.match(text, at)
    if not match:
        return None
    words = match.group()
    given = 2 if len(words) >= 4 or text[at : at + 2] in _compound() else 1
    for length in (len(words), len(words) - 1):
        part = words[:length]
        if length <= given or part in not_names:
            continue
        if _PLACE_OR_OFFICE.search(text[at : at + length + 1]):
            return None
        if not sure and _PLACE_BEYOND.match(text, at + length):
            return None
        told_apart = never if length == len(words) and not _ENDS.match(text, at + length) else _HARDLY
        if any((told_apart if sure else never).match(c) for c in part[given:]):
            continue
        if any(part.startswith(w) for w in not_names if len(w) >= 2):
            return None
        if (
            length == len(words)
            and length == given + 2
            and not sure
            and never.match(text[at + length - 1 : at + length])
        ):
            continue
        return at + length
    return None


@cache
def _answer() -> re.Pattern[str]:
    """The form of an answer to «what is the name»: words before, the name, words and a phone number after."""
    data = read_yaml("names.yml")
    single = "[" + re.sub(r"\s", "", data["surnames"]) + "]"
    compound = "(?:" + "|".join(data["compound_surnames"].split()) + ")"
    foreign = "[" + re.sub(r"\s", "", data["transliterated"]) + "]"
    plain = (
        rf"(?P<plain>{compound}[ ]?[一-龥][ ]?[一-龥]?|{single}(?:[一-龥]{{1,2}}|(?: [一-龥]){{1,2}})|{single}某某?)"
    )
    name = rf"(?P<name>{plain}|[一-龥]{{1,6}}(?:·[一-龥]{{1,6}})+|{foreign}{{3,8}})"
    return re.compile(rf"(?P<before>{data['before_answer']}){name}(?:{data['after_answer']})")


@cache
def _outright() -> list[re.Pattern[str]]:
    data = read_yaml("names.yml")
    foreign = "[" + re.sub(r"\s", "", data["transliterated"]) + "]"
    return [re.compile(form.replace("<transliterated>", foreign)) for form in data["outright"]]


@cache
def _compound() -> frozenset[str]:
    return frozenset(read_yaml("names.yml")["compound_surnames"].split())
