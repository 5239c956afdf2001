"""Asking for a person: it becomes a call-back task, and the interview can go on afterwards."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from actions import complaint_talk, hourwords, interview, plainly, routing, taskhold, tasks
from actions.appointments import offered
from actions.talk import Saying, Talk
from storage.models import Task

NUMBER = re.compile(r"\d")


def answer_while_human(talk: Talk) -> bool:
    """While a member of staff holds the conversation, the machine keeps what is said and stays out of the way."""
    if not talk.conv.human:
        return False
    if not talk.with_staff:
        nobody_there(talk)
        return False
    if complaint_talk.blames_an_office(talk) and not _holder_is_admin(talk):
        talk.say_text("person.not_past_them")
        _take_back(talk)
        return False
    _keep_for_the_case(talk)
    if not talk.draft.staff_told:
        talk.draft.staff_told = True
        talk.say_text("person.with_staff")
    return True


def _keep_for_the_case(talk: Talk) -> None:
    """What tells of the trouble belongs to the case's own words, whoever was listening."""
    heard = talk.office.extractor.extract(talk.text)  # not an answer to what the assistant had asked
    if not (heard.hardships or heard.facts or heard.amounts):
        return
    kept = talk.draft.story if talk.conv.consent_at is not None else talk.draft.held
    if talk.draft.receipt is None or talk.draft.kind is not None:
        kept.append(talk.message.id)


def nobody_there(talk: Talk) -> None:
    """The member of staff gave no sign of life: said honestly, the task is open again, the assistant goes on."""
    if talk.draft.in_danger:
        contacts = talk.office.contacts
        talk.say_text("person.nobody_there_danger", police=contacts.police, crisis_line=contacts.crisis_line)
    else:
        going_on = talk.asks is not None or talk.draft.paused_asks is not None
        talk.say_text("person.nobody_there" if going_on else "person.nobody_there_free")
    _take_back(talk)


def _take_back(talk: Talk) -> None:
    taskhold.reopen_after(talk.office, talk.uow, talk.conv, talk.conv.human_by)
    taskhold.let_go(talk.conv)
    talk.draft.staff_told = False


def _holder_is_admin(talk: Talk) -> bool:
    holder = talk.uow.users.get(talk.conv.human_by) if talk.conv.human_by is not None else None
    return holder is not None and holder.role == routing.ADMIN


def request(talk: Talk) -> None:
    """Open a call-back task; ask for a phone number only when we have none."""
    remember_pause(talk)
    _open_callback(talk)
    office, later = _office_phone(talk), _off_hours(talk, "off_hours")
    if not talk.draft.person.phone:
        _ask_phone(talk, office, later)
        return
    talk.wait_for(None, "handoff")
    if _in_danger(talk):
        police = talk.office.contacts.police
        talk.say_text("person.urgent_call", talk.buttons("resume"), police=police, office=office)
    elif later is not None:
        talk.say(later + office)
        _offer_slots(talk)
    else:
        talk.say_text("person.will_call", talk.buttons("resume"), hours=_hours(talk), office=office)


def _ask_phone(talk: Talk, office: str, later: str | None) -> None:
    buttons = talk.buttons("no_phone")
    if _in_danger(talk):
        talk.say_text("person.urgent_ask_phone", buttons, office=office)
    elif later is not None:
        talk.say_text("person.ask_phone_later", buttons, off_hours=later, office=office)
    else:
        talk.say_text("person.ask_phone", buttons, hours=_hours(talk), office=office)
    talk.wait_for("phone", "handoff")


def _office_phone(talk: Talk) -> str:
    phone = talk.office.contacts.office_phone
    return talk.words("person.office_phone", phone=phone) if phone else ""


def _in_danger(talk: Talk) -> bool:
    """Danger was told and nobody has dealt with it yet: nothing about it waits for office hours."""
    return talk.draft.in_danger or bool(talk.uow.tasks.open_in(talk.conv.id, "danger"))


def _hours(talk: Talk) -> str:
    usual = hourwords.usual(talk.office.texts, talk.office.hours)
    return talk.office.contacts.office_hours or usual or talk.words("person.default_hours")


def _off_hours(talk: Talk, key: str) -> str | None:
    """«现在下班了，明天上午8点半以后给您回电话», or None while somebody is there. Danger is never put off."""
    office = talk.office
    if office.hours.is_open(talk.now) or _in_danger(talk):
        return None
    opens = office.hours.next_opening(talk.now)
    if opens is None:
        return talk.words("person.off_hours_unknown")
    why = hourwords.why_closed(office.texts, office.hours, talk.now)
    return talk.words(f"person.{key}", why=why, when=hourwords.after(office.texts, opens, talk.now))


def _offer_slots(talk: Talk) -> None:
    """Two or three times to choose from, as buttons; whoever chooses none is rung when the office opens."""
    slots = offered(talk.office, talk.now)
    talk.draft.slots = {slot.words: slot.begins.isoformat() for slot in slots}
    choices = [(slot.words, "slot") for slot in slots]
    talk.say_text("person.choose_slot", [*choices, *talk.buttons("any_time")])


def answer_pending(talk: Talk) -> bool:
    """In hand-off: take the phone number, or go back to where the interview stood."""
    if talk.stage != "handoff":
        return False
    if talk.asks == "phone":
        return _take_phone(talk)
    if talk.draft.slots and _take_slot(talk):
        return True
    resume(talk)
    return True


def answer_about_callback(talk: Talk) -> bool:
    """«下午三点以后打»: a word for whoever will call goes to them, and nothing else becomes of it."""
    waits_for_call = talk.stage == "handoff" and talk.asks is None and not talk.draft.in_danger and not talk.draft.slots
    if not waits_for_call or talk.pressed is not None or talk.command is not None:
        return False
    if talk.heard.facts or talk.heard.hardships or not plainly.about_callback(talk.office.texts, talk.text):
        return False
    _open_callback(talk)
    talk.say_text("person.passed_on", talk.buttons("resume"))
    return True


def _take_slot(talk: Talk) -> bool:
    """The time that was chosen, by its button or by its day and part («明天下午»); False for anything else."""
    slots, talk.draft.slots = talk.draft.slots, {}
    chosen = slots.get(talk.text) or _named_slot(talk.text, slots)
    if chosen is not None:
        words = next(shown for shown, moment in slots.items() if moment == chosen)
        task = _open_callback(talk, keep_words=True)
        task.due_at = datetime.fromisoformat(chosen).astimezone(UTC)
        talk.say_text("person.slot_taken", slot=words)
    elif talk.pressed == "any_time":
        talk.say_text("person.any_time")
    else:
        return False
    resume(talk, quiet=True)
    return True


def _named_slot(text: str, slots: dict[str, str]) -> str | None:
    """A typed «明天下午» means the one time offered that begins so."""
    said = plainly.bare(text)
    named = [moment for shown, moment in slots.items() if NUMBER.split(shown)[0] in said]
    return named[0] if len(named) == 1 else None


def _take_phone(talk: Talk) -> bool:
    if talk.heard.phones:
        talk.draft.person.phone = talk.heard.phones[0].value
        _open_callback(talk, keep_words=True)
        if _in_danger(talk):
            talk.say_text("person.urgent_noted", police=talk.office.contacts.police)
        else:
            talk.say_text("person.phone_noted")
        if _off_hours(talk, "off_hours") is not None:
            talk.wait_for(None, "handoff")
            _offer_slots(talk)
            return True
        resume(talk, quiet=True)
        return True
    if talk.pressed == "no_phone" or talk.act in {"deny", "dont_know"}:
        talk.say(_off_hours(talk, "off_hours_chat") or talk.words("person.no_phone"))
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
        _ask_consent_again(talk, quiet)
        return
    if quiet or talk.pressed == "resume" or talk.act in {"affirm", "thanks", "greet"}:
        interview.put_pending_again(talk)
        return
    interview.answer(talk)


def go_on(talk: Talk) -> None:
    """A member of staff has ended the conversation: exactly where the interview stood, with its question."""
    talk.draft.in_danger = talk.draft.staff_told = False
    before = len(talk.said)
    take_up(talk)
    key = "person.goes_on" if len(talk.said) > before else "person.goes_on_free"
    talk.said.insert(before, Saying(talk.words(key), [], []))


def take_up(talk: Talk) -> None:
    """Put the question again that was pending before a person took over; nothing where none was."""
    if talk.stage == "handoff":
        resume(talk, quiet=True)
    elif talk.conv.consent_at is not None:
        interview.put_pending_again(talk)
    elif talk.asks == "consent":
        _ask_consent_again(talk)


def _ask_consent_again(talk: Talk, quiet: bool = True) -> None:
    from actions import consent_talk

    consent_talk.after_handoff(talk, quiet=quiet)


def _open_callback(talk: Talk, *, keep_words: bool = False) -> Task:
    """The task to ring; `keep_words`: this message only adds a number or a time, the words of the request stay."""
    draft = talk.draft
    if not keep_words:
        draft.asked_with = talk.text[:300]
        if draft.unanswered is not None:  # what they want to know, not only that they pressed a button
            draft.asked_with = talk.words("tasks.with_question", words=talk.text[:100], question=draft.unanswered)
            draft.unanswered = None
    words = talk.words(
        "tasks.callback",
        phone=draft.person.phone or talk.words("tasks.phone_unknown"),
        words=draft.asked_with or talk.text[:300],
        place=talk.conv.place or talk.words("tasks.place_unknown"),
    )
    key, urgent = str(talk.message.id), _in_danger(talk)
    return tasks.ask_for_person(talk.office, talk.uow, talk.conv, words, key=key, urgent=urgent)
