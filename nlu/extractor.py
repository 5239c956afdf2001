"""The door of the room: one text in, everything it says out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nlu.answers import in_answer, read_answer
from nlu.asked_hardships import answered
from nlu.clauses import Clauses
from nlu.danger import find_danger
from nlu.digits import DigitMention, phone_tail
from nlu.fact_model import drop_doubtful
from nlu.facts import by_the_way
from nlu.facts_weighed import weigh
from nlu.hardships import Found
from nlu.hearing import hear
from nlu.kind import topic_of
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
from nlu.money import Sum
from nlu.names import find_names
from nlu.normalise import Reading
from nlu.places import Gazetteer
from nlu.signals import bare_answer, says_dont_know
from nlu.stated import typed
from nlu.terms import Hits

LONGEST_READ = 60_000  # code points; what stands beyond is kept by the caller and not read


class Extractor:
    """Reads Chinese text into an `Extraction`; keeps no state between texts and may be shared by threads.

    fact_types: the facts of the vocabulary and how each may be valued; others are never returned.
    areas: the office's own area table, against which villages and towns are matched (homophones repaired).
    """

    def __init__(self, fact_types: Mapping[str, FactType], areas: Sequence[AreaName] = ()) -> None:
        self._types = dict(fact_types)
        self._places = Gazetteer(areas)

    def extract(self, text: str, asks: str | None = None) -> Extraction:
        """Everything `text` says; with `asks` (a fact id, or name, phone, place …) bare answers are read as such."""
        self.load()
        return self._extract(text, asks)

    def load(self) -> None:
        """Load what reading needs (some seconds), where it is not there yet; the first text would, too."""
        load_once(self._extract)

    def _extract(self, text: str, asks: str | None) -> Extraction:
        heard = hear(text[:LONGEST_READ], asks)
        reading, kind, stated, sums, kept = heard.reading, heard.kind, heard.stated, heard.sums, heard.kept
        copy, hits = reading.text, heard.page.hits
        if asks is None:
            weigh(stated, kept, heard.odds, kind)
            drop_doubtful(stated, heard.told.text, reading)
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
        receipts = [d for d in heard.digits if d.kind == "receipt"]
        return Extraction(
            intent=kind,
            hardships=tuple(_hardship(reading, f) for f in kept),
            amounts=tuple(_amount(reading, s) for s in sums),
            household_size=said_size if isinstance(said_size, int) else (heard.size.value if heard.size else None),
            complaint_topic=topic_of(copy, hits, heard.title) if kind == "complaint" else None,
            facts=facts,
            fact_spans={f: Span(*reading.span(*stated.spans[f])) for f in facts},
            names=tuple(NameMention(*_cut(reading, n.start, n.end), role=n.role) for n in names),
            phones=_values(reading, heard.digits, "phone"),
            id_numbers=_values(reading, heard.digits, "id"),
            receipts=_values(reading, heard.digits, "receipt"),
            phone_tail=phone_tail(copy, receipts),
            places=self._places.find(reading, [(n.start, n.end) for n in names], asks),
            danger=_danger(reading, heard.page.clauses, hits),
            figure_of_speech=bool(hits.get("danger_not")),
            proxy=_proxy(reading, hits),
            denial=None if bare is None else not bare,
            dont_know=dont_know,
            corrections=_corrections(hits, facts),
        )


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
