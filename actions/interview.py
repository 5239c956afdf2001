"""The interview: take in what was said, say it back, ask only what can still change the verdict."""

from __future__ import annotations

import re

from actions import complaint_talk, hearing, plainly, review_talk, subquestions
from actions.talk import Talk
from actions.wording import read_back

CHINESE = re.compile("[㐀-鿿]")
TELLING_TITLE = 4  # code points: «是的» and «没有» are buttons of many questions
MAX_TRIES = 2  # a question not understood so often is left to the visit


def begin(talk: Talk, held: list[int]) -> None:
    """Start a matter: work on what was told before consent, or ask what the trouble is."""
    talk.say_text("consent.thanks")
    for inbound_id in held:
        row = talk.uow.inbox.get(inbound_id)
        if row is not None:
            _take_in_held(talk, inbound_id, row.text)
    if talk.draft.kind == "complaint":
        complaint_talk.go_on(talk)
        return
    if talk.draft.story:
        say_what_was_understood(talk)
    advance(talk)


def _take_in_held(talk: Talk, inbound_id: int, text: str) -> None:
    now_message, now_text, now_act = talk.message, talk.text, talk.act
    row = talk.uow.inbox.get(inbound_id)
    assert row is not None
    talk.message, talk.text, talk.act = row, text.strip(), row.act or "inform"
    talk.__dict__["heard"] = talk.office.extractor.extract(talk.text)
    if complaint_talk.is_complaint(talk):
        complaint_talk.take_in(talk)
    else:
        hearing.take_in(talk)
    talk.message, talk.text, talk.act = now_message, now_text, now_act
    talk.__dict__.pop("heard", None)


def answer(talk: Talk) -> bool:
    """An ordinary message of an application: an answer, a correction, a piece of the story, or nothing we know."""
    if talk.is_fact(talk.asks):
        _answer_fact(talk)
    elif talk.asks == "place":
        _answer_place(talk)
    elif talk.asks == "problem":
        _answer_problem(talk)
    else:
        _free_speech(talk)
    return True


# -- answers to what was asked -----------------------------------------------------------------------------


def _answer_fact(talk: Talk) -> None:
    fact_id = talk.asks or ""
    if talk.pressed == "dont_know" or (talk.act == "dont_know" and fact_id not in talk.heard.facts):
        if subquestions.begin(talk, fact_id):
            return
        hearing.take_in(talk)
        leave_open(talk, fact_id)
        advance(talk)
        return
    if talk.draft.part is not None:
        subquestions.take(talk, fact_id)
        return
    value = _value_of(talk, fact_id)
    if talk.pressed == "value" and value is not None:  # a button says this and nothing else
        changed = hearing.state_sound(talk, {fact_id: value}, {})
        hearing.keep_words(talk)
    else:
        changed = hearing.take_in(talk) or changed_answer(talk)
        if value is not None:
            changed = hearing.state_sound(talk, {fact_id: value}, {}) + changed
    if fact_id in talk.facts():
        if others := [c for c in changed if c != fact_id]:
            talk.say(read_back(talk, others, "interview.also_heard"))
        advance(talk)
    elif changed:
        talk.say(read_back(talk, changed, "interview.heard"))
        _ask_or_leave(talk, fact_id)
    else:
        _not_understood(talk, fact_id)


def _value_of(talk: Talk, fact_id: str) -> object | None:
    """The value of the button whose title was sent; what other words mean is for the extractor alone to say."""
    for button in talk.spec(fact_id).buttons:
        if talk.text == button.title:
            value: object = button.value
            return value
    return None


def changed_answer(talk: Talk) -> list[str]:
    """«不对，从来不是»: the title of a button of one question that was answered before changes that answer."""
    title = plainly.without_correction(talk.office.texts, talk.text)
    meant = {
        fact_id: button.value
        for fact_id in talk.facts()
        for button in talk.spec(fact_id).buttons
        if button.title == title and len(title) >= TELLING_TITLE and fact_id != talk.asks
    }
    return hearing.state_sound(talk, meant, {}) if len(meant) == 1 else []


def leave_open(talk: Talk, fact_id: str) -> None:
    """ "Don't know" is an answer: the fact stays unknown, is never asked again, and is left to the visit."""
    if fact_id not in talk.draft.asked:
        talk.draft.asked.append(fact_id)
    talk.draft.part = None
    talk.draft.parts = {}


def _not_understood(talk: Talk, fact_id: str) -> None:
    """First ask again in other words, then leave it to the visit and offer a person."""
    hearing.keep_words(talk)
    tries = talk.draft.tries.get(fact_id, 0) + 1
    talk.draft.tries[fact_id] = tries
    spec = talk.spec(fact_id)
    if tries < MAX_TRIES:
        talk.say(
            talk.words("interview.again", question=spec.question, help=spec.help or "").rstrip(),
            fact_buttons(talk, fact_id),
        )
        return
    leave_open(talk, fact_id)
    talk.say_text("interview.left_open")
    advance(talk)


def _ask_or_leave(talk: Talk, fact_id: str) -> None:
    """Ask the pending question again only while it still matters."""
    if fact_id in talk.assess().unknown:
        ask_fact(talk, fact_id, count=False)
    else:
        advance(talk)


def _answer_place(talk: Talk) -> None:
    changed = hearing.take_in(talk)
    if talk.conv.place is None:
        unknown = talk.pressed == "dont_know" or talk.act in {"dont_know", "deny"}
        if not unknown and 2 <= len(talk.text) <= 40 and not changed and CHINESE.search(talk.text):
            hearing.set_place(talk, talk.text)
        elif changed or (talk.draft.tries.get("place", 0) == 0 and not unknown):
            talk.draft.tries["place"] = 1
        else:
            talk.draft.skipped.append("place")
            talk.say_text("interview.no_place")
    if changed:
        talk.say(read_back(talk, changed, "interview.heard"))
    advance(talk)


def _answer_problem(talk: Talk) -> None:
    changed = hearing.take_in(talk)
    if changed or talk.draft.hardships:
        say_what_was_understood(talk)
    elif talk.draft.tries.get("problem", 0) == 0 and not talk.draft.person.proxy:  # ask once more, then go on
        talk.draft.tries["problem"] = 1
        talk.say_text("interview.problem_again")
        return
    advance(talk)


def _free_speech(talk: Talk) -> None:
    """Nothing is pending: a new or further piece of the story, or something we cannot place."""
    if talk.act == "greet":
        talk.say_text("common.hello_again")
    elif talk.act == "thanks":
        talk.say_text("common.you_are_welcome")
        if talk.asks is None:
            return
    changed = hearing.take_in(talk)
    if changed or talk.heard.hardships:
        talk.say(read_back(talk, changed, "interview.heard")) if changed else None
        talk.draft.reviewed = False
    elif talk.draft.kind == "application" and talk.act not in {"greet", "apply", "on_behalf", "affirm"}:
        hearing.keep_words(talk)
        talk.say_text("interview.kept")
    advance(talk)


# -- going on ----------------------------------------------------------------------------------------------


def say_what_was_understood(talk: Talk) -> None:
    """Say back what the story told, as a short list."""
    facts = list(talk.facts())
    if facts or talk.draft.hardships:
        talk.say(read_back(talk, facts, "interview.understood", with_hardships=True))
    else:
        talk.say_text("interview.kept")


def advance(talk: Talk) -> None:
    """Ask the next thing that still matters, or go to the review."""
    draft = talk.draft
    draft.kind = draft.kind or "application"
    draft.part = None
    if not draft.story and not talk.facts():
        talk.say_text("interview.problem")
        talk.wait_for("problem", "interview")
        return
    if talk.conv.place is None and "place" not in draft.skipped:
        _tell_whose_household(talk)
        key = "interview.place_again" if draft.tries.get("place") else "interview.place"
        talk.say_text(key, talk.buttons("dont_know"))
        talk.wait_for("place", "interview")
        return
    question = talk.assess().next_question if not draft.reviewed else None
    if question is not None and draft.questions < draft.question_limit:
        ask_fact(talk, question)
        return
    review_talk.show(talk, open_questions=question is not None)


def ask_fact(talk: Talk, fact_id: str, count: bool = True) -> None:
    """Put one question about one fact, with its buttons and, one tap away, why it is asked."""
    spec = talk.spec(fact_id)
    _tell_whose_household(talk)
    if count:
        talk.draft.questions += 1
    details = [{"title": talk.words("interview.why_title"), "text": why(talk, fact_id)}]
    talk.say(spec.question, fact_buttons(talk, fact_id), details)
    talk.wait_for(fact_id, "interview")


def _tell_whose_household(talk: Talk) -> None:
    """Once, before the first question of somebody who speaks for others."""
    if talk.draft.person.proxy and not talk.draft.told_whose:
        talk.draft.told_whose = True
        talk.say_text("interview.whose_household")


def why(talk: Talk, fact_id: str) -> str:
    """Why it is asked, what counts, and for income which period the document looks at."""
    spec = talk.spec(fact_id)
    period = talk.pack.income.period if fact_id == "income_year" and talk.pack.income is not None else ""
    lines = [spec.why, spec.help or "", talk.words("interview.period", period=period) if period else ""]
    return " ".join(line for line in lines if line)


def fact_buttons(talk: Talk, fact_id: str) -> list[tuple[str, str]]:
    titles = [(button.title, "value") for button in talk.spec(fact_id).buttons]
    return [*titles, *talk.buttons("dont_know")]


def go_on(talk: Talk) -> bool:
    """«接着办»: what was pending is asked again; nothing is read into the words themselves."""
    if talk.draft.kind is None or talk.stage not in {"interview", "review", "complaint", "question"}:
        return False
    if talk.asks is not None:
        put_pending_again(talk)
    elif talk.draft.kind == "complaint":
        complaint_talk.put_again(talk)
    else:
        advance(talk)
    return True


def rest(talk: Talk) -> bool:
    """«明天再说»: the draft stays as it is, and so does the question."""
    if talk.draft.kind is None or talk.stage not in {"interview", "review", "complaint"}:
        return False
    talk.say_text("interview.rest", talk.buttons("resume"))
    return True


def put_pending_again(talk: Talk) -> None:
    """Repeat the question that was pending before an interruption; asks and stage stay the interview's."""
    asks = talk.asks
    if talk.draft.kind == "complaint" and talk.stage == "complaint":
        complaint_talk.put_again(talk)
    elif talk.is_fact(asks) and asks is not None:
        if talk.draft.part is not None:
            subquestions.put(talk, asks)
        else:
            ask_fact(talk, asks, count=False)
    elif asks in {"confirm_facts", "confirm_submit", "name", "phone", "proxy_name", "proxy_consent"}:
        review_talk.put_again(talk)
    elif asks in {"place", "problem"} or (
        talk.stage in {"opening", "question"} and talk.conv.consent_at is not None and not talk.draft.handed_in
    ):
        advance(talk)
