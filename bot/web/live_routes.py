"""Where pages and programs listen: `/office/live` with the cookie, `/api/notifications/stream` with the token."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query
from starlette.requests import Request
from starlette.responses import StreamingResponse

from bot.web import inputs
from bot.web.signin import COOKIE, ApiUser, PageUser, State, bearer_token

pages = APIRouter(prefix="/office", include_in_schema=False)
api = APIRouter(prefix="/api", tags=["workbench"])

HEADERS = {"x-accel-buffering": "no"}  # a proxy in front passes every event on at once
After = Annotated[str, Query(max_length=12)]
LastEvent = Annotated[str, Header(alias="Last-Event-ID", max_length=12)]


@pages.get("/live")
def live(
    request: Request, state: State, who: PageUser, after: After = "", last_event_id: LastEvent = ""
) -> StreamingResponse:
    """The stream of a page. A page that was hidden comes back with `after`, a torn connection with Last-Event-ID."""
    frames = state.live.listen(who, request.cookies.get(COOKIE, ""), _seen(last_event_id or after))
    return StreamingResponse(frames, media_type="text/event-stream", headers=HEADERS)


@api.get(
    "/notifications/stream",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
def stream(request: Request, state: State, who: ApiUser, last_event_id: LastEvent = "") -> StreamingResponse:
    """Server-sent events: `notification` (a line of the inbox as in GET /api/notifications, with its id), `tasks` (the
    queue changed: ask for it) and `counts`. Come back with Last-Event-ID to get what was missed; ends with the
    session."""
    frames = state.live.listen(who, bearer_token(request), _seen(last_event_id))
    return StreamingResponse(frames, media_type="text/event-stream", headers=HEADERS)


def _seen(raw: str) -> int | None:
    """The id of the line seen last; whatever is no such id counts as nothing said."""
    known = raw.isascii() and raw.isdigit() and len(raw) <= 10 and int(raw) <= inputs.MAX_SEQ
    return int(raw) if known else None
