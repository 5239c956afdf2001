"""The learned form of the kind and topic choice: figures and character groups of a message, weighed by a table.

The table is trained from `training_kind/` and `labelled/` by `nlu/kind_training.py`, starting from the hand weights of
`lexicon/kind.yml`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from nlu.groups import evenly, runs
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
CLAUSE = 24  # characters of the first and the last clause
PETITION = 200  # a longer text is a petition, with or without a title
KIND_EVEN, TOPIC_EVEN = (
    0.5,
    0.4,
)  # how far long places are evened out; a topic is told by few words, also in a long text
_ENDS = {"f": 0.7, "l": 0.7}  # what first and last clause weigh
HAN = re.compile(r"[\u4e00-\u9fff]")
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
    """The groups that tell the kind: those of `groups`, of a message's first clause (f) and last (l), and of a
    petition's body once more in a place of its own, p.

    In a message people say first who they are or what befell them, and last what they want. On a petition board a
    broken lamp is a complaint and a sick man's tale ends in blame; in a chat line the same words are a suggestion and a
    plea. What holds for both is learned in b, what sets petitions apart in p.
    """
    said = groups(text, title_end)
    if not title_end and len(text) <= PETITION:
        return [*said, *_first_and_last(text)]
    return [*said, *(Said("p", weight, found) for place, weight, found in said if place == "b")]


def _first_and_last(text: str) -> Grams:
    clauses = _plain(main_line(text)).strip("，").split("，")
    ends = {"f": f"^{clauses[0][:CLAUSE]}$", "l": f"^{clauses[-1][-CLAUSE:]}$"}
    return evenly(_ENDS, {place: runs(words, LONGEST) for place, words in ends.items()})


def main_line(text: str) -> str:
    """The line with most Chinese in it: what somebody pastes before or after it changes nothing there."""
    return max(text.split("\n"), key=lambda line: len(HAN.findall(line)))


@lru_cache(maxsize=4)  # kind and topic are told by the same groups
def _by_place(text: str, title_end: int) -> list[tuple[str, set[str]]]:
    body = _looked_at(text, title_end)
    parts = {"t": text[:title_end], "b": body, "e": body.rstrip("。!！ \n~～")[-END:]}
    return [(place, runs(_plain(part), LONGEST)) for place, part in parts.items()]


def _looked_at(text: str, title_end: int) -> str:
    """The body, of a long one beginning and end."""
    body = text[title_end:]
    return body if len(body) <= HEAD + TAIL else body[:HEAD] + "\n" + body[-TAIL:]


@lru_cache(maxsize=8)  # a message of one line is its main line
def _plain(part: str) -> str:
    """Names, numbers and spaces made alike; a comma before every clause."""
    clauses = _BREAK.sub("，", _DIGITS.sub("0", _LETTERS.sub("A", part))).strip("，")
    return "，" + clauses if clauses else ""
