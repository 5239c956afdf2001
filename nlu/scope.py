"""Whose trouble a clause speaks of: decided by the clause and by who was named before it."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cached_property

from nlu.clauses import Clause, Clauses
from nlu.patterns import worded
from nlu.people import GENERAL, KIN, ONE_OF_THEM, OTHER, SELF, Person, people_of, tells_of_self
from nlu.status import ACTUAL, HYPOTHETICAL, NEGATED, PAST, Status
from nlu.terms import Hits

__all__ = ["ACTUAL", "GENERAL", "HYPOTHETICAL", "NEGATED", "OTHER", "PAST", "SELF", "Scope"]

_SHORT = 120
_OPENING = 150  # a writer who tells of himself says so by then
_REACH = 60  # characters back within which the person of a clause without one is looked for
_STORY_REACH = 120
_OFTEN = 3  # so often «he» in a letter without «I» tells of somebody else
_GENERIC_KIN = ("parents", "child")
_PEOPLE_OF_A_KIND = worded("scope.people_of_a_kind")
_THIRD = worded("scope.third")
_THIRD_NAMED = worded("scope.third_named")
_HE = re.compile(r"(?<!其)[他她](?!们|人)")
_SOMEBODY = worded("scope.somebody")
_ENQUIRES = worded("scope.enquires")
_FOR_ANOTHER = worded("scope.for_another")
_TAKES_CARE_OF = worded("scope.takes_care_of")
_APPLIES_FOR = worded("scope.applies_for")
_REPORTS_A_NEIGHBOUR = worded("scope.reports_a_neighbour")
_PLEADS_FOR = worded("scope.pleads_for")
_NOT_FOR_ONESELF = worded("scope.not_for_oneself")
_OLD = worded("scope.old")
_NO_ELDERS = frozenset(("wife", "husband", "son", "daughter", "child", "grandchild", "sibling"))
_ELDERS = frozenset(("father", "mother", "parents", "grandparent", "inlaw"))
_NEWS = worded("hardships.news")
_ONE_OF_A_KIND = worded("scope.one_of_a_kind")


class Scope:
    """Answers «whose» and «is it so» for any range of one reading copy."""

    def __init__(self, text: str, clauses: Clauses, hits: Hits, proxy: bool) -> None:
        self.text, self.clauses, self.hits = text, clauses, hits
        self.is_so = Status(text, clauses, hits)
        self._people = people_of(text, hits)
        self._starts = [p.start for p in self._people]
        self.proxy = proxy or self._asks_for_another()
        self.tells_of_self = tells_of_self(self._people)
        self._opener = self._default()
        self._carried = self._carry()

    @cached_property
    def is_news(self) -> bool:
        """Whether the text passes on news; looked at once, since every hardship asks."""
        return bool(_NEWS.search(self.text))

    def _asks_for_another(self) -> bool:
        """Whether he asks for somebody else: named («帮楼下的老赵打的»), taken in, or one of the village."""
        if _TAKES_CARE_OF.search(self.text):
            return True
        if len(self.text) < _SHORT and _APPLIES_FOR.search(self.text):
            return True
        if len(self.text) < _SHORT and _REPORTS_A_NEIGHBOUR.search(self.text) and _PLEADS_FOR.search(self.text):
            return True
        if len(self.text) < _SHORT and ONE_OF_THEM.search(self.text) and _PLEADS_FOR.search(self.text):
            return not _NOT_FOR_ONESELF.search(self.text)
        for match in _FOR_ANOTHER.finditer(self.text):
            if any(p.subject == OTHER for p in self.people_between(*match.span())):
                return True
        return False

    def _carry(self) -> list[tuple[str, str]]:
        """For each clause the subject that holds at its start; a class of people holds for its own clause only."""
        current: tuple[str, str] = (self._opener, "")
        carried: list[tuple[str, str]] = []
        at = 0
        for clause in self.clauses.items:
            carried.append(current)
            while at < len(self._people) and self._people[at].start < clause.end:
                person = self._people[at]
                if person.subject != GENERAL or person.relation == "community":
                    current = self._next(current, person)
                at += 1
            if current[0] == GENERAL and current[1] == "community" and self._ends_sentence(clause):
                current = (self._opener, "")
        return carried

    def _ends_sentence(self, clause: Clause) -> bool:
        following = self.clauses.items[clause.index + 1 : clause.index + 2]
        return not following or following[0].sentence != clause.sentence

    def _default(self) -> str:
        """Whose story an opening without anybody in it is."""
        opens = tells_of_self([p for p in self._people if p.start < _OPENING])
        long = len(self.text) >= _SHORT
        if not opens and long and (_THIRD_NAMED.search(self.text) or len(_HE.findall(self.text)) >= _OFTEN):
            return OTHER
        if not long or any(p.subject == SELF and p.relation not in ("plural", "home") for p in self._people):
            return SELF
        if any(p.subject == KIN for p in self._people):
            return SELF
        return OTHER if _THIRD.search(self.text) else GENERAL

    def _next(self, current: tuple[str, str], person: Person) -> tuple[str, str]:
        subject, relation = person.subject, person.relation
        if self.proxy and subject == OTHER:
            return SELF, relation or "person"
        if relation == "home":
            return current if current[0] == OTHER else (SELF, "")
        if subject == KIN and current[0] == GENERAL and relation in _GENERIC_KIN:
            return current
        if subject == KIN:
            return (OTHER if current[0] == OTHER else SELF), relation
        return subject, "" if relation == "plural" else relation

    def subject(self, start: int, end: int) -> tuple[str, str]:
        """(subject, relation) of what is said in [start, end)."""
        clause = self.clauses.at(start)
        current = self._carried[clause.index]
        for person in self._people[bisect_left(self._starts, clause.start) :]:
            if person.start >= end:
                break
            if person.start >= start and person.subject != KIN:
                continue  # «一般农户», «困难群众»: the words themselves name no subject
            current = self._next(current, person)
        if (
            _PEOPLE_OF_A_KIND.match(self.text, end)
            and "级" not in self.text[start:end]
            and not _ONE_OF_A_KIND.search(self.text[clause.start : start])
            and not any(
                p.subject == SELF or (p.subject == KIN and (p.start < start or p.relation not in _GENERIC_KIN))
                for p in self.people_between(clause.start, end)
            )
        ):
            return GENERAL, ""
        return current

    def begins_with(self, start: int) -> str:
        """Whose story it is where the clause of `start` begins."""
        return self._carried[self.clauses.at(start).index][0]

    def of_elder(self, start: int, end: int) -> bool:
        """Whether [start, end) is told of an old person: kin who are old, or an age or a word that says so."""
        _, relation = self.subject(start, start)
        described = end + 1 if self.text[end : end + 1] == "的" else end
        for person in self.people_between(described, described + 1):
            relation = person.relation if person.subject == KIN else relation  # «瘫痪的丈夫»
        if relation in _NO_ELDERS:
            return False
        clause = self.clauses.at(start)
        first = clause
        for before in reversed(self.clauses.items[max(0, clause.index - 8) : clause.index]):
            if before.sentence != clause.sentence or start - before.start > _REACH:
                break
            first = before
        last = min(clause.end + 12, len(self.text))
        return relation in _ELDERS or bool(_OLD.search(self.text[first.start : last]))

    def own_near(self, start: int) -> bool:
        """Whether the speaker or kin is named within reach before `start`, or right after it."""
        near = self.people_between(start - _STORY_REACH, start + 12)
        return any(p.subject in (SELF, KIN) and self.text[p.start : p.end] != "自己" for p in near)

    def names_own(self) -> bool:
        """Whether the speaker's own household is named at all; «我想问问» names only who asks."""
        return any(
            (p.subject == SELF and not _ENQUIRES.match(self.text, p.end))
            or (p.subject == KIN and p.relation not in _GENERIC_KIN)
            for p in self._people
        )

    def people_between(self, start: int, end: int) -> list[Person]:
        """Everybody who is named from `start` on and before `end`."""
        return self._people[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def has_person(self, start: int, end: int) -> bool:
        """Whether somebody is named in the clause of `start` or just before it in the sentence."""
        clause = self.clauses.at(start)
        first = clause.start
        for before in reversed(self.clauses.items[max(0, clause.index - 4) : clause.index]):
            if start - before.start > _REACH or (before.sentence != clause.sentence and len(self.text) >= 80):
                break
            first = before.start
        if self.somebody(start):
            return True
        return bool(self.people_between(first, clause.end)) or len(self.text) < 40

    def somebody(self, start: int) -> bool:
        """Whether an unnamed person stands before `start` in its clause («民工一人», «49岁的张某»)."""
        return bool(_SOMEBODY.search(self.text[self.clauses.at(start).start : start]))

    def status(self, start: int, end: int) -> str:
        """Whether it is so: actual, negated, hypothetical or past_resolved."""
        return self.is_so.of(start, end)
