"""The words of a question as concepts: «咋个» is «怎么», «宝马» is «小轿车» (`question_words.yml`)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from policy_kb.schema import Entry, Id, Text

_DIGITS = "0-9０-９.一二三四五六七八九十百千万两"
_SUM = re.compile(
    rf"[{_DIGITS}]*[0-9一二三四五六七八九十百千万两](?:多|来)?(?:块钱|块|元|万|千)|[1-9]\d{{3,}}|[一二两三四五六七八九十]+[万千][一二三四五六七八九十]?"
)
_NUMBER = re.compile(rf"\d+|[{_DIGITS[10:]}]{{2,}}")
SUM, NUMBER = "〔钱〕", "〔数〕"


class QuestionWords(Entry):
    """`asking` and `about`: concept → words; `quiet`: characters that say nothing by themselves;
    `quiet_words`: words that say nothing of the topic; `spelled`: a dialect's character → the common word."""

    asking: Mapping[Id, tuple[Text, ...]]
    about: Mapping[Id, tuple[Text, ...]]
    quiet: Text
    quiet_words: tuple[Text, ...] = ()
    spelled: Mapping[str, Text] = {}


@dataclass(frozen=True)
class Wording:
    """Reads a question as a set of concepts and, for what no word covers, single characters."""

    words: QuestionWords

    @cached_property
    def _concepts(self) -> dict[str, str]:
        tables = (self.words.asking, self.words.about)
        silent = dict.fromkeys(self.words.quiet_words, "")
        return silent | {word: concept for table in tables for concept, words in table.items() for word in words}

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self._concepts))

    @cached_property
    def asking(self) -> frozenset[str]:
        """The concepts that ask, rather than name what is asked about."""
        return frozenset(self.words.asking)

    def tokens(self, text: str, leave_out: Iterable[str] = ()) -> frozenset[str]:
        """Concepts and left-over characters of a question; `leave_out`: names of places, not about the topic."""
        text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
        for spelled, common in self.words.spelled.items():
            text = text.replace(spelled, common)
        for name in sorted(leave_out, key=len, reverse=True):
            text = text.replace(name, "，")
        found, at = set(), 0
        while at < len(text):
            step, token = self._at(text, at)
            if token:
                found.add(token)
            at += step
        return frozenset(found)

    def _at(self, text: str, at: int) -> tuple[int, str | None]:
        word = next((w for n in range(self._longest, 0, -1) if (w := text[at : at + n]) in self._concepts), None)
        number = _SUM.match(text, at) or _NUMBER.match(text, at)
        if number and len(number.group()) > len(word or ""):
            mark = SUM if _SUM.match(text, at) else NUMBER
            return len(number.group()), self._concepts.get(mark, mark)
        if word is not None:
            return len(word), self._concepts[word] or None
        char = text[at]
        return 1, char if char.isalnum() and char not in self.words.quiet else None
