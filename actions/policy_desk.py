"""Questions about policy at the desk (问政策): what the documents say, or a task for a person."""

from __future__ import annotations

from dataclasses import dataclass

from actions import places, rulebook, tasks, taskviews
from actions.office import Office
from actions.refusals import Invalid
from actions.taskviews import TaskLine
from policy_kb import Citation
from storage.models import User

LONGEST = 500  # characters of a question
KIND = "policy_question"  # the task of a question that a person has to answer


@dataclass(frozen=True)
class Source:
    """Where a part of an answer stands: document (official title), its number, the day on it, the clause."""

    pack: str
    document: str
    number: str
    date: str
    clause: str


@dataclass(frozen=True)
class PolicyReply:
    """`answerable` False: the document does not say; `answer` says so and names whom to ask."""

    question: str
    place: str
    answerable: bool
    pack: str
    document: str
    answer: str
    sources: tuple[Source, ...]


def ask(office: Office, text: str, place: str = "") -> PolicyReply:
    """What the documents say to a question; `place` in free text, one named in the question comes first.

    Raises Invalid for an empty or endless question.
    """
    text, place = _checked(text), place.strip()[:LONGEST]
    found = office.library.ask(text, office.clock.today(), place or None)
    pack = office.library.pack(found.pack)
    sources = tuple(source(office, citation) for citation in found.citations)
    return PolicyReply(text, place, found.answerable, pack.id, pack.document, found.answer, sources)


def source(office: Office, citation: Citation) -> Source:
    """The document behind a citation."""
    pack = office.library.pack(citation.pack)
    return Source(pack.id, pack.document, pack.number, pack.date, citation.clause)


def hand_on(office: Office, user: User, text: str, place: str = "", *, nonce: str) -> TaskLine:
    """Give a question to a person: a task at the place where it is asked, else at the area of whoever hands it on.

    `nonce`: the same again opens no second task. Raises Invalid.
    """
    reply = ask(office, text, place)
    with office.db.begin() as uow:
        area = places.resolve_area(uow, reply.place) if reply.place else None
        told = rulebook.say(
            f"tasks.policy_question_{'answered' if reply.answerable else 'open'}",
            question=reply.question, place=reply.place or "—", answer=reply.answer,
        )  # fmt: skip
        task = tasks.open_task(
            office, uow, KIND, key=f"{KIND}:{user.id}:{nonce}", area_id=area.id if area else user.area_id, text=told
        )
        uow.audit.record(f"user:{user.id}", "task.open", f"task:{task.id}")
        line = taskviews.line(office, uow, user, task)
        uow.commit()
        return line


def _checked(text: str) -> str:
    text = text.strip()
    if not text:
        raise Invalid(rulebook.say("refused.text_missing"))
    if len(text) > LONGEST:
        raise Invalid(rulebook.say("refused.text_too_long", limit=LONGEST))
    return text
