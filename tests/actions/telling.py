"""What the tests of notices outside share: an office with a webhook, its clock, and the rounds of its deliverers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from actions import digests, envelope, notices, outbox, outside, preferences
from actions.breaker import Breaker
from actions.outgoing import Delivered
from actions.preferences import Wishes
from bot.channels.webhook import WebhookChannel
from storage import models
from tests.actions.bureau import Bureau
from tests.support.receiver import Receiver

SECRET = "a-secret-of-the-office"
WAYS = ("webhook",)


@dataclass
class Wired:
    """An office whose webhook goes to a receiver."""

    bureau: Bureau
    receiver: Receiver
    timeout: float = 10.0
    breaker: Breaker = field(init=False)
    channel: WebhookChannel = field(init=False)

    def __post_init__(self) -> None:
        self.breaker = Breaker(clock=lambda: self.bureau.at.timestamp())
        body_of = partial(envelope.body_of, self.bureau.office)
        self.channel = WebhookChannel(self.receiver.url, SECRET, body_of, self.timeout)

    # -- rounds ---------------------------------------------------------------------------------------------------

    def inside(self) -> Delivered:
        return outbox.deliver_inside(self.bureau.office, "inside", WAYS)

    def send(self, owner: str = "sender", limit: int = 100) -> Delivered:
        return outside.deliver_outside(self.bureau.office, owner, self.channel, self.breaker, limit=limit)

    def digest(self) -> int:
        return digests.tick(self.bureau.office, WAYS)

    def everything(self) -> Delivered:
        """One beat of every clock."""
        self.digest()
        self.inside()
        return self.send()

    # -- people ---------------------------------------------------------------------------------------------------

    def wants(self, name: str, **wishes: Any) -> None:
        preferences.save(self.bureau.office, self.bureau.user(name), Wishes(**wishes), WAYS)

    def crew(self, number: int, code: str = "0101") -> list[str]:
        """So many more cadres of an area; their recipients."""
        area = self.bureau.area(code)
        with self.bureau.office.db.begin() as uow:
            made = [
                models.User(name=f"crew{n}", password_hash="x", role="cadre", area_id=area, created_at=self.bureau.at)
                for n in range(number)
            ]
            for user in made:
                uow.add(user)
            uow.commit()
            return [f"user:{user.id}" for user in made]

    # -- messages ---------------------------------------------------------------------------------------------------

    def put(self, key: str, recipient: str, **payload: Any) -> None:
        """A copy on its way out, as the fan-out writes it."""
        with self.bureau.office.db.begin() as uow:
            notices.enqueue(
                self.bureau.office, uow, key=f"{key}:webhook", channel="webhook", recipient=recipient, text=key,
                payload={"case_id": None, "task_id": None, "urgent": False, **payload},
            )  # fmt: skip
            uow.commit()

    def rows(self, channel: str = "webhook") -> list[models.OutboxMessage]:
        with self.bureau.office.db.read() as uow:
            return uow.find(models.OutboxMessage, channel=channel)

    def states(self) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for row in self.rows():
            found[row.status] = found.get(row.status, 0) + 1
        return found

    def got(self, name: str) -> list[dict[str, Any]]:
        """What the gateway took for this person, oldest first."""
        number = self.bureau.user(name).id
        return [said for said in self.receiver.taken if said["receiver"]["id"] == number]
