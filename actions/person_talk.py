"""Asking for a person: it becomes a call-back task, and the interview can go on afterwards."""

from __future__ import annotations

from actions import interview, plainly
from actions.talk import Talk


def answer_while_human(talk: Talk) -> bool:
    """While a member of staff holds the conversation, the machine keeps what is said and stays out of the way."""
    if not talk.conv.human:
        return False
    if talk.act == "want_person" or not talk.said:
        talk.say_text("person.with_staff")
    return True


def request(talk: Talk) -> None:
    """Open a call-back task; ask for a phone number only when we have none."""
    remember_pause(talk)
    _open_callback(talk)
    hours = talk.office.contacts.office_hours or talk.words("person.default_hours")
    phone_line = (
        talk.words("person.office_phone", phone=talk.office.contacts.office_phone)
        if (talk.office.contacts.office_phone)
        else ""
    )
    if talk.draft.person.phone:
        talk.say_text("person.will_call", talk.buttons("resume"), hours=hours, office=phone_line)
        talk.wait_for(None, "handoff")
    else:
        talk.say_text("person.ask_phone", talk.buttons("no_phone"), hours=hours, office=phone_line)
        talk.wait_for("phone", "handoff")


def answer_pending(talk: Talk) -> bool:
    """In hand-off: take the phone number, or go back to where the interview stood."""
    if talk.stage != "handoff":
        return False
    if talk.asks == "phone":
        return _take_phone(talk)
    resume(talk)
    return True


def answer_about_callback(talk: Talk) -> bool:
    """«下午三点以后打»: a word for whoever will call goes to them, and nothing else becomes of it."""
    waits_for_call = talk.stage == "handoff" and talk.asks is None and not talk.draft.in_danger
    if not waits_for_call or talk.pressed is not None or talk.command is not None:
        return False
    if talk.heard.facts or talk.heard.hardships or not plainly.about_callback(talk.office.texts, talk.text):
        return False
    _open_callback(talk, str(talk.message.id))
    talk.say_text("person.passed_on", talk.buttons("resume"))
    return True


def _take_phone(talk: Talk) -> bool:
    if talk.heard.phones:
        talk.draft.person.phone = talk.heard.phones[0].value
        _open_callback(talk)
        talk.say_text("person.phone_noted")
        resume(talk, quiet=True)
        return True
    if talk.pressed == "no_phone" or talk.act in {"deny", "dont_know"}:
        talk.say_text("person.no_phone")
        resume(talk, quiet=True)
        return True
    if talk.draft.tries.get("callback_phone", 0) == 0 and not talk.heard.facts:
        talk.draft.tries["callback_phone"] = 1
        talk.say_text("person.phone_unreadable", talk.buttons("no_phone"))
        return True
    resume(talk)
    return True


def remember_pause(talk: Talk) -> None:
    if talk.stage != "handoff":
        talk.draft.paused_asks, talk.draft.paused_stage = talk.asks, talk.stage


def resume(talk: Talk, quiet: bool = False) -> None:
    """Back to the interview: what was said now counts as an ordinary message unless `quiet`."""
    paused_asks, paused_stage = talk.draft.paused_asks, talk.draft.paused_stage or "opening"
    talk.draft.paused_asks = talk.draft.paused_stage = None
    talk.wait_for(paused_asks, paused_stage)
    if talk.conv.consent_at is None:
        from actions import consent_talk

        consent_talk.after_handoff(talk, quiet=quiet)
        return
    if quiet or talk.pressed == "resume" or talk.act in {"affirm", "thanks", "greet"}:
        interview.put_pending_again(talk)
        return
    interview.answer(talk)


def _open_callback(talk: Talk, more: str = "") -> None:
    phone = talk.draft.person.phone
    words = talk.words(
        "tasks.callback",
        phone=phone or talk.words("tasks.phone_unknown"),
        words=talk.text[:300],
        place=talk.conv.place or talk.words("tasks.place_unknown"),
    )
    talk.call_a_person("person", f"{talk.office.clock.today()}:{'phone' if phone else 'chat'}{more}", words)
