"""Whom a change is tried on: the applications under way, or a list like the one that is screened."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from actions import casefile
from actions.lists.kinds import register_rules
from actions.lists.text import header_key
from actions.office import Office
from actions.screening.files import ListError, open_list
from actions.screening.query import Query
from actions.screening.rules import load_screen_rules
from policy_kb import FactError, Library
from storage.models import Case, User

BLOCK = 2_000


@dataclass(frozen=True)
class Household:
    """One household to be looked at. `name`: receipt number, or row and household number; `stored`: the verdict as it
    was given last, where there is a case; `problem`: why it cannot be judged."""

    name: str
    village: str
    facts: Mapping[str, object]
    place: str | None = None
    case_id: int | None = None
    stored: tuple[str | None, str | None] | None = None
    problem: str | None = None


def cases_under_way(office: Office, pack: str, user: User | None = None) -> Iterator[Household]:
    """The open and returned applications by this pack with the facts in force; `user`: only those this person sees."""
    with office.db.read() as uow:
        areas = {area.id: area.path.replace("/", "") for area in uow.areas.all()}
        found = [
            case
            for status in (casefile.OPEN, casefile.RETURNED)
            for case in uow.find(Case, kind="application", pack_id=pack, status=status)
        ]
        if user is not None:
            seen = set[int]()
            for start in range(0, len(found), BLOCK):
                seen |= uow.cases.seen_among(user, [case.id for case in found[start : start + BLOCK]])
            found = [case for case in found if case.id in seen]
        for case in sorted(found, key=lambda case: case.id):
            facts = casefile.values(casefile.facts_of(uow, case))
            yield _checked(office.library, case, facts, areas.get(case.area_id or 0, ""))


def _checked(library: Library, case: Case, facts: Mapping[str, object], village: str) -> Household:
    problem = None
    try:
        facts = library.check_facts(facts)
    except FactError as error:
        problem = error.message
    return Household(case.receipt, village, facts, case.place, case.id, (case.outcome, case.category), problem)


@contextmanager
def listed(library: Library, path: Path) -> Iterator[Iterator[Household]]:
    """The households of a list, read as `screen` reads it, in blocks; raises ListError."""
    with tempfile.TemporaryDirectory(prefix="shouwang-") as folder, duckdb.connect() as con:
        source = open_list(con, path, Path(folder))
        query = Query(source, library, load_screen_rules())
        if not query.facts:
            raise ListError(f"{path.name} has no column that is a fact; expected columns named by fact id.")
        yield _rows(con, query)


def _rows(con: duckdb.DuckDBPyConnection, query: Query) -> Iterator[Household]:
    names = [column.name for column in query.facts]
    passed = [header_key(column.name) for column in query.passed]
    cursor = con.execute(query.rows())
    keys = register_rules().keys
    number = _first(passed, keys.household)
    villages = [place for place in (_first(passed, keys.town), _first(passed, keys.village)) if place is not None]
    whole = {name for name in names if query.vocabulary[name].kind == "int"}
    while block := cursor.fetchmany(BLOCK):
        for row, misfit, bad, text, *values in block:
            facts = {n: int(v) if n in whole else v for n, v in zip(names, values, strict=True) if v is not None}
            named = f"row {row}" if number is None or not text[number] else f"row {row} {text[number]}"
            village = "".join(text[place] or "" for place in villages)
            unread = ", ".join(f"{name} ({query.vocabulary[name].zh})" for name in bad.split())
            problem = "; ".join(filter(None, (misfit, unread and f"cannot be read: {unread}"))) or None
            yield Household(named, village, facts, problem=problem)


def _first(names: Sequence[str], wanted: Sequence[str]) -> int | None:
    keys = [header_key(name) for name in wanted]
    return next((names.index(key) for key in keys if key in names), None)
