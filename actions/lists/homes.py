"""Households that rows belong to: the office's own register of them, or what the lists themselves tell.

A register has a row for each member: household number, ID number, village. Departments know persons; the register
says whose they are. Without one the lists' own household numbers count, and a person without any is a household alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from actions.lists.cells import CellReader
from actions.lists.kinds import RegisterRules, register_rules
from actions.lists.remarks import Remark
from actions.lists.statements import Given, Stated
from actions.lists.tables import Row, Table, read_tables
from actions.lists.text import header_key, household_key, id_key, is_lost, looks_cut, masked_id
from actions.sounds import clean_name
from policy_kb import Library

KEYS = ("household", "id_number", "head_id", "name", "head_name", "town", "village")


@dataclass
class Home:
    """One household: its number as the register writes it, where it lives, its members by ID number."""

    key: str
    number: str
    town: str = ""
    village: str = ""
    head_name: str = ""
    head_id: str = ""
    members: dict[str, str] = field(default_factory=dict)  # ID number → name
    stated: list[Stated] = field(default_factory=list)

    @property
    def head(self) -> str:
        """The name of its head, as far as it is known."""
        return self.head_name or self.members.get(self.head_id, "")

    @property
    def place(self) -> str:
        """Where it lives, as far as it is known."""
        return f"{self.town}{self.village}"


@dataclass(frozen=True)
class RowKeys:
    """What a row says about whose it is. `faults`: codes of what is wrong with it (see texts, lists.remarks)."""

    household: str | None
    person: str | None
    head: str | None
    names: Mapping[str, str]  # name, head_name, town, village
    shown: str  # the ID number as it may be shown
    faults: tuple[str, ...] = ()


class KeyColumns:
    """Which columns of a list say whose a row is."""

    def __init__(self, headers: Mapping[str, str], rows: list[Row]) -> None:
        self.rules = register_rules()
        wanted = {name: [header_key(h) for h in getattr(self.rules.keys, name)] for name in KEYS}
        self.at = {name: next((key for key in keys if key in headers), None) for name, keys in wanted.items()}
        # where one number of a column was certainly cut, those that look so are cut as well
        self.cut = {n for n in ("id_number", "head_id") if any(is_lost(self._text(row, n)) for row in rows)}

    @property
    def any(self) -> bool:
        return any(self.at[name] for name in ("household", "id_number", "head_id"))

    def read(self, row: Row) -> RowKeys:
        faults: list[str] = []
        person = self._id(row, "id_number", faults)
        head = self._id(row, "head_id", faults)
        names = {name: self._text(row, name) for name in ("name", "head_name", "town", "village")}
        shown = masked_id(self._text(row, "id_number") or self._text(row, "head_id"))
        number = household_key(self._text(row, "household"), self.rules.blanks)
        return RowKeys(number, person, head, names, shown, tuple(dict.fromkeys(faults)))

    def _id(self, row: Row, name: str, faults: list[str]) -> str | None:
        text = self._text(row, name)
        if household_key(text, self.rules.blanks) is None:
            return None
        if is_lost(text) or (name in self.cut and looks_cut(text)):
            faults.append("lost_digits")
            return None
        key = id_key(text)
        if key is None:
            faults.append("id_wrong")
        return key

    def _text(self, row: Row, name: str) -> str:
        key = self.at[name]
        return row.cells.get(key, "") if key else ""


class Homes:
    """Finds the household of a row. `fixed`: there is a register, and only who stands in it is found."""

    def __init__(self, fixed: bool = False) -> None:
        self.fixed = fixed
        self.by_key: dict[str, Home] = {}
        self.of_person: dict[str, str] = {}
        self.twice: set[str] = set()  # persons who stand in two households
        self.remarks: list[Remark] = []

    def find(self, keys: RowKeys) -> tuple[Home | None, str]:
        """The household of a row, or what is in the way (a code of lists.reasons); a remark beside a household too."""
        if {keys.person, keys.head} & self.twice:
            return None, "two_households"
        sure = [self.of_person[one] for one in (keys.person, keys.head) if one in self.of_person]
        named = keys.household if keys.household in self.by_key else None
        found = {*sure, *((named,) if named else ())}
        if len(found) > 1:
            return None, "keys_disagree"
        if not found:
            return self._unknown(keys)
        if not sure and keys.person is not None and self.fixed:
            return None, "person_unknown_number_known"
        home = self.by_key[found.pop()]
        return home, self._doubt(home, keys)

    def _unknown(self, keys: RowKeys) -> tuple[Home | None, str]:
        if not self.fixed and (key := keys.household or keys.head or keys.person):
            return self.put(key, keys), ""
        if keys.person or keys.head:
            return None, "person_unknown"
        if keys.faults:
            return None, keys.faults[0]
        return None, "number_unknown" if keys.household else "no_key"

    def _doubt(self, home: Home, keys: RowKeys) -> str:
        known = clean_name(home.members.get(keys.person or "", ""))
        said = clean_name(keys.names["name"])
        if known and said and known != said:
            return "name_differs"
        return keys.faults[0] if keys.faults else ""

    def put(self, key: str, keys: RowKeys) -> Home:
        """The household with this key, made where it is new, with what the row says about it."""
        alone = key in (keys.person, keys.head)
        home = self.by_key.setdefault(key, Home(key, "" if alone else key))
        names = keys.names
        home.town, home.village = home.town or names["town"], home.village or names["village"]
        home.head_name = home.head_name or names["head_name"]
        home.head_id = home.head_id or keys.head or ""
        for person, name in ((keys.person, names["name"]), (keys.head, names["head_name"])):
            if person:
                home.members[person] = home.members.get(person) or name
                if self.of_person.setdefault(person, key) != key:
                    self.twice.add(person)
        return home

    def learn(self, table: Table) -> None:
        """Without a register: who belongs to which household number, from a list that has both."""
        columns = KeyColumns(table.headers, table.rows)
        for row in table.rows if not self.fixed and columns.at["household"] else ():
            keys = columns.read(row)
            if keys.household:
                self.put(keys.household, keys)


def read_register(library: Library, path: Path, rules: RegisterRules) -> Homes:
    """The office's register of households; raises ListError where it has no household number or no ID number."""
    homes = Homes(fixed=True)
    for table in read_tables(path, known_keys(rules), rules.first_rows):
        _register(library, rules, table, homes)
    return homes


def _register(library: Library, rules: RegisterRules, table: Table, homes: Homes) -> None:
    """One sheet of the register."""
    columns = KeyColumns(table.headers, table.rows)
    given = Given("register", "", table.name, None)
    cells = CellReader(library, rules.columns, table.headers)
    homes.remarks += [Remark(table.name, number, "misfit", cells=str(count)) for number, count in table.misfits]
    for row in table.rows:
        keys = columns.read(row)
        homes.remarks += [Remark(table.name, row.number, fault, person=keys.shown) for fault in keys.faults]
        if keys.household is None:
            homes.remarks.append(Remark(table.name, row.number, "register_no_number", person=keys.shown))
            continue
        known = homes.by_key.get(keys.household)
        moved = known is not None and known.village and keys.names["village"] not in ("", known.village)
        if moved:
            homes.remarks.append(Remark(table.name, row.number, "register_two_villages", person=keys.household))
        before = len(homes.twice)
        home = homes.put(keys.household, keys)
        if len(homes.twice) > before:
            homes.remarks.append(Remark(table.name, row.number, "two_households", person=keys.shown))
        said, bad = cells.read(row.cells)
        home.stated += [Stated.of(one, given, row.number, "", household=True) for one in said]
        homes.remarks += [
            Remark(table.name, row.number, "bad_cell", column=b.header, found=b.text, expected=b.expected) for b in bad
        ]


def known_keys(rules: RegisterRules) -> frozenset[str]:
    """Every header key by which a row may find its household."""
    names = (*rules.keys.household, *rules.keys.id_number, *rules.keys.head_id)
    return frozenset(header_key(name) for name in names)
