"""Masking (脱敏): what of a name, a phone number or an ID number stands on a screen that many can see."""

from __future__ import annotations

import re

from actions import idnumbers

HIDDEN = "*"
# Blanks, dashes and invisible signs stand between the digits of some people, and the digits need not be ASCII.
_BETWEEN = "[ \u00a0\u3000\\-—\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*"
_ID = re.compile(rf"(?<![0-9A-Za-z])\d(?:{_BETWEEN}\d){{13,16}}(?:{_BETWEEN}[\dXxＸｘ])?(?![0-9A-Za-z])")
_ID_LENGTH = 18
_PHONE = re.compile(r"(?<!\d)(1[3-9]\d)([\s-]?)\d{4}([\s-]?)(\d{4})(?!\d)")


def name(text: str) -> str:
    """王秀英 → 王**."""
    return text[:1] + HIDDEN * max(1, len(text) - 1)


def phone(text: str) -> str:
    """13800001234 → 138****1234; short numbers keep their last four digits only."""
    digits = re.sub(r"\D", "", text)
    head = digits[:3] if len(digits) >= 11 else ""
    return f"{head}{HIDDEN * 4}{digits[-4:]}"


def id_number(text: str) -> str:
    """110105194912310021 → 110*************21."""
    return f"{text[:3]}{HIDDEN * (len(text) - 5)}{text[-2:]}"


def id_numbers(text: str) -> str:
    """ID numbers inside running text, masked, however they were written."""
    return _ID.sub(_hidden_id, text)


def _hidden_id(found: re.Match[str]) -> str:
    written = idnumbers.plain(found[0])
    if len(written) != _ID_LENGTH and idnumbers.read_id_number(written) is None:
        return found[0]
    return id_number(written)


def numbers(text: str) -> str:
    """Phone and ID numbers inside running text, masked; everything else stays."""
    text = id_numbers(text)
    return _PHONE.sub(lambda m: f"{m[1]}{m[2]}{HIDDEN * 4}{m[3]}{m[4]}", text)


def has_id_number(text: str) -> bool:
    """Whether an ID number stands in the text, however it was written."""
    return id_numbers(text) != text
