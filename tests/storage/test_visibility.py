"""Who sees which case and task."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from storage import Database, Vault, models
from tests.storage.conftest import ENGINES, emptied
from tests.storage.rows import NOW, case, plant_areas, user


@dataclass
class World:
    db: Database
    areas: dict[str, models.Area]

    def person(self, where: str | None, role: str = "cadre") -> models.User:
        return user(f"{role} of {where}", role, self.areas[where] if where else None)

    def sees(self, person: models.User) -> set[str]:
        with self.db.read() as uow:
            cases = uow.find(models.Case)
            listed = {row.receipt for row in uow.cases.visible_to(person)}
            assert listed == {row.receipt for row in cases if uow.cases.may_see(person, row)}
            assert listed == {row.receipt for row in cases if uow.cases.seen_by_receipt(person, row.receipt)}
            assert len(listed) == uow.cases.count_visible_to(person)
            tasks = {row.key for row in uow.tasks.visible_to(person)}
            assert tasks == listed, "a task about a case is seen by those who see the case"
            assert tasks == {row.key for row in uow.find(models.Task) if uow.tasks.may_see(person, row)}
        return listed


CASES = [
    # receipt, routed to, about (complaint)
    ("village", "明台村", None),
    ("neighbour village", "火家集村", None),
    ("town", "将台堡镇", None),
    ("other town", "兴隆镇", None),
    ("county", "西吉县", None),
    ("other county", "清泉村", None),
    ("unplaced", None, None),
    ("about the village", "将台堡镇", "明台村"),
    ("about the town", "西吉县", "将台堡镇"),
    ("about town, misrouted", "明台村", "将台堡镇"),
    ("about village, misrouted", "明台村", "明台村"),
    ("about county, unplaced", None, "西吉县"),
]


@pytest.fixture(scope="module", params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One world for all questions: none of them changes it."""
    folder = tmp_path_factory.mktemp("world")
    server = request.getfixturevalue("postgres_server") if request.param == "postgres" else None
    db = Database(emptied(server) if server else f"sqlite:///{folder / 'office.db'}", Vault.open(folder / "key"))
    db.migrate()
    with db.begin() as uow:
        areas = plant_areas(uow)
        for receipt, routed, about in CASES:
            row = uow.add(
                case(
                    receipt=receipt,
                    routed_area_id=areas[routed].id if routed else None,
                    bypassed_area_id=areas[about].id if about else None,
                )
            )
            uow.flush()
            uow.add(models.Task(key=receipt, kind="person", case_id=row.id, area_id=row.routed_area_id, created_at=NOW))
        uow.commit()
    yield World(db, areas)
    db.close()


EVERYTHING = {receipt for receipt, _, _ in CASES}
IN_TOWN = {"village", "neighbour village", "town", "about the village", "about village, misrouted"}
VIEWERS = [
    # role, area, sees
    ("cadre", "明台村", {"village"}),
    ("cadre", "火家集村", {"neighbour village"}),
    ("cadre", "将台堡镇", IN_TOWN),
    ("operator", "将台堡镇", IN_TOWN),
    ("cadre", "兴隆镇", {"other town"}),
    ("cadre", "西吉县", EVERYTHING - {"other county", "about county, unplaced"}),
    ("operator", "西吉县", EVERYTHING - {"other county", "about county, unplaced"}),
    ("cadre", "隆德县", {"other county", "unplaced", "about county, unplaced"}),
    ("cadre", "固原市", EVERYTHING),
    ("cadre", None, set()),
    ("operator", None, set()),
    ("admin", None, EVERYTHING),
    ("admin", "明台村", EVERYTHING),
]


@pytest.mark.parametrize(("role", "where", "expected"), VIEWERS, ids=[f"{v[0]} of {v[1]}" for v in VIEWERS])
def test_each_sees_the_own_area_and_below_and_never_a_complaint_about_it(
    world: World, role: str, where: str | None, expected: set[str]
) -> None:
    assert world.sees(world.person(where, role)) == expected


@pytest.mark.parametrize("role", ["cadre", "operator", "admin"])
def test_a_disabled_account_sees_nothing(world: World, role: str) -> None:
    person = world.person("西吉县", role)
    person.disabled = True
    assert world.sees(person) == set()


UNPLACED = [
    ("西吉县", "cadre", {"unplaced"}),
    ("将台堡镇", "cadre", set()),
    (None, "admin", {"unplaced", "about county, unplaced"}),
]


@pytest.mark.parametrize(("where", "role", "expected"), UNPLACED)
def test_cases_without_a_place_wait_at_the_county(
    world: World, where: str | None, role: str, expected: set[str]
) -> None:
    with world.db.read() as uow:
        assert {row.receipt for row in uow.cases.unplaced(world.person(where, role))} == expected


NARROWINGS: list[tuple[str, Callable[[World], dict[str, object]], int]] = [
    ("by kind", lambda w: {"kind": "complaint"}, 0),
    ("by status", lambda w: {"status": ["open", "returned"]}, 12),
    ("by routed area", lambda w: {"area_id": w.areas["西吉县"].id}, 2),
    ("by number", lambda w: {"limit": 3}, 3),
]


@pytest.mark.parametrize(("what", "how", "expected"), NARROWINGS, ids=[n[0] for n in NARROWINGS])
def test_a_list_of_cases_can_be_narrowed(world: World, what: str, how: Callable[..., dict], expected: int) -> None:
    with world.db.read() as uow:
        assert len(uow.cases.visible_to(world.person(None, "admin"), **how(world))) == expected


def test_pages_of_cases_follow_one_another_newest_first(world: World) -> None:
    admin, seen, before = world.person(None, "admin"), [], None
    with world.db.read() as uow:
        while page := uow.cases.visible_to(admin, before_id=before, limit=5):
            seen += [row.id for row in page]
            before = page[-1].id
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == len(CASES)
