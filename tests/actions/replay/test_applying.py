"""A change is made by two people; it judges anew, closes nothing, and asks a person where a verdict gets worse."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from actions import desk
from actions.refusals import Invalid, NotAllowed, NotFound
from actions.replay import applying, changes
from actions.replay.judging import Comparison, Rules
from actions.replay.report import Report, replay
from actions.replay.sources import cases_under_way
from policy_kb import Library, OwnFigure, PolicyError, load_library
from storage import models
from tests.actions.bureau import Bureau
from tests.actions.replay.test_replay import DROPPED, FOLDER, NEARLY, PACK, SURE

OLD, NEW = f"{PACK}@2021-07-01", PACK
LOWER = {**NEARLY, "income_per_capita": 6000}  # under the document's 6,500, above a line of 5,000


@pytest.fixture(scope="module")
def fresh() -> Library:
    return load_library(None)


class Change:
    """An office whose line has changed, and three applications."""

    def __init__(self, bureau: Bureau, library: Library, line: int) -> None:
        self.bureau, self.library = bureau, library
        bureau.office = replace(bureau.office, library=library)
        self.better, self.worse, self.same = (
            bureau.apply("1101", PACK, facts, place="山东省烟台市龙口市东江镇毡王村") for facts in (NEARLY, LOWER, SURE)
        )
        self.set_line(line)
        bureau.tick()

    def set_line(self, value: int) -> None:
        self.library.use_own([OwnFigure(PACK, "monitoring_line", value, date(2026, 1, 1), None, "x")], ())

    def report(self, before: str = OLD, after: str = NEW) -> Report:
        today = self.bureau.office.clock.today()
        comparison = Comparison(*(Rules.read(self.library, text, today) for text in (before, after)))
        return Report(self.library, self.bureau.office.texts, comparison)

    def prepare(self, name: str = "root", before: str = OLD, after: str = NEW) -> int:
        user, report = self.bureau.user(name), self.report(before, after)
        cases = cases_under_way(self.bureau.office, report.comparison.before.pack.id, user)
        return changes.prepare(self.bureau.office, user, report, replay(report.comparison, cases))

    def approve(self, number: int, name: str = "longkou") -> applying.Applied:
        done = applying.approve(self.bureau.office, self.bureau.user(name), number)
        self.bureau.tick()
        return done

    def verdict(self, receipt: str) -> tuple[str | None, str | None]:
        case = self.bureau.case(receipt)
        return case.outcome, case.category

    def rows(self) -> list[int]:
        kinds = (models.Verdict, models.CaseEvent, models.Notification, models.OutboxMessage, models.Task, models.Fact)
        with self.bureau.office.db.read() as uow:
            return [uow.count(kind) for kind in kinds]


@pytest.fixture
def raised(bureau: Bureau, fresh: Library) -> Iterator[Change]:
    """The line rises to 8,000: a household comes in."""
    fresh.use_own((), ())
    yield Change(bureau, fresh, 8000)
    fresh.use_own((), ())


@pytest.fixture
def lowered(bureau: Bureau, fresh: Library) -> Iterator[Change]:
    """The line falls to 5,000: a household would drop out."""
    fresh.use_own((), ())
    yield Change(bureau, fresh, 5000)
    fresh.use_own((), ())


def test_the_cases_under_way_are_looked_at_with_the_facts_in_force(raised: Change) -> None:
    office = raised.bureau.office
    desk.set_fact(office, raised.bureau.user("dongjiang"), raised.same, "income_per_capita", 7500)
    report = raised.report()
    found = replay(report.comparison, cases_under_way(office, PACK))
    assert {one.household.name for one in found.flipped} == {raised.better, raised.same}
    assert {one.household.village for one in found.flipped} == {"山东省烟台市龙口市东江镇毡王村"}
    assert found.looked == 3


def test_looking_and_preparing_change_no_case(raised: Change) -> None:
    before = raised.rows()
    number = raised.prepare()
    assert raised.rows() == before
    assert raised.verdict(raised.better) == ("not_met", None)
    (line,) = changes.pending(raised.bureau.office)
    assert (line.number, line.cases, line.by, line.status) == (number, 3, "root", "prepared")


def test_an_approved_change_judges_anew_and_says_so_in_the_history_and_to_those_who_act(raised: Change) -> None:
    number = raised.prepare()
    done = raised.approve(number)
    assert (done.done, done.flipped, done.worse, done.skipped, done.differs) == (3, 1, 0, 0, 0)
    assert raised.verdict(raised.better) == ("meets", "marginal")
    (line,) = [text for text in raised.bureau.history(raised.better) if f"变更 {number}" in text]
    assert "root 提出，longkou 批准" in line
    assert "6500元" in line
    assert "8000元" in line
    assert not [text for text in raised.bureau.history(raised.same) if "变更" in text]
    told = [text for text in raised.bureau.told("dongjiang") if "规则变了" in text]
    assert len(told) == 1
    assert raised.better in told[0]
    assert changes.pending(raised.bureau.office) == []


def test_both_people_stand_in_the_audit_log(raised: Change) -> None:
    raised.approve(raised.prepare())
    first, second = raised.bureau.user("root").id, raised.bureau.user("longkou").id
    with raised.bureau.office.db.read() as uow:
        entries = [(e.actor, e.action) for e in uow.audit.latest() if "replay" in e.action]
        assert uow.audit.broken_at() is None
    assert entries[0] == (f"user:{second}", "replay.apply")
    assert entries[-2:] == [(f"user:{second}", "replay.approve"), (f"user:{first}", "replay.prepare")]
    assert entries.count((f"user:{second}", "case.replay")) == 3


def test_a_verdict_that_gets_worse_closes_nothing_and_asks_a_person(lowered: Change) -> None:
    assert lowered.verdict(lowered.worse) == ("meets", "marginal")
    steps = lowered.bureau.steps(lowered.worse)
    done = lowered.approve(lowered.prepare())
    assert (done.flipped, done.worse) == (1, 1)
    assert lowered.verdict(lowered.worse) == ("not_met", None)
    assert lowered.bureau.case(lowered.worse).status == "open"
    assert lowered.bureau.steps(lowered.worse) == steps
    (task,) = lowered.bureau.tasks("replay_worse")
    assert task.case_id == lowered.bureau.case(lowered.worse).id
    assert "没有关掉" in task.text
    assert any("结论变差" in text for text in lowered.bureau.told("zhanwang"))


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("root", NotAllowed, "要由另一个人批准"),
        ("dongjiang", NotAllowed, "管理员或县级权限"),
        ("hotline", NotAllowed, "管理员或县级权限"),
        ("xiji", NotAllowed, "看不到的件"),
    ],
)
def test_who_may_not_approve_changes_nothing(raised: Change, name: str, error: type[Exception], words: str) -> None:
    number = raised.prepare()
    before = raised.rows()
    with pytest.raises(error, match=words):
        raised.approve(number, name)
    assert raised.rows() == before
    assert raised.verdict(raised.better) == ("not_met", None)


@pytest.mark.parametrize("name", ["dongjiang", "hotline", "wang"])
def test_who_may_not_prepare_is_told(raised: Change, name: str) -> None:
    with pytest.raises((NotAllowed, Invalid)):
        raised.prepare(name)
    assert changes.pending(raised.bureau.office) == []


def test_a_county_prepares_for_its_own_cases_alone(raised: Change) -> None:
    raised.bureau.apply("0101", PACK, NEARLY)
    number = raised.prepare("longkou")
    (line,) = changes.pending(raised.bureau.office)
    assert (line.number, line.cases) == (number, 3)
    assert raised.approve(number, "root").done == 3


@pytest.mark.parametrize("number", [0, -1, 99, 2**40])
def test_an_unknown_number_is_told(raised: Change, number: int) -> None:
    with pytest.raises(NotFound, match="没有变更"):
        raised.approve(number)


def test_what_was_decided_is_decided(raised: Change) -> None:
    number = raised.prepare()
    raised.approve(number)
    before = raised.rows()
    with pytest.raises(Invalid, match="已执行"):
        raised.approve(number)
    assert raised.rows() == before
    other = raised.prepare()
    changes.refuse(raised.bureau.office, raised.bureau.user("longkou"), other)
    with pytest.raises(Invalid, match="已退回"):
        raised.approve(other)


def test_figures_that_changed_after_the_preparing_want_a_new_one(raised: Change) -> None:
    number = raised.prepare()
    raised.set_line(9000)
    with pytest.raises(Invalid, match="重新备一次"):
        raised.approve(number)
    assert raised.verdict(raised.better) == ("not_met", None)


def test_what_is_not_in_force_today_cannot_even_be_prepared(raised: Change) -> None:
    with pytest.raises(PolicyError, match="not those of today"):
        raised.prepare(before=NEW, after=OLD)


def test_facts_that_changed_meanwhile_count_as_they_are_now(raised: Change) -> None:
    number = raised.prepare()
    desk.set_fact(raised.bureau.office, raised.bureau.user("dongjiang"), raised.better, "income_per_capita", 9000)
    done = raised.approve(number)
    assert (done.flipped, done.differs) == (0, 1)
    assert raised.verdict(raised.better) == ("not_met", None)


def test_a_case_that_is_over_meanwhile_is_left_alone(raised: Change) -> None:
    from actions import cases

    number = raised.prepare()
    raised.bureau.in_case(raised.better, lambda uow, case: cases.withdraw(raised.bureau.office, uow, case, ""))
    done = raised.approve(number)
    assert (done.done, done.skipped) == (2, 1)
    assert raised.verdict(raised.better) == ("not_met", None)


def test_a_run_that_was_cut_off_goes_on_where_it_stood(raised: Change, monkeypatch: pytest.MonkeyPatch) -> None:
    number = raised.prepare()
    whole, looked = applying._judge, []

    def twice(*given: object) -> None:
        if len(looked) == 2:
            raise ConnectionError("the power went")
        looked.append(1)
        whole(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(applying, "_judge", twice)
    with pytest.raises(ConnectionError):
        raised.approve(number)
    monkeypatch.undo()
    (line,) = changes.pending(raised.bureau.office)
    assert line.status == "applying"
    assert raised.approve(number).done == 1
    with raised.bureau.office.db.read() as uow:
        assert uow.count(models.Verdict) == 6, "each case judged once when it was opened and once by the change"


# -- another document takes over -----------------------------------------------------------------------------------


@pytest.fixture
def replaced(tmp_path: Path, furnished: Path) -> Iterator[Change]:
    """Longkou 2022 beside Longkou 2021: condition 2 is gone, and one step has another name."""
    root = tmp_path / "policy_kb"
    shutil.copytree(FOLDER, root, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    made = root / "packs" / "longkou-2022-1"
    shutil.copytree(root / "packs" / PACK, made)
    for name, old, new in (
        ("pack.yml", f"id: {PACK}", "id: longkou-2022-1"),
        ("pack.yml", "any: [{ref: condition_1}, {ref: condition_2}]", "any: [{ref: condition_1}]"),
        ("pack.yml", "names: [龙口市, 龙口]", "names: [龙口新区]"),
        ("procedure.yml", "id: appraisal", "id: review"),
        ("procedure.yml", "after: appraisal", "after: review"),
    ):
        text = (made / name).read_text("utf-8")
        assert old in text
        (made / name).write_text(text.replace(old, new), encoding="utf-8")
    office = tmp_path / "office"
    shutil.copytree(furnished, office)
    bureau = Bureau(office)
    library = load_library(None, root)
    yield Change(bureau, library, 6500)
    bureau.office.db.close()


def test_cases_go_over_to_the_new_document_with_its_steps(replaced: Change) -> None:
    bureau = replaced.bureau
    desk.record_step(bureau.office, bureau.user("dongjiang"), replaced.same, "household_check", note="去过")
    number = replaced.prepare(before=PACK, after="longkou-2022-1")
    later = bureau.apply("1101", PACK, DROPPED, place="龙口市东江镇毡王村")
    done = replaced.approve(number)
    assert (done.done, done.flipped, done.worse, done.left) == (3, 2, 2, 1)
    case = bureau.case(replaced.same)
    law = replaced.library.pack("longkou-2022-1")
    assert (case.pack_id, case.pack_hash, case.status) == (law.id, law.hash, "open")
    assert bureau.case(later).pack_id == PACK
    steps = {step: status for step, (status, _) in bureau.steps(replaced.same).items()}
    assert steps["household_check"] == "done"
    assert steps["appraisal"] == "due", "what runs is finished by the people who are at it"
    assert (steps["review"], steps["data_comparison"]) == ("waiting", "waiting")
    desk.record_step(bureau.office, bureau.user("zhanwang"), replaced.same, "appraisal", note="评过")
    assert bureau.steps(replaced.same)["review"][0] == "due"
    untouched = {step: status for step, (status, _) in bureau.steps(replaced.better).items()}
    assert (untouched["household_check"], untouched["appraisal"]) == ("due", "cancelled")


def test_a_later_fact_is_judged_by_the_new_document(replaced: Change) -> None:
    replaced.approve(replaced.prepare(before=PACK, after="longkou-2022-1"))
    desk.set_fact(
        replaced.bureau.office, replaced.bureau.user("dongjiang"), replaced.same, "rigid_spending_exceeds_income", True
    )
    with replaced.bureau.office.db.read() as uow:
        verdict = uow.cases.latest_verdict(replaced.bureau.case(replaced.same).id)
    assert verdict is not None
    assert verdict.pack_id == "longkou-2022-1"


@pytest.mark.parametrize("approvers", [2, 4])
def test_two_who_approve_at_once_apply_it_once(contested: Bureau, fresh: Library, approvers: int) -> None:
    from concurrent.futures import ThreadPoolExecutor

    fresh.use_own((), ())
    change = Change(contested, fresh, 8000)
    number = change.prepare()
    user = contested.user("longkou")

    def approve(_: int) -> applying.Applied | None:
        try:
            return applying.approve(contested.office, user, number)
        except Invalid:
            return None  # the other was through already

    with ThreadPoolExecutor(approvers) as pool:
        runs = [run for run in pool.map(approve, range(approvers)) if run is not None]
    assert sum(run.done for run in runs) == 3
    with contested.office.db.read() as uow:
        assert uow.count(models.Verdict) == 6
        assert uow.audit.broken_at() is None
    fresh.use_own((), ())
