"""`shouwang demo`: a made-up office to look around in."""

from __future__ import annotations

import os
import secrets

from bot.cli.office import open_office


def demo() -> None:
    """Load a made-up office: areas, members of staff, cases in every state, all marked as a demonstration."""
    from actions import demo as made_up

    password = os.environ.get("SHOUWANG_PASSWORD") or secrets.token_urlsafe(9)
    with open_office() as office:
        loaded = made_up.load(office, password)
    for title, receipt in loaded.matters:
        print(f"{receipt or '-':15} {title}")
    print(f"Sign in at /office/login as one of {', '.join(loaded.users)}; the password of those made now: {password}")
