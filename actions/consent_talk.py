"""Consent before anything is worked on: a story told earlier is held, worked on after consent, deleted on refusal."""

from __future__ import annotations

from actions import interview, media, person_talk, question_talk, status_talk
from actions.talk import Talk

CONSENT_VERSION = "1"
TELLS_NOTHING = {"greet", "apply", "thanks", "start_over", "affirm", "deny", "dont_know", "ask_why"}


def answer(talk: Talk) -> bool:
    """Everything that is said before the writer has agreed."""
    if talk.conv.consent_at is not None:
        return False
    if talk.asks == "consent" and talk.decided == "yes":
        _agree(talk)
    elif talk.asks == "consent" and talk.decided == "no":
        _refuse(talk)
    elif talk.act == "want_person" and not talk.heard.hardships:
        person_talk.request(talk)
    elif talk.stage == "handoff":
        person_talk.answer_pending(talk)
    elif talk.asks == "receipt" or talk.receipt or (talk.act == "check_status" and not talk.heard.hardships):
        status_talk.look_up(talk)
    elif question_talk.is_question(talk):
        question_talk.reply(talk)
        if talk.asks == "consent":
            _ask(talk, "consent.again")
        else:
            talk.say_text("consent.after_question", talk.buttons("begin"))
            talk.wait_for(None, "question")
    else:
        _hold(talk)
    return True


def after_handoff(talk: Talk, quiet: bool) -> None:
    """Coming back from a side matter before consent was given."""
    if not quiet and talk.act not in TELLS_NOTHING and talk.pressed is None:
        talk.draft.held.append(talk.message.id)
    _ask(talk, "consent.again" if talk.draft.held else "consent.first")


def _hold(talk: Talk) -> None:
    told = talk.act not in TELLS_NOTHING and talk.pressed is None
    told = told or bool(talk.heard.hardships or talk.heard.amounts or talk.heard.facts)
    if told:
        talk.draft.held.append(talk.message.id)
    first = talk.asks != "consent"
    _ask(talk, "consent.first" if first else "consent.again", held=told)


def _ask(talk: Talk, key: str, held: bool = False) -> None:
    opening = talk.words("consent.heard") if held and key == "consent.first" else ""
    talk.say(opening + talk.words(key), talk.buttons("consent"))
    talk.wait_for("consent", "consent")


def _agree(talk: Talk) -> None:
    talk.conv.consent_at = talk.now
    talk.conv.consent_version = CONSENT_VERSION
    held, talk.draft.held = talk.draft.held, []
    interview.begin(talk, held)


def _refuse(talk: Talk) -> None:
    """What was held is deleted; the person may still come back, call or visit."""
    for inbound_id in [*talk.draft.held, talk.message.id]:
        row = talk.uow.inbox.get(inbound_id)
        if row is not None and inbound_id != talk.message.id:
            row.text = ""
            row.status = "deleted"
    media.forget(talk.uow, talk.conv.id)
    talk.draft = talk.draft.model_copy(update={"held": [], "paused_asks": None, "paused_stage": None})
    talk.say_text("consent.refused", hotline=talk.office.contacts.hotline)
    talk.wait_for(None, "opening")
