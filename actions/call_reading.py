"""Reading the notes of a call: each line in the light of the question it answers, merged with what the operator said.

A line «〔家庭人口〕5口» answers the question of that name, everything else is the story. What was refused does not come
back for the same words; what the operator changed stays the operator's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from actions import plainly
from actions.call_draft import Decision, Value
from actions.office import Office
from actions.places import lived_at
from nlu import Extraction
from nlu.mentions import DangerSignal, PlaceMention
from policy_kb import FactError

TRIES = 2  # a question answered so often without being understood is left to the visit
_MARK = re.compile(r"[ \t]*〔([^〕\n]{1,40})〕[ \t]*")
State = Literal["heard", "accepted", "changed", "refused"]


@dataclass(frozen=True)
class Stretch:
    """A part of the notes (code points) and the question it answers; None: the story."""

    start: int
    end: int
    asks: str | None = None


@dataclass(frozen=True)
class Heard:
    """One thing heard. `item`: «fact:ID», «hardship:TYPE», «amount:ROLE», «name», «phone», «place» …"""

    item: str
    value: Value | None
    start: int
    end: int
    words: str
    state: State = "heard"
    area: int | None = None  # of a place: the row of the area table that was recognised (homophones repaired)


@dataclass
class Reading:
    """Everything heard, in the order of the notes; `left_open`: questions whose answer nobody knows or understood."""

    heard: list[Heard] = field(default_factory=list)
    left_open: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)  # the latest answer to it could not be read
    pending: str | None = None  # its line is there and still empty
    danger: DangerSignal | None = None
    danger_words: str = ""
    proxy: str | None = None  # whose relation speaks for the household
    intent: str = "other"
    topic: str | None = None
    told: bool = False  # something beside answers


def marks(office: Office) -> dict[str, str]:
    """Name of a line → the question it answers."""
    named = {spec.zh: fact_id for fact_id, spec in office.library.vocabulary.items()}
    return named | {title: asks for asks, title in office.texts.get("calls.marks").items()}


def stretches(notes: str, names: Mapping[str, str]) -> Iterator[Stretch]:
    """The notes cut into answers (marked lines) and stories (what stands between them)."""
    story = position = 0
    for line in notes.splitlines(keepends=True):
        found = _MARK.match(line)
        asks = names.get(found[1]) if found else None
        if found is not None and asks is not None:
            if notes[story:position].strip():
                yield Stretch(story, position)
            yield Stretch(position + found.end(), position + len(line.rstrip()), asks)
            story = position + len(line)
        position += len(line)
    if notes[story:].strip():
        yield Stretch(story, len(notes))


def read(office: Office, notes: str) -> Reading:
    """Hear the whole notes; a later statement stands after an earlier one."""
    reading = Reading()
    unread: dict[str, int] = {}
    for stretch in stretches(notes, marks(office)):
        text = notes[stretch.start : stretch.end]
        if stretch.asks is not None and not text.strip():
            reading.pending = stretch.asks
            continue
        found = office.extractor.extract(text, stretch.asks)
        whole = list(_heard(office, found, text, stretch))
        reading.heard += [*_line_by_line(office, text, stretch, whole), *whole]
        _take_signals(reading, found, stretch, text)
        if stretch.asks is not None:
            understood = any(one.item in (stretch.asks, f"fact:{stretch.asks}") for one in whole)
            _take_answer(office, reading, found, stretch.asks, text, understood, unread)
    return reading


def _take_signals(reading: Reading, found: Extraction, stretch: Stretch, text: str) -> None:
    if found.danger is not None:
        reading.danger = replace(
            found.danger, start=found.danger.start + stretch.start, end=found.danger.end + stretch.start
        )
        reading.danger_words = text
    if found.proxy is not None and found.proxy.relation != "caller":
        reading.proxy = reading.proxy or found.proxy.relation
    if stretch.asks is None:
        reading.told = True
        reading.intent = found.intent if found.intent != "other" else reading.intent
    reading.topic = found.complaint_topic or reading.topic


def _take_answer(
    office: Office,
    reading: Reading,
    found: Extraction,
    asks: str,
    text: str,
    understood: bool,
    unread: dict[str, int],
) -> None:
    """Whether the answer was understood, says "don't know", or has been tried often enough."""
    if asks in reading.unread:
        reading.unread.remove(asks)
    if understood or asks in ("against", "wish", "proxy_name"):
        return
    bare = plainly.decision(office.texts, text) == "no" and asks not in office.library.vocabulary
    unread[asks] = unread.get(asks, 0) + 1
    if found.dont_know or bare or unread[asks] >= TRIES:
        reading.left_open.append(asks)
    else:
        reading.unread.append(asks)


def _heard(office: Office, found: Extraction, text: str, stretch: Stretch) -> Iterator[Heard]:
    area = found.places[0].area_id if len(found.places) == 1 else None
    for item, value, start, end in _mentions(office, found, text, stretch.asks):
        where = area if item == "place" else None
        yield Heard(item, value, start + stretch.start, end + stretch.start, text[start:end], area=where)


def _line_by_line(office: Office, text: str, stretch: Stretch, whole: list[Heard]) -> Iterator[Heard]:
    """The same things as each line says them by itself. A story is read whole, because its lines explain each other,
    and then says one value of a fact; where that is refused, what another line says of it holds."""
    lines = text.splitlines(keepends=True)
    if stretch.asks is not None or len(lines) < 2:
        return
    known = {(one.item, one.start) for one in whole}
    items = {one.item for one in whole}
    position = stretch.start
    for line in lines:
        place = Stretch(position, position + len(line))
        position += len(line)
        for one in _heard(office, office.extractor.extract(line), line, place):
            if one.item in items and (one.item, one.start) not in known:
                yield one


def _mentions(
    office: Office, found: Extraction, text: str, asks: str | None
) -> Iterator[tuple[str, Value | None, int, int]]:
    for fact_id, value in found.facts.items():
        if _sound(office, fact_id, value):
            span = found.fact_spans[fact_id]
            yield f"fact:{fact_id}", value, span.start, span.end
    for trouble in found.hardships:
        if trouble.subject == "self_household" and trouble.status == "actual":
            yield f"hardship:{trouble.type}", trouble.type, trouble.start, trouble.end
    for amount in found.amounts:
        yield f"amount:{amount.role}", amount.value, amount.start, amount.end
    for number in found.phones:
        yield "phone", number.value, number.start, number.end
    if len(found.id_numbers) == 1:  # of two one would not know whose they are
        number = found.id_numbers[0]
        yield "id_number", number.value, number.start, number.end
    for name in found.names:
        item = _whose(name.role, found, asks)
        if item:
            yield item, name.text, name.start, name.end
    if place := _place(found.places, text, asks, bool(found.facts)):
        at = lived_at(found.places)
        yield "place", place, at[0].start, at[-1].end
    if asks in ("against", "wish", "proxy_name") and not any(n.role == "self" for n in found.names):
        yield asks, text.strip(), 0, len(text)


def _whose(role: str, found: Extraction, asks: str | None) -> str | None:
    """Which field a name belongs to: whoever speaks for others is their proxy."""
    if role == "complained_about":
        return "against"
    if role == "applicant_for" or asks == "name":
        return "name"
    if role == "self":
        speaks_for_others = found.proxy is not None and found.proxy.relation != "caller"
        return "proxy_name" if speaks_for_others or asks == "proxy_name" else "name"
    return None


def _place(named: Sequence[PlaceMention], text: str, asks: str | None, facts: bool) -> str | None:
    """The place of their home; a bare village name counts only as the answer to where it is (as in the chat)."""
    places = lived_at(named)
    if asks == "place" and places and not facts and len(places) == len(named):
        return text[places[0].start :].rstrip(" 。.，,！!的人\n") or None
    sure = [p.text for p in places if asks == "place" or p.area_id or p.province or p.city or p.county or p.town]
    return "".join(dict.fromkeys(sure)) or None


def _sound(office: Office, fact_id: str, value: object) -> bool:
    """What no household can be (nobody in it) was misheard."""
    try:
        office.library.check_facts({fact_id: value})
    except FactError:
        return False
    return True


def settle(heard: Sequence[Heard], decisions: Sequence[Decision]) -> list[Heard]:
    """One entry an item, in the order in which they were first heard: the latest that was not refused, or what the
    operator put in its place."""
    by_item: dict[str, list[Heard]] = {h.item: [] for h in heard}
    for one in heard:
        by_item[one.item].append(one)
    for decision in decisions:
        if decision.choice == "changed":
            by_item.setdefault(decision.item, [])
    return [settled for item, found in by_item.items() if (settled := _settled(item, found, decisions))]


def _settled(item: str, found: Sequence[Heard], decisions: Sequence[Decision]) -> Heard | None:
    own = [d for d in decisions if d.item == item]
    changed = next((d for d in own if d.choice == "changed"), None)
    if changed is not None:
        where = next((h for h in found if h.words == changed.words), found[-1] if found else None)
        if where is None:
            return Heard(item, changed.value, 0, 0, "", "changed")
        return replace(where, value=changed.value, state="changed")
    refused = {d.words for d in own if d.choice == "refused"}
    left = [h for h in found if h.words not in refused]
    if not left:
        return replace(found[-1], state="refused") if found else None
    accepted = any(d.choice == "accepted" and d.words == left[-1].words for d in own)
    return replace(left[-1], state="accepted" if accepted else "heard")
