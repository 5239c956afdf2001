"""A plain keyword matcher over the same lexicons: what is reached without scope, grammar of numbers and weights."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from nlu.lexicon_files import hardship_files, read_yaml
from nlu.mentions import Amount, Extraction, Hardship

_SUM = re.compile(r"([0-9]+(?:\.[0-9]+)?)(万|千|百)?(?:元|块)|([0-9]+(?:\.[0-9]+)?)(万|千|w)")
_SCALE = {"万": 1e4, "w": 1e4, "千": 1e3, "百": 1e2}
_PEOPLE = re.compile(r"([0-9一二两三四五六七八九十])口")
_NUMBERS = {c: n for n, c in enumerate("一二三四五六七八九十", 1)} | {"两": 2}
_KINDS = {"apply_help": "kind_help", "complaint": "kind_complaint", "question": "kind_question"}
_ROLES = {"medical": "medical_total", "income": "income_year"}  # lists of the lexicon that stand for several roles


class KeywordReader:
    """Reads a text by looking for words; the first word of a list that stands in it counts."""

    def extract(self, text: str, asks: str | None = None) -> Extraction:
        """Every listed word that stands anywhere in `text`, taken at face value; the question asked is not used."""
        hardships, facts = _hardships(text)
        people = _PEOPLE.search(text)
        size = None if people is None else _NUMBERS.get(people[1]) or int(people[1])
        if size is not None:
            facts["household_size"] = size
        kind = _most(text, {kind: _list("kind.yml", name) for kind, name in _KINDS.items()}) or "other"
        topic = _most(text, _groups("kind.yml", "topic")) if kind == "complaint" else None
        return Extraction(
            intent=kind,
            hardships=tuple(hardships),
            amounts=tuple(_amount(text, match) for match in _SUM.finditer(text)),
            household_size=size,
            complaint_topic=topic or ("other" if kind == "complaint" else None),
            facts=facts,
        )


def _hardships(text: str) -> tuple[list[Hardship], dict[str, Any]]:
    found: list[Hardship] = []
    facts: dict[str, Any] = {}
    for name in hardship_files():
        content = read_yaml(name)
        word = None
        for entry in content.get("terms") or []:
            here = next((w for w in _split(entry["words"]) if w in text), None)
            if here is not None:
                word = word or here
                facts.update(entry.get("facts") or {})
        if word is not None:
            at = text.index(word)
            found.append(Hardship(content["hardship"], word, at, at + len(word), "self_household", "actual"))
    return found, facts


def _amount(text: str, match: re.Match[str]) -> Amount:
    value = float(match[1] or match[3]) * _SCALE.get(match[2] or match[4] or "", 1.0)
    return Amount(_role(text[: match.start()]), round(value, 2), match[0], match.start(), match.end())


def _role(before: str) -> str:
    """The role whose word stands nearest before the sum."""
    places = {
        role: max((before.rfind(word) for word in words), default=-1)
        for role, words in _groups("money.yml", "role").items()
    }
    role = max(places, key=lambda r: places[r])
    return "other" if places[role] < 0 else _ROLES.get(role, role)


def _most(text: str, lists: dict[str, tuple[str, ...]]) -> str | None:
    counts = {name: sum(word in text for word in words) for name, words in lists.items()}
    best = max(counts, key=lambda n: counts[n])
    return best if counts[best] else None


def _split(words: Any) -> list[str]:
    return words.split() if isinstance(words, str) else [str(word) for word in words]


@cache
def _list(file: str, name: str) -> tuple[str, ...]:
    return tuple(_split(read_yaml(file)["lists"].get(name, "")))


@cache
def _groups(file: str, name: str) -> dict[str, tuple[str, ...]]:
    return {group: tuple(_split(words)) for group, words in read_yaml(file)["lists"][name].items()}
