"""The one custom action that Rasa's rules call: the turn."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.office import Office
from actions.turn import run_turn


class ActionTurn(Action):  # type: ignore[misc]  # the SDK is not followed by the type checker
    """Runs the turn for the inbound message named in the metadata; replies are read from the database."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def name(self) -> str:
        return "action_turn"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        latest = tracker.latest_message or {}
        inbound = (latest.get("metadata") or {}).get("inbound")
        if not isinstance(inbound, int):
            return []
        intent = latest.get("intent") or {}
        act = str(intent.get("name") or "nlu_fallback")
        await asyncio.to_thread(run_turn, self._office, inbound, act, float(intent.get("confidence") or 0.0))
        return []
