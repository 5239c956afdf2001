"""One reading copy of a text: plain width, simplified, typos mended; every character knows its origin.

The copy never changes what a person wrote. Everything found in it is reported in the offsets of the original.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cache

import opencc

from nlu.lexicon_files import read_yaml

BREAK = "\n"
# Signs that are plain ones in another part of Unicode: radicals, compatibility and small forms, digits of formulas.
_COMPATIBLE = (
    *range(0x2E80, 0x2FE0),
    *range(0xF900, 0xFB00),
    *range(0xFE50, 0xFE70),
    *range(0x1D7CE, 0x1D800),
    *range(0x2F800, 0x2FA20),
)
_EMOJI = (*range(0x1F000, 0x1F3FB), *range(0x1F400, 0x1FB00), *range(0x2600, 0x27C0), 0x2B50, 0x2B55)
# Zero-width and direction marks, control characters, variation selectors, lone surrogates, private use: never meaning.
_DROPPED = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufe00-\ufe0f\ufeff\ud800-\udfff\ue000-\uf8ff\U000e0000-\U000e01ff"
    # marks that combine with the character before them, and the colour of an emoji's skin
    "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\U0001f3fb-\U0001f3ff"
    "\U000f0000-\U0010ffff]"
)
_TRADITIONAL_RANGE = (0x3400, 0x9FFF)


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """`text` is the reading copy; `starts[i]`/`ends[i]` are the offsets in `source` of its i-th character."""

    source: str
    text: str
    starts: list[int]
    ends: list[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the source of the half-open range [start, end) of the copy."""
        if end <= start:
            at = self.starts[start] if start < len(self.starts) else len(self.source)
            return at, at
        return self.starts[start], self.ends[end - 1]

    def place(self, start: int, end: int) -> tuple[int, int] | None:
        """The range of the copy that holds [start, end) of the source; None where nothing of it was kept."""
        first, last = bisect_right(self.ends, start), bisect_left(self.starts, end)
        return (first, last) if first < last else None


@cache
def _char_map() -> dict[int, str]:
    """Every single-character rewriting: full width to plain, traditional to simplified, odd spaces to a space."""
    first, last = _TRADITIONAL_RANGE
    chars = [chr(code) for code in range(first, last)]
    converted = opencc.OpenCC("t2s").convert("\n".join(chars)).split("\n")
    table = {ord(old): new for old, new in zip(chars, converted, strict=True) if old != new and len(new) == 1}
    for code in _COMPATIBLE:
        plain = unicodedata.normalize("NFKC", chr(code))
        if plain != chr(code) and len(plain) == 1:
            table[code] = table.get(ord(plain), plain)
    table.update(dict.fromkeys(_EMOJI, " "))
    table.update({code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)})
    for keep in "，。！？；：（）":  # Chinese punctuation is what clauses are cut at: keep one form
        table.pop(ord(keep), None)
    table.update(
        {
            ord(c): " "
            for c in "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
            "\u200a\u202f\u205f\u3000"
        }
    )
    table.update({ord("\r"): BREAK, ord("\u2028"): BREAK, ord("\u2029"): BREAK})
    table.update({ord(a): b for a, b in zip("⁰¹²³⁴⁵⁶⁷⁸⁹①②③④⑤⑥⑦⑧⑨", "0123456789123456789", strict=True)})
    table.update({0x0660 + i: str(i) for i in range(10)} | {0x06F0 + i: str(i) for i in range(10)})
    table.update({ord("¥"): "￥", ord("〇"): "零", ord("○"): "零", ord("妳"): "你", ord("ｗ"): "w"})
    table.update(read_yaml("typos.yml")["characters_by_code"] or {})
    return table


@cache
def _typos() -> tuple[re.Pattern[str], dict[str, str]]:
    data = read_yaml("typos.yml")
    words: dict[str, str] = data["words"] | {word: word for word in data["keep"].split()}
    wrong = [w for w, right in words.items() if len(w) != len(right)]
    if wrong:
        raise ValueError(f"nlu/lexicon/typos.yml: {wrong[0]!r} and its correction differ in length; they must not")
    return re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True))), words


_EXPORT_MARK = re.compile(r"_x000[DA]_", re.IGNORECASE)  # how spreadsheets write a carriage return


def read(source: str) -> Reading:
    """Make the reading copy of any str; linear in its length."""
    text = source.translate(_char_map())
    if len(text) == len(source) and not _DROPPED.search(text) and "_x" not in text:
        starts = list(range(len(text)))
        ends = list(range(1, len(text) + 1))
    else:
        text, starts, ends = _drop(text)
    pattern, words = _typos()
    text = pattern.sub(lambda m: words[m.group()], text)
    for form in _stutters():
        text, starts, ends = _without(form, text, starts, ends)
    text = text.rstrip()
    return Reading(source, text, starts[: len(text)], ends[: len(text)])


@cache
def _stutters() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(form) for form in read_yaml("typos.yml")["stutters"])


def _without(form: re.Pattern[str], text: str, starts: list[int], ends: list[int]) -> tuple[str, list[int], list[int]]:
    """The copy without what `form` matches beyond its first group."""
    kept: list[tuple[int, int]] = []
    at = 0
    for match in form.finditer(text):
        kept.append((at, match.end(1) if form.groups else match.start()))
        at = match.end()
    if not at:
        return text, starts, ends
    kept.append((at, len(text)))
    return (
        "".join(text[a:b] for a, b in kept),
        [one for a, b in kept for one in starts[a:b]],
        [one for a, b in kept for one in ends[a:b]],
    )


def _drop(text: str) -> tuple[str, list[int], list[int]]:
    marked = _EXPORT_MARK.sub(BREAK + "\u0000" * 6, text)
    kept: list[str] = []
    starts: list[int] = []
    for at, char in enumerate(marked):
        if not _DROPPED.match(char):
            kept.append(char)
            starts.append(at)
    return "".join(kept), starts, [at + 1 for at in starts]
