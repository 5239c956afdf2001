"""Stretches of a text that tell nothing of real life, or nothing of the speaker's own.

People send exercises, adverts, news, plots, songs, jokes, parts they play, quoted rules and machine text; what stands
there is no trouble of theirs. A stretch goes from the words that open it to where the speaker comes back to himself
(«…是我自己也刚做完手术»), so that a real trouble beside such noise is still read. Openers, how far each reaches
and what ends it are data in nlu/lexicon/unreal.yml; sums of money are read everywhere, since every sum that a text
states is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

from nlu.hardships import Found
from nlu.lexicon_files import LexiconError, read_yaml
from nlu.needles import pieces
from nlu.scope import ACTUAL, GENERAL, HYPOTHETICAL, OTHER, SELF
from nlu.sieve import Sieve
from nlu.terms import Hit, Hits

MADE_UP, OF_MANY, OF_OTHERS, ASSUMED = "made_up", "of_many", "of_others", "assumed"
UNTOLD = "untold"  # of nobody's own life, by the table of `unreal_model.py`
_KINDS = (MADE_UP, OF_MANY, OF_OTHERS, ASSUMED)
_REACHES = ("itself", "inside", "clause", "sentence", "onward", "all", "back")
_FAR = ("onward", "all", "back")
_LONG = 200  # characters; a letter of this length that names a film or a rule goes on to tell something
_HEAD = 20  # unless it opens with it
_LOOK_BACK = 10  # characters
BLANK = "。"  # no form of the grammar reaches over it
_OUTCRY = 12  # characters
_WORD_OR_TWO = 8  # characters of a line that tells nothing by itself
_LETTER = re.compile(r"\w")
_OWN = re.compile("[我俺咱额]")
_SENTENCE_END = re.compile(r"[。！!？?；;\n]|…")
_PARAGRAPH_END = re.compile(r"(?<![：:])\n(?![0-9一二三四五六七八九（(·*《“第A-D-])")
_CLAUSE_END = re.compile(r"[。！!？?；;\n，,]|…")


class Stretch(NamedTuple):
    """`text[start:end]` tells of nothing (made up), of many, of somebody else, or of a case that is put."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class _Opener:
    pattern: re.Pattern[str]
    kind: str
    reach: str
    until: str  # which of the `returns` ends it; "" where nothing does
    whole: bool  # begins where the sentence does


@cache
def _openers() -> tuple[_Opener, ...]:
    found = []
    for name, group in read_yaml("unreal.yml")["openers"].items():
        if group["kind"] not in _KINDS or group["reach"] not in _REACHES:
            raise LexiconError(f"nlu/lexicon/unreal.yml: {name} has a kind or reach that is not known")
        for form in group["forms"]:
            until, whole = group.get("until", ""), bool(group.get("whole_sentence"))
            found.append(_Opener(_compiled(name, form), group["kind"], group["reach"], until, whole))
    return tuple(found)


@cache
def _returns(until: str) -> re.Pattern[str]:
    """What brings the speaker back to himself; every manner of it holds those before it."""
    known = read_yaml("unreal.yml")["returns"]
    names = list(known)
    return _compiled(until, "|".join(known[name] for name in names[: names.index(until) + 1]))


def _compiled(name: str, form: str) -> re.Pattern[str]:
    parts = read_yaml("unreal.yml")["parts"]
    words = re.sub(r"<(\w+)>", lambda m: parts.get(m[1], m[0]), form.replace("\n", ""))
    try:
        return re.compile(words)
    except re.error as error:
        raise LexiconError(f"nlu/lexicon/unreal.yml: a form of {name} is no valid pattern: {error}") from error


@cache
def _sieve() -> Sieve:
    return Sieve([opener.pattern for opener in _openers()])


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return _compiled(name, read_yaml("unreal.yml")["patterns"][name])


def stretches(text: str, hits: Hits) -> list[Stretch]:
    """All of them, in order; most texts have none."""
    found = [Stretch(hit.start, hit.end, MADE_UP) for hit in hits.get("unreal_figure", ())]
    known = _openers()
    for number in _sieve().worth_trying(pieces(text)):
        found += _opened(text, known[number])
    for hit in _of_adverts(text, hits):
        first, last = _paragraph(text, hit.start)
        found.append(Stretch(first, _until(text, first, last, "own"), MADE_UP))
    return sorted(one for one in found if one.start < one.end)


def _opened(text: str, opener: _Opener) -> Iterator[Stretch]:
    done = 0
    for match in opener.pattern.finditer(text):
        if match.start() < done or not _opens(text, opener, match.start()):
            continue
        start, end = _extent(text, opener, match)
        if opener.until:
            # of a text that is an exercise as a whole, what stands before the word for it is one too
            end = _until(text, start if opener.reach == "all" else match.end(), end, opener.until)
        if opener.reach != "back":
            done = end
        yield Stretch(start, end, opener.kind)


def _opens(text: str, opener: _Opener, start: int) -> bool:
    """Whether the words at `start` open anything there."""
    if len(text) >= _LONG and start >= _HEAD and (opener.reach in _FAR or opener.whole):
        return False
    if opener.until == "wide" and opener.whole:  # «我们这样的人应当纳入» is no rule
        first = _sentence_start(text, start)
        return not (_OWN.search(text, first, start) or _returns("wide").search(text, first, start))
    return opener.reach not in ("onward", "sentence") or not _only_likened(text, start)


def _only_likened(text: str, start: int) -> bool:
    """«像电视剧里一样» likens one's own trouble to a tale."""
    return bool(_pattern("likened").search(text[max(0, start - _LOOK_BACK) : start]))


def _extent(text: str, opener: _Opener, match: re.Match[str]) -> tuple[int, int]:
    """From where to where it reaches if nothing brings the speaker back."""
    if opener.reach == "itself":
        return match.span()
    if opener.reach == "inside":
        return match.span(1)
    first, last = _paragraph(text, match.start())
    if opener.reach == "back":
        return first, match.end()
    start = _sentence_start(text, match.start()) if opener.whole else match.start()
    if opener.reach in ("clause", "sentence"):
        return start, _first_end(_CLAUSE_END if opener.reach == "clause" else _SENTENCE_END, text, match.end())
    return (first if opener.reach == "all" else start), last


def _paragraph(text: str, at: int) -> tuple[int, int]:
    """From where to where the paragraph of `at` reaches; a list under it is part of it."""
    first = 0
    for found in _PARAGRAPH_END.finditer(text, 0, at):
        first = found.end()
    return first, _first_end(_PARAGRAPH_END, text, at)


def _first_end(ends: re.Pattern[str], text: str, at: int) -> int:
    found = ends.search(text, at)
    return found.start() if found else len(text)


def _sentence_start(text: str, at: int) -> int:
    last = 0
    for found in _SENTENCE_END.finditer(text, max(0, at - _LONG), at):
        last = found.end()
    return last or max(0, at - _LONG)


def _until(text: str, at: int, end: int, until: str) -> int:
    back = _returns(until).search(text, at, end)
    return back.start() if back else end


def _of_adverts(text: str, hits: Hits) -> list[Hit]:
    """Words that only sellers use, or two different ones that they use most; nobody cheated, nobody who complains."""
    strong, weak = hits.get("unreal_advert", []), hits.get("unreal_advert_weak", [])
    several = len({hit.word for hit in weak}) > 1
    if len(text) >= _LONG or not (strong or several) or _pattern("of_those_who_suffer").search(text):
        return []
    return strong or ([] if _pattern("of_no_seller").search(text) else weak)


def blanked(text: str, unreal: list[Stretch]) -> str:
    """The text with every stretch made blank; offsets stay."""
    parts, at = [], 0
    for start, end, _ in unreal:
        parts += [text[at:start], BLANK * (end - max(at, start))]
        at = max(at, end)
    return "".join([*parts, text[at:]])


def hardly_left(told: str) -> bool:
    """Whether of a blanked text, longer than an outcry, less than a third is told, and no line of it by itself."""
    if len(told) < _OUTCRY or not _hardly_told(told):
        return False
    lines = [line for line in told.split("\n") if len(_LETTER.findall(line)) > _WORD_OR_TWO]
    return all(map(_hardly_told, lines))


def _hardly_told(text: str) -> bool:
    return 3 * len(_LETTER.findall(text)) < len(text)


def hides(unreal: list[Stretch], start: int) -> bool:
    """Whether what begins at `start` is told in one of the stretches."""
    return any(one.start <= start < one.end for one in unreal)


def without_own(found: list[Found], untold: list[Stretch]) -> tuple[list[Found], list[Found]]:
    """What is found outside of stretches that tell of nobody's own life, and what of others in them."""
    outside = [item for item in found if not hides(untold, item.start)]
    return outside, [item for item in found if hides(untold, item.start) and item.subject != SELF]


def of_no_household(found: list[Found], unreal: list[Stretch]) -> list[Found]:
    """What is told of many, of somebody or of a case in the stretches, out of everything `found` in the whole text."""
    kept = []
    for item in found:
        kinds = {one.kind for one in unreal if one.start <= item.start < one.end}
        if not kinds or MADE_UP in kinds:
            continue
        if ASSUMED in kinds:
            kept.append(replace(item, subject=GENERAL, relation="", status=HYPOTHETICAL))
        elif OF_MANY in kinds:
            kept.append(replace(item, subject=GENERAL if item.subject == SELF else item.subject, relation=""))
        elif item.status == ACTUAL:
            kept.append(replace(item, subject=OTHER, relation=""))
    return kept
