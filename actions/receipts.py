"""Receipt numbers (单号): `YYMMDD-RRR-RRR`, the random part from `secrets`, read however people write them."""

from __future__ import annotations

import re
import secrets
import unicodedata
from datetime import date

RECEIPT_DIGITS = 12


def new_receipt(day: date) -> str:
    """A receipt number `YYMMDD-RRR-RRR`; the random part cannot be guessed from another one."""
    number = f"{secrets.randbelow(10**6):06d}"
    return f"{day:%y%m%d}-{number[:3]}-{number[3:]}"


def read_receipt(text: str) -> str | None:
    """A receipt number as people write it (full width, blanks, any dash or none) in its one form, or None."""
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", text))
    if len(digits) != RECEIPT_DIGITS or not digits.isascii():
        return None
    return f"{digits[:6]}-{digits[6:9]}-{digits[9:]}"
