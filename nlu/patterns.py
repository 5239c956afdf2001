"""The longer patterns of the grammar, kept as data in nlu/lexicon/patterns.yml."""

from __future__ import annotations

import re

from nlu.lexicon_files import LexiconError, read_yaml
from nlu.sieve import Gated

SMALL_NUMBER = r"(?:[0-9]{1,2}|[一二两三四五六七八九十]{1,3}|[贰叁肆伍陆柒捌玖]|俩|仨|几)"


def worded(name: str) -> Gated:
    """The pattern `module.name`; its lines in the file are one expression."""
    try:
        words = "".join(read_yaml("patterns.yml")[name].split("\n")).replace("<n>", SMALL_NUMBER)
        return Gated(re.compile(words))
    except KeyError as error:
        raise LexiconError(f"nlu/lexicon/patterns.yml has no pattern {name!r}; add it there") from error
    except re.error as error:
        raise LexiconError(f"nlu/lexicon/patterns.yml: {name} is no valid pattern: {error}") from error
