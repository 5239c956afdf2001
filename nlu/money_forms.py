"""Constructions a sum stands in (nlu/lexicon/money_forms*.yml): they decide its role where single words mislead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from nlu.lexicon_files import LexiconError, read_yaml
from nlu.patterns import worded

FILES = ("money_forms.yml", "money_forms_given_lost.yml")
_REACH = 60  # characters read back
_BREAK = re.compile(r"[。！？!?\n]")
_ITEM_OF_INCOME = worded("money.item_of_income")


@dataclass(frozen=True, slots=True)
class Form:
    """One construction; `before` ends where the sum begins, `after` begins where it ends."""

    role: str
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    only: frozenset[str]
    across: bool
    least: float

    def fits(self, text: str, opens: int, start: int, end: int, role: str, value: float | None) -> bool:
        if (self.only and role not in self.only) or (self.least and (value or 0) < self.least):
            return False
        said = text[opens:start]
        if self.unless and self.unless.search(said):
            return False
        if self.before and not self.before.search(said):
            return False
        return not self.after or bool(self.after.match(text, end))


@cache
def forms() -> tuple[Form, ...]:
    """All forms in the order of the files; LexiconError names the form that cannot be used."""
    return tuple(_form(row, file) for file in FILES for row in read_yaml(file))


def _form(row: dict[str, object], file: str) -> Form:
    name = row.get("form")
    if not row.get("role") or not (row.get("before") or row.get("after")):
        raise LexiconError(f"nlu/lexicon/{file}: form {name!r} has no role or no pattern; give it both")
    try:
        before, after, unless = (
            re.compile(f"(?:{row[key]}){tail}") if row.get(key) else None
            for key, tail in (("before", "$"), ("after", ""), ("unless", ""))
        )
    except re.error as error:
        raise LexiconError(f"nlu/lexicon/{file}: form {name!r} is no valid pattern: {error}; correct it") from error
    only = row.get("only") or ()
    least = row.get("least") or 0
    return Form(str(row["role"]), before, after, unless, frozenset(only), bool(row.get("across")), float(least))  # type: ignore[arg-type,call-overload]


def role_by_form(text: str, start: int, end: int, role: str, value: float | None, before: tuple[int, str]) -> str:
    """The role a construction gives the sum, else ""; `before` is where the sum before it ends, and its role."""
    opens = max(0, start - _REACH)
    for stop in _BREAK.finditer(text, opens, start):
        opens = stop.end()
    near = max(opens, before[0])
    for form in forms():
        if form.fits(text, opens if form.across else near, start, end, role, value):
            return form.role
    if role == "income_month" and before[1] == "income_year" and _ITEM_OF_INCOME.fullmatch(text, before[0], start):
        return "income_year"  # «其中务工21000 种地3600»: the list goes on by the year
    return ""
