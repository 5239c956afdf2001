"""The workbench's form: what was typed, what was left to the notes, and what a button added.

A field that can be heard in the notes travels with `was_NAME`, what the page showed last: only what differs from it
was typed by the operator. `own` names the fields that were typed before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from actions.call_draft import CallInput
from actions.callviews import CallView
from bot.web.problems import Problem

HEARD = ("phone", "name", "place", "id_number", "proxy", "proxy_name", "topic", "against", "against_level", "wish")
YES_NO = {"yes": True, "no": False}
MAX_NUMBER = 2**31 - 1


@dataclass(frozen=True)
class Page:
    """One post of the page: the call as typed, which fields are the operator's own, and which page it is."""

    given: CallInput
    own: tuple[str, ...]
    version: int | None
    window: str
    turn: int


def read_page(form: Mapping[str, str]) -> Page:
    """Raises Problem 422 that names what cannot be taken."""
    form = _picked(form)
    own = {name for name in HEARD if name in form.get("own", "").split()}
    own |= {name for name in HEARD if form.get(name, "") != form.get(f"was_{name}", "")}
    values: dict[str, Any] = {name: form.get(name, "") if name in own else None for name in HEARD}
    values["proxy"] = values["proxy"] == "yes" if values["proxy"] is not None else None
    values["against_level"] = values["against_level"] or None
    values |= {
        "kind": form.get("kind", "application"),
        "notes": form.get("notes", ""),
        "consent": YES_NO.get(form.get("consent", "")),
        "proxy_consent": YES_NO.get(form.get("proxy_consent", "")),
        "anonymous": form.get("anonymous") == "yes",
        "continues": form.get("continues") or None,
        "receipt": form.get("receipt") or None,
    }
    try:
        given = CallInput.model_validate(values)
    except ValidationError as error:
        fields = "、".join(sorted({".".join(map(str, e["loc"])) for e in error.errors()}))
        raise Problem(422, "fields", fields=fields) from None
    own_now = tuple(name for name in HEARD if name in own)
    return Page(given, own_now, number(form, "version"), form.get("window", "")[:40], number(form, "turn") or 0)


def _picked(form: Mapping[str, str]) -> Mapping[str, str]:
    """A button of the script was pressed: «〔…〕answer» is one more line, «field=value» sets a field."""
    pick = form.get("pick", "")
    if pick.startswith("〔"):
        notes = form.get("notes", "").rstrip()
        return {**form, "notes": f"{notes}\n{pick}" if notes else pick}
    name, equals, value = pick.partition("=")
    return {**form, name: value} if equals else form


def number(form: Mapping[str, str], name: str) -> int | None:
    raw = form.get(name, "")
    return int(raw) if raw.isascii() and raw.isdigit() and int(raw) <= MAX_NUMBER else None


def shown(view: CallView) -> dict[str, str]:
    """What the fields show: as typed or as heard."""
    return {
        "phone": view.phone,
        "name": view.name,
        "place": view.place,
        "id_number": view.id_number,
        "proxy": "yes" if view.proxy else "",
        "proxy_name": view.proxy_name,
        "topic": view.topic,
        "against": view.against,
        "against_level": view.against_level,
        "wish": view.wish,
    }


def own_of(given: CallInput) -> tuple[str, ...]:
    """The fields that were typed, of a call that was kept."""
    return tuple(name for name in HEARD if getattr(given, name) is not None)
