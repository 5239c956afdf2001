"""Do a pack's figures hold together? Periods follow each other, and values and their use suit the unit."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise

from policy_kb.conditions import Atom
from policy_kb.hints import expected
from policy_kb.pack import Pack
from policy_kb.schema import Parameter, Period
from policy_kb.vocabulary import FactSpec
from policy_kb.yamlfile import Path_

Found = tuple[str, Path_, str]
ONE_DAY = timedelta(days=1)
WHOLE = ("day", "person", "year", "month")


def check_figures(parameters: Mapping[str, Parameter]) -> Iterator[tuple[Path_, str]]:
    """Faults in a file of parameters, with their path."""
    for name, parameter in parameters.items():
        for number, period in enumerate(parameter.values):
            message = _value(period.value, parameter.unit)
            if message:
                yield (name, "values", number, "value"), message
        for number, message in _periods(parameter.values):
            yield (name, "values", number, "from"), message


def without_clause(parameters: Mapping[str, Parameter]) -> Iterator[tuple[Path_, str]]:
    """Figures of a document that do not say where they stand in it."""
    for name, parameter in parameters.items():
        for number, period in enumerate(parameter.values):
            if not period.clause:
                yield (name, "values", number), "`clause` is missing here: where the figure stands in `source`; add it."


def own_period_fault(period: Period, unit: str) -> tuple[str, str] | None:
    """What is wrong in one period that an office sets for itself: (key, message)."""
    if period.to is not None and period.to < period.start:
        return "to", _backwards(period)
    message = _value(period.value, unit)
    return ("value", message) if message else None


def _value(value: float, unit: str) -> str | None:
    if unit == "share" and value > 1:
        hint = f"did you mean {value / 100:g}?" if value <= 100 else "correct the value or the unit."
        return f"Found {value:g} with the unit share; expected 0 to 1; {hint}"
    if unit in WHOLE and value != int(value):
        return f"Found {value:g} with the unit {unit}; expected a whole number; did you mean {round(value)}?"
    return None


def _periods(periods: Sequence[Period]) -> Iterator[tuple[int, str]]:
    """Ends before beginnings, overlaps and gaps; the number is that of the later period."""
    order = sorted(range(len(periods)), key=lambda number: periods[number].start)
    for number in order:
        period = periods[number]
        if period.to is not None and period.to < period.start:
            yield number, _backwards(period)
            return
    for before, number in pairwise(order):
        end, start = periods[before].to, periods[number].start
        day_before = start - ONE_DAY
        if end is None or end >= start:
            until = f"until {end}" if end else "without end"
            fix = f"end that one with `to: {day_before}`" if periods[before].start < start else "keep one of them"
            yield (
                number,
                f"Found a period from {start} that overlaps the one from {periods[before].start} {until}; "
                f"expected one value a day; {fix}.",
            )
        elif end < day_before:
            yield (
                number,
                f"Found no value from {end + ONE_DAY} to {day_before}; expected periods without a gap; "
                f"begin this one with `from: {end + ONE_DAY}`, or add the missing one.",
            )


def _backwards(period: Period) -> str:
    return f"Found {period.start} to {period.to}, which ends before it begins; exchange the two days."


def unit_fault(atom: Atom, spec: FactSpec, parameter: Parameter) -> str | None:
    """What is wrong when a fact is compared with this parameter; None when the units are the same."""
    fact_unit = "share" if spec.unit == "0..1" else spec.unit
    if fact_unit in ("", "none") or fact_unit == parameter.unit:
        return None
    return (
        f"Found `{atom}`, which compares {fact_unit} with {parameter.unit}; expected the same unit on both sides; "
        f"correct the unit of {atom.value!r} or compare another fact."
    )


def check_placeholders(pack: Pack, figures: Mapping[str, Parameter]) -> Iterator[Found]:
    """Every `{name}` in a text is a figure of the pack."""
    for file, path, text in _texts(pack):
        try:
            names = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
        except ValueError as error:
            yield file, path, f"Found braces in this text that do not match ({error}); write them as {{name}}."
            continue
        for name in names:
            if name not in figures and name not in pack.lost:
                yield file, path, expected("{" + name + "}", tuple(f"{{{one}}}" for one in figures), "the placeholder")


def _texts(pack: Pack) -> Iterator[Found]:
    for number, answer in enumerate(pack.answers):
        yield "answers.yml", (number, "answer"), answer.answer
    for name, category in pack.categories.items():
        yield "pack.yml", ("categories", name, "text"), category.text
    for part, entries in (("exclusions", pack.exclusions), ("bars", pack.bars), ("flags", pack.flags)):
        for number, entry in enumerate(entries):
            yield "pack.yml", (part, number, "text"), entry.text
    for file, path, tree in pack.conditions():
        yield from ((file, (*path, *node.path, "text"), node.text) for node in tree.walk() if node.text)
