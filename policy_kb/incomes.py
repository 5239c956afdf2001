"""Incomes month by month, and the twelve months of them that a document looks at."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from policy_kb.errors import FactError
from policy_kb.formulas import exact
from policy_kb.pack import Pack

MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
LARGE = 10**12
FIELD = "incomes"  # the name under which what is wrong is told


@dataclass(frozen=True)
class DatedIncome:
    """What the household took in in one month (YYYY-MM), in CNY; several of one month add up."""

    month: str
    amount: float


@dataclass(frozen=True)
class IncomeWindow:
    """The months (YYYY-MM, both included) whose income counts, those of which nothing is known, and the sum in CNY.

    `total` is None while a month is missing: a month without income is stated with the amount 0.
    """

    first: str
    last: str
    missing: tuple[str, ...]
    total: float | None


def read_incomes(given: object) -> tuple[DatedIncome, ...]:
    """The incomes in `[{"month": "2026-03", "amount": 1200}, …]`; None is none. Raises `FactError`."""
    if given is None:
        return ()
    if not isinstance(given, list):
        raise _error(given, "a list of months, each like {“month”: “2026-03”, “amount”: 1200}")
    return tuple(_income(entry) for entry in given)


def _income(entry: object) -> DatedIncome:
    if not isinstance(entry, dict) or set(entry) != {"month", "amount"}:
        raise _error(entry, "an entry with month and amount and nothing else")
    month, amount = entry["month"], entry["amount"]
    if not isinstance(month, str) or not MONTH.fullmatch(month):
        raise _error(month, "a month as YYYY-MM")
    if isinstance(amount, bool) or not isinstance(amount, int | float) or not 0 <= amount < math.inf:
        raise _error(amount, f"the amount of {month} in yuan, 0 or more")
    return DatedIncome(month, amount)


def _error(found: object, wanted: str) -> FactError:
    shown = repr(found)
    shown = shown if len(shown) <= 60 else shown[:57] + "…"
    return FactError(FIELD, f"{FIELD}: found {shown}, expected {wanted}; correct it or leave it out.")


def months_of(pack: Pack, on: date) -> list[str]:
    """The twelve months whose income the document counts for a household found on this day, the earliest first.

    previous_year: January to December of the year before. rolling_year: from the same month of the year before to the
    month before this one (longkou-2021-1 二(二)).
    """
    rolling = pack.income is not None and pack.income.window == "rolling_year"
    start = (on.year - 1) * 12 + (on.month - 1 if rolling else 0)
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in range(start, start + 12)]


def income_window(pack: Pack, incomes: Sequence[DatedIncome], on: date) -> IncomeWindow:
    """What of these incomes the document counts on this day."""
    months = months_of(pack, on)
    known = {one.month for one in incomes}
    missing = tuple(month for month in months if month not in known)
    total = None if missing else _sum(one.amount for one in incomes if one.month in months)
    return IncomeWindow(months[0], months[-1], missing, total)


def _sum(amounts: Iterable[float]) -> float:
    """The sum as on paper, without the rounding of every addition (beyond a trillion without its fen)."""
    total = sum(map(exact, amounts))
    return int(total) if total == int(total) or total > LARGE else float(total)
