"""What of a message was read right: counts by measure, and in words what was wrong.

Kind strict (gold intent) and lenient (alt_intent too); hardships per message by type, type + subject, and type +
subject + status, and with overlapping spans where the labels have spans; amounts by value and by value + role, repeats
once; household size of the messages that state one, and of those that state none; facts by id and value; «nothing»
where a message holds nothing at all; an answer by the fact that was asked for.

Labels may name what is as defensible (`optional_hardships`, `optional_amounts`, `optional_facts`,
`alt_complaint_topics`): giving it is no error, leaving it is none, and as another reading of something labelled (the
same sum in another role, the same hardship of somebody else) it counts as that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from nlu.evaluation.intervals import Counts
from nlu.evaluation.rows import Row
from nlu.evaluation.scores import Reader, Score, Scored
from nlu.mentions import Extraction


def score(name: str, rows: Iterable[Row], reader: Reader) -> Score:
    """Let `reader` read labelled rows, and count."""
    return Score(name, tuple(read_and_score(row, reader) for row in rows))


def read_and_score(row: Row, reader: Reader) -> Scored:
    """One row; a reader that raises has answered nothing and missed everything."""
    try:
        found, failure = reader.extract(row["text"], row.get("asks")), ""
    except Exception as error:  # whatever a compared program raises is a miss of that program, and is told
        found, failure = Extraction(intent=""), f"raised {type(error).__name__}: {error}"
    return scored(row, found, failure)


def scored(row: Row, found: Extraction, failure: str = "") -> Scored:
    """Compare what was found with what is right."""
    sheet = _Sheet()
    sheet.choose("answered", not failure, failure)
    gold = row["gold"]
    _kind(sheet, gold, found)
    if "hardships" in gold:
        _hardships(sheet, gold, found)
    if "amounts" in gold:
        _amounts(sheet, gold, found)
    if "household_size" in gold:
        _size(sheet, gold, found.household_size)
    if "facts" in gold:
        _facts(sheet, gold, found)
    if _holds_nothing(gold):
        sheet.choose("nothing", not (found.hardships or found.amounts or found.household_size), "", missed=False)
    _answer_and_signals(sheet, gold, found)
    _numbers_and_names(sheet, gold, found)
    return Scored(row, sheet.counts, tuple(sheet.notes))


class _Sheet:
    """Counts and notes of one row."""

    def __init__(self) -> None:
        self.counts: dict[str, Counts] = {}
        self.notes: list[str] = []

    def choose(self, measure: str, right: bool, note: str, missed: bool = True) -> None:
        self.counts[measure] = (int(right), int(not right and not missed), int(not right and missed))
        if not right and note:
            self.notes.append(note)

    def count(
        self,
        measure: str,
        gold: set[Any],
        ours: set[Any],
        optional: set[Any],
        told: bool = True,
        same: Callable[[Any], Any] = lambda item: item,
    ) -> None:
        """Count a set of mentions; `same` tells which optional one is another reading of which labelled one."""
        extra, missed = ours - gold, gold - ours
        for item in sorted(missed, key=str):
            other = next((e for e in sorted(extra & optional, key=str) if same(e) == same(item)), None)
            if other is not None:
                extra.remove(other)
                missed.remove(item)
        extra -= optional
        self.counts[measure] = (len(gold) - len(missed), len(extra), len(missed))
        if told:
            self.notes.extend(f"{measure}: extra {e}" for e in sorted(extra, key=str))
            self.notes.extend(f"{measure}: missed {m}" for m in sorted(missed, key=str))


def _kind(sheet: _Sheet, gold: Row, found: Extraction) -> None:
    if "intent" in gold:
        right = found.intent == gold["intent"]
        sheet.choose("kind strict", right, f"kind {found.intent}, not {gold['intent']}")
        sheet.choose("kind lenient", right or found.intent == gold.get("alt_intent"), "")
    if gold.get("complaint_topic"):
        note = f"topic {found.complaint_topic}, not {gold['complaint_topic']}" if found.intent == "complaint" else ""
        defensible = {gold["complaint_topic"], *gold.get("alt_complaint_topics", ())}
        sheet.choose("complaint topic", found.complaint_topic in defensible, note)


def _hardships(sheet: _Sheet, gold: Row, found: Extraction) -> None:
    wanted, optional = gold["hardships"], gold.get("optional_hardships") or []
    for fields in (("type",), ("type", "subject"), ("type", "subject", "status")):
        sheet.count(
            "hardship " + "+".join(fields),
            {tuple(h[f] for f in fields) for h in wanted if fields[-1] in h},
            {tuple(getattr(h, f) for f in fields) for h in found.hardships},
            {tuple(h[f] for f in fields) for h in optional},
            told=len(fields) != 2,
            same=lambda item: item[0],
        )
    if wanted and all("start" in h for h in wanted):
        allowed = {(h["type"], h["subject"], h["status"]) for h in optional}
        sheet.counts["hardship span"] = _spans(wanted, allowed, found)


def _spans(gold: list[Row], optional: set[Any], found: Extraction) -> Counts:
    left = list(found.hardships)
    right = 0
    for item in gold:
        meaning = (item["type"], item["subject"], item["status"])
        for ours in left:
            overlaps = ours.start < item["end"] and item["start"] < ours.end
            if overlaps and (ours.type, ours.subject, ours.status) == meaning:
                right += 1
                left.remove(ours)
                break
    extra = [h for h in left if (h.type, h.subject, h.status) not in optional]
    return right, len(extra), len(gold) - right


def _amounts(sheet: _Sheet, gold: Row, found: Extraction) -> None:
    wanted, optional = gold["amounts"], gold.get("optional_amounts") or []
    sheet.count(
        "amount value",
        {_money(a["value"]) for a in wanted},
        {_money(a.value) for a in found.amounts},
        {_money(a["value"]) for a in optional},
    )
    sheet.count(
        "amount value+role",
        {(a["role"], _money(a["value"])) for a in wanted},
        {(a.role, _money(a.value)) for a in found.amounts},
        {(a["role"], _money(a["value"])) for a in optional},
        same=lambda item: item[1],
    )


def _size(sheet: _Sheet, gold: Row, ours: int | None) -> None:
    wanted = gold["household_size"]
    note = f"household size {ours}, not {wanted}"
    if wanted is not None:
        sheet.choose("household size", wanted == ours, note)
    else:
        optional = (gold.get("optional_facts") or {}).get("household_size")
        sheet.choose("household size (none stated)", ours is None or ours == optional, note, missed=False)


def _facts(sheet: _Sheet, gold: Row, found: Extraction) -> None:
    wanted, ours, optional = (
        {(fact, _plain(value)) for fact, value in (facts or {}).items()}
        for facts in (gold["facts"], found.facts, gold.get("optional_facts"))
    )
    sheet.count("facts", wanted, ours, optional, same=lambda item: item[0])


def _holds_nothing(gold: Row) -> bool:
    """Whether the labels say that nothing at all is in the message, not even something that one might see there."""
    parts = ("hardships", "amounts", "facts")
    return (
        "hardships" in gold
        and "amounts" in gold
        and not any(gold.get(key) for part in parts for key in (part, f"optional_{part}", "household_size"))
    )


def _answer_and_signals(sheet: _Sheet, gold: Row, found: Extraction) -> None:
    for fact, value in (gold.get("answer") or {}).items():
        ours = found.facts.get(fact)
        right = ours is value if value is None or ours is None else _plain(ours) == _plain(value)
        sheet.choose("answer", right, f"answer {fact} = {ours}, not {value}")
    if "danger" in gold:
        danger = found.danger.kind if found.danger else None
        sheet.choose("danger", danger == gold["danger"], f"danger {danger}, not {gold['danger']}")


def _numbers_and_names(sheet: _Sheet, gold: Row, found: Extraction) -> None:
    if "sums" in gold:
        sums = [a.value for a in found.amounts]
        right = len(sums) == len(gold["sums"]) and all(
            value is not None and low * 0.999 <= value <= high * 1.001
            for value, (low, high) in zip(sums, gold["sums"], strict=True)
        )
        sheet.choose("sums", right, f"sums {sums}, not {gold['sums']}")
    lists = {
        "names": [n.text for n in found.names],
        "phones": [p.value for p in found.phones],
        "id numbers": [i.value for i in found.id_numbers],
    }
    for measure, ours in lists.items():
        wanted = gold.get(measure.replace(" ", "_"))
        if wanted is not None:
            sheet.choose(measure, sorted(ours) == sorted(wanted), f"{measure} {ours}, not {wanted}")
    if "place" in gold:
        place = found.places[0] if found.places else None
        ours_of = {level: getattr(place, level) if place else None for level in gold["place"]}
        sheet.choose("place", ours_of == gold["place"], f"place {ours_of}, not {gold['place']}")


def _money(value: float | None) -> float | None:
    return None if value is None else round(float(value), 2)


def _plain(value: Any) -> str | float:
    """A fact's value for comparing: true is not 1."""
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else round(float(value), 2)
