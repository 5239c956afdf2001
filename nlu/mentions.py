"""What the extractor gives back: plain frozen values, offsets in code points of the text exactly as given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Value = bool | int | float | str


@dataclass(frozen=True, slots=True)
class FactType:
    """How a fact may be valued: `kind` as in the vocabulary, `values` only for an enum."""

    kind: Literal["bool", "int", "number", "enum"]
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AreaName:
    """One row of the office's own area table; `path` is the full name from the top, parts joined by "/"."""

    id: int
    name: str
    level: str
    path: str


@dataclass(frozen=True, slots=True)
class Span:
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hardship:
    type: str
    text: str
    start: int
    end: int
    subject: str  # self_household | other_person | general
    status: str  # actual | negated | hypothetical | past_resolved


@dataclass(frozen=True, slots=True)
class Amount:
    role: str
    value: float | None  # CNY; None when no figure is named (几万)
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ValueMention:
    """A phone, ID or receipt number: `value` is the number in plain digits, the span is as it was written."""

    value: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class NameMention:
    text: str
    start: int
    end: int
    role: str  # self | applicant_for | complained_about | other


@dataclass(frozen=True, slots=True)
class PlaceMention:
    text: str
    start: int
    end: int
    area_id: int | None = None
    province: str | None = None
    city: str | None = None
    county: str | None = None
    town: str | None = None
    village: str | None = None
    standing: str = (
        "home"  # home | origin (老家, 娘家) | elsewhere (left, denied, only works or lies in hospital there)
    )


@dataclass(frozen=True, slots=True)
class DangerSignal:
    kind: str  # suicide | violence | hunger | collapse
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ProxySignal:
    relation: str  # neighbour | parent | child | spouse | relative | villager | caller
    words: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Extraction:
    """Everything one message says. Nothing here is a decision: what is not stated is simply absent."""

    intent: str = "other"
    hardships: tuple[Hardship, ...] = ()
    amounts: tuple[Amount, ...] = ()
    household_size: int | None = None
    complaint_topic: str | None = None
    facts: Mapping[str, Value] = field(default_factory=dict)
    fact_spans: Mapping[str, Span] = field(default_factory=dict)
    names: tuple[NameMention, ...] = ()
    phones: tuple[ValueMention, ...] = ()
    id_numbers: tuple[ValueMention, ...] = ()
    places: tuple[PlaceMention, ...] = ()
    receipts: tuple[ValueMention, ...] = ()
    phone_tail: str | None = None
    danger: DangerSignal | None = None
    figure_of_speech: bool = False  # words that look like danger and are known to be none (“饿死胆小的”)
    proxy: ProxySignal | None = None
    denial: bool | None = None  # True: a bare "no"; False: a bare "yes"; None: neither
    dont_know: bool = False
    corrections: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The shape that `shouwang extract` prints for one line, without its id."""
        return {
            "intent": self.intent,
            "hardships": [
                {
                    "type": h.type,
                    "text": h.text,
                    "start": h.start,
                    "end": h.end,
                    "subject": h.subject,
                    "status": h.status,
                }
                for h in self.hardships
            ],
            "amounts": [
                {"role": a.role, "value": a.value, "text": a.text, "start": a.start, "end": a.end} for a in self.amounts
            ],
            "household_size": self.household_size,
            "complaint_topic": self.complaint_topic,
            "facts": dict(self.facts),
        }
