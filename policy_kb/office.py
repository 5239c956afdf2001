"""The office file: what one office sets for itself. Sections other than the ones below belong to other rooms."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import Field

from policy_kb import schema
from policy_kb.errors import Fault
from policy_kb.figurechecks import own_period_fault
from policy_kb.hints import expected
from policy_kb.own import OwnDays, OwnFigure
from policy_kb.pack import Pack
from policy_kb.reading import fit
from policy_kb.schema import Entry, Id, Parameter, Period
from policy_kb.yamlfile import Path_, read

Periods = dict[Id, tuple[Period, ...]]


class StepDays(Entry):
    """The office's own days for a step whose document gives none."""

    days: int = Field(ge=1)
    kind: schema.DayKind = "working"


class PlaceEntry(Entry):
    """What an office knows of a place. `parameters` win over those of the whole office."""

    poverty_county: bool | None = None
    deep_poverty_area: bool | None = None
    parameters: Periods = Field(default_factory=dict)


SECTIONS: dict[str, Any] = {
    "parameters": dict[str, Periods],
    "step_days": dict[str, dict[Id, StepDays]],
    "places": dict[str, PlaceEntry],
}


@dataclass(frozen=True)
class OfficeFile:
    """The sections that this room reads, by pack id or place name."""

    parameters: Mapping[str, Mapping[str, tuple[Period, ...]]] = field(default_factory=dict)
    step_days: Mapping[str, Mapping[str, StepDays]] = field(default_factory=dict)
    places: Mapping[str, PlaceEntry] = field(default_factory=dict)

    def periods(self, pack: str, place: str | None) -> dict[str, tuple[Period, ...]]:
        """The office's periods for a pack's parameters, those of the place first in line."""
        found = dict(self.parameters.get(pack, {}))
        entry = self.place(place)
        return found | (dict(entry.parameters) if entry else {})

    def with_own(self, figures: Iterable[OwnFigure], days: Iterable[OwnDays]) -> OfficeFile:
        """This file with further entries on top. Of two periods that cover a day the one that begins later wins, of two
        that begin together the one given here; days given here win."""
        parameters = {pack: dict(names) for pack, names in self.parameters.items()}
        for one in figures:
            names = parameters.setdefault(one.pack, {})
            period = Period.model_validate({"value": one.value, "from": one.start, "to": one.to, "source": one.source})
            names[one.name] = (period, *names.get(one.name, ()))
        steps = {pack: dict(names) for pack, names in self.step_days.items()}
        for step in days:
            steps.setdefault(step.pack, {})[step.step] = StepDays(days=step.days, kind=step.kind)
        return OfficeFile(parameters, steps, self.places)

    def place(self, place: str | None) -> PlaceEntry | None:
        """The entry with the longest name that the text contains."""
        names = [name for name in self.places if place and name in place]
        return self.places[max(names, key=len)] if names else None


def read_office(
    path: Path | None, packs: Mapping[str, Pack], shared: Mapping[str, Parameter], faults: list[Fault]
) -> OfficeFile:
    """Reads the office file (None or absent: an empty one); everything it names must exist, every period have days."""
    if path is None or not path.is_file():
        return OfficeFile()
    file = read(path, path.name)
    faults += file.faults
    if file.faults or file.data is None:
        return OfficeFile()
    if not isinstance(file.data, dict):
        faults.append(file.fault((), "Found no sections; expected parameters, step_days, places or contacts."))
        return OfficeFile()
    sections = {
        name: fit(file, shape, faults, data, (name,))
        for name, shape in SECTIONS.items()
        if (data := file.data.get(name)) is not None
    }
    office = OfficeFile(**{name: value for name, value in sections.items() if value is not None})
    faults += [file.fault(path, message) for path, message in _faults(office, packs, shared)]
    return office


def _faults(
    office: OfficeFile, packs: Mapping[str, Pack], shared: Mapping[str, Parameter]
) -> Iterator[tuple[Path_, str]]:
    """Names that lead nowhere, and periods that cannot be."""
    for pack_id, days in office.step_days.items():
        known = [s.id for s in (*packs[pack_id].procedure, *packs[pack_id].exit.steps)] if pack_id in packs else []
        yield from _unknown(("step_days", pack_id), days, known, packs)
    for pack_id, periods in office.parameters.items():
        figures = {**shared, **packs[pack_id].parameters} if pack_id in packs else {}
        yield from _unknown(("parameters", pack_id), periods, figures, packs)
        yield from _own_periods(("parameters", pack_id), periods, figures)
    every = {**shared, **{name: one for pack in packs.values() for name, one in pack.parameters.items()}}
    for place, entry in office.places.items():
        here = ("places", place, "parameters")
        for name in entry.parameters:
            if name not in every:
                yield (*here, name), expected(name, tuple(every), "the parameter")
        yield from _own_periods(here, entry.parameters, every)


def _unknown(
    here: Path_, names: Iterable[str], known: Collection[str], packs: Mapping[str, Pack]
) -> Iterator[tuple[Path_, str]]:
    pack_id = here[-1]
    if pack_id not in packs:
        yield here, f"There is no pack {pack_id!r}; the packs are {', '.join(packs)}."
        return
    for name in names:
        if name not in known:
            yield (*here, name), f"Found {name!r}; {pack_id} knows {', '.join(sorted(known))}; correct the name."


def _own_periods(
    here: Path_, periods: Mapping[str, tuple[Period, ...]], figures: Mapping[str, Parameter]
) -> Iterator[tuple[Path_, str]]:
    for name, some in periods.items():
        for number, period in enumerate(some):
            found = own_period_fault(period, figures[name].unit) if name in figures else None
            if found is not None:
                yield (*here, name, number, found[0]), found[1]
