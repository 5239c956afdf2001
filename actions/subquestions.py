"""Sub-questions: a fact that nobody can answer in one breath is asked piece by piece (facts table, `sub_questions`)."""

from __future__ import annotations

from collections.abc import Mapping

from actions import hearing, interview
from actions.talk import Talk
from policy_kb import FactSpec


def begin(talk: Talk, fact_id: str) -> bool:
    """Start the sub-questions of a fact, once; False when it has none or they were asked already."""
    if talk.draft.part is not None or not talk.spec(fact_id).sub_questions or f"parts:{fact_id}" in talk.draft.asked:
        return _skip_part(talk, fact_id)
    talk.draft.asked.append(f"parts:{fact_id}")
    talk.draft.part = 0
    talk.draft.parts = {}
    talk.say_text("interview.piece_by_piece")
    put(talk, fact_id)
    return True


def _skip_part(talk: Talk, fact_id: str) -> bool:
    """ "Don't know" to one piece leaves that piece open and goes on with the next."""
    if talk.draft.part is None:
        return False
    _next(talk, fact_id, None)
    return True


def put(talk: Talk, fact_id: str) -> None:
    """Ask the piece that is out; each counts as a question."""
    part = talk.spec(fact_id).sub_questions[talk.draft.part or 0]
    titles = [(button.title, "value") for button in part.buttons]
    talk.say(part.question, [*titles, *talk.buttons("dont_know")])
    talk.wait_for(fact_id, "interview")


def take(talk: Talk, fact_id: str) -> None:
    """Read the answer to the piece that is out; what cannot be read is asked once more, then left open."""
    part = talk.spec(fact_id).sub_questions[talk.draft.part or 0]
    fitting = [b for b in part.buttons if b.title == talk.text] or [
        b for b in part.buttons if len(talk.text) >= 2 and (b.title in talk.text or talk.text in b.title)
    ]
    changed = hearing.take_in(talk)
    if fact_id in changed:
        interview.advance(talk)
        return
    key = f"{fact_id}:{part.id}"
    if len(fitting) != 1 and key not in talk.draft.tries:
        talk.draft.tries[key] = 1
        talk.say_text("interview.pick_button")
        put(talk, fact_id)
        return
    if len(fitting) == 1 and fitting[0].also:
        talk.state_facts(fitting[0].also)
    _next(talk, fact_id, fitting[0].value if len(fitting) == 1 else None)


def _next(talk: Talk, fact_id: str, value: object | None) -> None:
    spec = talk.spec(fact_id)
    index = talk.draft.part or 0
    if value is not None:
        talk.draft.parts[spec.sub_questions[index].id] = value
    if index + 1 < len(spec.sub_questions):
        talk.draft.part = index + 1
        talk.draft.questions += 1
        put(talk, fact_id)
        return
    combined = gravest(spec, talk.draft.parts)
    talk.draft.part = None
    if combined is None:
        interview.leave_open(talk, fact_id)
    else:
        talk.state_facts({fact_id: combined})
    interview.advance(talk)


def gravest(spec: FactSpec, parts: Mapping[str, object]) -> object | None:
    """The gravest answer wins; with a piece unanswered only the gravest possible one is certain."""
    order: list[object] = list(spec.type.values) if spec.type.kind == "enum" else [False, True]
    known = [value for value in parts.values() if value in order]
    worst = max(known, key=order.index, default=None)
    if worst == order[-1] or len(known) == len(spec.sub_questions):
        return worst
    return None
