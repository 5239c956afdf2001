"""What a verdict looks like: outcome, what is open, and the proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal, NamedTuple

from policy_kb.incomes import IncomeWindow

Outcome = Literal["meets", "excluded", "not_met", "undetermined"]


class Reason(NamedTuple):
    """One step of the proof. `holds`: True, False or None (unknown); `interpretation`: our reading of an open word."""

    clause: str
    holds: bool | None
    facts: Mapping[str, object]
    text: str
    interpretation: bool = False


class Brief(NamedTuple):
    """A verdict without its proof, as a list of a whole county needs it."""

    outcome: Outcome
    category: str | None
    possible: tuple[str, ...]
    exclusions: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class Remark:
    """Something to know beside the verdict; `audience`: household, village, township or county."""

    id: str
    clause: str
    text: str
    audience: str


@dataclass(frozen=True)
class Assessment:
    """The verdict on one household by one pack on one day; the parts mean what the contract says of `assess`."""

    pack: str
    date: date
    outcome: Outcome
    category: str | None
    possible: tuple[str, ...]
    exclusions: tuple[str, ...]
    unchecked_exclusions: tuple[str, ...]
    bars: tuple[str, ...]
    unknown: tuple[str, ...]
    next_question: str | None
    reasons: tuple[Reason, ...]
    stale_parameters: tuple[str, ...]
    flags: tuple[Remark, ...]
    income_window: IncomeWindow | None = None

    def to_json(self) -> dict[str, Any]:
        """The contract's shape, ready for `json.dumps` (without the caller's `id`).

        `income_window` (first, last, missing, total) is there only where dated incomes were given.
        """
        window = {}
        if self.income_window is not None:
            window = {"income_window": asdict(self.income_window) | {"missing": list(self.income_window.missing)}}
        return {
            "pack": self.pack,
            "date": self.date.isoformat(),
            "outcome": self.outcome,
            "category": self.category,
            "possible": list(self.possible),
            "exclusions": list(self.exclusions),
            "unchecked_exclusions": list(self.unchecked_exclusions),
            "bars": list(self.bars),
            "unknown": list(self.unknown),
            "next_question": self.next_question,
            "reasons": [
                {"clause": clause, "holds": holds, "facts": {**facts}, "text": text, "interpretation": interpretation}
                for clause, holds, facts, text, interpretation in self.reasons
            ],
            "stale_parameters": list(self.stale_parameters),
            "flags": [asdict(flag) for flag in self.flags],
        } | window


@dataclass(frozen=True)
class Measure:
    """One kind of help that fits. `department` empty: the document names none. `stage`: now | plan | exit."""

    id: str
    clause: str
    zh: str
    department: tuple[str, ...]
    because: str
    kind: str
    stage: str
    interpretation: bool = False


@dataclass(frozen=True)
class Barred:
    """Help that would fit, and the item-wise bar (Ningxia 五(八)) that takes it away; the verdict stays as it is."""

    measure: Measure
    bar: str
    clause: str
    text: str
