"""Review and submission: what we wrote down, the preliminary result, who it is for, and the receipt."""

from __future__ import annotations

from actions import abandoned, cases, differing, hearing, helping, interview, plainly, tasks
from actions.draft import PersonDraft
from actions.idnumbers import read_id_number
from actions.talk import Talk
from actions.wording import clause_details, read_back, result_text
from nlu import Extraction
from storage import models

DETAILS = {"name", "proxy_name", "proxy_consent", "phone"}
NAME_LENGTH = range(2, 5)  # what is longer is a name only where it is announced as one or looks like one


def show(talk: Talk, open_questions: bool = False) -> None:
    """Everything that was written down, to be confirmed or corrected."""
    if talk.draft.reviewed:
        next_detail(talk)
        return
    if open_questions:
        talk.say_text("review.enough")
    text = read_back(talk, list(talk.facts()), "review.list", with_hardships=True)
    if talk.conv.place:
        text += "\n" + talk.words("review.place", place=talk.conv.place)
    choices = talk.buttons("confirm_facts")
    if open_questions:
        choices += talk.buttons("more_questions")
    talk.say(text + "\n" + talk.words("review.is_it_right"), choices)
    talk.wait_for("confirm_facts", "review")


def answer(talk: Talk) -> bool:
    """The answer to whatever the review waits for."""
    handlers = {
        "confirm_facts": _facts_confirmed,
        "name": _take_name,
        "proxy_name": _take_proxy_name,
        "proxy_consent": _take_proxy_consent,
        "phone": _take_phone,
        "id_number": _take_id_number,
        "confirm_submit": _submit_confirmed,
    }
    handler = handlers.get(talk.asks or "")
    if handler is None:
        return False
    if talk.asks in DETAILS and _told_in_between(talk):
        next_detail(talk)
    else:
        handler(talk)
    return True


def _told_in_between(talk: Talk) -> bool:
    """A piece of the story where a name or number was asked for: it is written down, and the question comes again."""
    if talk.pressed is not None or talk.heard.names or talk.heard.phones:
        return False
    if not (talk.heard.facts or talk.heard.hardships):
        return False
    changed = hearing.take_in(talk)
    hearing.keep_words(talk)
    talk.say(read_back(talk, changed, "interview.heard")) if changed else talk.say_text("review.noted")
    return True


def put_again(talk: Talk) -> None:
    """Repeat what the review waits for."""
    if talk.asks == "confirm_facts":
        talk.draft.reviewed = False
        show(talk)
    else:
        next_detail(talk)


# -- the list ----------------------------------------------------------------------------------------------


def _facts_confirmed(talk: Talk) -> None:
    if talk.pressed == "more":
        talk.draft.question_limit = talk.draft.questions + 10
        interview.advance(talk)
        return
    if talk.pressed == "change":
        talk.say_text("review.what_is_wrong")
        return
    changed = [] if talk.pressed else hearing.take_in(talk) or interview.changed_answer(talk)
    if changed:
        talk.say(read_back(talk, changed, "review.changed"))
        interview.advance(talk)
    elif talk.act == "dont_know":
        talk.say_text("review.list_unsure")
        _show_result(talk)
    elif talk.pressed == "yes" or talk.act in {"affirm", "thanks", "apply"} or talk.heard.denial is False:
        _show_result(talk)
    elif talk.act in {"deny", "correct"} or talk.heard.denial is True:
        talk.say_text("review.what_is_wrong")
    else:
        hearing.keep_words(talk)
        talk.say_text("review.noted")
        if talk.draft.tries.get("confirm_facts"):  # asked twice: what is left is settled at the visit
            _show_result(talk)
            return
        talk.draft.tries["confirm_facts"] = 1
        talk.say_text("review.is_it_right", talk.buttons("confirm_facts"))


def _show_result(talk: Talk) -> None:
    """The preliminary result with its clauses, then whatever is still missing about the person."""
    talk.draft.reviewed = True
    assessment = talk.assess()
    talk.say(
        "\n".join(filter(None, (result_text(talk, assessment), helping.sentence(talk, assessment)))),
        (),
        [
            *clause_details(talk, talk.pack, assessment),
            *helping.details(talk, assessment),
            *_what_else(talk, assessment.outcome),
        ],
    )
    next_detail(talk)


def _what_else(talk: Talk, outcome: str) -> list[dict[str, str]]:
    """For whom nothing fits, or a principle stands in the way: what may have been noted wrongly, one tap away."""
    if outcome not in ("not_met", "excluded"):
        return []
    found = talk.office.library.differences(talk.pack, talk.facts(), talk.office.clock.today(), talk.conv.place)
    lines = differing.sentences(talk.office, outcome, found)
    if not lines:
        return []
    return [{"title": talk.words("different.title"), "text": "\n".join([talk.words("different.to_household"), *lines])}]


# -- who it is for -----------------------------------------------------------------------------------------


def next_detail(talk: Talk) -> None:
    """Ask for the next missing detail of the person, then for the final yes."""
    person, skipped = talk.draft.person, talk.draft.skipped
    if person.name is None and "name" not in skipped:
        talk.say_text("review.name_of_other" if person.proxy else "review.name")
        talk.wait_for("name", "review")
    elif person.proxy and person.proxy_name is None and "proxy_name" not in skipped:
        talk.say_text("review.proxy_name")
        talk.wait_for("proxy_name", "review")
    elif person.proxy and person.proxy_consent is None and "proxy_consent" not in skipped:
        talk.say_text("review.proxy_consent", talk.buttons("proxy_consent"), name=person.name or "他（她）")
        talk.wait_for("proxy_consent", "review")
    elif person.phone is None and "phone" not in skipped:
        talk.say_text("review.phone", talk.buttons("no_phone"))
        talk.wait_for("phone", "review")
    elif talk.draft.secure and not person.proxy and person.id_number is None and "id_number" not in skipped:
        talk.say_text("review.id_number", talk.buttons("no_id_number"))
        talk.wait_for("id_number", "review")
    else:
        talk.say_text("review.submit", talk.buttons("confirm_submit"))
        talk.wait_for("confirm_submit", "review")


def read_name(heard: Extraction, text: str, unusual: bool = True) -> str | None:
    """A name from its cue, or a short bare answer that can be one (`unusual`: also with no known surname)."""
    if heard.names:
        return heard.names[0].text
    if heard.places or heard.phones or not unusual:
        return None
    bare = text.strip(" 。.，,！!")
    digits = any(ch.isdigit() for ch in bare)
    return bare if len(bare) in NAME_LENGTH and not digits and "？" not in bare and "?" not in bare else None


def _unwilling(talk: Talk) -> bool:
    return talk.pressed in {"no_phone", "no_id_number", "dont_know"} or talk.act in {"deny", "dont_know"}


def _take_name(talk: Talk) -> None:
    _take_somebody(talk, "name")


def _take_proxy_name(talk: Talk) -> None:
    _take_somebody(talk, "proxy_name")


def _take_somebody(talk: Talk, key: str) -> None:
    """A name; who would rather not say is not asked twice, and a name with no known surname is taken when repeated."""
    if _unwilling(talk) and not talk.heard.names:
        talk.draft.skipped.append(key)
        next_detail(talk)
    else:
        _set_or_skip(talk, key, read_name(talk.heard, talk.text, unusual=bool(talk.draft.tries.get(key))))


def _set_or_skip(talk: Talk, key: str, value: str | None) -> None:
    """Keep the answer; without one ask once more, then go on without it: it is settled at the visit."""
    person: PersonDraft = talk.draft.person
    if value is not None:
        setattr(person, key, value)
        if key == "name" and talk.heard.phones and not person.phone:
            person.phone = talk.heard.phones[0].value
    elif talk.draft.tries.get(key, 0) == 0:
        talk.draft.tries[key] = 1
        talk.say_text(f"review.{key}_again", talk.buttons("no_phone") if key == "phone" else ())
        return
    else:
        talk.draft.skipped.append(key)
    next_detail(talk)


def _take_proxy_consent(talk: Talk) -> None:
    if talk.decided == "yes" or (talk.decided is None and plainly.they_know(talk.office.texts, talk.text)):
        talk.draft.person.proxy_consent = True
    elif talk.decided == "no":
        talk.draft.person.proxy_consent = False
        talk.say_text("review.proxy_without_consent")
    else:
        talk.draft.skipped.append("proxy_consent")
    next_detail(talk)


def _take_phone(talk: Talk) -> None:
    if talk.heard.phones:
        talk.draft.person.phone = talk.heard.phones[0].value
        next_detail(talk)
    elif _unwilling(talk):
        talk.draft.skipped.append("phone")
        talk.say_text("review.without_phone")
        next_detail(talk)
    else:
        _set_or_skip(talk, "phone", None)


def _take_id_number(talk: Talk) -> None:
    """Checked by its last character; it is kept sealed and never said back."""
    number = read_id_number(talk.heard.id_numbers[0].value if talk.heard.id_numbers else talk.text)
    if number is not None:
        talk.draft.person.id_number = number
        talk.say_text("review.id_number_noted")
    elif _unwilling(talk) or talk.draft.tries.get("id_number"):
        talk.draft.skipped.append("id_number")
    else:
        talk.draft.tries["id_number"] = 1
        talk.say_text("review.id_number_again", talk.buttons("no_id_number"))
        return
    next_detail(talk)


# -- submission --------------------------------------------------------------------------------------------


def _submit_confirmed(talk: Talk) -> None:
    if talk.pressed == "not_yet" or talk.decided == "no":
        talk.say_text("review.not_yet", talk.buttons("submit_later"))
        return
    if talk.pressed == "change" or (talk.act == "correct" and not talk.heard.facts and not talk.heard.phones):
        talk.draft.reviewed = False
        talk.say_text("review.what_is_wrong")
        talk.wait_for("confirm_facts", "review")
        return
    changed = [] if talk.pressed else hearing.take_in(talk)
    if changed:
        talk.say(read_back(talk, changed, "review.changed"))
        talk.draft.reviewed = False
        interview.advance(talk)
    elif talk.heard.phones and talk.pressed is None:
        talk.draft.person.phone = talk.heard.phones[0].value
        talk.say_text("review.phone_noted")
        next_detail(talk)
    elif talk.decided == "yes":
        submit(talk)
    elif talk.act == "dont_know" or talk.draft.tries.get("confirm_submit"):
        talk.say_text("review.not_yet", talk.buttons("submit_later"))
    else:
        talk.draft.tries["confirm_submit"] = 1
        talk.say_text("review.submit_unclear", talk.buttons("confirm_submit"))


def submit(talk: Talk) -> None:
    """Open the case; the receipt and what happens next, and by when."""
    draft = talk.draft
    case = cases.open_application(
        talk.office,
        talk.uow,
        conversation=talk.conv,
        pack=talk.pack,
        facts=talk.fact_rows(),
        assessment=talk.assess(),
        person=cases.Person(
            name=draft.person.name,
            phone=draft.person.phone,
            proxy_name=draft.person.proxy_name,
            proxy_relation=draft.person.proxy_relation if draft.person.proxy else None,
            proxy_consent=draft.person.proxy_consent,
            id_number=draft.person.id_number,
        ),
        place=talk.conv.place,
        area_id=talk.conv.area_id,
        own_words=own_words(talk),
        matter=draft.matter,
        hardships=draft.hardships,
    )
    if cases.was_continued(case, talk.conv, draft.matter):
        _went_into(talk, case)
        return
    finish(talk, case.receipt)
    progress = cases.progress(talk.office, talk.uow, case)
    talk.say_text("review.submitted" if case.phone else "review.submitted_without_phone", receipt=case.receipt)
    talk.say("\n".join([talk.words("review.what_next"), *progress.lines]))


def _went_into(talk: Talk, case: models.Case) -> None:
    """The household has an application under way: its receipt is said to whom the case is shown to belong; a stranger
    learns nothing of it, not even that it is there."""
    known = [*talk.draft.shown, *talk.draft.receipts]
    if cases.proven(talk.uow, case, talk.conv, id_number=talk.draft.person.id_number, receipts=known):
        finish(talk, case.receipt)
        progress = cases.progress(talk.office, talk.uow, case)
        talk.say_text("review.continued", receipt=case.receipt)
        talk.say("\n".join([talk.words("review.what_next"), *progress.lines]))
        return
    talk.draft.joined = case.receipt
    talk.say_text("review.handed_on", talk.buttons("person"))
    talk.wait_for(None, "submitted")


def finish(talk: Talk, receipt: str) -> None:
    """The matter is submitted: later words are added to it, another matter starts afresh."""
    if receipt not in talk.draft.receipts:
        talk.draft.receipts.append(receipt)
    talk.draft.receipt, talk.draft.joined = receipt, None
    tasks.no_longer_needed(talk.office, talk.uow, talk.conv.id, abandoned.KIND)
    talk.wait_for(None, "submitted")


def own_words(talk: Talk) -> str:
    """What the household said in this matter, in its own words, oldest first."""
    texts = [row.text for n in dict.fromkeys(talk.draft.story) if (row := talk.uow.inbox.get(n)) is not None]
    return "\n".join(texts)
