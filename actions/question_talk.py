"""Questions in between: about policy, or about why we ask; answered, then the pending question comes again."""

from __future__ import annotations

from actions import interview
from actions.talk import Talk

PENDING_IN_WORDS = {"place", "name", "phone", "proxy_name", "complaint_detail"}


def answer(talk: Talk) -> bool:
    """Answer a question in the middle; asks and stage stay the interview's."""
    if talk.act == "ask_why" and not talk.heard.facts and talk.asks is not None and not _names_policy(talk):
        _explain(talk)
    elif is_question(talk):
        reply(talk)
    else:
        return False
    if talk.asks is None and talk.stage == "opening":
        talk.wait_for(None, "question")
    interview.put_pending_again(talk)
    return True


def is_question(talk: Talk) -> bool:
    """A question about policy, not a story that ends in one, and not the answer to what we asked."""
    if talk.pressed is not None or (talk.asks in talk.heard.facts and talk.act != "ask_policy"):
        return False
    if _tells_a_story(talk):
        return False
    if (
        talk.act == "ask_policy"
        or (talk.act == "ask_why" and _names_policy(talk))
        or _about_ourselves(talk) is not None
    ):
        return True
    return talk.heard.intent == "question" and talk.act not in {"check_status", "want_person", "complain", "withdraw"}


def _names_policy(talk: Talk) -> bool:
    """«低保跟这个是一回事吗» where a place or a name was asked for is no question about that question."""
    words = talk.office.texts.get("question.policy_words")
    return not talk.is_fact(talk.asks) and any(word in talk.text for word in words)


def _tells_a_story(talk: Talk) -> bool:
    own = [h for h in talk.heard.hardships if h.subject == "self_household" and h.status == "actual"]
    return bool(own and (talk.heard.facts or talk.heard.amounts or len(talk.text) > 30))


def reply(talk: Talk) -> None:
    """What the pack plainly holds, with its clause one tap away; otherwise honestly that it does not."""
    if (own := _about_ourselves(talk)) is not None:
        talk.say(own)
        return
    today = talk.office.clock.today()
    library = talk.office.library
    answer_ = library.answer(library.pack_named(talk.text) or talk.pack, talk.text, on=today, place=talk.conv.place)
    talk.draft.unanswered = None if answer_.answerable else talk.text[:200]
    details = [
        {
            "title": talk.words("question.source_title"),
            "text": talk.words("question.source", **_source(talk, citation.pack, citation.clause)),
        }
        for citation in answer_.citations
    ]
    talk.say(answer_.answer, () if answer_.answerable else talk.buttons("person"), details)


def _about_ourselves(talk: Talk) -> str | None:
    """Who reads this, does it cost anything, is this a machine: no document answers that, we do."""
    for entry in talk.office.texts.get("question.ourselves"):
        if any(word in talk.text for word in entry["words"]):
            return str(entry["answer"])
    return None


def _source(talk: Talk, pack_id: str, clause: str) -> dict[str, str]:
    pack = talk.office.library.pack(pack_id)
    return {"document": pack.document, "number": pack.number, "clause": clause, "date": str(pack.date)}


def _explain(talk: Talk) -> None:
    if talk.is_fact(talk.asks) and talk.asks is not None:
        talk.say(interview.why(talk, talk.asks))
    else:
        reasons = talk.office.texts.get("question.why")
        talk.say(str(reasons.get(talk.asks, reasons["other"])))
