"""Names as they are compared: as written, and as they sound to an ear that hears 赵秀英 and 赵绣瑛 alike."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from actions import rulebook

_NOT_OF_A_NAME = re.compile(r"[\s·•・.\-_,，。、:：;；()（）]+")
MAX_NAME = 40  # code points; a longer text is no name


def clean_name(text: str | None) -> str:
    """The name without blanks, dots and invisible signs; "" where nothing of a name is left."""
    folded = unicodedata.normalize("NFKC", text or "")
    visible = "".join(c for c in folded if unicodedata.category(c) not in ("Cf", "Cc"))
    return _NOT_OF_A_NAME.sub("", visible)[:MAX_NAME].casefold()


@lru_cache(maxsize=1 << 14)
def sound(name: str) -> str:
    """The cleaned name in toneless syllables, with what dialects mix up folded: `zao siu in`; "" for no name.

    A single character is no name that could be told apart by its sound.
    """
    cleaned = clean_name(name)
    if len(cleaned) < 2:
        return ""
    from pypinyin import lazy_pinyin  # here, because loading its tables takes a moment that most commands do not need

    surname = rulebook.identity_book().surnames.get(cleaned[0])
    rest = lazy_pinyin(cleaned[1:] if surname else cleaned)
    return " ".join(_folded(one) for one in ([surname] if surname else []) + rest)


def _folded(syllable: str) -> str:
    for pattern, replacement in _folds():
        syllable = pattern.sub(replacement, syllable)
    return syllable


@cache
def _folds() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), replacement) for pattern, replacement in rulebook.identity_book().sounds)
