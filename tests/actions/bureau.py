"""A made-up office with areas, staff at every level, the real packs and a clock that tests move."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from actions import cases, complaints, outbox, places, reminders
from actions.cases import Person
from actions.clock import SHANGHAI, Clock
from actions.office import Office
from policy_kb import Library, load_library
from storage import Database, Vault, models

FILE = "office.sqlite3"
MONDAY = datetime(2026, 11, 23, 12, 0, tzinfo=SHANGHAI)
FARMER = Person(name="马秀英", phone="13800001234")
NOBODY = Person()
GIVEN = "秀兰桂芳建国海军春雨冬梅文武金玉长江平安"


def farmer(conversation: str) -> Person:
    """The household of this conversation: always the same one, and another one for every conversation."""
    if conversation == "chat-1":
        return FARMER
    number = zlib.crc32(conversation.encode())
    first, second = GIVEN[number % 20], GIVEN[number // 20 % 20]
    return Person(name=f"马{first}{second}", phone=f"138{number // 400 % 10_000:04d}1234")


AREAS = [
    ("64", "宁夏回族自治区", "province", ""),
    ("6404", "固原市", "city", "64"),
    ("640422", "西吉县", "county", "6404"),
    ("01", "兴隆镇", "town", "640422"),
    ("0101", "王家村", "village", "01"),
    ("0102", "李家村", "village", "01"),
    ("0103", "赵家村", "village", "01"),
    ("02", "平峰镇", "town", "640422"),
    ("0201", "王家村", "village", "02"),
    ("37", "山东省", "province", ""),
    ("3706", "烟台市", "city", "37"),
    ("370681", "龙口市", "county", "3706"),
    ("11", "东江镇", "town", "370681"),
    ("1101", "毡王村", "village", "11"),
]
# name, role, code of the area; 赵家村 and all of 平峰镇 have nobody
STAFF = [
    ("wang", "cadre", "0101"),
    ("li", "cadre", "0102"),
    ("xinglong", "cadre", "01"),
    ("xiji", "cadre", "640422"),
    ("hotline", "operator", "640422"),
    ("zhanwang", "cadre", "1101"),
    ("dongjiang", "cadre", "11"),
    ("longkou", "cadre", "370681"),
    ("root", "admin", ""),
]


@cache
def library() -> Library:
    return load_library(None)


class NoExtractor:
    """These tests hand facts over themselves."""

    def extract(self, text: str, asks: str | None = None) -> Any:
        raise AssertionError("casework reads no text")


@dataclass
class Bureau:
    """One office; `at` is what its clock shows."""

    folder: Path
    url: str | None = None
    at: datetime = MONDAY
    office: Office = field(init=False)
    number: int = 0

    def __post_init__(self) -> None:
        prepared = self.url is None and (self.folder / FILE).exists()
        url = self.url or f"sqlite:///{self.folder / FILE}"
        db = Database(url, Vault.open(self.folder / "key"), now=lambda: self.at.astimezone(UTC))
        if not prepared:
            db.migrate()
        self.office = Office(db, library(), NoExtractor(), Clock(read=lambda: self.at))  # type: ignore[arg-type]
        if not prepared:
            self._furnish()

    def _furnish(self) -> None:
        with self.office.db.begin() as uow:
            keys = ("code", "name", "level", "parent_code")
            report = places.import_areas(uow, [dict(zip(keys, row, strict=True)) for row in AREAS])
            assert not report.errors
            for name, role, code in STAFF:
                area = uow.areas.by_code(code) if code else None
                user = models.User(
                    name=name, password_hash="x", role=role, area_id=area.id if area else None, created_at=self.at
                )
                uow.add(user)
            uow.commit()

    # -- time ---------------------------------------------------------------------------------------------------

    def go_to(self, iso: str) -> None:
        """Set the clock: «2026-11-25 09:00» in Shanghai."""
        self.at = datetime.fromisoformat(iso).replace(tzinfo=SHANGHAI)

    def later(self, **how_much: int) -> None:
        self.at += timedelta(**how_much)

    def tick(self) -> None:
        """What the scheduler does: reminders, then the outbox."""
        reminders.tick(self.office)
        outbox.deliver_due(self.office, "test")

    # -- people and places ----------------------------------------------------------------------------------------

    def user(self, name: str) -> models.User:
        with self.office.db.read() as uow:
            found = uow.users.by_name(name)
            assert found is not None
            return found

    def area(self, code: str) -> int:
        with self.office.db.read() as uow:
            found = uow.areas.by_code(code)
            assert found is not None
            return found.id

    # -- cases ------------------------------------------------------------------------------------------------------

    def conversation(self, name: str | None = None) -> str:
        self.number += 1
        name = name or f"chat-{self.number}"
        with self.office.db.begin() as uow:
            uow.conversations.open(name, "web", self.at)
            uow.commit()
        return name

    def apply(
        self,
        code: str | None = "0101",
        pack: str = "ningxia-2020-8",
        facts: Mapping[str, object] | None = None,
        conversation: str | None = None,
        place: str | None = "西吉县兴隆镇王家村",
        person: Person | None = None,
        matter: int = 1,
    ) -> str:
        """Open an application as the chat would; returns its receipt. Without `person` each conversation is a household
        of its own."""
        name = self.conversation(conversation)
        with self.office.db.begin() as uow:
            conv = uow.conversations.get(name)
            assert conv is not None
            for fact_id, value in (facts or {}).items():
                uow.facts.state(
                    models.Fact(
                        conversation_id=name,
                        fact_id=fact_id,
                        value=value,
                        source="applicant",
                        words=str(value),
                        at=self.at,
                    )
                )
            uow.flush()
            rows = uow.facts.current(conversation_id=name)
            law = library().pack(pack)
            case = cases.open_application(
                self.office,
                uow,
                conversation=conv,
                pack=law,
                facts=rows,
                assessment=library().assess(law, facts or {}, on=self.office.clock.today()),
                person=person or farmer(name),
                place=place,
                area_id=self.area(code) if code else None,
                own_words="家里有人得了大病，自己掏了五万多，日子过不下去。",
                matter=matter,
            )
            uow.commit()
            return case.receipt

    def complain(
        self,
        level: str | None = "village",
        code: str | None = "0101",
        topic: str = "unfair_list",
        against: str | None = None,
        conversation: str | None = None,
        person: Person = NOBODY,
        own_words: str = "名单上都是亲戚，真困难的没有。",
    ) -> str:
        name = self.conversation(conversation)
        with self.office.db.begin() as uow:
            conv = uow.conversations.get(name)
            assert conv is not None
            case = complaints.open_complaint(
                self.office,
                uow,
                conversation=conv,
                topic=topic,
                own_words=own_words,
                person=person,
                against=against,
                against_level=level,
                place=None,
                area_id=self.area(code) if code else None,
                pack=library().pack("ningxia-2020-8"),
            )
            uow.commit()
            return case.receipt

    # -- looking --------------------------------------------------------------------------------------------------

    def case(self, receipt: str) -> models.Case:
        with self.office.db.read() as uow:
            found = uow.cases.by_receipt(receipt)
            assert found is not None
            return found

    def json(self, receipt: str) -> dict[str, Any]:
        with self.office.db.read() as uow:
            found = cases.case_json(self.office, uow, receipt)
            assert found is not None
            return found

    def steps(self, receipt: str) -> dict[str, tuple[str, str | None]]:
        """Step → (status, due)."""
        return {s["step"]: (s["status"], s["due"]) for s in self.json(receipt)["steps"]}

    def told(self, name: str) -> list[str]:
        """What stands in a colleague's inbox, oldest first."""
        user = self.user(name)
        with self.office.db.read() as uow:
            return [row.text for row in reversed(uow.notifications.of_user(user.id))]

    def heard(self, conversation: str) -> list[str]:
        """What the office said in a conversation."""
        with self.office.db.read() as uow:
            return [row.text for row in uow.replies.after(conversation, 0)]

    def tasks(self, kind: str | None = None) -> list[models.Task]:
        with self.office.db.read() as uow:
            return uow.find(models.Task, **({"kind": kind} if kind else {}))

    def history(self, receipt: str) -> list[str]:
        with self.office.db.read() as uow:
            return [event.text for event in uow.cases.events(self.case(receipt).id)]

    def in_case(self, receipt: str, act: Any) -> Any:
        """Run `act(uow, case)` in a transaction of its own."""
        with self.office.db.begin() as uow:
            case = uow.cases.by_receipt(receipt)
            assert case is not None
            result = act(uow, case)
            uow.commit()
            return result
