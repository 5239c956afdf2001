"""Jinja2 pages: autoescape always on, static files addressed by their content's hash."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from bot.web import views
from bot.web.texts import TEXTS

HERE = Path(__file__).parent
STATIC = HERE / "static"


@cache
def static(name: str) -> str | None:
    """`/static/NAME?v=HASH`, or None where the file is not there (browser parts that set-up did not fetch)."""
    path = STATIC / name
    if not path.is_file():
        return None
    return f"/static/{name}?v={hashlib.sha256(path.read_bytes()).hexdigest()[:10]}"


class Pages(Environment):
    """Jinja2 in which `words.clear` of a dictionary of texts is its entry, never the method of that name."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


ENV = Pages(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
ENV.globals.update(static=static, T=TEXTS)
ENV.filters.update(day=views.day, short_day=views.short_day, moment=views.moment, hour=views.hour)
ENV.filters.update(form_moment=views.form_moment)


def render_text(template: str, **values: Any) -> str:
    return ENV.get_template(template).render(**values)


def render(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    return HTMLResponse(render_text(template, status=status, **values), status)
