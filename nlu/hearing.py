"""What is heard in a text, kind, hardships, sums, household and facts, before anything of it is typed or answered."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from nlu.asked_hardships import only_told
from nlu.clauses import Clauses
from nlu.compensation import without_compensation
from nlu.digits import DigitMention, find_digits
from nlu.facts import facts_of
from nlu.hardship_choice import NONE_WEIGHED, judged
from nlu.hardships import Found, distil, find_hardships
from nlu.household import Size, household_size
from nlu.kind import kind_of, title_end
from nlu.money import Sum, find_sums
from nlu.normalise import Reading, read
from nlu.own_spared import with_own_spared
from nlu.scope import Scope
from nlu.stated import Stated
from nlu.terms import Hits, lexicon
from nlu.unreal import Stretch, blanked, hardly_left, hides, of_no_household, stretches, without_own
from nlu.unreal_model import untold

_ASKS = re.compile(r"[?？吗呢么哪谁啥]|多少|怎|咋|几[个天时]|不(?:能|是|可以)|不[。！!]?$")
_BARE = 20  # characters


class Page(NamedTuple):
    """A reading copy with its clauses, its terms, and whose trouble each place of it tells."""

    text: str
    clauses: Clauses
    hits: Hits
    scope: Scope


class Heard(NamedTuple):
    """Everything in offsets of the reading copy.

    page: the whole of it; told: the copy without what tells of nothing real; title: where its title ends; kept: the
    hardships; odds: as `hardship_choice.Verdict` has them; stated: the facts by rules alone.
    """

    reading: Reading
    page: Page
    told: Page
    title: int
    digits: list[DigitMention]
    sums: list[Sum]
    size: Size | None
    kind: str
    kept: list[Found]
    odds: Mapping[str, float]
    stated: Stated


def hear(text: str, asks: str | None) -> Heard:
    """What a text says; `asks`: the question that it answers."""
    reading = read(text)
    page = _page(reading.text, None)
    title, digits = title_end(page.text), find_digits(page.text)
    taken = [(d.start, d.end) for d in digits]
    sums = find_sums(page.text, page.clauses, page.hits, taken, asks is not None)
    told, found, others, unreal = _real(page, asks)
    found = without_compensation(found, told.text, sums)
    size = household_size(told.text, told.hits, asks)
    kept, odds = distil(found + others, title, len(page.text)), NONE_WEIGHED
    kind, asking = _kind(page, kept, title, bool(unreal) and hardly_left(told.text))
    if asks is None:
        # What is pasted beside a plea says nothing of how its troubles are to be taken.
        of_told = kind_of(told.text, told.hits, kept, title) if unreal else kind
        kept, odds = judged(found, others, told.scope, reading, of_told, title)
    if kind == "question":
        kept = only_told(kept, told.scope)
    own_sums = [s for s in sums if not hides(unreal, s.start)]
    of_letter = kind if asks is None else ""
    stated = facts_of(told.text, told.clauses, told.scope, found, own_sums, size, asking, kind=of_letter, title=title)
    return Heard(reading, page, told, title, digits, sums, size, kind, kept, odds, stated)


def _real(page: Page, asks: str | None) -> tuple[Page, list[Found], list[Found], list[Stretch]]:
    """The copy without what tells of nothing real, what words find of hardships there, and beside it; where it is."""
    unreal = stretches(page.text, page.hits)
    told = _page(blanked(page.text, unreal), None) if unreal else page
    found = with_own_spared(find_hardships(*told, lexicon()), told.scope)
    others = of_no_household(find_hardships(*page, lexicon()), unreal) if unreal else []
    if asks is None and (tales := untold(told.text, unreal)):
        found, aside = without_own(found, tales)
        others, unreal = others + aside, sorted(unreal + tales)
        told = _page(blanked(told.text, tales), None)
    return told, found, others, unreal


def _kind(page: Page, found: list[Found], title: int, nothing_left: bool) -> tuple[str, bool]:
    """The kind of the message, and whether it asks outright; `nothing_left`: hardly anything of it is real."""
    kind = kind_of(page.text, page.hits, found, title)
    if nothing_left and kind in ("apply_help", "complaint"):
        kind = "other"
    cued = bool(page.hits.get("kind_question") or _ASKS.search(page.text))
    if kind == "question" and not cued and len(page.text) < _BARE:
        return "other", False  # a name, a place, a figure: what was asked for, and no question of one's own
    return kind, kind == "question" and cued  # bare words ask nothing


def _page(text: str, hits: Hits | None) -> Page:
    hits = lexicon().index.find(text) if hits is None else hits
    clauses = Clauses(text, hits)
    for_another = any(hit.data != "caller" for hit in hits.get("proxy", []))  # a caller speaks for himself
    return Page(text, clauses, hits, Scope(text, clauses, hits, for_another))
