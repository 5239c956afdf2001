"""The made-up office: cases in every state, all marked, and never among real ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from actions import demo, places
from actions.office import Office
from storage import models
from tests.support.desk import make_office

PASSWORD = "a-made-up-password"
NOON = "2026-11-23T12:00:00+08:00"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    made = make_office(tmp_path_factory.mktemp("demo"), NOON)
    demo.load(made, PASSWORD)
    return made


def test_cases_stand_in_every_state(office: Office) -> None:
    with office.db.read() as uow:
        found = uow.find(models.Case)
        assert {case.status for case in found} == {"open", "returned", "withdrawn", "closed"}
        assert {case.kind for case in found} == {"application", "complaint"}
        assert len({case.pack_id for case in found}) >= 2


def test_something_is_overdue_and_something_has_no_place(office: Office) -> None:
    today = office.clock.today()
    with office.db.read() as uow:
        steps = uow.find(models.CaseStep, status="due")
        assert any(step.due_on is not None and step.due_on < today for step in steps)
        assert {"danger", "person", "unplaced"} <= {task.kind for task in uow.find(models.Task)}


def test_one_household_is_half_way_through_its_interview(office: Office) -> None:
    with office.db.read() as uow:
        assert any(c.stage == "interview" and c.asks for c in uow.find(models.Conversation))


def test_the_operator_has_taken_calls(office: Office) -> None:
    with office.db.read() as uow:
        assert [call.outcome for call in uow.find(models.Call)] == ["recorded", None, "call_back"]
        assert all("【示范】" in call.notes for call in uow.find(models.Call))


def test_everything_is_marked_as_made_up(office: Office) -> None:
    with office.db.read() as uow:
        assert all("【示范】" in case.own_words for case in uow.find(models.Case))
        assert all(user.name.startswith("demo-") and "示范" in user.display_name for user in uow.find(models.User))
        assert all(area.code.startswith(demo.MARK) for area in uow.find(models.Area))


def test_nothing_happens_in_the_future(office: Office) -> None:
    now = office.clock.now()
    with office.db.read() as uow:
        assert all(event.at <= now for event in uow.find(models.CaseEvent))
        assert all(message.received_at <= now for message in uow.find(models.InboundMessage))


def test_loading_again_adds_nothing(office: Office) -> None:
    def counts() -> list[int]:
        with office.db.read() as uow:
            return [
                uow.count(model)
                for model in (models.Area, models.User, models.Case, models.InboundMessage, models.Call, models.Task)
            ]

    before = counts()
    demo.load(office, "another-password")
    assert counts() == before


def test_it_is_refused_where_an_office_has_areas_of_its_own(tmp_path: Path) -> None:
    own = make_office(tmp_path, NOON)
    with own.db.begin() as uow:
        places.import_areas(uow, [{"code": "1", "name": "某省", "level": "province", "parent_code": ""}])
        uow.commit()
    with pytest.raises(demo.NotEmpty, match="SHOUWANG_VAR"):
        demo.load(own, PASSWORD)
