"""A made-up office (示范) to look around in: areas, staff, and households that come by the same way as real ones.

Every conversation runs through the turn itself and every step through the desk, with the clock set back, so what is
seen is what the program does; `demo.yml` holds who says what. Everything in it is marked as a demonstration.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from actions import accounts, call_ending, call_saving, calls, cases, desk, places, procedure, routing
from actions.call_draft import CallInput
from actions.clock import Clock
from actions.office import Office
from actions.turn import run_turn
from storage import models

DATA = Path(__file__).with_name("demo.yml")
MARK = "DEMO-"
MADE_UP = ("demo-", "phone:00000000-")  # how the conversations of made-up cases begin
CHANNEL = "web"
LONGEST_CONVERSATION = 40  # messages; a conversation that goes on longer is a mistake in demo.yml
AGREES = {
    "consent": "同意",
    "confirm_facts": "对",
    "confirm_submit": "提交",
}


class NotEmpty(Exception):
    """The office has data of its own; made-up cases do not belong among them."""


class DemoFailed(Exception):
    """A conversation of demo.yml did not go where it should."""


@dataclass(frozen=True)
class Loaded:
    """What was put in: names to sign in with, and (title, receipt or None) of each matter."""

    users: tuple[str, ...]
    matters: tuple[tuple[str, str | None], ...]


def load(office: Office, password: str) -> Loaded:
    """Fill an office without areas and cases; loading again adds what is missing. Raises NotEmpty, DemoFailed."""
    data: dict[str, Any] = yaml.safe_load(DATA.read_text("utf-8"))
    _refuse_a_real_office(office)
    with office.db.begin() as uow:
        places.import_areas(uow, data["areas"])
        uow.commit()
    for user in data["users"]:
        _add_user(office, user, password)
    matters = tuple((matter["title"], _Matter(office, matter).play()) for matter in data["matters"])
    taken = tuple((call["title"], _take_call(office, call)) for call in data["calls"])
    return Loaded(tuple(user["name"] for user in data["users"]), matters + taken)


def _take_call(office: Office, call: dict[str, Any]) -> str | None:
    """A call as the operator `by` takes it: kept, then saved or ended; one that was taken before is left as it is."""
    with office.db.read() as uow:
        user, known = uow.users.by_name(call["by"]), uow.calls.by_key(call["key"])
    if user is None:
        raise DemoFailed(f"demo.yml: {call['by']} takes a call, but is no user there; add the user.")
    if known is None:
        calls.keep(office, user, call["key"], CallInput.model_validate(call["typed"]))
    if call.get("ends") == "save":
        return call_saving.save(office, user, call["key"]).receipt
    if "ends" in call:
        call_ending.end(office, user, call["key"], call["ends"], callback=call.get("callback"))
    return None


def _refuse_a_real_office(office: Office) -> None:
    with office.db.read() as uow:
        real_area = any(not area.code.startswith(MARK) for area in uow.areas.all())
        real_case = any(not (case.conversation_id or "").startswith(MADE_UP) for case in uow.find(models.Case))
    if real_area or real_case:
        raise NotEmpty(
            "This office has areas or cases of its own, and made-up ones do not belong among them: "
            "set SHOUWANG_VAR to another folder (for example var-demo) and run the command again."
        )


def _add_user(office: Office, user: dict[str, str], password: str) -> None:
    with office.db.read() as uow:
        known = uow.users.by_name(user["name"])
    if known is None:
        accounts.add_user(
            office, user["name"], password, user["role"], user.get("area"), user["display_name"], by="demo"
        )


class _Matter:
    """One household's matter, told from its first message on."""

    def __init__(self, office: Office, data: dict[str, Any]) -> None:
        self.data = data
        self.conversation: str = data["id"]
        self.office = office
        self.now = office.clock.now() - timedelta(days=data["days_ago"])
        self.said = 0

    def play(self) -> str | None:
        """Returns the receipt, if the matter came to one; a matter that was played before is left as it is."""
        with self.office.db.read() as uow:
            if uow.conversations.get(self.conversation) is not None:
                return self._receipt()
        for act, text in self._messages():
            self._say(act, text)
        receipt = self._receipt()
        then: dict[str, Any] = self.data.get("then") or {}
        if then and receipt is None:
            raise DemoFailed(f"demo.yml: {self.conversation} came to no case; expected a receipt before `then`.")
        if receipt is not None:
            self._go_on(receipt, then)
        return receipt

    # -- talking --------------------------------------------------------------------------------------------

    def _messages(self) -> Iterator[tuple[str, str]]:
        """(act, text) of each message: the opening, then what answers the question that is open."""
        yield self.data["opening"]["act"], self.data["opening"]["text"]
        while (asks := self._asks()) is not None and asks != self.data.get("leaves_at"):
            if self.said >= LONGEST_CONVERSATION:
                raise DemoFailed(f"demo.yml: {self.conversation} does not come to an end; it was last asked {asks}.")
            says: dict[str, str] = self.data["says"]
            if asks in AGREES:
                yield "affirm", AGREES[asks]
            elif asks in says:
                yield "inform", str(says[asks])
            else:
                yield "dont_know", "不知道"

    def _asks(self) -> str | None:
        with self.office.db.read() as uow:
            conversation = uow.conversations.get(self.conversation)
            return conversation.asks if conversation else None

    def _say(self, act: str, text: str) -> None:
        self.said += 1
        office = self._at(timedelta(seconds=40 * self.said))
        with office.db.begin() as uow:
            key = f"demo-{self.said}"
            message, _ = uow.inbox.accept(CHANNEL, self.conversation, key, text, office.clock.now())
            uow.flush()
            inbound = message.id
            uow.commit()
        run_turn(office, inbound, act)

    def _receipt(self) -> str | None:
        with self.office.db.read() as uow:
            found = uow.cases.of_conversation(self.conversation)
            return found[0].receipt if found else None

    def _at(self, later: timedelta) -> Office:
        moment: datetime = min(self.now + later, self.office.clock.now())
        return replace(self.office, clock=Clock(read=lambda: moment))

    # -- what became of it ----------------------------------------------------------------------------------

    def _go_on(self, receipt: str, then: dict[str, Any]) -> None:
        wanted = then.get("steps", 0)
        pace = timedelta(days=then.get("pace", 1))
        done = 0
        while wanted == "all" or done < wanted:
            done += 1
            if not self._do_step(self._at(done * pace), receipt):
                break
        later = self._at(max(done, 1) * pace + timedelta(hours=1))
        if "said" in then:
            user = self._acting(receipt)
            if user is not None:
                desk.say_to_household(later, user, receipt, then["said"])
        if "returned" in then:
            user = self._acting(receipt)
            if user is not None:
                desk.return_case(later, user, receipt, then["returned"])
        if "withdrawn" in then:
            self._withdraw(later, receipt, then["withdrawn"])

    def _do_step(self, office: Office, receipt: str) -> bool:
        """Record the running step as done; False when none runs any more."""
        user = self._acting(receipt)
        with office.db.read() as uow:
            case = uow.cases.by_receipt(receipt)
            running = procedure.running(uow, case) if case is not None else []
            step = running[0].step if running else None
        if step is None or user is None:
            return False
        desk.record_step(office, user, receipt, step, note="示范：办好了。")
        return True

    def _acting(self, receipt: str) -> models.User | None:
        """Somebody of the staff who acts on the running step."""
        with self.office.db.read() as uow:
            case = uow.cases.by_receipt(receipt)
            running = procedure.running(uow, case) if case is not None else []
            if case is None or not running:
                return None
            users = routing.responsible(uow, case, running[0].level).users
            return users[0] if users else None

    def _withdraw(self, office: Office, receipt: str, reason: str) -> None:
        with office.db.begin() as uow:
            case = uow.cases.by_receipt(receipt)
            if case is not None:
                cases.withdraw(office, uow, case, reason)
            uow.commit()
