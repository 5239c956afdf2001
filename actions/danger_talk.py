"""Danger first: whom to call, at once, and a person who is told; no questionnaire (`texts/danger.yml`)."""

from __future__ import annotations

from dataclasses import asdict

from actions import hourwords, plainly
from actions.talk import Talk

DEFAULT_KIND = "other"
SURE = 0.7


def answer(talk: Talk) -> bool:
    """Answer words of suicide, violence, hunger or a house about to fall before anything else."""
    kind = _kind(talk)
    if kind is None:
        return False if talk.with_staff else _go_on_after_danger(talk)
    asks_phone = not talk.draft.person.phone and not talk.with_staff
    talk.say(_plain_help(talk, kind), () if asks_phone or talk.with_staff else talk.buttons("after_danger"))
    _tell_a_person(talk, kind)
    if talk.conv.consent_at is None:
        talk.draft.held.append(talk.message.id)
    else:
        talk.draft.story.append(talk.message.id)
    if talk.with_staff:  # whom to ring is always said; the rest is theirs who speaks here
        return True
    if talk.stage != "handoff":
        talk.draft.paused_asks, talk.draft.paused_stage = talk.asks, talk.stage
    if asks_phone:  # the buttons stand below the last words, where they can be pressed
        talk.say_text("danger.leave_phone", talk.buttons("after_danger"))
    talk.draft.in_danger = True
    talk.wait_for(None, "handoff")
    return True


def _kind(talk: Talk) -> str | None:
    """By its words, or where no known words are, because the act is surely danger: missing one is worse."""
    if talk.heard.danger is not None:
        return talk.heard.danger.kind
    heard = talk.heard
    about_else = heard.intent in {"complaint", "question"} or heard.facts or heard.amounts or talk.pressed is not None
    sure = talk.act == "danger" and talk.confidence >= SURE and not heard.figure_of_speech
    return DEFAULT_KIND if sure and not about_else else None


def _plain_help(talk: Talk, kind: str) -> str:
    contacts = asdict(talk.office.contacts)
    lines = talk.office.texts.get("danger.kinds")
    text = str(lines.get(kind, lines[DEFAULT_KIND])).format(**contacts)
    if contacts["office_phone"]:
        text += talk.words("danger.office_phone", **contacts)
    if not talk.office.hours.is_open(talk.now):
        why = hourwords.why_closed(talk.office.texts, talk.office.hours, talk.now)
        text += talk.words("danger.off_hours", why=why)
    return text


def _tell_a_person(talk: Talk, kind: str) -> None:
    day = talk.office.clock.today().isoformat()
    place = talk.conv.place or "、".join(place.text for place in talk.heard.places)
    text = talk.words(
        f"tasks.danger_{kind}",
        words=talk.text[:500],
        place=place or talk.words("tasks.place_unknown"),
        phone=talk.draft.person.phone or _phone(talk) or talk.words("tasks.phone_unknown"),
    )
    talk.call_a_person("danger", f"{kind}:{day}", text, urgent=True)


def _phone(talk: Talk) -> str | None:
    return talk.heard.phones[0].value if talk.heard.phones else None


def _go_on_after_danger(talk: Talk) -> bool:
    """After a warning: a phone number goes to the person who was told; no questions until the writer goes on."""
    if not talk.draft.in_danger or talk.stage != "handoff":
        return False
    phone = _phone(talk)
    if phone is not None and talk.draft.person.phone is None:
        talk.draft.person.phone = phone
        words = talk.words("tasks.callback", phone=phone, words=talk.text[:300], place=talk.conv.place or "")
        talk.call_a_person("person", str(talk.message.id), words, urgent=True)
        talk.say_text("person.phone_noted", talk.buttons("after_danger"))
        return True
    if _goes_on(talk):
        talk.draft.in_danger = False
        return False
    talk.say_text("danger.stay", talk.buttons("after_danger"), **asdict(talk.office.contacts))
    return True


def _goes_on(talk: Talk) -> bool:
    """The button, a side request, or a story told on: whoever goes on is not held up."""
    if talk.pressed == "resume" or talk.act in {"start_over", "want_person", "check_status", "ask_policy", "complain"}:
        return True
    if plainly.goes_on(talk.office.texts, talk.text):
        talk.pressed = "resume"
        return True
    return bool(talk.heard.facts or talk.heard.hardships or talk.heard.amounts)
