"""Dated figures: which value holds on a day, whose it is, and whether its last period has ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from policy_kb.pack import Pack
from policy_kb.schema import Parameter, Period

Origin = Literal["document", "interpretation", "office"]


@dataclass(frozen=True)
class Figure:
    """One parameter on one day. `stale`: its last known period has ended and its value is carried on."""

    name: str
    zh: str
    unit: str
    value: float
    origin: Origin
    stale: bool
    source: str
    clause: str
    start: date | None = None
    end: date | None = None

    @property
    def spoken(self) -> str:
        """The value as people write it: 5000元, 两成 as 20%, 5天."""
        number = f"{self.value:.10g}"
        if self.unit.startswith("CNY"):
            return f"{number}元"
        if self.unit in ("share", "0..1"):
            return f"{self.value * 100:.10g}%"
        return f"{number}{UNITS.get(self.unit, '')}"

    @property
    def remark(self) -> str:
        """Whose figure it is, where it is not simply the document's."""
        words = {"office": "本办公室设定的数", "interpretation": "按我们的理解"}.get(self.origin, "")
        return "，".join(filter(None, (words, "沿用最后公布的数" if self.stale else "")))

    @property
    def period(self) -> str:
        """Since when and until when it holds, as a sentence; "" where nothing is known of that."""
        if self.start is None:
            return ""
        until = f"到{_day(self.end)}为止" if self.end else "没写到哪天为止"
        ended = "，已经过期了，还没见到新的数，先照它看" if self.stale else ""
        return f"{self.zh}{self.spoken}从{_day(self.start)}起，{until}{ended}。"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


UNITS = {"day": "天", "person": "人", "year": "年", "month": "个月"}


def resolve(name: str, parameter: Parameter, office: Sequence[Period], on: date) -> Figure:
    """The figure of the day: the office's period wins on its days.

    After the last period the last value goes on (stale); before the first period the first value holds.
    """
    period, is_office = _pick(parameter.values, office, on)
    origin: Origin = "office" if is_office else "interpretation" if period.interpretation else "document"
    stale = period.to is not None and period.to < on
    return Figure(
        name,
        parameter.zh,
        parameter.unit,
        period.value,
        origin,
        stale,
        period.source,
        period.clause,
        period.start,
        period.to,
    )


def _pick(document: Sequence[Period], office: Sequence[Period], on: date) -> tuple[Period, bool]:
    tagged = [(period, True) for period in office] + [(period, False) for period in document]
    covering = [(p, mine) for p, mine in tagged if p.start <= on and (p.to is None or p.to >= on)]
    if covering:
        return max(covering, key=lambda pair: (pair[1], pair[0].start))
    past = [(p, mine) for p, mine in tagged if p.to is not None and p.to < on]
    if past:
        return max(past, key=lambda pair: (pair[0].to or date.min, pair[1]))
    return min(tagged, key=lambda pair: (pair[0].start, not pair[1]))


def figures(
    pack: Pack, shared: Mapping[str, Parameter], office: Mapping[str, Sequence[Period]], on: date
) -> dict[str, Figure]:
    """Every figure a pack may use on a day: its own, and the shared ones it does not set itself."""
    return {name: resolve(name, p, office.get(name, ()), on) for name, p in {**shared, **pack.parameters}.items()}
