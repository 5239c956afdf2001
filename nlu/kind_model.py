"""The learned form of the kind and topic choice: figures and character groups of a message, weighed by a table.

The table is trained from `training_kind/` and `labelled/` by `nlu/kind_training.py`, starting from the hand weights of
`lexicon/kind.yml`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from nlu.groups import runs
from nlu.learned import Learned
from nlu.table import Grams, Said

KIND = Learned(
    name="kind",
    holds=("kind", "topic"),
    code=(
        "kind.py",
        "kind_model.py",
        "kind_training.py",
        "labelled_rows.py",
        "hardships.py",
        "hardship_words.py",
        "people.py",
        "scope.py",
        "status.py",
    ),
    data=("training_kind/**/*.yml", "labelled/**/*.yml"),
    training="nlu.kind_training",
    what="the kinds of message",
    instead="the hand weights of kind.yml are used",
)
HEAD, TAIL, END = 300, 160, 8  # characters of the body that are looked at, and how many count as the last words
LONGEST = 3  # characters of a group
PETITION = 200  # a longer text is a petition, with or without a title
KIND_EVEN, TOPIC_EVEN = (
    0.5,
    0.4,
)  # how far long places are evened out; a topic is told by few words, also in a long text
_LETTERS = re.compile(r"[A-Za-z]+[0-9]*|_x000[dD]_")
_DIGITS = re.compile(r"[0-9]+")
_BREAK = re.compile(r"[\s，,。．.;；、:：!！~～]+")  # hotline notes set off by a space what others set off by a comma


def groups(text: str, title_end: int, even: float = KIND_EVEN) -> Grams:
    """Groups of one to three characters with their place: t… in the title, b… in the body, e… in the last words.

    A comma stands for every break between clauses and before the first.

    With `even` 0.5 each place weighs the same, however long it is; with less, a long one weighs more. Names, numbers
    and spaces are made alike first; of a long body only beginning and end are looked at, so that the work is bounded.
    """
    return [Said(place, len(said) ** -even, said) for place, said in _by_place(text, title_end) if said]


def groups_for_kind(text: str, title_end: int) -> Grams:
    """The groups that tell the kind: those of `groups`, and of a petition's body once more in a place of its own, p.

    On a petition board a broken lamp is a complaint and a sick man's tale ends in blame; in a chat line the same
    words are a suggestion and a plea. What holds for both is learned in b, what sets petitions apart in p.
    """
    said = groups(text, title_end)
    if not title_end and len(text) <= PETITION:
        return said
    return [*said, *(Said("p", weight, found) for place, weight, found in said if place == "b")]


@lru_cache(maxsize=4)  # kind and topic are told by the same groups
def _by_place(text: str, title_end: int) -> list[tuple[str, set[str]]]:
    body = text[title_end:]
    if len(body) > HEAD + TAIL:
        body = body[:HEAD] + "\n" + body[-TAIL:]
    found = []
    for place, part in (("t", text[:title_end]), ("b", body), ("e", body.rstrip("。!！ \n~～")[-END:])):
        clauses = _BREAK.sub("，", _DIGITS.sub("0", _LETTERS.sub("A", part))).strip("，")
        plain = "，" + clauses if clauses else ""
        found.append((place, runs(plain, LONGEST)))
    return found
