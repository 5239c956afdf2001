"""Reading what came in: bytes to JSON, text to clean text, each fault to one Chinese sentence."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Awaitable, Callable
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.web.problems import Problem

MAX_TEXT = 4000  # characters of one message (contract)
MAX_MESSAGE_ID = 100
MAX_SEQ = 2**31 - 1
MAX_DEPTH = 20  # levels of nesting in a JSON body

CONVERSATION = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,79}")
"""Ids a client may choose; ours (`secrets.token_urlsafe`) may begin with - or _ as well.

Other channels use a colon in theirs, so that no web client can name their conversations."""

_UNWANTED = re.compile("[\ud800-\udfff\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufdd0-\ufdef\ufffe\uffff]")

ModelT = TypeVar("ModelT", bound=BaseModel)


def clean(text: str) -> str:
    """Drop what no database stores and nobody typed: NUL, control characters, lone surrogates; keep line breaks."""
    return _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def is_blank(text: str) -> bool:
    """Whether nothing visible is left: white space and zero-width characters (category Cf) alone are nothing."""
    return all(c.isspace() or unicodedata.category(c) == "Cf" for c in text)


def message_text(raw: str) -> str:
    """The text of a message, cleaned. Raises Problem 422 when empty, 413 when longer than MAX_TEXT characters."""
    if len(raw) > MAX_TEXT:
        raise Problem(413, "text_too_long", length=len(raw), limit=MAX_TEXT)
    text = clean(raw)
    if is_blank(text):
        raise Problem(422, "text_empty")
    return text


def conversation_id(raw: str) -> str:
    if not CONVERSATION.fullmatch(raw):
        raise Problem(422, "conversation_id")
    return raw


def message_id(raw: str | None) -> str | None:
    if raw is None or raw == "":
        return None
    if len(raw) > MAX_MESSAGE_ID or clean(raw) != raw:
        raise Problem(422, "message_id", limit=MAX_MESSAGE_ID)
    return raw


def sequence(raw: str | None) -> int:
    """The `after` of a poll, 0 when absent."""
    if raw is None or raw == "":
        return 0
    if not re.fullmatch(r"[0-9]{1,10}", raw) or int(raw) > MAX_SEQ:
        raise Problem(422, "after")
    return int(raw)


def parse_json(body: bytes) -> dict[str, Any]:
    """The JSON object in `body`. Raises Problem 400 for broken UTF-8, broken JSON, NaN, deep nesting, or no object."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise Problem(400, "not_utf8") from None
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Problem(400, "not_json") from None
    if not isinstance(value, dict):
        raise Problem(400, "not_object")
    if _deeper_than(value, MAX_DEPTH):
        raise Problem(400, "too_deep")
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _deeper_than(value: object, limit: int) -> bool:
    if limit == 0:
        return True
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(_deeper_than(child, limit - 1) for child in children)


def json_body(model: type[ModelT]) -> Callable[[Request], Awaitable[ModelT]]:
    """A FastAPI dependency that reads a JSON body into `model`; a wrong field is a Problem 422 that names it."""

    async def read(request: Request) -> ModelT:
        value = parse_json(await request.body())
        try:
            return model.model_validate(value)
        except ValidationError as error:
            fields = "、".join(sorted({".".join(map(str, e["loc"])) or "?" for e in error.errors()}))
            raise Problem(422, "fields", fields=clean(fields)[:200]) from None

    return read


def body_schema(model: type[BaseModel]) -> dict[str, Any]:
    """What `json_body(model)` accepts, for the `openapi_extra` of a route."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": model.model_json_schema()}}}}


async def form_fields(request: Request) -> dict[str, str]:
    """The plain fields of a form post, cleaned; a file or an unreadable form is a Problem 400."""
    try:
        form: FormData = await request.form(max_files=0, max_fields=60)
    except (HTTPException, ValueError):  # ValueError covers text that is not UTF-8
        raise Problem(400, "form") from None
    return {name: clean(value) for name, value in form.items() if not isinstance(value, UploadFile)}


async def form_with_file(request: Request, name: str) -> tuple[dict[str, str], bytes]:
    """The plain fields of a form post and the bytes of its one file `name` (b"" where none was chosen)."""
    try:
        form: FormData = await request.form(max_files=1, max_fields=20)
    except (HTTPException, ValueError):
        raise Problem(400, "form") from None
    file = form.get(name)
    content = await file.read() if isinstance(file, UploadFile) else b""
    return {key: clean(value) for key, value in form.items() if isinstance(value, str)}, content
