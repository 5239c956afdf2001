"""`shouwang audit`: whether the audit log is whole, for the administrator of the machine and for a nightly check."""

from __future__ import annotations

from bot.cli.office import open_office


class LogBroken(Exception):
    """An entry of the audit log was changed, slipped in or taken out."""


def audit() -> None:
    """Check every entry of the audit log; a log that was tampered with ends in one sentence and status 1."""
    from actions.auditing import look

    with open_office() as office:
        entries, broken_at = look(office)
    if broken_at is not None:
        raise LogBroken(
            f"The audit log does not fit together from entry {broken_at} on ({entries} entries are there): something "
            "was changed, slipped in or taken out; compare it with the last backup before anything else is done."
        )
    print(f"The audit log is whole: {entries} entries.")
