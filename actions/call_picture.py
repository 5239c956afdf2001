"""From a call's input and notes to all that the workbench needs to know: settled facts, person, place, verdict."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from actions import routing
from actions.call_draft import CallState, Spot, phone_digits
from actions.call_reading import Heard, Reading, read, settle
from actions.idnumbers import read_id_number
from actions.office import Office
from actions.places import resolve_area
from policy_kb import Assessment, Pack
from storage import UnitOfWork
from storage.models import Area


@dataclass
class Picture:
    """One call, understood. Nothing here writes."""

    office: Office
    uow: UnitOfWork
    state: CallState

    @cached_property
    def reading(self) -> Reading:
        return read(self.office, self.state.input.notes)

    @cached_property
    def settled(self) -> list[Heard]:
        return settle(self.reading.heard, self.state.decisions)

    def in_force(self, kind: str) -> dict[str, Heard]:
        """id → what holds of this kind (fact, hardship, amount), refused ones left out."""
        head = kind + ":"
        return {h.item.removeprefix(head): h for h in self.settled if h.item.startswith(head) and h.state != "refused"}

    @cached_property
    def facts(self) -> dict[str, object]:
        return {fact_id: h.value for fact_id, h in self.in_force("fact").items() if h.value is not None}

    @cached_property
    def hardships(self) -> list[str]:
        return list(self.in_force("hardship"))

    # -- who and where --------------------------------------------------------------------------------------------

    def heard_text(self, item: str) -> str:
        found = [h for h in self.settled if h.item == item and h.state != "refused"]
        return str(found[-1].value or "") if found else ""

    def _typed_or_heard(self, name: str) -> str:
        typed: str | None = getattr(self.state.input, name)
        return self.heard_text(name) if typed is None else typed.strip()

    @property
    def anonymous(self) -> bool:
        return self.state.input.anonymous and self.state.input.kind == "complaint"

    @cached_property
    def name(self) -> str:
        return self._typed_or_heard("name")

    @cached_property
    def phone(self) -> str:
        """As typed or heard; `phone_number` is what can be dialled."""
        return self._typed_or_heard("phone")

    @property
    def phone_number(self) -> str | None:
        return phone_digits(self.phone) or None

    @property
    def phone_ok(self) -> bool:
        return phone_digits(self.phone) is not None

    @property
    def id_number(self) -> str:
        """As typed or, where nobody speaks for somebody else, as heard."""
        return self._typed_or_heard("id_number") if self.state.input.id_number or not self.proxy else ""

    @property
    def id_number_ok(self) -> bool:
        return not self.id_number or read_id_number(self.id_number) is not None

    @cached_property
    def proxy(self) -> bool:
        typed = self.state.input.proxy
        return typed if typed is not None else self.reading.proxy is not None or bool(self.heard_text("proxy_name"))

    @cached_property
    def proxy_name(self) -> str:
        return self._typed_or_heard("proxy_name")

    @cached_property
    def _spot(self) -> tuple[str, Area | None]:
        said = self._said_places()
        words, known = [place for place, _ in said], self.state.spot
        if known is not None and known.said == words:
            return known.place, self.uow.get(Area, known.area) if known.area is not None else None
        place, area = _settled_place(self.uow, said)
        self.state.spot = Spot(said=words, place=place, area=area.id if area is not None else None)
        return place, area

    def _said_places(self) -> list[tuple[str, int | None]]:
        """(words, the area recognised in them) in the order in which they were told; typed ones stand alone."""
        typed = self.state.input.place
        if typed is not None:
            return [(typed.strip(), None)] if typed.strip() else []
        return [(str(h.value), h.area) for h in self.reading.heard if h.item == "place"]

    @property
    def place(self) -> str:
        return self._spot[0]

    @property
    def area(self) -> Area | None:
        return self._spot[1]

    @property
    def full_place(self) -> str | None:
        """As a case keeps it: the area's full name, else the words."""
        return self.area.path.replace("/", "") if self.area is not None else self.place or None

    # -- complaint ------------------------------------------------------------------------------------------------

    @property
    def topic(self) -> str:
        """A key of `complaint.topics`, "" while nothing was told of it."""
        chosen = self.state.input.topic or self.reading.topic or ""
        return chosen if chosen in self.office.texts.get("complaint.topics") else ""

    @property
    def against(self) -> str:
        return self._typed_or_heard("against")

    @cached_property
    def against_level(self) -> str:
        """As ticked, or by the words for offices and posts; the lowest level named wins (as in the chat)."""
        if self.state.input.against_level:
            return self.state.input.against_level
        if self.state.input.kind != "complaint":
            return ""
        words = f"{self.against} {self.state.input.notes}"
        levels = self.office.texts.get("complaint.levels")
        return next((level for level, posts in levels.items() if any(p in words for p in posts)), "")

    @property
    def acting_on(self) -> tuple[str, str]:
        """(level complained about, level that acts)."""
        told = {"against_level": self.against_level or None, "topic": self.topic or None}
        level = routing.level_of(told)
        return level, routing.beyond(self.uow, self.area, level)[0]

    @property
    def wish(self) -> str:
        return self._typed_or_heard("wish")

    # -- verdict --------------------------------------------------------------------------------------------------

    @cached_property
    def pack(self) -> Pack:
        return self.office.library.pack_for_place(self.full_place)

    @cached_property
    def assessment(self) -> Assessment:
        """The same engine and the same question order as in the chat."""
        return self.office.library.assess(
            self.pack,
            self.facts,
            on=self.office.clock.today(),
            ask="applicant",
            asked=self.reading.left_open,
            place=self.full_place,
        )


def _settled_place(uow: UnitOfWork, said: Iterable[tuple[str, int | None]]) -> tuple[str, Area | None]:
    """What was said about the place in several breaths, put together («西吉县», then «将台堡镇»)."""
    place, area = "", None
    for words, known in said:
        if place and words in place:
            continue
        found = uow.get(Area, known) if known is not None else resolve_area(uow, words)
        if found is None and place:
            found = resolve_area(uow, place + words)
            words = place + words if found is not None or area is None else words
        if found is None and area is not None:
            continue
        place, area = words, found
    return place, area
