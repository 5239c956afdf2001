"""Where a request comes from: from our own page? (the browser says so in `Sec-Fetch-Site` or `Origin`) and from which
address? (behind a proxy on this machine uvicorn reads it from `X-Forwarded-For`)."""

from __future__ import annotations

import ipaddress
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


def sender(request: Request) -> str | None:
    """The address, of IPv6 the network of 64 bits that one household or phone has to itself; None where unknown."""
    if request.client is None:
        return None
    try:
        address = ipaddress.ip_address(request.client.host.partition("%")[0])
    except ValueError:
        return request.client.host[:80] or None
    return str(address) if address.version == 4 else str(ipaddress.ip_network((address, 64), strict=False))
