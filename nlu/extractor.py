"""The door of the room: one text in, everything it says out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from nlu.answers import in_answer, read_answer
from nlu.asked_hardships import answered, only_told
from nlu.clauses import Clauses
from nlu.danger import find_danger
from nlu.digits import DigitMention, find_digits, phone_tail
from nlu.facts import by_the_way, facts_of
from nlu.facts_weighed import weigh
from nlu.hardship_choice import NONE_WEIGHED, judged
from nlu.hardships import Found, distil, find_hardships
from nlu.household import household_size
from nlu.kind import kind_of, title_end, topic_of
from nlu.loading import load_once
from nlu.mentions import (
    Amount,
    AreaName,
    DangerSignal,
    Extraction,
    FactType,
    Hardship,
    NameMention,
    ProxySignal,
    Span,
    ValueMention,
)
from nlu.money import Sum, find_sums
from nlu.names import find_names
from nlu.normalise import Reading, read
from nlu.own_spared import with_own_spared
from nlu.places import Gazetteer
from nlu.scope import Scope
from nlu.signals import bare_answer, says_dont_know
from nlu.stated import typed
from nlu.terms import Hits, lexicon
from nlu.unreal import blanked, hardly_left, hides, of_no_household, stretches, without_own
from nlu.unreal_model import untold

_ASKS = re.compile(r"[?？吗呢么哪谁啥]|多少|怎|咋|几[个天时]|不(?:能|是|可以)|不[。！!]?$")
_BARE = 20  # characters
LONGEST_READ = 60_000  # code points; what stands beyond is kept by the caller and not read


class Extractor:
    """Reads Chinese text into an `Extraction`; keeps no state between texts and may be shared by threads.

    fact_types: the facts of the vocabulary and how each may be valued; others are never returned.
    areas: the office's own area table, against which villages and towns are matched (homophones repaired).
    """

    def __init__(self, fact_types: Mapping[str, FactType], areas: Sequence[AreaName] = ()) -> None:
        self._types = dict(fact_types)
        self._lexicon = lexicon()
        self._places = Gazetteer(areas)

    def extract(self, text: str, asks: str | None = None) -> Extraction:
        """Everything `text` says; with `asks` (a fact id, or name, phone, place …) bare answers are read as such."""
        self.load()
        return self._extract(text, asks)

    def load(self) -> None:
        """Load what reading needs (some seconds), where it is not there yet; the first text would, too."""
        load_once(self._extract)

    def _extract(self, text: str, asks: str | None) -> Extraction:
        reading = read(text[:LONGEST_READ])
        copy = reading.text
        hits = self._lexicon.index.find(copy)
        page = _page(copy, hits)
        clauses = page.clauses
        title = title_end(copy)
        digits = find_digits(copy)
        taken = [(d.start, d.end) for d in digits]
        sums = find_sums(copy, clauses, hits, taken, asks is not None)
        unreal = stretches(copy, hits)
        told = _page(blanked(copy, unreal), None) if unreal else page
        found = with_own_spared(find_hardships(*told, self._lexicon), told.scope)
        of_others = of_no_household(find_hardships(*page, self._lexicon), unreal) if unreal else []
        if asks is None and (tales := untold(told.text, unreal)):
            found, aside = without_own(found, tales)
            of_others, unreal = of_others + aside, sorted(unreal + tales)
            told = _page(blanked(told.text, tales), None)
        size = household_size(told.text, told.hits, asks)
        kept = distil(found + of_others, title, len(copy))
        kind = kind_of(copy, hits, kept, title)
        if unreal and kind in ("apply_help", "complaint") and hardly_left(told.text):
            kind = "other"
        cued = bool(hits.get("kind_question") or _ASKS.search(copy))
        asking = kind == "question" and cued  # bare words ask nothing
        if kind == "question" and not cued and len(copy) < _BARE:
            kind = "other"  # a name, a place, a figure: what was asked for, and no question of one's own
        odds = NONE_WEIGHED
        if asks is None and kind != "other":  # news and talk are full of others' troubles: there words alone count
            kept, odds = judged(found, of_others, told.scope, reading, kind, title)
        if kind == "question":
            kept = only_told(kept, told.scope)
        told_sums = [s for s in sums if not hides(unreal, s.start)]
        stated = facts_of(
            told.text,
            told.clauses,
            told.scope,
            found,
            told_sums,
            size,
            asking,
            kind=kind if asks is None else "",
            title=title,
        )
        weigh(stated, kept, odds, kind)
        dont_know = says_dont_know(copy, hits)
        if asks:
            read_answer(stated, copy, asks, self._types.get(asks), dont_know, frozenset(s.role for s in sums))
            sums = in_answer(sums, asks, stated.values)
        facts = typed(stated, self._types)
        if asks is None:
            facts = by_the_way(facts, len(copy), kind)
        names = find_names(copy, asks)
        bare = bare_answer(copy)
        if asks:
            kept = answered(kept, copy, asks, facts, bare is not None)
        said_size = facts.get("household_size")
        receipts = [d for d in digits if d.kind == "receipt"]
        return Extraction(
            intent=kind,
            hardships=tuple(_hardship(reading, f) for f in kept),
            amounts=tuple(_amount(reading, s) for s in sums),
            household_size=said_size if isinstance(said_size, int) else (size.value if size else None),
            complaint_topic=topic_of(copy, hits, title) if kind == "complaint" else None,
            facts=facts,
            fact_spans={f: Span(*reading.span(*stated.spans[f])) for f in facts},
            names=tuple(NameMention(*_cut(reading, n.start, n.end), role=n.role) for n in names),
            phones=_values(reading, digits, "phone"),
            id_numbers=_values(reading, digits, "id"),
            receipts=_values(reading, digits, "receipt"),
            phone_tail=phone_tail(copy, receipts),
            places=self._places.find(reading, [(n.start, n.end) for n in names], asks),
            danger=_danger(reading, clauses, hits),
            figure_of_speech=bool(hits.get("danger_not")),
            proxy=_proxy(reading, hits),
            denial=None if bare is None else not bare,
            dont_know=dont_know,
            corrections=_corrections(hits, facts),
        )


class _Page(NamedTuple):
    text: str
    clauses: Clauses
    hits: Hits
    scope: Scope


def _page(text: str, hits: Hits | None) -> _Page:
    hits = lexicon().index.find(text) if hits is None else hits
    clauses = Clauses(text, hits)
    for_another = any(hit.data != "caller" for hit in hits.get("proxy", []))  # a caller speaks for himself
    return _Page(text, clauses, hits, Scope(text, clauses, hits, for_another))


def _cut(reading: Reading, start: int, end: int) -> tuple[str, int, int]:
    first, last = reading.span(start, end)
    return reading.source[first:last], first, last


def _hardship(reading: Reading, found: Found) -> Hardship:
    return Hardship(found.type, *_cut(reading, found.start, found.end), found.subject, found.status)


def _amount(reading: Reading, item: Sum) -> Amount:
    return Amount(item.role, item.value, *_cut(reading, item.start, item.end))


def _values(reading: Reading, digits: list[DigitMention], kind: str) -> tuple[ValueMention, ...]:
    return tuple(ValueMention(d.value, *_cut(reading, d.start, d.end)) for d in digits if d.kind == kind)


def _danger(reading: Reading, clauses: Clauses, hits: Hits) -> DangerSignal | None:
    danger = find_danger(reading.text, clauses, hits)
    return DangerSignal(danger.kind, *_cut(reading, danger.hit.start, danger.hit.end)) if danger else None


def _proxy(reading: Reading, hits: Hits) -> ProxySignal | None:
    found = hits.get("proxy", [])
    if not found:
        return None
    hit = next((h for h in found if h.data != "caller"), found[0])
    words, start, end = _cut(reading, hit.start, hit.end)
    return ProxySignal(hit.data, words, start, end)


def _corrections(hits: Hits, facts: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(facts) if hits.get("correction") else ()
