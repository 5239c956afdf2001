"""Complaints (反映、投诉): a case of its own kind that goes past the person and the level complained about.

The way is data (`rules/complaints.yml`): village complained about → the town acts; town → the county; the county →
the level above where the area table has one, else the administrators' queue. It may be told without a name.
"""

from __future__ import annotations

from actions import casefile, cases, places, procedure, routing, rulebook, tasks
from actions.cases import Person
from actions.office import Office
from policy_kb import Pack
from storage import UnitOfWork
from storage.models import Area, Case, Conversation, User


def open_complaint(
    office: Office,
    uow: UnitOfWork,
    *,
    conversation: Conversation,
    topic: str,
    own_words: str,
    person: Person,
    against: str | None,
    against_level: str | None,
    place: str | None,
    area_id: int | None,
    pack: Pack,
    matter: int = 1,
) -> Case:
    """Open the complaint of this matter of the conversation, or return the one that is open already."""
    book = rulebook.complaint_book()
    topic = topic if topic in book.topics else "other"
    level = routing.level_of({"against_level": against_level, "topic": topic})
    home = uow.get(Area, area_id) if area_id is not None else None
    bypassed = _exactly(uow, home, level)
    acting_level, acting = routing.beyond(uow, home, level)
    named = _named_users(uow, f"{against or ''}{own_words}")
    case, new = cases.store_new(
        office,
        uow,
        Case(
            receipt="",
            kind="complaint",
            conversation_id=conversation.id,
            dedup_key=f"complaint:{conversation.id}:{matter}",
            pack_id=pack.id,
            pack_version=str(pack.version),
            pack_hash=pack.hash,
            place=place,
            area_id=area_id,
            routed_area_id=acting.id if acting is not None else None,
            bypassed_area_id=bypassed.id if bypassed is not None else None,
            complaint_topic=topic,
            own_words=own_words,
            details={
                "against": against,
                "against_level": level,
                "level_assumed": against_level not in book.past,
                "against_users": named,
                "acting_level": acting_level,
            },
            opened_at=office.clock.now(),
            discovered_on=office.clock.today(),
        ),
        person,
    )
    tasks.lift(uow, conversation.id)
    if not new:
        return case
    _write_history(office, uow, case, level, acting)
    procedure.plan(office, uow, case)
    casefile.begin_steps(office, uow, case, case.discovered_on, announce="new_complaint")
    if routing.responsible(uow, case, acting_level).area is None:
        _to_queue(office, uow, case, above_county=book.past.get(level) is None)
    uow.audit.record("conversation", "case.open", f"case:{case.id}", kind=case.kind)
    uow.flush()
    return case


def place(office: Office, uow: UnitOfWork, case: Case, area: Area) -> None:
    """The place has become known: the complaint goes past the level complained about there."""
    level = case.details["against_level"]
    acting_level, acting = routing.beyond(uow, area, level)
    bypassed = _exactly(uow, area, level)
    case.area_id = area.id
    case.routed_area_id = acting.id if acting is not None else None
    case.bypassed_area_id = bypassed.id if bypassed is not None else None
    case.details = {**case.details, "acting_level": acting_level}
    for row in procedure.steps(uow, case):
        row.level = acting_level
    uow.flush()


def _exactly(uow: UnitOfWork, home: Area | None, level: str) -> Area | None:
    """The area complained about, where the place is known that closely."""
    return next((area for area in places.chain(uow, home) if area.level == level), None)


def _named_users(uow: UnitOfWork, against: str) -> list[int]:
    """Colleagues whom the complaint names: they never see it, wherever they sit."""
    return [user.id for user in uow.find(User) if routing.is_named(user, against)]


def _write_history(office: Office, uow: UnitOfWork, case: Case, level: str, acting: Area | None) -> None:
    casefile.note(office, uow, case, "opened", rulebook.say("history.opened_complaint"), public=True)
    levels = rulebook.words().get("notices.levels")
    if acting is None:
        text = rulebook.say("history.county_queue" if level == "county" else "history.unplaced")
    else:
        text = rulebook.say("history.bypassed", level=levels[level], acting=levels[acting.level])
    casefile.note(office, uow, case, "bypassed", text)


def _to_queue(office: Office, uow: UnitOfWork, case: Case, above_county: bool) -> None:
    """Nobody acts: administrators (and, where it is not about them, the county) decide who does."""
    kind = "complaint_county" if above_county else "unplaced"
    tasks.open_task(
        office,
        uow,
        kind,
        key=f"{kind}:{case.id}",
        area_id=case.routed_area_id,
        case_id=case.id,
        conversation_id=case.conversation_id,
        text=rulebook.say(f"tasks.{kind}", receipt=case.receipt),
    )
