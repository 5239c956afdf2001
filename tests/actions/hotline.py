"""A hotline on top of the made-up office: an operator at the phone who types, decides, saves."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from typing import Any

from actions import call_ending, call_saving, calls
from actions.call_draft import CallInput
from actions.callviews import CallView, HeardItem, Saved
from actions.office import TextReader
from actions.places import area_names
from actions.reading import fact_types
from nlu import AreaName, Extractor
from storage import models
from tests.actions.bureau import Bureau

STORY = "俺爹去年查出肺癌，报完自己还掏了五万多，家里五口人就靠我打零工一年两万来块"
COMPLAINT = "村支书王二狗把低保名额都给了自己亲戚，我家这么难名单上没有，评议那天也没通知我们"


_readers: list[TextReader] = []


def reader(bureau: Bureau) -> TextReader:
    """Reads with the area table, which is the same in every made-up office; building it takes long."""
    if not _readers:
        _readers.append(Extractor(fact_types(bureau.office.library), _areas(bureau)))
    return _readers[0]


def _areas(bureau: Bureau) -> list[AreaName]:
    with bureau.office.db.read() as uow:
        return area_names(uow)


@dataclass
class Hotline:
    """One call after the other, as the operator `name` takes them."""

    bureau: Bureau
    name: str = "hotline"
    key: str = field(default_factory=lambda: str(uuid.uuid4()))
    given: CallInput = field(default_factory=CallInput)

    def __post_init__(self) -> None:
        self.bureau.office = replace(self.bureau.office, extractor=reader(self.bureau))

    @property
    def user(self) -> models.User:
        return self.bureau.user(self.name)

    def types(self, notes: str | None = None, **fields: Any) -> CallView:
        """The whole page as it now stands, kept."""
        changed = fields if notes is None else {"notes": notes, **fields}
        self.given = CallInput.model_validate(self.given.model_dump() | changed)
        return calls.keep(self.bureau.office, self.user, self.key, self.given)

    def adds(self, line: str) -> CallView:
        """One more line of notes."""
        return self.types(f"{self.given.notes}\n{line}".strip())

    def decides(self, item: str, choice: str, value: object = None) -> CallView:
        return calls.decide_on(self.bureau.office, self.user, self.key, item, choice, value)

    def looks(self) -> CallView:
        return calls.look(self.bureau.office, self.user, self.key)

    def saves(self, **more: Any) -> Saved:
        return call_saving.save(self.bureau.office, self.user, self.key, **more)

    def ends(self, outcome: str, **more: Any) -> Saved:
        return call_ending.end(self.bureau.office, self.user, self.key, outcome, **more)

    def hangs_up(self) -> None:
        """The next call."""
        self.key, self.given = str(uuid.uuid4()), CallInput()

    def row(self) -> models.Call:
        with self.bureau.office.db.read() as uow:
            found = uow.calls.by_key(self.key)
            assert found is not None
            return found


def item(view: CallView, name: str) -> HeardItem | None:
    return next((one for one in view.items if one.item == name), None)


def state(view: CallView, name: str) -> str | None:
    found = item(view, name)
    return found.state if found else None


def values(view: CallView) -> dict[str, object]:
    """What is in force of the facts."""
    return {one.item: one.value for one in view.items if one.kind == "fact" and one.state != "refused"}
