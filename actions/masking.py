"""Masking (脱敏): what of a name, a phone number or an ID number stands on a screen that many can see."""

from __future__ import annotations

import re

HIDDEN = "*"
_ID = re.compile(r"(?<![0-9A-Za-z])([1-9]\d{2})\d{13}([0-9Xx]{2})(?![0-9A-Za-z])")
_PHONE = re.compile(r"(?<!\d)(1[3-9]\d)([\s-]?)\d{4}([\s-]?)(\d{4})(?!\d)")


def name(text: str) -> str:
    """王秀英 → 王**."""
    return text[:1] + HIDDEN * max(1, len(text) - 1)


def phone(text: str) -> str:
    """13800001234 → 138****1234; short numbers keep their last four digits only."""
    digits = re.sub(r"\D", "", text)
    head = digits[:3] if len(digits) >= 11 else ""
    return f"{head}{HIDDEN * 4}{digits[-4:]}"


def numbers(text: str) -> str:
    """Phone and ID numbers inside running text, masked; everything else stays."""
    text = id_numbers(text)
    return _PHONE.sub(lambda m: f"{m[1]}{m[2]}{HIDDEN * 4}{m[3]}{m[4]}", text)


def id_numbers(text: str) -> str:
    """ID numbers inside running text, masked; everything else stays."""
    return _ID.sub(lambda m: f"{m[1]}{HIDDEN * 13}{m[2]}", text)


def has_id_number(text: str) -> bool:
    return _ID.search(text) is not None
