"""Who is at university or beyond the compulsory years: every place where a text says so, and whether it is so now."""

from __future__ import annotations

import re

from nlu.patterns import worded
from nlu.terms import Hit, Hits, touched

UNIVERSITY, SECONDARY = "university_students", "noncompulsory_students"
_SCHOOLS = {UNIVERSITY: worded("students.university"), SECONDARY: worded("students.secondary")}
_NOT_YET = worded("students.not_yet")
_NO_LONGER = worded("students.no_longer")
_CHILD = worded("students.child")
_SEVERAL = worded("students.several")
_EACH = re.compile(r"老[一-龥]|[大小二三]?(?:儿子|女儿|闺女|姑娘|孙子|孙女)|大的|小的|我?[哥弟姐妹]+|[我儿女]")
_PUPIL = re.compile("[娃孩崽]|学生|[我俺]是(?:一?[名个])?")
_YEAR = re.compile("年级|的学生|学生(?:们|都|家长)")
_WON = re.compile("考|录")
_PATH = 16  # characters from a last year of school to the university that took him
_BEFORE = 14
_ONLY_CHILD = frozenset(("儿子", "女儿", "闺女", "姑娘"))  # named late, may be the one that was told of before
_ONCE_MORE = frozenset(("他", "她"))


def students(text: str, hits: Hits) -> dict[str, list[Hit]]:
    """Single students by kind of school, in order: words of the lexicon, and schools by their names («川农大»)."""
    found: dict[str, list[Hit]] = {}
    for fact, pattern in _SCHOOLS.items():
        known = list(hits.get(f"single:{fact}", []))
        named = [Hit(*match.span(), match.group(), fact) for match in pattern.finditer(text)]
        found[fact] = sorted(known + [hit for hit in named if not touched(hit, known)])
    taken = found[UNIVERSITY]
    found[SECONDARY] = [hit for hit in found[SECONDARY] if not _same_as_university(text, hit, taken)]
    return found


def _same_as_university(text: str, hit: Hit, taken: list[Hit]) -> bool:
    """«幼师专科二年级» is one school, «高三毕业考上了大专» one child."""
    for other in taken:
        if other.start < hit.end and hit.start < other.end and len(other.word) > len(hit.word):
            return True
        soon = 0 <= other.start - hit.end <= _PATH and _WON.search(other.word)
        if soon and not _CHILD.search(text, hit.end, other.start):
            return True
    return False


def is_student(text: str, first: int, hit: Hit) -> bool:
    """Whether somebody studies there now or is about to; `first`: where the clause begins."""
    before = text[max(first, hit.start - _BEFORE) : hit.start]
    return not _NOT_YET.search(before) and not _NO_LONGER.match(text, hit.end)


def names_child(text: str, first: int, hit: Hit) -> bool:
    """Whether the clause that begins at `first` names a child or pupil."""
    return bool(_CHILD.search(text, first, hit.end) or _PUPIL.search(text, first, hit.end))


def of_a_class(text: str, hit: Hit) -> bool:
    """Whether a whole year of a school is meant («高三年级补课»), and nobody's child."""
    return _YEAR.match(text, hit.end) is not None


def same_child(text: str, before: int, last: int, hit: Hit) -> bool:
    """Whether `hit` tells of the child of the mention that ends at `last` and is told of from `before` on."""
    between = {match.group() for match in _CHILD.finditer(text, last, hit.end)} - _ONCE_MORE
    if not between:
        return True
    earlier = [match.group() for match in _CHILD.finditer(text, max(0, before - _BEFORE), last)]
    return between <= ({earlier[-1]} - {"一个"} if earlier else _ONLY_CHILD)


def how_many_named(before: str) -> int | None:
    """«老二老三都在», «双胞胎女儿一起»: how many of them are named."""
    match = _SEVERAL.search(before)
    if match is None:
        return None
    return 2 if match[1] else _two_or_more(len(_EACH.findall(match[2])))


def _two_or_more(count: int) -> int | None:
    return count if count > 1 else None
