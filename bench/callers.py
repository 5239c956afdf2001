"""Looking a caller up among 100,000 households, and 200 households that come through two doors at once."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from actions.clues import Clues, keys
from actions.identity import find_households
from storage import models
from tests.actions.bureau import Bureau, farmer

if TYPE_CHECKING:
    from storage import UnitOfWork

HOUSEHOLDS = 100_000
VILLAGES = 1000
LOOKS = 60
AIM_MS = 300
PAIRS = 200
SEED = 20260101
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗" + "王李张刘" * 6  # some are far more common
GIVEN = "秀英兰芳桂梅红玉霞丽娟敏静燕军伟强勇刚建国华平志明海山福贵林文武春生德成金宝"


def measure() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield from look_ups(Bureau(Path(folder)))


def doors() -> Iterator[str]:
    """Scenario 53 at its bar, on SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        bureau = Bureau(Path(folder))
        tellings = [(f"{door}-{n}", farmer(f"household-{n}")) for n in range(PAIRS) for door in ("chat", "phone")]
        begun = time.perf_counter()
        with ThreadPoolExecutor(8) as pool:
            receipts = set(pool.map(lambda t: bureau.apply(conversation=t[0], person=t[1]), tellings))
        took = time.perf_counter() - begun
        yield f"{PAIRS} households through two doors at once: {len(receipts)} applications (aim {PAIRS}), {took:.1f} s"


def look_ups(bureau: Bureau) -> Iterator[str]:
    chance = random.Random(SEED)
    people = list(_people(chance))
    begun = time.perf_counter()
    areas = _furnish(bureau, people)
    yield f"{len(people):,} households written in {time.perf_counter() - begun:.0f} s"
    operator = bureau.user("hotline")
    ways: dict[str, Callable[[tuple[str, str, int]], dict[str, Any]]] = {
        "phone": lambda p: {"phone": p[1]},
        "name": lambda p: {"name": p[0]},
        "phone and name": lambda p: {"phone": p[1], "name": p[0]},
        "name and village": lambda p: {"name": p[0], "village": areas[p[2]][1]},
        "village": lambda p: {"village": areas[p[2]][1]},
        "all": lambda p: {"phone": p[1], "name": p[0], "village": areas[p[2]][1]},
    }
    for way, clues in ways.items():
        took, hits = [], 0
        for person in chance.sample(people, LOOKS):
            begun = time.perf_counter()
            with bureau.office.db.read() as uow:
                hits += len(find_households(bureau.office, uow, user=operator, **clues(person)))
            took.append((time.perf_counter() - begun) * 1000)
        took.sort()
        middle, late = took[LOOKS // 2], took[int(LOOKS * 0.95)]
        yield f"{way:16} {middle:6.1f} ms, 95 % below {late:.1f} ms (aim {AIM_MS}); {hits / LOOKS:.1f} hits"


def _people(chance: random.Random) -> Iterator[tuple[str, str, int]]:
    """Name, phone, number of the village."""
    for _ in range(HOUSEHOLDS):
        given = "".join(chance.choices(GIVEN, k=chance.choice((1, 2, 2, 2))))
        yield chance.choice(SURNAMES) + given, f"13{chance.randrange(10**9):09d}", chance.randrange(VILLAGES)


def _furnish(bureau: Bureau, people: list[tuple[str, str, int]]) -> list[tuple[int, str]]:
    """Villages of one county with their households; (id, name) of each village."""
    with bureau.office.db.begin() as uow:
        rows = [{"code": f"v{n}", "name": f"第{n}村", "level": "village", "parent_code": "01"} for n in range(VILLAGES)]
        areas = [(area.id, area.name) for area in uow.areas.import_rows(rows)]
        uow.commit()
    for start in range(0, len(people), 5000):
        with bureau.office.db.begin() as uow:
            _write(bureau, uow, people[start : start + 5000], start, areas)
            uow.commit()
    return areas


def _write(
    bureau: Bureau, uow: UnitOfWork, people: list[tuple[str, str, int]], start: int, areas: list[tuple[int, str]]
) -> None:
    homes, cases, found_by = [], [], []
    for number, (name, phone, village) in enumerate(people, start + 1):
        area = areas[village][0]
        homes.append({"id": number, "head_name": name, "area_id": area, "created_at": bureau.at, "version": 1})
        cases.append(_case(bureau, number, name, phone, area))
        known = keys(uow, Clues(None, phone, name, area))
        found_by += [
            {"household_id": number, "kind": kind, "key_index": key, "at": bureau.at} for kind, key in known.items()
        ]
    for model, rows in ((models.Household, homes), (models.Case, cases), (models.HouseholdKey, found_by)):
        uow.session.bulk_insert_mappings(model, rows)  # type: ignore[arg-type]


def _case(bureau: Bureau, number: int, name: str, phone: str, area: int) -> dict[str, Any]:
    return {
        "receipt": f"261123-{number // 1000:03d}-{number % 1000:03d}",
        "kind": "application",
        "dedup_key": f"bench:{number}",
        "pack_id": "ningxia-2020-8",
        "pack_version": "1",
        "pack_hash": "0" * 64,
        "area_id": area,
        "routed_area_id": area,
        "status": "open",
        "person_name": name,
        "phone": phone,
        "household_id": number,
        "own_words": "家里有人得了大病",
        "details": {},
        "opened_at": bureau.at,
        "discovered_on": bureau.at.date(),
        "version": 1,
    }
