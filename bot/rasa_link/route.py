"""The action route: Rasa calls the turn through it; rasa-sdk's executor, mounted in the core's own server."""

from __future__ import annotations

import asyncio
import hmac
import logging
import traceback
from pathlib import Path
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

from actions.dialogue import ActionTurn
from actions.office import Office
from bot.rasa_link.acts import TOKEN_HEADER

log = logging.getLogger(__name__)
ACTION_PATH = "/internal/rasa/action"
MAX_BODY = 256 * 1024
ACTION_SECONDS = 8.0
"""Less than what Rasa waits (9 s), so that it is we who say that a turn took too long."""
WARM_UP = 0
"""The message id of a warm-up: goes the whole way, but no turn is run."""


def action_router(office: Office, token: str) -> APIRouter:
    """POST {ACTION_PATH} for Rasa alone: header `x-shouwang-token` must hold `token` (else 401, nothing runs).

    Body and answer are rasa-sdk's; the answer carries `{"custom": {"answered": id}}` once the turn is committed.
    """
    executor = ActionExecutor()
    executor.register_action(ActionTurn(office))
    expected = token.encode()
    router = APIRouter()

    @router.post(ACTION_PATH, include_in_schema=False)
    async def run_action(request: Request) -> dict[str, Any]:
        if not hmac.compare_digest(request.headers.get(TOKEN_HEADER, "").encode(), expected):
            raise HTTPException(401, "这个地址只供系统内部使用。")
        call = await _read(request)
        inbound = _inbound(call)
        if inbound == WARM_UP:
            return _answer([], inbound)
        return _answer(await _run(executor, call), inbound)

    return router


async def _read(request: Request) -> dict[str, Any]:
    if int(request.headers.get("content-length") or 0) > MAX_BODY:
        raise HTTPException(413, "The action call is larger than any message can be.")
    try:
        call = await request.json()
    except ValueError as error:
        raise HTTPException(400, "The action call is not JSON.") from error
    if not isinstance(call, dict):
        raise HTTPException(400, "The action call is not a JSON object.")
    call.setdefault("domain", {})  # Rasa leaves it out (selective domain); the SDK insists on one, the turn needs none
    return call


def _inbound(call: dict[str, Any]) -> int:
    tracker = call.get("tracker")
    message = (tracker.get("latest_message") or {}) if isinstance(tracker, dict) else {}
    inbound = (message.get("metadata") or {}).get("inbound")
    if isinstance(inbound, bool) or not isinstance(inbound, int):
        raise HTTPException(400, "The action call names no inbound message.")
    return inbound


async def _run(executor: ActionExecutor, call: dict[str, Any]) -> list[dict[str, Any]]:
    try:
        async with asyncio.timeout(ACTION_SECONDS):
            result = await executor.run(call)
    except ActionNotFoundException as error:
        raise HTTPException(404, "Only the action `action_turn` is offered here.") from error
    except ActionExecutionRejection as error:
        raise HTTPException(400, "The action was refused.") from error
    except TimeoutError as error:
        log.warning("a turn took longer than %.0f s", ACTION_SECONDS)
        raise HTTPException(504, "The turn took too long.") from error
    except Exception as error:
        log.error("a turn failed: %s", _place(error))  # the traceback may quote people
        raise HTTPException(500, f"The turn failed ({type(error).__name__}).") from error
    return list(result.events) if result else []


def _place(error: Exception) -> str:
    """Kind and place of an error, without its message, which may quote what somebody wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "unknown place"
    return f"{type(error).__name__} at {where}"


def _answer(events: list[dict[str, Any]], inbound: int) -> dict[str, Any]:
    return {"events": events, "responses": [{"custom": {"answered": inbound}}]}
