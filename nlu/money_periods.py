"""What a sum is said per: day, month, half a year, year."""

from __future__ import annotations

import re

from nlu.clauses import Clause, within
from nlu.patterns import worded
from nlu.terms import Hits

PERIODS = ("month", "year", "day", "half_year")
PER_TIME = worded("money.per_time")
_LASTING = worded("money.lasting")
_LASTED = worded("money.lasted")
_SPAN_OF_MONTHS = re.compile(r"[上下这半几两三四五六七八九十0-9]")


def period_of(text: str, clause: Clause, start: int, end: int, hits: Hits) -> str:
    best, nearest = "", 99
    for mark in PERIODS:
        for hit in within(hits.get(f"mark:{mark}", []), clause.start, clause.end):
            distance = start - hit.end if hit.end <= start else hit.start - end
            if hit.word == "个月" and _SPAN_OF_MONTHS.search(text[max(0, hit.start - 1) : hit.start]):
                continue  # «住了半个月院», «上个月摔了»
            if _LASTING.search(text, max(0, hit.start - 3), hit.start) or _LASTED.match(text, hit.end):
                continue  # «长达一个月的治疗»
            if 0 <= distance < nearest:
                best, nearest = mark, distance
    if re.search(r"(?<![0-9个上下本这])月[^，。0-9]{0,4}$", text[max(clause.start, start - 6) : start]):
        return "month"
    return best
