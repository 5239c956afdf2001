"""Words of a letter that state no fact of the writer's household where they stand.

A letter tells of many: whom it complains of, others on a list, a village. Whoever tells of his own names it close by
(«我», «我父亲», «我家»), and what is told of others, answered by an office or given as an example is announced as such.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from nlu.dead import LASTING
from nlu.mentions import Value
from nlu.patterns import worded
from nlu.people import KIN, Person
from nlu.scope import SELF, Scope
from nlu.stated import Stated

LETTER = 150  # characters from which on a text is read as a letter
_NEAR, _AFTER = 40, 12  # characters before and after what is told within which somebody of the household is named
_SENTENCE = 120  # characters to which a sentence is looked through for them
_CLAUSES = 16  # of such a sentence at most
_STORY, _LIFE = 120, 200  # characters back to which a story, and a sick man's whole story, is followed
_BESIDE = 4  # characters before it within which «we» are those of the household too («我们脱贫户»)
_OPENING = 40  # characters in which a letter says that it accuses somebody
_HOUSES = frozenset(("dwelling_grade",))  # of a house that nobody but its owner tells of
_ANYBODYS = re.compile(r"老人家?|孩子|小孩|学生|儿童|子女|儿女|女人|妇女|男人")  # whose, somebody else says
_MINE = re.compile(r"[我俺咱]|本人")
_ACCUSES = worded("letters.accuses")
_ANSWERED = worded("letters.answered")
_BEATEN = worded("letters.beaten")  # by somebody, and by no accident
_EXAMPLE = worded("letters.example")
_LIVES_ALONE = worded("letters.lives_alone")
_OF_SUCH = worded("letters.of_such_people")
_SOMEBODY = worded("letters.somebody")
_WRITES = worded("letters.writes")


@dataclass(slots=True)
class OfLetter(Stated):
    """Facts of a letter: what is not told of the own household is not stated at all.

    title: where the title ends, which names nobody; strict: the letter asks nothing for its writer, so that somebody of
    the household has to be named near what is told of it.
    """

    scope: Scope = field(kw_only=True)
    title: int = field(kw_only=True)
    strict: bool = field(kw_only=True)

    def state(self, fact: str, value: Value, start: int, end: int, over: bool = False) -> None:
        """Record a fact unless it is told of somebody else."""
        if start < self.title or not _of_somebody_else(fact, self.scope, start, end, self.strict):
            Stated.state(self, fact, value, start, end, over)


def _of_somebody_else(fact: str, scope: Scope, start: int, end: int, strict: bool) -> bool:
    text = scope.text
    if _of_an_example(scope, start) or (fact == "low_motivation" and _OF_SUCH.match(text, end)):
        return True
    if fact == "accident" and (text[start - 1] == "过" or _BEATEN.search(text, max(0, start - 2), end + 2)):
        return True  # «出过车祸», «被人打伤»
    if strict and fact == "household_size" and _of_kin_alone(scope, start, end):
        return True
    if fact in LASTING:
        return strict and not _own_story(scope, start, end)
    if _ANSWERED.search(text, max(0, start - _STORY), start) or _SOMEBODY.search(text, max(0, start - _NEAR), start):
        return True
    return strict and fact not in _HOUSES and not _own_named(scope, start, end)


def _of_an_example(scope: Scope, start: int) -> bool:
    """«例如，何某，单身女人，老公病死»: told of whom the letter gives as an example."""
    told = _EXAMPLE.search(scope.text, max(0, start - _STORY), start)
    return told is not None and not any(
        p.subject == SELF and p.relation != "home" for p in scope.people_between(told.start(), start)
    )


def _of_kin_alone(scope: Scope, start: int, end: int) -> bool:
    """«现在母亲一人独居», in the letter of somebody who lives elsewhere."""
    before = scope.people_between(start - _BESIDE, start)
    alone = _LIVES_ALONE.search(scope.text, start, end)
    return bool(before) and before[-1].subject == KIN and scope.tells_of_self and bool(alone)


def _own_story(scope: Scope, start: int, end: int) -> bool:
    """Whether a lasting trouble is told in the writer's own story; of one who accuses, only beside his own people."""
    if _accuses(scope):
        return _own_named(scope, start, end)
    return _named_between(scope, start - (_LIFE if scope.tells_of_self else _STORY), end)


def _own_named(scope: Scope, start: int, end: int) -> bool:
    """Whether the writer, his kin or his house is named in the sentence of `start`, or near it."""
    sentence = _sentence_start(scope, start)
    return _named_between(scope, sentence if _accuses(scope) else min(start - _NEAR, sentence), end, start)


def _named_between(scope: Scope, first: int, end: int, start: int | None = None) -> bool:
    return any(
        _own(scope, p, end if start is None else start) for p in scope.people_between(max(0, first), end + _AFTER)
    )


def _own(scope: Scope, person: Person, start: int) -> bool:
    """Whether a name tells that what begins at `start` is of the writer's own household."""
    text = scope.text
    if person.subject == KIN:
        if _accuses(scope):
            return bool(_MINE.search(text, max(0, person.start - _BESIDE), person.end))
        return not _ANYBODYS.fullmatch(text, person.start, person.end)
    if person.subject != SELF or _WRITES.match(text, person.end):
        return False
    if person.relation == "plural":
        return start - person.end <= _BESIDE and person.start <= start
    return person.relation != "home" or (scope.tells_of_self and not _accuses(scope))


def _accuses(scope: Scope) -> bool:
    return bool(_ACCUSES.search(scope.text, 0, _OPENING))


def _sentence_start(scope: Scope, start: int) -> int:
    clause = scope.clauses.at(start)
    first = clause
    for before in reversed(scope.clauses.items[max(0, clause.index - _CLAUSES) : clause.index]):
        if before.sentence != clause.sentence or start - before.start > _SENTENCE:
            break
        first = before
    return first.start
