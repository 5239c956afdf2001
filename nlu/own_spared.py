"""The own household that what befell others passed by: «好几家都淹了，我家没事», «出事的不是我家»."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from nlu.hardships import Found
from nlu.patterns import worded
from nlu.scope import ACTUAL, NEGATED, PAST, SELF, Scope
from nlu.terms import Term

_SPARED = worded("hardships.own_spared")
_NOT_OURS = worded("hardships.not_ours")
_BEFALLS_PLACES = frozenset(("disaster", "housing", "water", "business_loss", "epidemic", "job_loss"))
_WITHIN = 45  # characters after what befell others within which the own household is set against it
_BEFORE = 22  # and before it («我家没事，是隔壁淹了»)


def with_own_spared(found: Sequence[Found], scope: Scope) -> list[Found]:
    """`found`, and of what befell others in that place, that it did not befall the own household."""
    own = {f.type for f in found if f.subject == SELF}
    told = {f.type: f for f in found if f.subject != SELF and f.status in (ACTUAL, PAST) and f.type not in own}
    return [*found, *_spared(told.values(), scope)] if told else list(found)


def _spared(told: Iterable[Found], scope: Scope) -> Iterator[Found]:
    for item in told:
        first, last = max(0, item.start - _BEFORE), item.end + _WITHIN
        said = _NOT_OURS.search(scope.text, first, last)
        if said is None and item.type in _BEFALLS_PLACES:
            said = _SPARED.search(scope.text, first, last)
        if said is not None:
            term = Term(item.type, (), "", 1, False, ())
            yield Found(item.type, *said.span(), said.group(), term, SELF, "", NEGATED)
