"""The channels inside our own database: a conversation, and a colleague's inbox."""

from __future__ import annotations

from collections.abc import Collection

from actions import fanout
from actions.notices import CONVERSATION, STAFF
from actions.office import Office
from actions.outgoing import LocalChannel, Outgoing, RetryLater, Undeliverable
from actions.speaking import speak
from storage import UnitOfWork
from storage.models import Conversation, Notification, User

BUSY_RETRY = 2.0  # seconds; a conversation that is being answered at this moment
CONVERSATION_LEASE = 5.0


class ConversationChannel:
    """Writes the message into its conversation, as a reply with choices."""

    name = CONVERSATION

    def deliver(self, office: Office, uow: UnitOfWork, message: Outgoing) -> None:
        now = office.clock.now()
        owner = f"outbox:{message.id}"
        if uow.get(Conversation, message.recipient) is None:
            raise Undeliverable("the conversation does not exist")
        # A turn that runs at this moment would write its own state over ours: it goes first.
        if not uow.conversations.lease(message.recipient, owner, now, CONVERSATION_LEASE):
            raise RetryLater("the conversation is being answered", BUSY_RETRY)
        conversation = uow.get(Conversation, message.recipient, lock=True)
        assert conversation is not None
        payload = message.payload
        author = payload.get("author", "reminder")
        speak(office, uow, conversation, message.text, payload.get("choices", []), author=author, now=now)
        if payload.get("visit_question"):
            conversation.state = {**conversation.state, "visit_question": payload["visit_question"]}
        uow.flush()
        uow.conversations.release(message.recipient, owner)


class StaffChannel:
    """Puts the message into a colleague's inbox in the workbench, with its copies for the channels `outside`."""

    name = STAFF

    def __init__(self, outside: Collection[str] = ()) -> None:
        self.outside = frozenset(outside)

    def deliver(self, office: Office, uow: UnitOfWork, message: Outgoing) -> None:
        user = uow.get(User, int(message.recipient))
        if user is None or user.disabled:
            raise Undeliverable("this member of staff has no account any more")
        payload = message.payload
        if not fanout.still_theirs(uow, user, payload.get("case_id"), payload.get("task_id")):
            raise Undeliverable("the matter lies outside this person's area now")
        row = Notification(
            key=message.key[:200],
            user_id=user.id,
            case_id=payload.get("case_id"),
            task_id=payload.get("task_id"),
            text=message.text,
            urgent=bool(payload.get("urgent")),
            at=office.clock.now(),
        )
        line, new = uow.add_once(row)
        if new:
            fanout.spread(office, uow, user, line, self.outside)


def built_in(outside: Collection[str]) -> tuple[LocalChannel, ...]:
    """Every channel inside; `outside` names those that are switched on beside them."""
    return (ConversationChannel(), StaffChannel(outside))
