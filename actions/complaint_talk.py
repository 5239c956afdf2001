"""A complaint instead of an application: what, about whom, where; it may stay without a name."""

from __future__ import annotations

from actions import complaints, hearing, interview, review_talk
from actions.cases import Person
from actions.talk import Talk

LONG_ENOUGH = 30  # code points: a complaint told at this length has its detail already


def is_complaint(talk: Talk) -> bool:
    """Blames someone or a decision rather than telling a trouble of the own household."""
    if talk.act in {"on_behalf", "apply"}:
        return False
    own = any(h.subject == "self_household" and h.status == "actual" for h in talk.heard.hardships)
    if talk.act == "complain":
        return talk.heard.intent == "complaint" or not own
    return talk.heard.intent == "complaint" and (talk.heard.complaint_topic is not None or not own)


def blames_an_office(talk: Talk) -> bool:
    """A complaint that says of which level it speaks: no member of staff of that level may be the one to read it."""
    return is_complaint(talk) and _level_of(talk, talk.text)[0] is not None


def interrupt(talk: Talk) -> bool:
    """A complaint is raised: take it in, unless an application is under way – then the person chooses."""
    if talk.draft.kind == "complaint":
        return False
    application_under_way = talk.draft.kind == "application" and talk.stage in {"interview", "review"}
    if talk.stage == "submitted" or (talk.draft.handed_in and not application_under_way):
        talk.draft = talk.draft.next_matter()
    elif application_under_way and (talk.draft.story or talk.facts()):
        talk.draft.unsure = True
        talk.draft.held = [talk.message.id]
        talk.say_text("complaint.which_first", talk.buttons("which_first"))
        return True
    take_in(talk)
    go_on(talk)
    return True


def answer_choice(talk: Talk) -> bool:
    """Complaint or application first: what was told for the other is kept."""
    if not talk.draft.unsure:
        return False
    held, talk.draft.unsure = talk.draft.held, False
    talk.draft.held = []
    if talk.pressed == "complaint" or (talk.pressed is None and talk.act == "complain"):
        talk.draft.kind = "complaint"
        talk.draft.story += held
        talk.draft.reviewed = False
        take_in(talk) if talk.pressed is None else _topic_from(talk, held)
        go_on(talk)
        return True
    talk.draft.story += held
    talk.say_text("complaint.kept_with_application")
    if talk.pressed is not None:
        interview.put_pending_again(talk)
        return True
    return False


def answer(talk: Talk) -> bool:
    """A message while a complaint is being told, or the first words that are one."""
    if talk.draft.kind == "complaint" and talk.stage == "complaint":
        _answer_pending(talk)
        return True
    if talk.draft.kind is None and is_complaint(talk) and talk.asks in {None, "problem"}:
        take_in(talk)
        go_on(talk)
        return True
    return False


def take_in(talk: Talk) -> None:
    """Keep the words, the topic, and about which level they speak."""
    draft = talk.draft
    draft.kind = "complaint"
    draft.story.append(talk.message.id)
    topic = talk.heard.complaint_topic
    if topic and (topic != "other" or draft.complaint.topic is None):  # what was named once does not become "other"
        draft.complaint.topic = topic
    if len(talk.text) >= LONG_ENOUGH or talk.asks == "complaint_detail":
        draft.complaint.detail_given = True
    for name in talk.heard.names:
        if name.role == "complained_about":
            draft.complaint.against = name.text
    level, word = _level_of(talk, talk.text)
    if level is not None:
        draft.complaint.against_level = level  # type: ignore[assignment]  # keys of complaint.levels
        draft.complaint.against = draft.complaint.against or word
    if place := hearing.named_place(talk):
        hearing.set_place(talk, place)
    if talk.heard.phones:
        draft.person.phone = talk.heard.phones[0].value


def _topic_from(talk: Talk, held: list[int]) -> None:
    for inbound_id in held:
        row = talk.uow.inbox.get(inbound_id)
        if row is None:
            continue
        heard = talk.office.extractor.extract(row.text)
        level, word = _level_of(talk, row.text)
        talk.draft.complaint.topic = heard.complaint_topic
        talk.draft.complaint.against_level = level  # type: ignore[assignment]
        talk.draft.complaint.against = word
        talk.draft.complaint.detail_given = len(row.text) >= LONG_ENOUGH


def _level_of(talk: Talk, text: str) -> tuple[str | None, str | None]:
    """Whom the complaint is about, by the words for offices and posts; the lowest level named wins."""
    for level, words in talk.office.texts.get("complaint.levels").items():
        for word in words:
            if word in text:
                return level, word
    return None, None


def go_on(talk: Talk) -> None:
    """Ask for what is missing: detail, place, a way to answer; then for the final yes."""
    draft = talk.draft
    if not draft.complaint.detail_given:
        talk.say_text("complaint.detail")
        talk.wait_for("complaint_detail", "complaint")
    elif talk.conv.place is None and "place" not in draft.skipped:
        talk.say_text("complaint.place", talk.buttons("dont_know"))
        talk.wait_for("place", "complaint")
    elif draft.person.name is None and "name" not in draft.skipped:
        talk.say_text("complaint.name", talk.buttons("anonymous"))
        talk.wait_for("name", "complaint")
    elif draft.person.phone is None and "phone" not in draft.skipped:
        talk.say_text("complaint.phone", talk.buttons("no_phone"))
        talk.wait_for("phone", "complaint")
    else:
        topics = talk.office.texts.get("complaint.topics")
        talk.say_text(
            "complaint.confirm", talk.buttons("confirm_complaint"), topic=str(topics[draft.complaint.topic or "other"])
        )
        talk.wait_for("confirm_submit", "complaint")


put_again = go_on


def _answer_pending(talk: Talk) -> None:
    asks = talk.asks
    if asks == "complaint_detail":
        take_in(talk)
    elif asks == "place":
        _take_place(talk)
    elif asks == "name":
        _take_name(talk)
    elif asks == "phone":
        _take_phone(talk)
    elif asks == "confirm_submit":
        _confirm(talk)
        return
    else:
        take_in(talk)
    go_on(talk)


def _take_place(talk: Talk) -> None:
    if place := hearing.named_place(talk):
        hearing.set_place(talk, place)
    elif talk.pressed == "dont_know" or talk.act in {"dont_know", "deny"} or len(talk.text) > 40:
        talk.draft.skipped.append("place")
    else:
        hearing.set_place(talk, talk.text)


def _take_name(talk: Talk) -> None:
    if not talk.heard.names and (place := hearing.named_place(talk)):
        hearing.set_place(talk, place)
        return
    name = None
    if talk.pressed != "anonymous" and talk.act not in {"deny", "dont_know"}:
        name = review_talk.read_name(talk.heard, talk.text)
    if name is None:
        hearing.keep_words(talk)
        talk.draft.skipped.append("name")
    talk.draft.person.name = name


def _take_phone(talk: Talk) -> None:
    if talk.heard.phones:
        talk.draft.person.phone = talk.heard.phones[0].value
    elif talk.pressed == "no_phone" or talk.act in {"deny", "dont_know"} or talk.draft.tries.get("phone"):
        talk.draft.skipped.append("phone")
    else:
        talk.draft.tries["phone"] = 1
        talk.say_text("review.phone_again")


def _confirm(talk: Talk) -> None:
    if talk.decided == "yes":
        _submit(talk)
    elif talk.pressed == "not_yet" or talk.decided == "no":
        talk.say_text("complaint.not_yet", talk.buttons("confirm_complaint"))
    else:
        take_in(talk)
        talk.say_text("complaint.more_noted")
        go_on(talk)


def _submit(talk: Talk) -> None:
    draft = talk.draft
    case = complaints.open_complaint(
        talk.office,
        talk.uow,
        conversation=talk.conv,
        topic=draft.complaint.topic or "other",
        own_words=review_talk.own_words(talk),
        person=Person(name=draft.person.name, phone=draft.person.phone),
        against=draft.complaint.against,
        against_level=draft.complaint.against_level,
        place=talk.conv.place,
        area_id=talk.conv.area_id,
        pack=talk.pack,
        matter=draft.matter,
    )
    review_talk.finish(talk, case.receipt)
    key = "complaint.submitted" if draft.person.phone else "complaint.submitted_without_phone"
    talk.say_text(key, receipt=case.receipt)
