"""The turn: one message becomes state and replies in one transaction.

A message passes a short row of questions, the first that knows an answer gives it: is somebody in danger? has a
person taken over? has the writer agreed that we keep what they say? is it a side request? does it answer what we
asked? otherwise it is free speech about the matter at hand.
"""

from __future__ import annotations

from collections.abc import Callable

from actions import (
    complaint_talk,
    consent_talk,
    danger_talk,
    hearing,
    interview,
    person_talk,
    question_talk,
    review_talk,
    side_talk,
    status_talk,
)
from actions.office import Office
from actions.talk import Talk

Step = Callable[[Talk], bool]

# In this order; each returns True when it has answered.
STEPS: tuple[Step, ...] = (
    danger_talk.answer,
    person_talk.answer_while_human,
    status_talk.answer_visit_question,
    consent_talk.answer,
    hearing.keep_id_number,
    status_talk.answer_pending,
    complaint_talk.answer_choice,
    person_talk.answer_about_callback,
    side_talk.answer,
    question_talk.answer,
    person_talk.answer_pending,
    complaint_talk.answer,
    review_talk.answer,
    interview.answer,
)


def run_turn(office: Office, inbound_id: int, act: str, confidence: float = 1.0) -> None:
    """Answer one kept message as dialogue act `act`; a message that is answered already is left alone.

    One transaction: whoever commits first has answered, a late second call finds nothing to do. With the last message
    that waits in a conversation goes the lease on it, so that giving it back needs no transaction of its own.
    """
    with office.db.begin() as uow:
        message = uow.inbox.get(inbound_id, lock=True)
        if message is None or message.status != "received":
            return
        conv = uow.conversations.get(message.conversation_id, lock=True)
        if conv is None:
            return
        last = not uow.inbox.more_waiting(conv.id, besides=inbound_id)  # nothing comes in while we hold the row
        talk = Talk(office, uow, conv, message, act, confidence)
        for step in STEPS:
            if step(talk):
                break
        if last:
            conv.lease_owner = conv.lease_until = None
        talk.save()
        uow.commit()
