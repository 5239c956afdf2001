"""Names of people by the words that announce them; a surname alone announces nothing (黄牛, 马上, 白菜)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from nlu.lexicon_files import read_yaml


@dataclass(frozen=True, slots=True)
class NameFound:
    start: int
    end: int
    role: str


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
    cues, name, not_names, never = _patterns()
    found: dict[int, NameFound] = {}
    for role, cue in cues:
        for match in cue.finditer(text):
            end = _name_end(text, match.end(), name, not_names, never)
            if end and match.end() not in found:
                found[match.end()] = NameFound(match.end(), end, role)
    if asks == "name" and not found:
        bare = re.fullmatch(
            r"[\s，,。]*(?:我?叫|我是|我|姓名|名字叫?|叫做)?[:： ]*([一-龥·]{2,5})[\s。，,.!！的啊呀]*", text
        )
        if bare and bare[1] not in not_names:
            found[bare.start(1)] = NameFound(bare.start(1), bare.end(1), "self")
    return sorted(found.values(), key=lambda n: n.start)


def _name_end(
    text: str, at: int, name: re.Pattern[str], not_names: frozenset[str], never: re.Pattern[str]
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
        if any(never.match(c) for c in part[given:]):
            continue
        if any(part.startswith(w) for w in not_names if len(w) >= 2):
            return None
        if length == len(words) and length == given + 2 and never.match(text[at + length - 1 : at + length]):
            continue
        return at + length
    return None


@cache
def _compound() -> frozenset[str]:
    return frozenset(read_yaml("names.yml")["compound_surnames"].split())
