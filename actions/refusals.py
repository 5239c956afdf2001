"""What the office refuses, told in one plain sentence; doors turn the kind into their own answer."""

from __future__ import annotations

from storage import Unavailable as DatabaseUnavailable  # for the doors, which know no storage


class Refusal(Exception):
    """A request that cannot be carried out; `message` is one Chinese sentence for the person who asked."""

    status = 400  # the HTTP status a web door gives for it

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(Refusal):
    """Not there, or not for this person's eyes: both look the same from outside."""

    status = 404


class NotAllowed(Refusal):
    """The role may not do this."""

    status = 403


class Stale(Refusal):
    """Somebody else changed the row in the meantime."""

    status = 409


class Invalid(Refusal):
    """The input or the moment does not fit."""

    status = 422


__all__ = ["DatabaseUnavailable", "Invalid", "NotAllowed", "NotFound", "Refusal", "Stale"]
