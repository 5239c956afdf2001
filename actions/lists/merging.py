"""Several departments' lists put together, household by household (归并)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from actions.lists.cells import CellReader, Said
from actions.lists.homes import Home, Homes, KeyColumns, known_keys, read_register
from actions.lists.kinds import Alert, Combine, ListKind, register_rules
from actions.lists.remarks import Remark
from actions.lists.statements import Agreed, Conflict, Given, Stated, settle
from actions.lists.tables import Row, Table, read_tables
from actions.lists.text import header_key, month_in, read_day, word_key
from actions.screening.files import ListError
from policy_kb import Library


@dataclass(frozen=True)
class ListFile:
    """One list to be merged; `kind` None: found by its columns and its name."""

    path: Path
    kind: str | None = None


@dataclass
class MergedHome:
    """A household that some list names: what the lists and the register state together."""

    home: Home
    stated: list[Stated] = field(default_factory=list)
    agreed: dict[str, Agreed] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    alerts: dict[str, None] = field(default_factory=dict)  # names of the lists that ask for a visit


@dataclass(frozen=True)
class Counted:
    """What came of one list. `fault`: why it could not be used at all, None where it was."""

    given: Given
    rows: int = 0
    matched: int = 0
    fault: str | None = None


@dataclass
class Merged:
    """What came of all lists; `remarks` tell of single rows, `twice` counts rows that were sent more than once."""

    homes: list[MergedHome]
    remarks: list[Remark]
    lists: list[Counted]
    registered: bool


class Merger:
    """Puts lists together, one after the other."""

    def __init__(self, library: Library, kinds: Mapping[str, ListKind], register: Path | None, day: date) -> None:
        self.library, self.kinds, self.day = library, kinds, day
        self.rules = register_rules()
        self.homes = read_register(library, register, self.rules) if register is not None else Homes()
        self.found: dict[str, MergedHome] = {}
        self.remarks: list[Remark] = list(self.homes.remarks)
        self.seen: dict[object, tuple[str, int]] = {}  # rows as they stand → where they stood first

    def merge(self, files: Sequence[ListFile], month: date | None = None) -> Merged:
        """All of them; a list that cannot be used is told and the others go on. `month`: for names that have none."""
        opened = [one for file in files for one in self._open(file, month)]
        for table in (one[1] for one in opened if not isinstance(one, Counted)):
            self.homes.learn(table)
        counted = [one if isinstance(one, Counted) else self._take(*one) for one in opened]
        for merged in self.found.values():
            merged.agreed, merged.conflicts = settle([*merged.home.stated, *merged.stated])
            self._alert(merged)
        homes = [merged for merged in self.found.values() if merged.stated]
        return Merged(homes, self.remarks, counted, self.homes.fixed)

    # -- one list -----------------------------------------------------------------------------------------------

    def _open(self, file: ListFile, month: date | None) -> list[tuple[ListKind, Table, Given] | Counted]:
        """The sheets of a list, or why one of them cannot be used."""
        when = (month_in(file.path.stem) or month or self.day).replace(day=1)
        try:
            if file.kind is not None and file.kind not in self.kinds:
                raise ListError(f"There is no kind of list {file.kind!r}; expected one of {', '.join(self.kinds)}.")
            tables = read_tables(file.path, known_keys(self.rules), self.rules.first_rows)
        except ListError as error:
            return [Counted(Given(file.kind or "", "", file.path.name, when), fault=str(error))]
        return [self._sheet(file, table, when) for table in tables]

    def _sheet(self, file: ListFile, table: Table, when: date) -> tuple[ListKind, Table, Given] | Counted:
        try:
            kind = self.kinds[file.kind] if file.kind else detect(self.kinds, table)
            self._check(kind, table)
            if _months(when, self.day) >= kind.keeps_months:
                raise ListError(
                    f"{table.name} is of {when:%Y-%m}; a list of this kind counts for {kind.keeps_months} months."
                )
        except ListError as error:
            return Counted(Given(file.kind or "", "", table.name, when), fault=str(error))
        return kind, table, Given(kind.id, kind.zh, table.name, when)

    def _check(self, kind: ListKind, table: Table) -> None:
        """Raise ListError where a list of this kind states nothing with these columns."""
        if not kind.states and not set(kind.facts) & CellReader(self.library, kind.columns, table.headers).facts:
            wanted = "、".join(column.headers[0] for column in kind.columns if column.facts)
            found = "、".join([*table.headers.values()][:8])
            raise ListError(f"{table.name}: found the columns {found}; a {kind.id} list needs one of {wanted}.")

    def _take(self, kind: ListKind, table: Table, given: Given) -> Counted:
        columns = KeyColumns(table.headers, table.rows)
        cells = CellReader(self.library, kind.columns, table.headers)
        for number, count in table.misfits:
            self._remark(given, number, "misfit", cells=str(count))
        matched = sum(self._take_row(kind, given, row, columns, cells) for row in table.rows)
        return Counted(given, len(table.rows) + len(table.misfits), matched)

    def _take_row(self, kind: ListKind, given: Given, row: Row, columns: KeyColumns, cells: CellReader) -> bool:
        keys = columns.read(row)
        person = keys.shown or keys.household or ""
        home, doubt = self.homes.find(keys)
        if home is None:
            self._remark(given, row.number, doubt, person=person)
            return False
        if (fault := self._not_counted(kind, given, row, home)) is not None:
            self._remark(given, row.number, fault[0], person=person, found=fault[1])
            return False
        said, bad = cells.read(row.cells)
        for cell in bad:
            self._remark(
                given, row.number, "bad_cell", person=person, column=cell.header, found=cell.text,
                expected=cell.expected, merged=bool(said or kind.states),
            )  # fmt: skip
        if doubt:
            self._remark(given, row.number, doubt, person=person, merged=True)
        states = [Said(f, v, self._way(f)) for f, v in kind.states.items()]
        merged = self.found.setdefault(home.key, MergedHome(home))
        about = kind.about == "household" or not keys.shown  # a row that names nobody is about the household
        who = keys.person or keys.head or ("" if kind.about == "household" else f"row {row.number} of {given.file}")
        for one in (*states, *said):
            once = replace(one, combine="total") if kind.repeats == "same" and one.combine == "sum" else one
            merged.stated.append(Stated.of(once, given, row.number, who, about))
        return bool(states or said)

    def _way(self, fact: str) -> Combine:
        return "any" if self.library.vocabulary[fact].kind == "bool" else "one"

    def _not_counted(self, kind: ListKind, given: Given, row: Row, home: Home) -> tuple[str, str] | None:
        """Why a row that has a household is left aside: too old, or sent before word for word."""
        for header in map(header_key, kind.dates):
            day = read_day(row.cells.get(header, ""))
            if day is not None and _months(day.replace(day=1), self.day) >= kind.keeps_months:
                return "too_old", row.cells[header]
        same = (kind.id, home.key, tuple(sorted((k, word_key(v)) for k, v in row.cells.items() if not _counts(k))))
        first = self.seen.setdefault(same, (given.file, row.number))
        if first != (given.file, row.number):
            return "sent_twice", f"{first[0]} 第{first[1]}行"
        return None

    def _remark(self, given: Given, row: int, code: str, **more: object) -> None:
        self.remarks.append(Remark(given.file, row, code, **more))  # type: ignore[arg-type]

    def _alert(self, merged: MergedHome) -> None:
        for one in merged.stated:
            kind = self.kinds[one.given.kind]
            if kind.alert is True or (isinstance(kind.alert, Alert) and self._reaches(kind.alert, merged)):
                merged.alerts[kind.zh] = None

    def _reaches(self, alert: Alert, merged: MergedHome) -> bool:
        """Whether the household's value, or where lists disagree any of them, is at least what the alert asks."""
        agreed = merged.agreed.get(alert.fact)
        values = [agreed.value] if agreed else [one.value for one in merged.stated if one.fact == alert.fact]
        order = self.library.vocabulary[alert.fact].values
        if order:
            return any(order.index(str(value)) >= order.index(str(alert.least)) for value in values)
        return any(isinstance(value, int | float) and value >= float(alert.least) for value in values)


def detect(kinds: Mapping[str, ListKind], table: Table) -> ListKind:
    """The kind of a list by its columns, by words of its file name where columns leave it open; raises ListError."""
    scores = {
        kind.id: (len(kind.marks() & table.headers.keys()), sum(word in table.path.stem for word in kind.names))
        for kind in kinds.values()
    }
    best = max(scores.values(), default=(0, 0))
    likely = [kind_id for kind_id, score in scores.items() if score == best]
    if best == (0, 0) or len(likely) > 1:
        raise ListError(
            f"{table.name}: it cannot be told which kind of list this is; "
            f"give it as --list KIND={table.path.name} with one of {', '.join(kinds)}."
        )
    return kinds[likely[0]]


def _counts(header: str) -> bool:
    """Columns that only number the rows are no difference between two."""
    return header in ("序号", "编号", "no", "行号")


def _months(earlier: date, later: date) -> int:
    return (later.year - earlier.year) * 12 + later.month - earlier.month
