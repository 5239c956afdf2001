"""Side requests that are possible at any time: begin anew, a person, progress, withdraw, a complaint in between."""

from __future__ import annotations

from collections.abc import Callable

from actions import complaint_talk, interview, person_talk, plainly, status_talk
from actions.talk import Talk


def answer(talk: Talk) -> bool:
    """Answer a side request; a message that answers the pending question is none."""
    if talk.pressed == "person":
        person_talk.request(talk)
        return True
    if talk.pressed == "begin":
        interview.advance(talk)
        return True
    if talk.pressed is not None:
        return False
    if talk.command is None and _answers_pending(talk):
        return False
    if talk.receipt and talk.act in {"inform", "nlu_fallback"}:
        status_talk.look_up(talk)
        return True
    handler = REQUESTS.get(talk.act)
    return handler(talk) if handler is not None else False


def _answers_pending(talk: Talk) -> bool:
    if talk.is_fact(talk.asks):
        return talk.asks in talk.heard.facts
    if talk.asks == "phone":
        return bool(talk.heard.phones)
    if talk.asks == "confirm_submit":
        return plainly.after_all(talk.office.texts, talk.text)
    return False


def _start_over(talk: Talk) -> bool:
    talk.forget_facts()
    talk.draft = talk.draft.next_matter()
    talk.conv.place = None
    talk.conv.area_id = None
    talk.conv.pack_id = None
    talk.uow.flush()
    talk.say_text("interview.start_over")
    talk.wait_for("problem", "interview")
    return True


def _person(talk: Talk) -> bool:
    person_talk.request(talk)
    return True


def _status(talk: Talk) -> bool:
    status_talk.look_up(talk)
    return True


def _withdraw(talk: Talk) -> bool:
    return status_talk.ask_withdraw(talk)


def _complain(talk: Talk) -> bool:
    return complaint_talk.interrupt(talk)


def _on_behalf(talk: Talk) -> bool:
    """Applying for somebody else: after a submitted case it is a matter of its own."""
    if talk.stage in {"submitted", "question", "opening"} and talk.draft.handed_in:
        _new_matter(talk)
    talk.draft.person.proxy = True
    if talk.heard.proxy is not None:
        talk.draft.person.proxy_relation = talk.heard.proxy.relation
    return False


def _apply(talk: Talk) -> bool:
    if talk.stage == "submitted" and talk.draft.handed_in:
        _new_matter(talk)
        talk.say_text("interview.new_matter")
        if talk.heard.hardships or talk.heard.facts:
            return False
        talk.say_text("interview.problem")
        talk.wait_for("problem", "interview")
        return True
    return False


def _new_matter(talk: Talk) -> None:
    talk.forget_facts()
    talk.draft = talk.draft.next_matter()
    talk.uow.flush()
    talk.wait_for(None, "interview")


REQUESTS: dict[str, Callable[[Talk], bool]] = {
    "start_over": _start_over,
    "want_person": _person,
    "check_status": _status,
    "withdraw": _withdraw,
    "complain": _complain,
    "on_behalf": _on_behalf,
    "apply": _apply,
    "go_on": interview.go_on,
    "rest": interview.rest,
}
