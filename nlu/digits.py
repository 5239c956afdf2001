"""Phone, ID (GB 11643 checksum) and receipt numbers: digits with spaces, dashes, full width or as words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from nlu.patterns import worded

_SPOKEN = str.maketrans("幺一二三四五六七八九零洞拐勾壹贰叁肆伍陆柒捌玖叉", "11234567890079123456789X")
_RUN = re.compile(r"(?<![0-9])\+?[0-9](?:[ \-－—.]?[0-9]){3,40}(?:[ ]?[xX×](?![a-zA-Z0-9]))?")
_SPOKEN_DIGIT = "[幺一二三四五六七八九零壹贰叁肆伍陆柒捌玖]"
_SPOKEN_RUN = re.compile(f"{_SPOKEN_DIGIT}(?:[ 、,，\\-]?{_SPOKEN_DIGIT}){{10,17}}[叉xX]?")
_BRACKETED = re.compile(r"[（(](0[0-9]{2,3})[)）] ?-?([0-9]{7,8})(?![0-9])")  # (0535)8512345
_TYPED_LETTERS = re.compile(r"(?<![A-Za-z0-9])[1lI][0-9oOlI]{10}(?![A-Za-z0-9])")  # 138oo138ooo
_LETTERS = str.maketrans("oOlI", "0011")
_DIGITS_AT_LEAST = 5
_NOT_RECEIPT_BEFORE = worded("digits.not_receipt_before")
_TAIL = worded("digits.tail")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_ID_LENGTH = 18


@dataclass(frozen=True, slots=True)
class DigitMention:
    kind: str  # phone | id | receipt | other
    value: str
    start: int
    end: int


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return 1880 <= year <= 2100


def is_id_number(digits: str) -> bool:
    """Whether 18 characters satisfy GB 11643-1999 (date and mod 11-2), or 15 digits carry an old-style birth date."""
    if re.fullmatch(r"[1-9][0-9]{16}[0-9X]", digits):
        if not _is_date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14])):
            return False
        total = sum(int(d) * w for d, w in zip(digits[:17], _WEIGHTS, strict=True))
        return _CHECK[total % 11] == digits[17]
    if re.fullmatch(r"[1-8][0-9]{14}", digits):
        return bool(_PROVINCE.match(digits)) and _is_date(
            1900 + int(digits[6:8]), int(digits[8:10]), int(digits[10:12])
        )
    return False


_PROVINCE = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]")


def is_phone(digits: str) -> bool:
    """Whether a mainland mobile or landline number (national form) is valid in the numbering plan."""
    if not (re.fullmatch(r"1[3-9][0-9]{9}", digits) or re.fullmatch(r"0[1-9][0-9]{8,10}", digits)):
        return False
    import phonenumbers  # here, because most messages hold no number and the tables take 70 ms to load

    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(digits, "CN"))
    except phonenumbers.NumberParseException:
        return False


def find_digits(text: str) -> list[DigitMention]:
    """Every long number in order; `other` for those that are neither (bank cards), so that no sum is read there."""
    found: list[DigitMention] = []
    for match in _RUN.finditer(text):
        found.extend(_read_run(text, match.start(), match.group()))
    for match in _SPOKEN_RUN.finditer(text):
        digits = re.sub(r"[^0-9X]", "", match.group().upper().translate(_SPOKEN))
        if is_phone(digits) or is_id_number(digits):
            found.append(DigitMention("phone" if is_phone(digits) else "id", digits, match.start(), match.end()))
    for match in _BRACKETED.finditer(text):
        if is_phone(match[1] + match[2]):
            found.append(DigitMention("phone", match[1] + match[2], match.start(), match.end()))
    for match in _TYPED_LETTERS.finditer(text):
        digits = match.group().translate(_LETTERS)
        typed = sum(c.isdigit() for c in match.group())
        if _DIGITS_AT_LEAST <= typed < len(digits) and is_phone(digits):
            found.append(DigitMention("phone", digits, match.start(), match.end()))
    return sorted(found, key=lambda m: m.start)


def _read_run(text: str, start: int, run: str) -> list[DigitMention]:
    keep = [(i, c.upper().replace("×", "X")) for i, c in enumerate(run) if c in "0123456789xX×"]
    if len(keep) != _ID_LENGTH and keep[-1][1] == "X":
        keep.pop()  # «13800138000 x2»: only an ID number ends with an X
    digits = "".join(c for _, c in keep)
    where = [i for i, _ in keep]
    plus = run.startswith("+")

    def mention(kind: str, first: int, last: int) -> DigitMention:
        begin = start if first == 0 and plus else start + where[first]
        return DigitMention(kind, digits[first:last], begin, start + where[last - 1] + 1)

    found: list[DigitMention] = []
    at = 0
    while at < len(digits):
        rest = len(digits) - at
        if rest >= 18 and is_id_number(digits[at : at + 18]) and (at > 0 or rest in (18, 20) or rest >= 29):
            found.append(mention("id", at, at + 18))
            at += 20 if rest == 20 else 18
        elif rest == 13 and digits[at : at + 2] == "86" and is_phone(digits[at + 2 :]):
            whole = mention("phone", at, at + 13)
            found.append(DigitMention("phone", digits[at + 2 :], whole.start, whole.end))
            at += 13
        elif rest in (11, 12, 10) and is_phone(digits[at:]):
            found.append(mention("phone", at, len(digits)))
            at = len(digits)
        elif at == 0 and rest == 22 and is_phone(digits[:11]) and is_phone(digits[11:]):
            found.extend((mention("phone", 0, 11), mention("phone", 11, 22)))
            at = 22
        elif rest == 15 and is_id_number(digits[at:]):
            found.append(mention("id", at, at + 15))
            at = len(digits)
        elif rest == 12 and at == 0 and _is_receipt(text, start, digits):
            found.append(mention("receipt", 0, 12))
            at = 12
        else:
            if at == 0 and _separated(run):
                return _parts(text, start, run)
            if rest >= 9:
                found.append(mention("other", at, len(digits)))
            at = len(digits)
    return found


def _separated(run: str) -> bool:
    return bool(re.search(r"[0-9]{4,}[ \-.][0-9]{4,}", run))


def _parts(text: str, start: int, run: str) -> list[DigitMention]:
    """Two numbers with only a space between them are read one by one («261121-483-715 1234»)."""
    found: list[DigitMention] = []
    matches = list(re.finditer(r"[0-9][0-9\-]*(?:[xX])?", run))
    for part in matches:
        digits = re.sub(r"[^0-9xX]", "", part.group()).upper()
        kind = (
            "id"
            if is_id_number(digits)
            else "phone"
            if is_phone(digits)
            else "receipt"
            if len(digits) == 12 and _is_receipt(text, start + part.start(), digits)
            else "other"
            if len(digits) >= 9
            else ""
        )
        if kind:
            found.append(DigitMention(kind, digits, start + part.start(), start + part.end()))
    return found


def _is_receipt(text: str, start: int, digits: str) -> bool:
    month, day = int(digits[2:4]), int(digits[4:6])
    return (
        20 <= int(digits[:2]) <= 60
        and 1 <= month <= 12
        and 1 <= day <= 31
        and not _NOT_RECEIPT_BEFORE.search(text[max(0, start - 10) : start])
    )


def phone_tail(text: str, receipts: list[DigitMention]) -> str | None:
    """The last four digits of a phone, where they are said («后四位1234», or four digits beside a receipt number)."""
    match = _TAIL.search(text)
    if match:
        return match[1].translate(_SPOKEN)
    if receipts:
        rest = text[: receipts[0].start] + "|" + text[receipts[0].end :]
        lone = re.search(r"(?<![0-9])([0-9]{4})(?![0-9年])", rest)
        return lone[1] if lone else None
    return None
