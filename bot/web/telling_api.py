"""Being told, as JSON: one's own settings, and for administrators how messages leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict

from actions import deliveries, preferences
from actions.deliveries import Overview
from actions.preferences import Wishes
from bot.web import inputs
from bot.web.signin import ApiUser, State
from bot.web.staff_api import CountOut

router = APIRouter(prefix="/api", tags=["notifications"])
MessageId = Annotated[int, Path(ge=1, le=inputs.MAX_SEQ)]


class WishesIn(BaseModel):
    """Give what is to change. Times are "08:10", Asia/Shanghai; null: the office's. Equal quiet times: none."""

    model_config = ConfigDict(extra="forbid")
    telegram: bool | None = None
    webhook: bool | None = None
    digest: bool | None = None
    digest_at: time | None = None
    quiet_from: time | None = None
    quiet_to: time | None = None
    phone: str | None = None


class ChannelIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    channel: str


@router.get("/me/preferences", response_model=Wishes)
def wishes(state: State, who: ApiUser) -> Wishes:
    """By which ways, when, and whether in one message a day this person is told outside the workbench."""
    return preferences.wishes_of(state.office, who.user)


@router.patch("/me/preferences", response_model=Wishes, openapi_extra=inputs.body_schema(WishesIn))
def change(body: Annotated[WishesIn, Depends(inputs.json_body(WishesIn))], state: State, who: ApiUser) -> Wishes:
    given = {name: _plain(getattr(body, name)) for name in body.model_fields_set}
    flags = ("telegram", "webhook", "digest", "phone")
    given = {name: value for name, value in given.items() if value is not None or name not in flags}
    now = preferences.wishes_of(state.office, who.user)
    return preferences.save(state.office, who.user, replace(now, **given), state.channels)  # type: ignore[arg-type]


@router.get("/deliveries", response_model=Overview)
def overview(state: State, who: ApiUser) -> Overview:
    """Administrators: what waits, was tried in vain and was given up, by channel, and the newest given up."""
    return deliveries.overview(state.office, who.user)


@router.post("/deliveries/{number}/retry", status_code=204)
def try_again(number: MessageId, state: State, who: ApiUser) -> None:
    """Administrators: one message that was given up gets another day."""
    deliveries.try_again(state.office, who.user, number)


@router.post("/deliveries/retry", response_model=CountOut, openapi_extra=inputs.body_schema(ChannelIn))
def try_all_again(
    body: Annotated[ChannelIn, Depends(inputs.json_body(ChannelIn))], state: State, who: ApiUser
) -> CountOut:
    """Administrators: everything of a channel that was given up gets another day."""
    return CountOut(changed=deliveries.try_all_again(state.office, who.user, body.channel))


def _plain(value: object) -> object:
    """A time of day without seconds and zone, a text cleaned."""
    if isinstance(value, time):
        return value.replace(second=0, microsecond=0, tzinfo=None)
    return inputs.clean(value) if isinstance(value, str) else value
