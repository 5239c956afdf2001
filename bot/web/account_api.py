"""Accounts as JSON: sign in and out, who am I, one's own password, and the administrator's list."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request

from actions import accounts, linking, preferences, staffing
from actions.accounts import Staff
from bot.web import inputs
from bot.web.problems import Problem
from bot.web.signin import ApiUser, State, bearer_token, require_admin
from bot.web.staff_pages import area_of

router = APIRouter(prefix="/api", tags=["accounts"])


class LoginIn(BaseModel):
    model_config = ConfigDict(strict=True)
    name: str
    password: str


class TokenOut(BaseModel):
    """Send it as `Authorization: Bearer …`; it is good for twelve hours."""

    token: str


class PasswordIn(BaseModel):
    model_config = ConfigDict(strict=True)
    old: str
    new: str


class LinkOut(BaseModel):
    """Good for one use within `minutes`."""

    code: str
    minutes: int


class NewUserIn(BaseModel):
    """`area`: an area's code, path or name; cadres need one."""

    model_config = ConfigDict(strict=True)
    name: str
    password: str
    role: Literal["operator", "cadre", "admin"]
    area: str | None = None
    display_name: str = ""


class ChangeUserIn(BaseModel):
    """Give what is to change: `disabled` takes access away at once, `password` sets a new one and lifts a lock,
    `role` and `area` (code, path or name; "" for none) end the account's sessions; `phone` is the number that the
    office's gateway sends to ("" for none)."""

    model_config = ConfigDict(strict=True)
    disabled: bool | None = None
    password: str | None = None
    role: Literal["operator", "cadre", "admin"] | None = None
    area: str | None = None
    display_name: str | None = None
    phone: str | None = None


class UserOut(BaseModel):
    name: str
    display_name: str
    role: str
    area: str
    disabled: bool


@router.post("/login", response_model=TokenOut, openapi_extra=inputs.body_schema(LoginIn))
def login(body: Annotated[LoginIn, Depends(inputs.json_body(LoginIn))], state: State) -> TokenOut:
    """A session token for name and password; ten wrong passwords lock the account for fifteen minutes."""
    return TokenOut(token=accounts.login(state.office, body.name, body.password))


@router.post("/logout", status_code=204)
def logout(request: Request, state: State, who: ApiUser) -> None:
    accounts.logout(state.office, bearer_token(request))


@router.get("/me", response_model=UserOut)
def me(state: State, who: ApiUser) -> UserOut:
    return user_out(who.user, area_of(state.office, who.user))


@router.post("/me/password", response_model=TokenOut, openapi_extra=inputs.body_schema(PasswordIn))
def password(
    body: Annotated[PasswordIn, Depends(inputs.json_body(PasswordIn))], state: State, who: ApiUser
) -> TokenOut:
    """Change one's own password; every session ends, the token given is the new one."""
    return TokenOut(token=accounts.change_password(state.office, who.user, body.old, body.new))


@router.post("/me/telegram", response_model=LinkOut)
def link_telegram(state: State, who: ApiUser) -> LinkOut:
    """A one-time code to be sent to the bot as `/start CODE`; an earlier unused one is void."""
    return LinkOut(code=linking.offer(state.office, who.user), minutes=linking.MINUTES)


@router.delete("/me/telegram", status_code=204)
def unlink_telegram(state: State, who: ApiUser) -> None:
    """End the link of one's own Telegram account, if there is one."""
    linking.unlink_user(state.office, who.user, "telegram")


@router.get("/users", response_model=list[UserOut])
def users(state: State, who: ApiUser) -> list[UserOut]:
    require_admin(who)
    return [user_out(user, area) for user, area in accounts.list_users(state.office)]


@router.post("/users", response_model=UserOut, status_code=201, openapi_extra=inputs.body_schema(NewUserIn))
def add_user(body: Annotated[NewUserIn, Depends(inputs.json_body(NewUserIn))], state: State, who: ApiUser) -> UserOut:
    require_admin(who)
    by = f"user:{who.user.id}"
    user = accounts.add_user(state.office, body.name, body.password, body.role, body.area, body.display_name, by)
    return user_out(user, area_of(state.office, user))


@router.patch("/users/{name}", status_code=204, openapi_extra=inputs.body_schema(ChangeUserIn))
def change_user(
    name: str, body: Annotated[ChangeUserIn, Depends(inputs.json_body(ChangeUserIn))], state: State, who: ApiUser
) -> None:
    require_admin(who)
    by = f"user:{who.user.id}"
    moved = {key: value for key in ("role", "area", "display_name") if (value := getattr(body, key)) is not None}
    if body.disabled is None and body.password is None and body.phone is None and not moved:
        raise Problem(422, "fields", fields="disabled、password、role、area、display_name、phone")
    if moved:
        staffing.move(state.office, who.user, name, **moved)
    if body.phone is not None:
        preferences.set_phone(state.office, name, inputs.clean(body.phone), by)
    if body.password is not None:
        accounts.reset_password(state.office, name, body.password, by)
    if body.disabled is not None:
        accounts.set_disabled(state.office, name, body.disabled, by)


def user_out(user: Staff, area: str) -> UserOut:
    return UserOut(name=user.name, display_name=user.display_name, role=user.role, area=area, disabled=user.disabled)
