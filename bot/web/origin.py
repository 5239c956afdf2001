"""Did this post come from our own page? The browser says so in `Sec-Fetch-Site` or `Origin`."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request

from bot.web.problems import Problem


def require_own_origin(request: Request) -> None:
    """Raises Problem 403 when another site sent the post. Clients that say nothing (scripts) are let through:
    they hold no victim's cookie; where a cookie signs somebody in, a token is asked for as well."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise Problem(403, "csrf")
        return
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc.lower() != request.headers.get("host", "").lower():
        raise Problem(403, "csrf")
