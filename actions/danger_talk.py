"""Danger first: whom to call, at once, and a person who is told; no questionnaire (`texts/danger.yml`)."""

from __future__ import annotations

from dataclasses import asdict

from actions.talk import Talk

DEFAULT_KIND = "other"


def answer(talk: Talk) -> bool:
    """Answer words of suicide, violence, hunger or a house about to fall before anything else."""
    if talk.heard.danger is None:
        return _go_on_after_danger(talk)
    kind = talk.heard.danger.kind
    talk.say(_plain_help(talk, kind), talk.buttons("after_danger"))
    _tell_a_person(talk, kind)
    if talk.stage != "handoff":
        talk.draft.paused_asks, talk.draft.paused_stage = talk.asks, talk.stage
    if not talk.draft.person.phone:
        talk.say_text("danger.leave_phone")
    if talk.conv.consent_at is None:
        talk.draft.held.append(talk.message.id)
    else:
        talk.draft.story.append(talk.message.id)
    talk.wait_for(None, "handoff")
    return True


def _plain_help(talk: Talk, kind: str) -> str:
    contacts = asdict(talk.office.contacts)
    lines = talk.office.texts.get("danger.kinds")
    text = str(lines.get(kind, lines[DEFAULT_KIND])).format(**contacts)
    if contacts["office_phone"]:
        text += talk.words("danger.office_phone", **contacts)
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
    """A phone number or place sent after the warning goes to the person who was told."""
    if talk.stage != "handoff" or talk.asks is not None or talk.pressed == "resume":
        return False
    phone = _phone(talk)
    if phone is None or talk.draft.person.phone:
        return False
    talk.draft.person.phone = phone
    talk.call_a_person(
        "person",
        str(talk.message.id),
        talk.words("tasks.callback", phone=phone, words=talk.text[:300], place=talk.conv.place or ""),
        urgent=True,
    )
    talk.say_text("person.phone_noted", talk.buttons("after_danger"))
    return True
