"""After a case is open: progress, a household's word about a visit, additions, withdrawal."""

from __future__ import annotations

import re

from actions import cases, hearing, lookups, person_talk, plainly, recognition
from actions.receipts import read_receipt
from actions.talk import Talk
from actions.wording import read_back
from storage import models

OTHER_REQUESTS = {
    *("check_status", "want_person", "start_over", "withdraw", "complain"),
    *("apply", "on_behalf", "ask_policy", "ask_why"),
}
FOUR_DIGITS = re.compile(r"(?<![0-9])[0-9]{4}(?![0-9])")


def answer_visit_question(talk: Talk) -> bool:
    """«有人来您家核实了吗？»: yes is recorded, no goes to the level above."""
    if talk.draft.visit_question is None:
        return False
    visited = talk.office.texts.get("status.visit_answers").get(talk.text)
    if visited is None and talk.asks is None and talk.stage == "submitted" and len(talk.text) <= 10:
        visited = {"affirm": True, "deny": False}.get(talk.act)
    if visited is None:
        return False
    case = talk.uow.cases.by_receipt(talk.draft.visit_question)
    talk.draft.visit_question = None
    if case is None:
        return False
    cases.household_answer(talk.office, talk.uow, case, visited=bool(visited))
    talk.say_text("status.visited" if visited else "status.not_visited")
    return True


def answer_pending(talk: Talk) -> bool:
    """Receipt number asked for, withdrawal to be confirmed, or anything said after submission."""
    if talk.asks == "receipt":
        if talk.act in {"want_person", "start_over", "ask_policy"} and not talk.receipt:
            return False
        if _tells_something_else(talk):
            _leave_look_up(talk)
            return False
        look_up(talk)
        return True
    if talk.asks == "confirm_withdraw":
        _confirm_withdraw(talk)
        return True
    if talk.stage == "submitted" and talk.asks is None:
        return _after_submission(talk)
    return False


def _tail(talk: Talk) -> str | None:
    """The last four digits of the phone: named as such, from a whole number, or four digits beside the receipt."""
    if talk.heard.phone_tail:
        return talk.heard.phone_tail
    if talk.heard.phones:
        return talk.heard.phones[0].value[-4:]
    groups = FOUR_DIGITS.findall(plainly.receipt_and_rest(talk.text)[1])
    return groups[0] if len(groups) == 1 else None


def _tells_something_else(talk: Talk) -> bool:
    """No number in it, but a story, or already the second message without one: back to what was going on."""
    if talk.receipt or _tail(talk):
        return False
    if talk.heard.facts or talk.heard.hardships:
        return True
    missed = talk.draft.tries.get("receipt", 0) + 1
    talk.draft.tries["receipt"] = missed
    return missed > 1 and talk.draft.paused_asks is not None


def _leave_look_up(talk: Talk) -> None:
    talk.conv.asks = talk.draft.paused_asks
    talk.wait_for(talk.draft.paused_asks, talk.draft.paused_stage or _resting_stage(talk))
    talk.draft.paused_asks = talk.draft.paused_stage = None
    talk.__dict__.pop("heard", None)  # read again, in the light of the question that is pending now


# -- progress ----------------------------------------------------------------------------------------------


def look_up(talk: Talk) -> None:
    """Progress of the own case, or by receipt number and the last four digits of the phone."""
    draft = talk.draft
    receipt = read_receipt(talk.receipt or draft.lookup_receipt or "")
    own = draft.receipts[-3:] if not talk.receipt and talk.asks != "receipt" else [receipt or ""]
    if draft.receipts and set(own) <= set(draft.receipts):
        for number in own:
            case = talk.uow.cases.by_receipt(number)
            if case is not None:
                _tell_progress(talk, case)
        _back(talk)
        return
    tail = _tail(talk)
    draft.lookup_receipt = receipt
    if talk.asks == "receipt" and not (talk.receipt or tail) and talk.act in {"deny", "dont_know"}:
        talk.say_text("status.no_receipt", talk.buttons("person"))
        _back(talk)
    elif receipt is None or tail is None:
        _ask_missing(talk, receipt)
    else:
        _look_up(talk, receipt, tail)


def _look_up(talk: Talk, receipt: str, tail: str) -> None:
    """The receipt is remembered when the digits do not fit: whoever mistyped them sends only them again."""
    if not lookups.spend(talk, receipt):
        talk.say_text("status.too_many", talk.buttons("person"))
        _back(talk)
        return
    case = cases.find(talk.uow, receipt, tail)
    if case is None:
        talk.say_text("status.not_found", talk.buttons("person"), receipt=receipt, tail=tail)
        _ask_missing(talk, None, quiet=True)
        return
    lookups.give_back(talk, receipt)
    talk.draft.lookup_receipt = None
    talk.uow.audit.record("conversation", "progress_by_receipt", f"case:{case.id}")
    _shown_to_be_theirs(talk, case)
    _tell_progress(talk, case)
    _back(talk)


def _shown_to_be_theirs(talk: Talk, case: models.Case) -> None:
    """By receipt and phone. Where the words of this conversation went into this very case, it is now known here."""
    if case.receipt not in talk.draft.shown:
        talk.draft.shown.append(case.receipt)
    if talk.draft.joined == case.receipt:
        talk.draft.receipt, talk.draft.joined = case.receipt, None
        talk.draft.receipts.append(case.receipt)


def _ask_missing(talk: Talk, receipt: str | None, quiet: bool = False) -> None:
    if talk.asks != "receipt" and talk.asks is not None:
        talk.draft.paused_asks, talk.draft.paused_stage = talk.asks, talk.stage
    if not quiet:
        talk.say_text("status.ask_tail" if receipt else "status.ask_receipt")
    talk.wait_for("receipt", "question")


def _tell_progress(talk: Talk, case: models.Case) -> None:
    progress = cases.progress(talk.office, talk.uow, case)
    talk.say("\n".join([progress.title, *progress.lines]))


def _back(talk: Talk) -> None:
    """Back to what was pending before the look-up."""
    if talk.asks == "receipt":
        talk.wait_for(talk.draft.paused_asks, talk.draft.paused_stage or _resting_stage(talk))
        talk.draft.paused_asks = talk.draft.paused_stage = None
    if talk.asks is not None:
        from actions import interview

        interview.put_pending_again(talk)
    elif talk.stage == "opening":
        talk.wait_for(None, "question")


def _resting_stage(talk: Talk) -> str:
    return "submitted" if talk.draft.handed_in else "question"


# -- after submission --------------------------------------------------------------------------------------


def _own_case(talk: Talk) -> models.Case | None:
    return talk.uow.cases.by_receipt(talk.draft.receipt) if talk.draft.receipt else None


def _case_to_add_to(talk: Talk) -> models.Case | None:
    """The case that waits for the household, otherwise the last one."""
    rows = [talk.uow.cases.by_receipt(receipt) for receipt in reversed(talk.draft.receipts)]
    returned = [row for row in rows if row is not None and row.status == "returned"]
    if talk.draft.joined and not returned:
        return talk.uow.cases.by_receipt(talk.draft.joined)
    return returned[0] if returned else _own_case(talk)


def _after_submission(talk: Talk) -> bool:
    """What is said after submission is added to the case; greetings and thanks are answered in kind."""
    case = _case_to_add_to(talk)
    if case is None:
        return False
    if talk.draft.joined == case.receipt and talk.receipt:  # shows that the case is theirs
        look_up(talk)
        return True
    answers_return = case.status == "returned" and talk.command is None and talk.heard.intent != "complaint"
    if talk.act in OTHER_REQUESTS and not (
        answers_return and talk.act in {"complain", "apply", "on_behalf", "withdraw"}
    ):
        return False
    if talk.act == "thanks" and not talk.heard.facts:
        talk.say_text("common.you_are_welcome")
        return True
    if case.kind == "complaint" and _tells_own_trouble(talk):
        talk.act = "apply"  # no matter for whoever looks into the complaint: it becomes one of its own
        return False
    if talk.act in {"greet", "affirm", "deny", "dont_know"} and not (talk.heard.facts or talk.heard.phones):
        _say_about(talk, case, "rest")
        return True
    if plainly.asks_progress(talk.office.texts, talk.text):
        look_up(talk)
        return True
    if talk.heard.intent == "question" and not talk.heard.hardships:
        return False
    if talk.command == "add_more":
        talk.say_text("status.add_what")
        return True
    changed = hearing.take_in(talk)
    rows = talk.fact_rows()
    cases.add_information(
        talk.office, talk.uow, case, talk.text, talk.message.id, {fact_id: rows[fact_id] for fact_id in changed}
    )
    _keep_id_number(talk, case)
    if changed:
        talk.say(read_back(talk, changed, "status.added_facts"))
    own = talk.draft.joined != case.receipt  # a stranger puts no number of theirs on somebody else's case
    if own and talk.heard.phones and case.phone is None:
        talk.uow.cases.set_phone(case, talk.heard.phones[0].value)
        talk.say_text("review.phone_noted")
    _say_about(talk, case, "added")
    talk.wait_for(None, "submitted")
    return True


def _tells_own_trouble(talk: Talk) -> bool:
    own = any(h.subject == "self_household" and h.status == "actual" for h in talk.heard.hardships)
    return own and talk.heard.intent == "apply_help"


def _keep_id_number(talk: Talk, case: models.Case) -> None:
    """One told after submission belongs to the own case; a stranger puts none on somebody else's."""
    own = talk.draft.joined != case.receipt and not (case.proxy_name or case.proxy_relation)
    if own and case.id_number is None and talk.draft.person.id_number is not None:
        talk.uow.cases.set_id_number(case, talk.draft.person.id_number)
        recognition.known_better(talk.office, talk.uow, case)


def _say_about(talk: Talk, case: models.Case, key: str) -> None:
    """With the receipt, unless the case is not shown to be theirs."""
    if talk.draft.joined == case.receipt:
        talk.say_text(f"status.{key}_handed_on")
    else:
        talk.say_text(f"status.{key}", receipt=case.receipt)


def ask_withdraw(talk: Talk) -> bool:
    """Withdraw a submitted case, after one question back; before submission the draft simply rests."""
    case = _own_case(talk)
    if case is not None and case.status == "withdrawn":
        talk.say_text("status.withdrawn", receipt=case.receipt)
        return True
    if case is None and talk.draft.joined:
        talk.say_text("status.rest_handed_on", talk.buttons("person"))
        return True
    if case is None or (case.status != "open" and case.status != "returned"):
        if talk.draft.kind is None:
            return False
        talk.say_text("status.not_submitted_yet")
        talk.wait_for(None, "question")
        return True
    talk.say_text("status.withdraw_sure", talk.buttons("withdraw"), receipt=case.receipt)
    talk.wait_for("confirm_withdraw", "submitted")
    return True


def _confirm_withdraw(talk: Talk) -> None:
    case = _own_case(talk)
    if case is not None and talk.decided == "yes":
        cases.withdraw(talk.office, talk.uow, case, talk.text)
        talk.say_text("status.withdrawn", receipt=case.receipt)
    elif talk.pressed is None and talk.act == "want_person":
        person_talk.request(talk)
        return
    else:
        talk.say_text("status.kept")
    talk.wait_for(None, "submitted")
