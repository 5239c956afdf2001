"""Hand-over (转人工): a member of staff speaks in the person's own conversation, then the assistant goes on.

Whoever speaks holds task and conversation for a while; every sign of life renews both. While a person speaks the
assistant keeps quiet and keeps everything; at the end it takes the interview up where it stood.
"""

from __future__ import annotations

from actions import person_talk, rulebook, taskhold
from actions.draft import Draft
from actions.notices import CONVERSATION
from actions.office import Office
from actions.refusals import Invalid, NotAllowed, Stale
from actions.speaking import speak
from actions.talk import Talk
from actions.transcript import hidden_from
from storage import UnitOfWork
from storage.models import Conversation, OutboxMessage, Task, User

RESUMED = "resume"  # the act of a turn that nobody's message began


def conversation_of(uow: UnitOfWork, user: User, task: Task) -> Conversation:
    """The conversation a task is about, for this person to speak in. Raises Invalid where there is none, NotAllowed
    where a complaint in it is not for these eyes."""
    found = uow.conversations.get(task.conversation_id, lock=True) if task.conversation_id is not None else None
    if found is None:
        raise Invalid(rulebook.say("refused.no_conversation"))
    if hidden_from(uow, user, found):
        raise NotAllowed(rulebook.say("refused.conversation_hidden"))
    return found


def join(office: Office, uow: UnitOfWork, user: User, task: Task) -> Conversation:
    """Take the task and its conversation into one's hands; the assistant keeps quiet from now on. Raises Stale,
    Invalid, NotAllowed."""
    conversation = conversation_of(uow, user, task)
    taskhold.ensure_free(office, uow, user, conversation)
    taskhold.take(office, uow, user, task)
    if taskhold.talks_with(conversation, office.clock.now()) is None:
        _forget_what_was_told(conversation)
        uow.audit.record(f"user:{user.id}", "conversation.hold", f"task:{task.id}")
    taskhold.hold(office, conversation, user.id)
    return conversation


def say(office: Office, uow: UnitOfWork, user: User, task: Task, words: str, nonce: str) -> bool:
    """Speak to the person in their conversation; False where this very message (`nonce`) was said before.

    It is written down as sent together with the reply, so that pressing twice says it once.
    """
    conversation = join(office, uow, user, task)
    now = office.clock.now()
    row = OutboxMessage(
        key=f"answer:{task.id}:{user.id}:{uow.index(nonce)[:24]}", channel=CONVERSATION, recipient=conversation.id,
        text=words, payload={"author": "staff"}, status="sent", next_at=now, created_at=now, sent_at=now,
    )  # fmt: skip
    if not uow.outbox.put(row)[1]:
        return False
    speak(office, uow, conversation, words, author="staff", now=now)
    uow.audit.record(f"user:{user.id}", "task.say", f"task:{task.id}")
    return True


def renew(office: Office, uow: UnitOfWork, user: User, task: Task) -> None:
    """A sign of life: task and conversation stay in these hands. Raises Stale where they have gone to another."""
    now = office.clock.now()
    if taskhold.in_hands_of(task, now) != user.id:
        raise Stale(rulebook.say("refused.task_not_yours"))
    taskhold.take(office, uow, user, task)
    conversation = uow.conversations.get(task.conversation_id, lock=True) if task.conversation_id is not None else None
    if conversation is not None and taskhold.talks_with(conversation, now) == user.id:
        taskhold.hold(office, conversation, user.id)


def hand_back(office: Office, uow: UnitOfWork, user: User, task: Task) -> bool:
    """The conversation is the assistant's again, which goes on with the question that was pending; False where this
    person did not hold it."""
    conversation = uow.conversations.get(task.conversation_id, lock=True) if task.conversation_id is not None else None
    if conversation is None or not conversation.human or conversation.human_by != user.id:
        return False
    taskhold.let_go(conversation)
    _go_on(office, uow, conversation)
    uow.audit.record(f"user:{user.id}", "conversation.hand_back", f"task:{task.id}")
    return True


def pass_on(office: Office, conversation: Conversation, user: User, to: User) -> None:
    """The conversation goes from one member of staff to another without a word of the assistant in between."""
    if conversation.human and conversation.human_by == user.id:
        taskhold.hold(office, conversation, to.id)


def lapse(office: Office, uow: UnitOfWork, conversation: Conversation) -> None:
    """No sign of life any more: where the person waits for an answer it is said honestly and the task is open again,
    else the assistant simply goes on."""
    waits = uow.conversations.unanswered_since(conversation.id) is not None
    if not waits:
        taskhold.let_go(conversation)
        _go_on(office, uow, conversation)
        return
    talk = _talk(office, uow, conversation)
    assert talk is not None  # a person who waits has written
    in_danger = talk.draft.in_danger
    person_talk.nobody_there(talk)
    if not in_danger:
        person_talk.take_up(talk)
    talk.save(answering=False)


def lapse_due(office: Office, *, limit: int = 50) -> int:
    """Take back every conversation whose holder fell silent; how many. Several clocks may do so at once."""
    with office.db.begin() as uow:
        held = uow.conversations.held_past(office.clock.now(), limit)
        for conversation in held:
            lapse(office, uow, conversation)
        uow.commit()
        return len(held)


def release_due(office: Office, *, limit: int = 50) -> int:
    """Open every task again whose taker fell silent; how many."""
    with office.db.begin() as uow:
        lapsed = uow.tasks.lapsed(office.clock.now(), limit)
        for task in lapsed:
            taskhold.put_back(office, uow, task)
        uow.commit()
        return len(lapsed)


def _go_on(office: Office, uow: UnitOfWork, conversation: Conversation) -> None:
    talk = _talk(office, uow, conversation)
    if talk is None:
        speak(office, uow, conversation, office.texts.say("person.goes_on_free"), now=office.clock.now())
        return
    person_talk.go_on(talk)
    talk.save(answering=False)


def _talk(office: Office, uow: UnitOfWork, conversation: Conversation) -> Talk | None:
    """A turn that nobody's message began, over the state as it stands; None where the person never wrote."""
    said = uow.inbox.of_conversation(conversation.id)
    return Talk(office, uow, conversation, said[-1], RESUMED) if said else None


def _forget_what_was_told(conversation: Conversation) -> None:
    draft = Draft.model_validate(conversation.state or {})
    draft.staff_told = False
    conversation.state = draft.model_dump(mode="json", exclude_defaults=True)
