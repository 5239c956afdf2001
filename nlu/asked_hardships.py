"""What a question tells of hardships: the one that an answer to it gives, and those that a message only asks about."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from nlu.hardships import Found
from nlu.lexicon_files import hardship_files, read_yaml
from nlu.mentions import Value
from nlu.patterns import worded
from nlu.scope import ACTUAL, HYPOTHETICAL, OTHER, SELF, Scope
from nlu.terms import Term

_LONGEST = 60  # characters; a longer answer is a story, which names its hardships itself
_TOLD_AS_SO = worded("hardships.told_as_so")
_GENERAL = "other"


@cache
def _asked() -> dict[str, str]:
    """Fact id -> the hardship that a yes to its question is (`asked` of the hardship lexicons)."""
    return {fact: content["hardship"] for content in map(read_yaml, hardship_files()) for fact in _facts(content)}


def _facts(content: Mapping[str, str]) -> list[str]:
    return content.get("asked", "").split()


def answered(kept: list[Found], text: str, asks: str, facts: Mapping[str, Value], bare: bool) -> list[Found]:
    """`kept`, and the hardship that was asked about, where the answer says that it is so and more than a bare yes.

    A general difficulty is not added where the answer names a hardship («有困难，她得了肺癌»).
    """
    kind = _asked().get(asks)
    if kind is None or bare or len(text) > _LONGEST or facts.get(asks) in (None, False, "none"):
        return kept
    if any(f.type == kind or (kind == _GENERAL and f.status == ACTUAL) for f in kept):
        return kept
    return [*kept, Found(kind, 0, len(text), text, Term(kind, (), "", 1, False, ()), SELF, "", ACTUAL)]


def only_told(kept: list[Found], scope: Scope) -> list[Found]:
    """What a question tells and not merely asks about («癌症能报多少» tells of nobody's cancer)."""
    if scope.names_own():
        return kept
    told = bool(_TOLD_AS_SO.search(scope.text))
    # «低保户» names whom the question is about; what might come is told as such (hypothetical).
    return [f for f in kept if (f.type != _GENERAL or f.subject == OTHER) and (told or f.status == HYPOTHETICAL)]
