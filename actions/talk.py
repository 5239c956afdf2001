"""One turn of a conversation while it is being answered: what was said, what is known, what we say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from actions import plainly
from actions.draft import Draft
from actions.office import Office
from actions.speaking import speak
from actions.taskhold import is_held
from actions.tasks import lift, open_task
from nlu import Extraction
from policy_kb import Assessment, FactSpec, Pack
from storage import UnitOfWork, models

Buttons = Sequence[tuple[str, str]]  # (title shown and sent back, what it means)


@dataclass
class Saying:
    """One reply before it is written down."""

    text: str
    choices: list[tuple[str, str]]
    details: list[dict[str, str]]


class Talk:
    """The state of one turn. Everything it changes is committed together with the replies."""

    def __init__(
        self,
        office: Office,
        uow: UnitOfWork,
        conv: models.Conversation,
        message: models.InboundMessage,
        act: str,
        confidence: float = 1.0,
    ) -> None:
        self.office = office
        self.uow = uow
        self.conv = conv
        self.message = message
        self.text = message.text.strip()
        self.command = plainly.command(office.texts, self.text)
        self.act = self.command or plainly.believed(office.texts, act, self.text)
        self.confidence = confidence
        self.now: datetime = office.clock.now()
        self.draft = Draft.model_validate(conv.state or {})
        self.pressed = self.draft.buttons.get(self.text)
        self.asks = conv.asks
        self.stage = conv.stage
        self.said: list[Saying] = []
        self._rows: dict[str, models.Fact] | None = None

    # -- what was said ------------------------------------------------------------------------------------

    @cached_property
    def heard(self) -> Extraction:
        """What the message says, read in the light of the pending question."""
        asks = None if self.draft.part is not None else self.conv.asks  # a piece is answered by its own buttons
        return self.office.extractor.extract(self.text, asks)

    @property
    def decided(self) -> str | None:
        """ "yes" or "no" where a button or plain words say so; what opens or closes something needs this."""
        if self.pressed in {"yes", "no"}:
            return self.pressed
        return plainly.decision(self.office.texts, self.text) if self.pressed is None else None

    @cached_property
    def receipt(self) -> str | None:
        """The receipt number in the message, as twelve digits."""
        return plainly.receipt_and_rest(self.text)[0]

    @property
    def with_staff(self) -> bool:
        """A member of staff holds the conversation: the assistant keeps quiet."""
        return is_held(self.conv, self.now)

    # -- what is known ------------------------------------------------------------------------------------

    @property
    def pack(self) -> Pack:
        """The policy document in force where the household lives; the national one until a place is known."""
        if self.conv.pack_id:
            return self.office.library.pack(self.conv.pack_id)
        return self.office.library.pack_for_place(self.conv.place)

    def fact_rows(self) -> dict[str, models.Fact]:
        """Fact id → the statement in force; read once a turn and again after a change."""
        if self._rows is None:
            self._rows = self.uow.facts.current(conversation_id=self.conv.id)
        return self._rows

    def forget_facts(self) -> None:
        """Nothing is stated any more; the history stays."""
        self.uow.facts.retract(self.now, conversation_id=self.conv.id)
        self._rows = None

    def facts(self) -> dict[str, object]:
        """Fact id → value as last stated in this conversation."""
        return {fact_id: row.value for fact_id, row in self.fact_rows().items()}

    def assess(self) -> Assessment:
        """The verdict on what is known now, with the next question for an applicant."""
        return self.office.library.assess(
            self.pack,
            self.facts(),
            on=self.office.clock.today(),
            ask="applicant",
            asked=self.draft.asked,
            place=self.conv.place,
        )

    def spec(self, fact_id: str) -> FactSpec:
        return self.office.library.vocabulary[fact_id]

    def is_fact(self, asks: str | None) -> bool:
        return asks is not None and asks in self.office.library.vocabulary

    def state_facts(
        self, values: Mapping[str, object], spans: Mapping[str, tuple[int, int]] | None = None
    ) -> list[str]:
        """Write statements down with their provenance; returns the ids whose value is new or changed."""
        known = self.facts()
        changed = []
        for fact_id, value in values.items():
            if fact_id in known and known[fact_id] == value:
                continue
            start, end = (spans or {}).get(fact_id, (None, None))
            words = self.message.text[start:end] if start is not None else self.message.text[:200]
            self.uow.facts.state(
                models.Fact(
                    conversation_id=self.conv.id,
                    fact_id=fact_id,
                    value=value,
                    source="proxy" if self.draft.person.proxy else "applicant",
                    inbound_id=self.message.id,
                    words=words,
                    start=start,
                    end=end,
                    at=self.now,
                )
            )
            changed.append(fact_id)
        if changed:
            self.uow.flush()
            self._rows = None
        return changed

    # -- what we say --------------------------------------------------------------------------------------

    def words(self, key: str, /, **values: object) -> str:
        return self.office.texts.say(key, **values)

    def say(self, text: str, buttons: Buttons = (), details: Iterable[dict[str, str]] = ()) -> None:
        self.said.append(Saying(text, list(buttons), list(details)))

    def say_text(self, key: str, buttons: Buttons = (), /, **values: object) -> None:
        self.say(self.words(key, **values), buttons)

    def wait_for(self, asks: str | None, stage: str) -> None:
        """What the next message is expected to answer, and where in the whole the person is."""
        self.asks = asks
        self.stage = stage

    def buttons(self, name: str) -> list[tuple[str, str]]:
        """A row of buttons from `texts/buttons.yml`: title → meaning."""
        return list(self.office.texts.get(f"buttons.{name}").items())

    def call_a_person(self, kind: str, key: str, text: str, urgent: bool = False) -> None:
        """Open a task for staff about this conversation, once per `key`."""
        open_task(
            self.office,
            self.uow,
            kind,
            key=f"{kind}:{self.conv.id}:{key}",
            urgent=urgent,
            area_id=self.conv.area_id,
            case_id=None,
            conversation_id=self.conv.id,
            text=text,
        )

    def save(self, *, answering: bool = True) -> None:
        """Write replies and state into the transaction; `answering=False`: the office goes on by itself."""
        self.draft.buttons = {title: meaning for saying in self.said for title, meaning in saying.choices}
        self.conv.asks = self.asks
        self.conv.stage = self.stage
        self.conv.state = self.draft.model_dump(mode="json", exclude_defaults=True)
        if answering:
            self._note_answer()
        for saying in self.said:
            speak(
                self.office,
                self.uow,
                self.conv,
                saying.text,
                [{"title": title, "value": title} for title, _ in saying.choices],
                inbound_id=self.message.id if answering else None,
                details=saying.details,
                now=self.now,
            )
        if self.stage == "complaint":
            self.uow.flush()
            lift(self.uow, self.conv.id)

    def _note_answer(self) -> None:
        """The message is answered, and where the conversation stands after it."""
        self.conv.last_active_at = self.now
        if self.message.status == "received":
            self.message.status = "answered"
        self.message.origin_index = None  # kept no longer than it is needed
        self.message.answered_at = self.now
        self.message.act = self.act
        self.message.asks = self.asks
        self.message.stage = self.stage
        self.message.receipt = self.draft.receipt
