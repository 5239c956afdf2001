"""Our own reading, as it is compared: the extractor with the facts of the vocabulary and no office's area table."""

from __future__ import annotations

from functools import cache

from bench.accuracy.sets import ROOT
from nlu import Extractor, FactType
from nlu.evaluation import types_from_vocabulary


@cache
def our_types() -> dict[str, FactType]:
    """The facts of the vocabulary, read from its files."""
    return types_from_vocabulary(ROOT / "policy_kb" / "facts")


@cache
def our_reader() -> Extractor:
    return Extractor(our_types())
