"""One open application of a household is continued (接着办), not doubled, through whichever door it speaks again."""

from __future__ import annotations

import hmac
from collections.abc import Collection, Mapping

from actions import casefile, rulebook
from actions.household import add_information
from actions.idnumbers import read_id_number
from actions.office import Office
from storage import UnitOfWork
from storage.models import Case, Conversation, Fact, Household

JOINED = "joined"  # in `details` of a case: keys of the matters that were told elsewhere and went into it


def open_one(uow: UnitOfWork, home: Household, wanted: Case) -> Case | None:
    """The household's application under way by the same document in the same place, locked; None without one."""
    for case in uow.households.cases_of(uow.households.cluster(home.id)):
        if case.status in (casefile.OPEN, casefile.RETURNED) and _same_matter(case, wanted):
            locked = uow.cases.get(case.id, lock=True)
            if locked is not None and locked.status in (casefile.OPEN, casefile.RETURNED):
                return locked
    return None


def _same_matter(case: Case, wanted: Case) -> bool:
    same_place = case.area_id == wanted.area_id or None in (case.area_id, wanted.area_id)
    return case.pack_id == wanted.pack_id and same_place


def go_on(office: Office, uow: UnitOfWork, case: Case, wanted: Case, facts: Mapping[str, Fact]) -> None:
    """Add the words and facts of `wanted` to the open case, once: nothing told is lost, and nothing is opened twice."""
    joined = case.details.get(JOINED, [])
    if wanted.dedup_key in joined:
        return
    hardships = dict.fromkeys([*case.details.get("hardships", []), *wanted.details.get("hardships", [])])
    case.details = {**case.details, JOINED: [*joined, wanted.dedup_key], "hardships": list(hardships)}
    casefile.note(office, uow, case, "continued", rulebook.say("history.continued", way=_way(uow, wanted)))
    inbound = max((row.inbound_id for row in facts.values() if row.inbound_id is not None), default=None)
    add_information(office, uow, case, wanted.own_words, inbound, facts)
    uow.audit.record("conversation", "case.continue", f"case:{case.id}")
    uow.flush()


def was_continued(case: Case, conversation: Conversation, matter: int) -> bool:
    """Whether this matter of the conversation went into a case that was opened elsewhere."""
    return f"application:{conversation.id}:{matter}" in case.details.get(JOINED, [])


def proven(
    uow: UnitOfWork, case: Case, conversation: Conversation, *, id_number: str | None, receipts: Collection[str]
) -> bool:
    """Whether who speaks here has shown that the case is theirs: told in this conversation, by its receipt and phone
    (`receipts`: those shown so), or by the ID number that stands in it. To anybody else nothing of it is said."""
    if case.conversation_id == conversation.id or case.receipt in receipts:
        return True
    number = read_id_number(id_number)
    return number is not None and hmac.compare_digest(case.id_number_index or "", uow.index(number))


def _way(uow: UnitOfWork, wanted: Case) -> str:
    conversation = uow.get(Conversation, wanted.conversation_id) if wanted.conversation_id is not None else None
    channel = conversation.channel if conversation is not None else ""
    words: Mapping[str, str] = rulebook.words().get("notices.channels")
    return words.get(channel, channel)
