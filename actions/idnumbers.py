"""ID numbers (身份证号) and phone numbers as people write them, in their one form.

Anchor: GB 11643-1999 (date and check character, mod 11-2); numbers of 15 digits are of the time before 2000.
"""

from __future__ import annotations

import re
import unicodedata

from nlu.digits import is_id_number, is_phone

_SEPARATORS = re.compile(r"[\s\-—－.·]+")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


def read_id_number(text: str | None) -> str | None:
    """Eighteen characters whose date and check character are right, however they were written; None otherwise.

    Full width, blanks, dashes, invisible signs, the digits of other scripts and a small x are all read; fifteen digits
    become the eighteen of the same person.
    """
    written = plain(text or "")
    if not is_id_number(written):
        return None
    return _lengthened(written) if len(written) == 15 else written


def read_phone(text: str | None) -> str | None:
    """A mainland phone number in its national form, or None."""
    digits = re.sub(r"[^0-9]", "", plain(text or ""))
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    return digits if is_phone(digits) else None


def plain(text: str) -> str:
    """The characters alone: ASCII digits and a capital X, nothing between them."""
    folded = unicodedata.normalize("NFKC", text)
    kept = (c for c in folded if unicodedata.category(c) not in ("Cf", "Cc"))
    digits = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in kept)
    return _SEPARATORS.sub("", digits).upper()


def _lengthened(old: str) -> str:
    head = f"{old[:6]}19{old[6:]}"
    return head + _CHECK[sum(int(d) * w for d, w in zip(head, _WEIGHTS, strict=True)) % 11]
