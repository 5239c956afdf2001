"""What the workbench shows of a call; plain values, no rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from actions.call_draft import CallInput, Value


@dataclass(frozen=True)
class HeardItem:
    """One thing heard with the words it came from (code points of the notes). `state`: heard, accepted, changed or
    refused; `choices`: what it may be changed to, empty for a figure or a text."""

    item: str
    kind: str  # fact | hardship | amount
    label: str
    shown: str
    value: Value | None
    words: str
    start: int
    end: int
    state: str
    choices: tuple[tuple[str, str], ...] = ()
    unit: str = ""
    changeable: bool = True


@dataclass(frozen=True)
class Mark:
    """A stretch of the notes to highlight (code points)."""

    start: int
    end: int
    label: str
    state: str  # heard | accepted | changed | refused | person | danger


@dataclass(frozen=True)
class ScriptChoice:
    """One answer to pick. It is written into the notes, or sets `field` to `value`."""

    title: str
    field: str | None = None
    value: str | None = None


@dataclass(frozen=True)
class ScriptLine:
    """What to say next, and why. `mark`: the name of the line of notes that takes the answer; None: the story."""

    asks: str
    say: str
    why: str = ""
    help: str = ""
    mark: str | None = None
    choices: tuple[ScriptChoice, ...] = ()
    parts: tuple[str, ...] = ()
    unread: bool = False


@dataclass(frozen=True)
class VerdictLine:
    """The preliminary verdict: its outcome, the categories that hold or may, and how many facts can still change it."""

    outcome: str
    kinds: tuple[str, ...]
    open: int
    document: str
    reasons: tuple[str, ...]
    stale: bool


@dataclass(frozen=True)
class DangerLine:
    kind: str
    words: str
    say: str


@dataclass(frozen=True)
class CallView:
    """A call as it stands. `name`, `phone`, `place`: as typed or, where nothing was typed, as heard."""

    key: str
    version: int  # 0: not kept yet
    status: str
    started_at: datetime
    kept_at: datetime | None
    input: CallInput
    name: str
    phone: str
    phone_ok: bool
    id_number: str
    id_number_ok: bool
    place: str
    area: str  # full name of the area the place was found to be
    proxy: bool
    proxy_name: str
    topic: str
    against: str
    against_level: str
    wish: str
    items: tuple[HeardItem, ...]
    marks: tuple[Mark, ...]
    script: ScriptLine
    verdict: VerdictLine | None
    danger: DangerLine | None
    suggests: str | None  # the kind that the notes sound like, where another is chosen
    answer: str | None  # what the documents say to a question
    route: str | None  # whom a complaint goes past, and who gets it
    receipt: str | None = None
    outcome: str | None = None


@dataclass(frozen=True)
class DraftLine:
    """One of the operator's own unfinished calls."""

    key: str
    started_at: datetime
    kept_at: datetime
    kind: str
    name: str
    words: str


@dataclass(frozen=True)
class EndedLine:
    """A finished call of today."""

    key: str
    ended_at: datetime
    kind: str
    outcome: str
    receipt: str | None


@dataclass(frozen=True)
class CaseCall:
    """A call that belongs to a case, for whoever may see the case."""

    started_at: datetime
    ended_at: datetime | None
    operator: str
    outcome: str


@dataclass(frozen=True)
class Sheet:
    """What is read aloud before saving; `lines` in order, `words` as noted; `faults`: why it cannot be saved."""

    key: str
    version: int
    intro: str
    lines: tuple[str, ...]
    undecided: int
    words: str
    question: str
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class Saved:
    """What the caller is told at the end; `next`: what happens now and by when.

    `receipt` may be said; `case` is for the operator alone: words that went into an open application of the household
    are told of to nobody who has not shown that it is theirs.
    """

    key: str
    receipt: str | None
    say: str
    next: tuple[str, ...] = field(default=())
    outcome: str = "recorded"
    callback: datetime | None = None
    case: str | None = None
