"""What staff read about cases, as plain values with words beside them: a line of the list, a whole card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from actions.proof import ProofLine
from actions.transcript import Line


@dataclass(frozen=True)
class Due:
    """A last day as people see it: colour and word together, never the colour alone.

    `urgency`: overdue | soon | ok | waiting | none; `days_left`: working days, negative when past, None without a day.
    """

    on: date | None
    provisional: bool
    days_left: int | None
    colour: str
    word: str
    urgency: str


@dataclass(frozen=True)
class CaseLine:
    """One line of the list."""

    receipt: str
    kind: str
    title: str
    person: str
    area: str
    status: str
    status_word: str
    outcome: str | None
    category: str | None
    step: str | None
    level: str | None
    due: Due
    urgency: str
    opened: date
    version: int


@dataclass(frozen=True)
class StepLine:
    """One step. `may_record`: this person may record it now; `may_leave_out`: the document lets it be left out now."""

    id: str
    title: str
    clause: str
    level: str
    actor: str
    status: str
    status_word: str
    started: date | None
    due: Due
    done: date | None
    done_by: str | None
    note: str | None
    text: str
    records: tuple[str, ...]
    days_source: str | None
    may_record: bool
    may_leave_out: bool


@dataclass(frozen=True)
class FactLine:
    """One fact with who said it; `start`, `end` are code points in the message `inbound_id`."""

    id: str
    label: str
    value: str
    raw: object
    source: str
    source_word: str
    by: str | None
    verified: bool
    words: str | None
    inbound_id: int | None
    start: int | None
    end: int | None
    at: datetime
    earlier: tuple[str, ...]


@dataclass(frozen=True)
class MissingFact:
    """A fact that could still change the verdict; `values` are (value, word) for a choice, empty for a figure."""

    id: str
    label: str
    ask: str
    values: tuple[tuple[str, str], ...]
    unit: str | None


@dataclass(frozen=True)
class ReasonLine:
    clause: str
    text: str
    holds: bool | None
    facts: str
    interpretation: bool


@dataclass(frozen=True)
class VerdictView:
    """The verdict as it was stored, with the pack it was given by."""

    outcome: str
    category: str | None
    words: str
    flags: tuple[str, ...]
    reasons: tuple[ReasonLine, ...]
    because: tuple[ReasonLine, ...]  # those that speak for the outcome, the narrowest of them
    exclusions: tuple[str, ...]
    stale: tuple[str, ...]
    pack_id: str
    pack_version: str
    pack_hash: str
    on: date
    proof: tuple[ProofLine, ...]
    differences: tuple[str, ...]  # what would have to be different; empty while the verdict is open
    given: int  # how many verdicts this case has had


@dataclass(frozen=True)
class MeasureLine:
    clause: str
    text: str
    department: str
    because: str


@dataclass(frozen=True)
class BarredLine:
    """Help that this household cannot have, and the clause that says so."""

    measure: str
    clause: str
    text: str


@dataclass(frozen=True)
class EventLine:
    at: datetime
    kind: str
    text: str
    by: str | None
    public: bool


@dataclass(frozen=True)
class CaseCard:
    """Everything about one case that this person may know."""

    receipt: str
    version: int
    kind: str
    title: str
    status: str
    status_word: str
    urgency: str
    active: bool
    may_edit: bool
    person: str
    phone: str | None
    dial: str | None
    proxy: str | None
    proxy_consent: bool | None
    place: str
    opened: date
    document: str
    topic: str | None
    against: str | None
    own_words: str
    has_conversation: bool
    lines: tuple[Line, ...]
    facts: tuple[FactLine, ...]
    verdict: VerdictView | None
    missing: tuple[MissingFact, ...]
    missing_household: tuple[MissingFact, ...]
    next: StepLine | None
    steps: tuple[StepLine, ...]
    history: tuple[EventLine, ...]
    measures: tuple[MeasureLine, ...]
    barred: tuple[BarredLine, ...]
    visited: bool | None
    returned_reason: str | None
    same_phone: tuple[str, ...]
    id_number: str | None
    same_household: tuple[str, ...]
