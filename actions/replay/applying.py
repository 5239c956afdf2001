"""An approved change on the cases: each is judged anew, its history says why, and those who act are told.

No case is closed by it. Where a verdict gets worse, a person is asked to look; the household has a right to hear it
from somebody.
"""

from __future__ import annotations

from dataclasses import dataclass

from actions import casefile, notices, tasks
from actions.office import Office
from actions.replay import changes, steps
from actions.replay.judging import way_of
from policy_kb import Pack
from storage import UnitOfWork
from storage.models import Case, ChangeSet, User

REPLAYS = "replays"  # in `details` of a case: numbers of the changes it has gone through


@dataclass
class Applied:
    """What was done: cases judged anew, flips, flips for the worse, cases left alone, and cases that came out otherwise
    than prepared because facts had changed."""

    done: int = 0
    flipped: int = 0
    worse: int = 0
    skipped: int = 0
    differs: int = 0
    left: int = 0  # cases by the older document that were opened after the preparing


class _Work:
    """What every case of one change needs."""

    def __init__(self, office: Office, user: User, change: ChangeSet) -> None:
        self.office, self.user, self.change = office, user, change
        self.pack: Pack = office.library.pack(change.to_pack)
        self.first, self.second = changes.names_of(office, change)

    def say(self, key: str, **values: object) -> str:
        return self.office.texts.say(
            f"replay.{key}", number=self.change.id, first=self.first, second=self.second, **values
        )


def approve(office: Office, user: User, number: int) -> Applied:
    """Approve a change set and apply it, each case in a transaction of its own; a run that stopped is gone on with.

    Raises what `changes.begin` raises; then nothing has changed.
    """
    change = changes.begin(office, user, number)
    work, result = _Work(office, user, change), Applied()
    for case_id in change.case_ids:
        with office.db.begin() as uow:
            case = uow.cases.get(case_id, lock=True)
            if case is not None and number in case.details.get(REPLAYS, ()):
                continue
            if case is None or case.pack_id != change.from_pack or case.status not in _UNDER_WAY:
                result.skipped += 1
                continue
            _judge(work, uow, case, result)
            uow.commit()
    if change.from_pack != change.to_pack:
        result.left = _left(office, change)
    changes.finish(
        office, user, number, done=result.done, flipped=result.flipped, worse=result.worse, skipped=result.skipped
    )
    return result


_UNDER_WAY = (casefile.OPEN, casefile.RETURNED)


def _judge(work: _Work, uow: UnitOfWork, case: Case, result: Applied) -> None:
    office, change = work.office, work.change
    before = (case.outcome, case.category)
    was = _verdict_words(office, case.pack_id, *before)
    moved = case.pack_id != work.pack.id
    case.pack_id, case.pack_version, case.pack_hash = work.pack.id, str(work.pack.version), work.pack.hash
    case.details = {**case.details, REPLAYS: [*case.details.get(REPLAYS, ()), change.id]}
    casefile.reassess(office, uow, case, by=work.user.id, told=False)
    after = (case.outcome, case.category)
    if moved and steps.follow(office, uow, case):
        casefile.note(office, uow, case, "replayed_steps", work.say("history.moved_steps"), by=work.user.id)
    prepared = change.flips.get(str(case.id))
    as_told = list(after) == prepared[1] if prepared is not None else after == before
    result.done += 1
    result.differs += not as_told
    if after != before:
        result.flipped += 1
        causes = prepared[2] if prepared is not None and as_told else ""
        result.worse += _flipped(work, uow, case, (was, before[0]), causes)
    elif moved:
        text = work.say("history.moved", pack=work.pack.title)
        casefile.note(office, uow, case, "replayed", text, by=work.user.id)
    casefile.touch(case)
    uow.audit.record(
        f"user:{work.user.id}", "case.replay", f"case:{case.id}", change=change.id, before=list(before),
        after=list(after),
    )  # fmt: skip


def _flipped(work: _Work, uow: UnitOfWork, case: Case, earlier: tuple[str, str | None], causes: str) -> bool:
    """History, word to those who act, and a task where it got worse; True for the last.

    `earlier`: the verdict before, in words, and its outcome.
    """
    office, number = work.office, work.change.id
    was, outcome = earlier
    now = _verdict_words(office, case.pack_id, case.outcome, case.category)
    text = work.say("history.flipped", before=was, after=now, causes=causes)
    casefile.note(office, uow, case, "replayed", text, by=work.user.id)
    notices.about_case(office, uow, case, "replayed", f"change:{number}")
    worse = outcome is not None and way_of(outcome, case.outcome or "undetermined") == "worse"
    if worse:
        tasks.open_task(
            office,
            uow,
            "replay_worse",
            key=f"replay_worse:{number}:{case.id}",
            area_id=case.routed_area_id,
            case_id=case.id,
            conversation_id=case.conversation_id,
            text=office.texts.say("replay.task", receipt=case.receipt, before=was, after=now),
        )
    return worse


def _verdict_words(office: Office, pack_id: str, outcome: str | None, category: str | None) -> str:
    pack = office.library.packs.get(pack_id)
    named = pack.categories.get(category or "") if pack is not None else None
    words = named.zh if named is not None else category or ""
    return office.texts.say(f"replay.outcomes.{outcome or 'undetermined'}", category=words)


def _left(office: Office, change: ChangeSet) -> int:
    with office.db.read() as uow:
        rows = [
            case
            for status in _UNDER_WAY
            for case in uow.find(Case, kind="application", pack_id=change.from_pack, status=status)
        ]
        return sum(case.id not in change.case_ids for case in rows)
