"""The ways of reading that are compared: ours and others, each by name, with the measures that it can give at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass

from bench.accuracy import jio_money, rasa_stock
from bench.accuracy.keywords import KeywordReader
from bench.accuracy.workers import WorkerFailed
from nlu.evaluation import Reader

MONEY = frozenset({"amount value", "sums", "answered"})
RASA = frozenset(
    {
        "kind strict",
        "kind lenient",
        "hardship type",
        "hardship type+subject",
        "hardship type+subject+status",
        "amount value",
        "amount value+role",
        "nothing",
        "answered",
    }
)
WORDS = RASA | {
    "sums",
    "complaint topic",
    "household size",
    "household size (none stated)",
    "facts precision",
    "facts recall",
}


@dataclass(frozen=True, slots=True)
class Way:
    """A compared way of reading: how it is opened, what it can give, and what a reader of the table must know."""

    name: str
    measures: frozenset[str]
    opened: Callable[[], AbstractContextManager[Reader]]
    about: str


@contextmanager
def _keywords() -> Iterator[Reader]:
    yield KeywordReader()


WAYS = (
    Way(
        "keywords",
        WORDS,
        _keywords,
        "keyword matcher: the words of the same lexicons found anywhere in the text, no scope; the kind whose words "
        "are most; digits with a unit as sums; every hardship taken as the household's own and actual",
    ),
    Way(
        "JioNLP",
        MONEY,
        jio_money.opened,
        "JioNLP 1.5.28, `extract_money` as shipped; the centre of a range",
    ),
    Way(
        "Rasa stock",
        RASA,
        rasa_stock.opened,
        "Rasa's stock pipeline (jieba, counted words and character n-grams, DIET with intents and entities), trained "
        "on the messages that our tables learn from, spans located for it by our reading where the labels have none; "
        "the value of a sum that it marks is read by our numerals; every hardship taken as the household's own and "
        "actual",
    ),
)


def open_all(stack: ExitStack, without: frozenset[str]) -> tuple[dict[str, tuple[Way, Reader]], dict[str, str]]:
    """Open every way but those of `without`; those that cannot run come back with the reason."""
    able: dict[str, tuple[Way, Reader]] = {}
    unable: dict[str, str] = {}
    for way in WAYS:
        if way.name in without:
            continue
        try:
            able[way.name] = (way, stack.enter_context(way.opened()))
        except WorkerFailed as failure:
            unable[way.name] = str(failure)
    return able, unable
