"""Headers, words, figures, days and ID numbers of lists as people write them, in the one form they are compared in."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import date
from functools import lru_cache

from actions.idnumbers import plain, read_id_number

_BRACKET = re.compile(r"[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]$")
_NOISE = re.compile(r"[\s*:：、,，.]+")
_FIGURE = re.compile(r"^[¥￥]?([+-]?(?:\d{1,15}(?:\.\d{1,6})?|\.\d{1,6}))(千?元|万元?)?$")
_DAY = re.compile(r"^(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?|(\d{2})(\d{2})?)(?:[T ].*)?$")
_FLOAT = re.compile(r"^\d(\.\d+)?[eE]\+?1[4-7]$")
_CUT = re.compile(r"^\d{15}000(\.0+)?$")


def header_key(header: str) -> str:
    """A header as headers are compared: 自付费用 （万元） and *自付费用 are 自付费用."""
    return _split(header)[0]


def header_unit(header: str, units: Mapping[str, float]) -> float:
    """What the figures under a header are multiplied by."""
    return units.get(_split(header)[1], 1)


def _split(header: str) -> tuple[str, str]:
    text = _NOISE.sub("", _visible(header))
    found = _BRACKET.search(text)
    return (text[: found.start()].casefold(), found[1]) if found and found.start() else (text.casefold(), "")


@lru_cache(maxsize=1 << 14)
def word_key(word: str) -> str:
    """A word in a cell as words are compared."""
    return re.sub(r"\s+", "", _visible(word)).casefold()


def _visible(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if unicodedata.category(c) not in ("Cf", "Cc") or c in "\t\n")


def read_figure(text: str, units: Mapping[str, float]) -> float | None:
    """A figure as it stands in a cell (1,200.5 · ￥3000 · 1.2万元), or None for anything else."""
    found = _FIGURE.match(re.sub(r"[\s,，]", "", _visible(text)))
    if not found:
        return None
    value = float(found[1]) * units.get(found[2] or "元", 1)
    return round(value, 6) if math.isfinite(value) else None


def read_day(text: str) -> date | None:
    """A day, or the first of a month, as it stands in a cell: 2021-06-03, 2021/6/3, 2021年6月, 202106."""
    found = _DAY.match(_visible(text).strip())
    if not found:
        return None
    year, month, day = found[1], found[2] or found[4], found[3] or found[5]
    try:
        return date(int(year), int(month), int(day or 1))
    except (ValueError, TypeError):
        return None


def month_in(name: str) -> date | None:
    """The month that a file's name carries (医保2021-06.csv, 2021年6月残联.xlsx), or None."""
    found = re.search(
        r"(?<!\d)(20\d\d)(?:[-_.年 ]?)(0[1-9]|1[0-2]|[1-9](?=月))(?!\d)", unicodedata.normalize("NFKC", name)
    )
    return date(int(found[1]), int(found[2]), 1) if found else None


def household_key(text: str, blanks: Collection[str]) -> str | None:
    """A household number in its one form, or None; full width, blanks, case and Excel's ‘.0’ make no difference."""
    key = re.sub(r"[\s'’]+", "", _visible(text)).upper()
    if re.fullmatch(r"\d+\.0+", key):
        key = key.partition(".")[0]
    return None if key.casefold() in blanks else key


def is_lost(text: str) -> bool:
    """Whether a spreadsheet certainly took this ID number for a number, so that its last digits are gone."""
    written = plain_number(text)
    return bool(_FLOAT.match(written)) or (bool(_CUT.match(written)) and read_id_number(written) is None)


def looks_cut(text: str) -> bool:
    """Whether it could be such a number: it ends as they do, though its check character may fit by chance."""
    return bool(_CUT.match(plain_number(text)))


def plain_number(text: str) -> str:
    return re.sub(r"[\s'’]+", "", unicodedata.normalize("NFKC", text))


def id_key(text: str) -> str | None:
    """An ID number in its one form, or None where its length, date or check character is wrong."""
    return read_id_number(text.strip().lstrip("'’"))


def masked_id(text: str) -> str:
    """What of an ID number may stand in a report."""
    digits = plain(text)
    if _FLOAT.match(plain_number(text)):
        return f"{plain_number(text)[:7]}…{digits[-4:]}"  # a figure, as a spreadsheet shows it
    return f"{digits[:6]}********{digits[-4:]}" if len(digits) >= 15 else "*" * min(len(digits), 6)
