"""Everybody whom a text names, in order, and whose household each belongs to."""

from __future__ import annotations

from typing import NamedTuple

from nlu.lexicon_files import read_yaml
from nlu.patterns import worded
from nlu.terms import Hit, Hits, covered

SELF, OTHER, GENERAL = "self_household", "other_person", "general"
KIN = "kin"  # of whoever is spoken of
_SUBJECTS = {"self": SELF, "other": OTHER, "general": GENERAL}

_OBJECT = worded("people.object")
_AUTHORITY = worded("people.authority")
_OF_THE_CALLER = worded("people.of_the_caller")
_I_AM = worded("people.i_am")
_I_AM_ONE = worded("people.i_am_one")
_PREDICATE = worded("people.predicate")
_KIN_AND = worded("people.kin_and")
_KIN_OF_OTHERS = worded("people.kin_of_others")
_KIN_OF_MANY = worded("people.kin_of_many")
_OWN_CHILD = worded("people.own_child")
_OF_THIRD = worded("people.of_third")
_OF_THEIR_OWN = worded("people.of_their_own")
_OF_OUR_HOUSE = worded("people.of_our_house")
ONE_OF_THEM = worded("people.one_of_them")
_OFFICES = ("村里", "本村", "该村", "我村", "我们村", "俺村")
_THEIR_HOUSE = ("他家", "她家", "他家里", "她家里")  # in the note of a call, the caller's
_MARRIED_IN = ("嫂子", "弟媳", "亲家", "女婿")  # who may have a house of their own, as brothers and sisters may
_LETTER = 120  # characters from which on a text without «I» may tell of somebody else
_LOOK_BACK = 26


class Person(NamedTuple):
    start: int
    end: int
    subject: str  # SELF, OTHER, GENERAL or KIN
    relation: str  # of kin; else "plural", "community", "home" or ""


def _notes() -> dict[str, str]:
    """What the words «we», of a community and «at home» tell beside their subject."""
    return {word: note for note, words in read_yaml("people.yml")["notes"].items() for word in words.split()}


NOTES = _notes()


def people_of(text: str, hits: Hits) -> list[Person]:
    """Everybody mentioned, in order of position; kin belong to whoever is named before them."""
    stop = hits.get("subject_not", [])
    subjects = [h for h in hits.get("subject", []) if not covered(h, stop, proper=True)]
    kin_stop = hits.get("kin_not", [])
    people = [person for h in subjects if (person := _named(text, h)) is not None]
    alone = tells_of_self(people)
    people += [
        Person(h.start, h.end, _whose_kin(text, h, alone), h.data)
        for h in hits.get("kin", [])
        if not covered(h, kin_stop)
    ]
    people += [Person(*match.span(), OTHER, "") for match in ONE_OF_THEM.finditer(text)]
    return sorted(people)


def tells_of_self(people: list[Person]) -> bool:
    """Whether the writer speaks of himself, and not only of «us», a village or «at home»."""
    return any(p.subject == SELF and not p.relation for p in people)


def _named(text: str, hit: Hit) -> Person | None:
    """Who a word names; none where the word names no owner of a story («跟亲戚借», «我是一名残疾人»)."""
    subject = _SUBJECTS[hit.data]
    before = text[max(0, hit.start - _LOOK_BACK) : hit.start]
    if subject == OTHER and (
        _OF_OUR_HOUSE.search(before[-4:] + hit.word)
        or _PREDICATE.search(before[-2:] + hit.word)
        or _OBJECT.search(before[-8:])
        or _I_AM_ONE.search(before[-8:])
        or _KIN_AND.search(before[-12:])
    ):
        return None
    if subject == GENERAL and (_I_AM.search(before) or (hit.word in _OFFICES and _AUTHORITY.match(text, hit.end))):
        return None
    if hit.word in _THEIR_HOUSE and _OF_THE_CALLER.match(text):
        return Person(hit.start, hit.end, SELF, "home")
    note = NOTES.get(hit.word, "")
    if hit.word == "本人" and before[-1:] in ("他", "她", "其"):
        note = "home"
    return Person(hit.start, hit.end, subject, note)


def _whose_kin(text: str, hit: Hit, alone: bool) -> str:
    before = text[max(0, hit.start - 4) : hit.start]
    if _KIN_OF_OTHERS.search(before):
        return OTHER
    if _KIN_OF_MANY.search(before):
        if hit.data == "wife":
            return OTHER
        if hit.data in ("parents", "spouse") or (hit.data == "child" and not _OWN_CHILD.search(before)):
            return GENERAL
    own_house = hit.data == "sibling" or hit.word in _MARRIED_IN
    if hit.data == "orphan" or (own_house and _OF_THEIR_OWN.match(text, hit.end)):
        return OTHER
    if not alone and len(text) >= _LETTER and _OF_THIRD.search(text[max(0, hit.start - 8) : hit.start]):
        return OTHER
    return KIN
